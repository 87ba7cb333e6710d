"""Every text of the pages is known in Korean with the same blanks, and none is left over."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from client.window.language.korean import KOREAN
from language.korean_words import KOREAN_WORDS
from protocol.sentences import blanks
from server.pages import (
    absences,
    consent,
    frame,
    live,
    notices,
    photographs,
    professor,
    sign_in,
    sign_on,
    stored,
    student,
    visit,
)
from server.pages.admin import accounts, devices, rights
from server.pages.board_view import TITLES
from server.pages.language import (
    CATALOGUES,
    chosen,
    day_words,
    korean_admin,
    korean_frame,
    korean_live,
    korean_office,
    korean_privacy,
    korean_professor,
    korean_student,
    korean_student_sentences,
)
from server.pages.office import courses, reports, rosters, terms
from server.pages.office import photographs as office_photographs
from server.pages.privacy import access_log, affected, erasures
from server.pages.privacy import vetoes as privacy_vetoes
from server.services.camera_urls import NO_URL
from server.services.class_day import vetoes
from server.services.enrolment import photograph_names, upload
from server.services.identity.accounts import OWN_ROLE
from server.services.student.texts import StudentText
from server.store import vetoes as store_vetoes

PAGES = Path(professor.__file__).parent
SAID = re.compile(r"\bt\(\s*\"((?:[^\"\\]|\\.)*)\"")
OWN = {
    **korean_frame.KOREAN_FRAME,
    **korean_professor.KOREAN_PROFESSOR,
    **korean_live.KOREAN_LIVE,
    **korean_student.KOREAN_STUDENT,
    **korean_student_sentences.KOREAN_STUDENT_SENTENCES,
    **korean_office.KOREAN_OFFICE,
    **korean_admin.KOREAN_ADMIN,
    **korean_privacy.KOREAN_PRIVACY,
}
OFFICE_SENTENCES = (
    OWN_ROLE,
    access_log.NO_DAY,
    access_log.NO_MONTH,
    affected.NO_DOCUMENT,
    erasures.TWICE,
    NO_URL,
    courses.NO_COURSE,
    courses.PLAN_TOO_LONG,
    office_photographs.NOT_THERE,
    rosters.CHANGED,
    rosters.CHOOSE_AGAIN,
    rosters.NO_DAY,
    rosters.NO_FILE,
    rosters.NO_PLATFORM,
    *photograph_names.SENTENCES,
    *upload.SENTENCES,
)
TABLES = (
    professor.EMPTY.values(),
    frame.DONE.values(),
    (title for _, title in TITLES.values()),
    accounts.ROLES.values(),
    rights.WORDS.values(),
    devices.STATES.values(),
    office_photographs.OUTCOMES.values(),
    office_photographs.FINDINGS.values(),
    office_photographs.ADVICE.values(),
    reports.DIFFERENCES.values(),
    terms.WEEKDAYS,
    erasures.DESTROYED.values(),
    OFFICE_SENTENCES,
    StudentText,
    student.ROLES.values(),
    student.SOURCES.values(),
    student.APPEAL_STATES.values(),
    absences.ABSENCE_STATES.values(),
    (absences.DESTROYED,),
    photographs.TAKEN.values(),
    stored.ACTIONS.values(),
    stored.OWN_ROLES.values(),
    consent.PARTS.values(),
    consent.PURPOSES.values(),
    consent.CHANNELS.values(),
    # Of receipts, which are plain text.
    ("Receipt", "Student number", "About", "Decision", "Text", "When", "Yes, I consent", "No, or taken back"),
    (student.NOT_A_STUDENT, notices.NO_ACCOUNT),
    (
        professor.NOT_ON_BOARD,
        professor.NOT_UNDERSTOOD,
        visit.SIGN_IN,
        frame.NO_PAGE,
        sign_in.NO_ACCOUNT,
        sign_on.NO_PROVIDER,
    ),
    (live.PICTURE_OFF, live.FORGOTTEN, vetoes.NO_FACE, vetoes.NO_VETO, store_vetoes.TOO_MANY, privacy_vetoes.NO_SUCH),
)


def texts() -> Iterator[str]:
    for template in sorted((PAGES / "templates").rglob("*.html")):
        yield from SAID.findall(template.read_text(encoding="utf-8"))
    for source in sorted(PAGES.rglob("*.py")):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"Place", "HttpProblem"}
                and isinstance(node.args[1], ast.Constant)
            ):
                yield ast.literal_eval(node.args[1])
    for table in TABLES:
        yield from table


def test_every_text_has_a_korean_one_with_the_same_blanks() -> None:
    korean = CATALOGUES["ko"]
    assert sorted({text for text in texts() if text not in korean}) == []
    assert [text for text, said in OWN.items() if blanks(text) != blanks(said)] == []


def test_no_korean_text_is_left_over() -> None:
    assert sorted(OWN.keys() - set(texts())) == []


def test_the_window_says_the_same_in_korean() -> None:
    assert {text: said for text, said in OWN.items() if KOREAN.get(text, said) != said} == {}
    assert OWN.keys() & KOREAN_WORDS.keys() == set(), "what both say stands in the shared table alone"


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        (None, "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        (None, "en;q=0.5, ko;q=0.9", "ko"),
        (None, "de, en;q=0.1", "en"),
        ("en", "ko", "en"),
        ("xx", "ko", "ko"),
        (None, None, "en"),
        (None, "ko;q=x, " + "a," * 9000, "en"),
    ],
)
def test_the_language_is_the_chosen_one_then_the_browsers(
    cookie: str | None, accepted: str | None, language: str
) -> None:
    assert chosen(cookie, accepted) == language


def test_a_day_is_written_as_the_language_writes_it() -> None:
    assert day_words(date(2026, 3, 2), "ko") == "2026. 3. 2. (월)"
    assert day_words(date(2026, 3, 2), "en") == "Mon 2 Mar 2026"
