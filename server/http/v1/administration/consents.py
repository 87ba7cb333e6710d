"""The routes of what students consented to, for the office and the privacy officer; and drafts of documents."""

from typing import Any, Final, Literal

from msgspec import Struct

from protocol.fields import CourseCode, Moment, Name, StudentId
from server.access import Action, may_everywhere
from server.dispatch import Call, Need
from server.dispatch.access import require
from server.domain.consents import Channel, Consent, Purpose
from server.domain.identifiers import normal
from server.http.v1.pages import Listed, page_of
from server.http.v1.route import Api, File, Route, needs_of
from server.services.consent.missing import missing_consents
from server.services.privacy.documents import count, document

MARKDOWN: Final = "text/markdown"
PurposeName = Literal["template", "camera"]
Language = Literal["ko", "en"]


class ListedMissing(Listed, frozen=True, kw_only=True):
    course: CourseCode


class MissingConsent(Struct, frozen=True, kw_only=True):
    student: StudentId
    name: str
    purpose: PurposeName
    why: Literal["not_asked", "older_text", "refused"]


class MissingPage(Struct, frozen=True, kw_only=True):
    missing: tuple[MissingConsent, ...]  # by number
    next: str | None


class ListedDecisions(Listed, frozen=True, kw_only=True):
    student: StudentId


class ConsentShown(Struct, frozen=True, kw_only=True):
    """version, language: of the text; "": withdrawn without one. by: who entered it."""

    number: int
    student: StudentId
    purpose: PurposeName
    given: bool
    at: Moment
    version: str
    language: str
    channel: Literal["page", "paper", "import"]
    by: str


class ConsentPage(Struct, frozen=True, kw_only=True):
    decisions: tuple[ConsentShown, ...]  # oldest first
    next: str | None


class RecordConsent(Struct, frozen=True, kw_only=True):
    """From a signed form. version: of its text; "": the current one. A no to `template` erases at once."""

    student: StudentId
    purpose: PurposeName = "template"
    given: bool
    version: Name = ""
    language: Language = "ko"


class ConsentRecorded(Struct, frozen=True, kw_only=True):
    """sha256: of the text. erased: the receipt of what a no removed, to be printed."""

    student: StudentId
    purpose: PurposeName
    given: bool
    at: Moment
    version: str
    sha256: str
    erased: str


class AskDocument(Struct, frozen=True, kw_only=True):
    which: Literal["policy", "assessment"]
    language: Language = "ko"


def _missing(asked: ListedMissing, call: Call, _api: Api) -> MissingPage:
    course, accepted = normal(asked.course), call.services.students.consents.texts.accepted
    found = missing_consents(call.services.store, accepted, course, call.campus.day(call.now))
    place = [(f"{each.student}\0{each.purpose}", each) for each in found]
    page = page_of(place, lambda each: (each[0],), asked.limit, asked.cursor, ("consents", course))
    shown = tuple(
        MissingConsent(student=each.student, name=each.name, purpose=each.purpose.value, why=each.why)
        for _, each in page.items
    )
    return MissingPage(missing=shown, next=page.next)


def _decisions(asked: ListedDecisions, call: Call, _api: Api) -> ConsentPage:
    student = normal(asked.student)
    found = call.services.students.consents.of_student(student)
    page = page_of(found, lambda each: ("", each.number), asked.limit, asked.cursor, ("decisions", student))
    return ConsentPage(decisions=tuple(map(_shown, page.items)), next=page.next)


def _shown(each: Consent) -> ConsentShown:
    return ConsentShown(
        number=each.number,
        student=each.student,
        purpose=each.purpose.value,
        given=each.given,
        at=each.decided_at,
        version=each.text_version,
        language=each.language,
        channel=each.channel.value,
        by=each.who,
    )


def _record(asked: RecordConsent, call: Call, _api: Api) -> ConsentRecorded:
    student, consents = normal(asked.student), call.services.students.consents
    # A no may be entered by the office, and by the privacy officer whom somebody has written to.
    enters = asked.given or may_everywhere(call.caller.principal, Action.RECORD_CONSENT)
    require([Need(action=Action.RECORD_CONSENT if enters else Action.WITHDRAW_CONSENT)], call)
    how: dict[str, Any] = {"language": asked.language, "channel": Channel.PAPER, "by": call.caller.name}
    at, purpose = call.now.astimezone(call.campus.zone), Purpose(asked.purpose)
    if asked.given:
        receipt = consents.give(student, purpose, version=asked.version, at=at, **how)
    else:
        receipt = consents.refuse(student, purpose, at=at, **how)
    return ConsentRecorded(
        student=student,
        purpose=asked.purpose,
        given=asked.given,
        at=receipt.consent.decided_at,
        version=receipt.consent.text_version,
        sha256=receipt.sha256,
        erased=receipt.erased.text() if receipt.erased else "",
    )


def _document(asked: AskDocument, call: Call, api: Api) -> File:
    counts = count(call.services.store, call.services.students.consents.texts.accepted)
    text = document(asked.which, asked.language, api.privacy, counts)
    return File(text.encode(), MARKDOWN, f"{asked.which}-{asked.language}.md")


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/consents",
        name="list_missing_consents",
        summary="Whose consent is missing in a course, and why",
        asks=ListedMissing,
        gives=MissingPage,
        answer=_missing,
        needs=lambda asked: [Need(action=Action.READ_CONSENTS, course=normal(asked.course))],
    ),
    Route(
        method="POST",
        path="/v1/consents",
        name="record_consent",
        summary="Enter a student's decision from a signed form",
        asks=RecordConsent,
        gives=ConsentRecorded,
        answer=_record,
        needs=lambda _asked: [],  # the answer asks itself
    ),
    Route(
        method="GET",
        path="/v1/consents/decisions",
        name="list_consents",
        summary="Every decision of a student",
        asks=ListedDecisions,
        gives=ConsentPage,
        answer=_decisions,
        needs=lambda asked: [Need(action=Action.READ_CONSENTS, student=normal(asked.student))],
    ),
    Route(
        method="GET",
        path="/v1/privacy-documents",
        name="draft_document",
        summary="A draft of the privacy policy or the impact assessment, as `privacy`",
        asks=AskDocument,
        files=(MARKDOWN,),
        answer=_document,
        needs=needs_of(Action.READ_ACCESS_LOG),
    ),
)
