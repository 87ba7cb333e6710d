"""Fill the privacy policy and the impact assessment in, from the settings and from what is kept."""

from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from server.domain.consents import Policy, Purpose
from server.store import Store

Document = Literal["policy", "assessment"]
DOCUMENTS: Final[tuple[Document, ...]] = ("policy", "assessment")
LANGUAGES: Final = ("ko", "en")
_CONSENT: Final = {
    "ko": {
        Policy.REQUIRED: "동의한 학생만 인식하며, 동의하지 않은 학생은 호명으로 확인합니다",
        Policy.RECORDED: "동의를 기록하지만 인식 여부를 가르지는 않습니다",
        Policy.OFF: "이 프로그램으로는 동의를 받지 않습니다",
    },
    "en": {
        Policy.REQUIRED: "only students who consented are recognised; the others are called by name",
        Policy.RECORDED: "consents are recorded, and do not decide who is recognised",
        Policy.OFF: "this program asks nobody for consent",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyFacts:
    """As it is set on this server."""

    institution: str
    contact: str
    consent: Policy
    sightings_days: int
    access_log_days: int
    template_days: int
    mail_days: int
    mails: bool
    keeps_photographs: bool
    authentication: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """What is kept just now."""

    students: int
    with_templates: int
    courses: int
    agreed: int


def count(store: Store, accepted: frozenset[str]) -> Counts:
    """accepted: versions of the consent's text under which one counts."""
    courses = store.courses.listed()
    students = {each.student for course in courses for each in store.rosters.enrolled(course.code)}
    standing = store.consents.standing(Purpose.TEMPLATE)
    agreed = sum(each.counts(accepted) for each in standing.values())
    return Counts(len(students), len(store.templates.students()), len(courses), agreed)


def document(which: Document, language: str, facts: PrivacyFacts, counts: Counts) -> str:
    """The text as Markdown; what a person has to add stands in brackets."""
    blank = "[학교 이름]" if language == "ko" else "[name of the university]"
    contact = "[연락처]" if language == "ko" else "[contact]"
    words = {"yes": "예", "no": "아니요"} if language == "ko" else {"yes": "yes", "no": "no"}
    values = asdict(facts) | asdict(counts)
    values |= {
        "institution": facts.institution or blank,
        "contact": facts.contact or contact,
        "consent": _CONSENT[language][facts.consent],
        "mails": words["yes" if facts.mails else "no"],
        "keeps_photographs": words["yes" if facts.keeps_photographs else "no"],
        "authentication": words["yes" if facts.authentication else "no"],
    }
    return _template(which, language).format(**values)


@cache
def _template(which: Document, language: str) -> str:
    return (files("server.services.privacy") / f"{which}.{language}.md").read_text(encoding="utf-8")
