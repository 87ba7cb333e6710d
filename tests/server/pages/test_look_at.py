"""The professor's board and a student's sheet say whose face may be a photograph held up, and why."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from protocol.board import BoardCounts, BoardHour, BoardShown, BoardStudent
from protocol.sessions import SessionHour, SessionInfo
from server.pages.board_view import TITLES, UNDECIDED, board_view
from server.pages.professor import DECIDABLE, EMPTY
from server.pages.rendering import Renderer, Viewer

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def values(*look_at: str) -> dict[str, Any]:
    hour = BoardHour(hour=1, proposed="present", sure=True, seen=40, pictures=40, look_at=look_at)
    student = BoardStudent(student="201511041", name="김하늘", list="sure", hours=(hour,))
    session = SessionInfo(
        session=1, course="ea0017_1", title="", date="2026-03-02", state="draft", hours=(SessionHour(hour=1),)
    )
    counts = (BoardCounts(hour=1, enrolled=1, undecided=1, pictures=40),)
    view = board_view(BoardShown(session=session, as_of=NOW, students=(student,), counts=counts), 1)
    of_board = {"view": view, "session": session, "TITLES": TITLES, "EMPTY": EMPTY, "UNDECIDED": UNDECIDED, "now": NOW}
    of_sheet = {
        "row": view.rows[0],
        "hour": 1,
        "names": {},
        "keys": {1: "k"},
        "problem": "",
        "history": [],
        "may_veto": False,
    }
    no_vetoes = {"may_veto": False, "vetoes": (), "may_take_back": False}
    return {**of_board, **of_sheet, **no_vetoes, "DECIDABLE": DECIDABLE}


def page(template: str, language: Any, *look_at: str) -> str:
    return Renderer().page(template, Viewer(language, ZoneInfo("Asia/Seoul")), values(*look_at))


@pytest.mark.parametrize(("language", "said"), [("en", "look at this one"), ("ko", "직접 확인하세요")])
def test_the_board_asks_to_look(language: str, said: str) -> None:
    assert said in page("board_part.html", language, "rigid")
    assert said not in page("board_part.html", language)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "as a flat picture, there is a straight frame"), ("ko", "변하지 않음, 얼굴 둘레에 곧은 테두리가")],
)
def test_the_sheet_says_why(language: str, said: str) -> None:
    shown = page("student.html", language, "rigid", "framed")
    assert said in shown
    assert said not in page("student.html", language)


def test_a_reason_of_a_newer_server_stands_as_it_came() -> None:
    assert "<b>new" not in page("student.html", "en", "<b>new")
    assert "&lt;b&gt;new" in page("student.html", "en", "<b>new")
