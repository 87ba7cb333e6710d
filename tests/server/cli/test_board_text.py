"""A board in words: the totals as a professor says them, and how a student's hour reads."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from server.cli.classes.board_text import board_lines, totals
from server.domain.attendance import Source, State
from server.domain.board import Counts, MarkStanding, board
from server.domain.course_plan import CoursePlan
from server.domain.evidence import Look, Proposal, Reason
from server.domain.sessions import SessionState
from server.domain.timetable import PlannedHour
from server.gallery import Candidate
from server.services.class_day.board import BoardView
from server.services.class_day.sessions import SessionView
from server.store import Session

SEOUL = ZoneInfo("Asia/Seoul")
AT = datetime(2026, 3, 2, 1, 45, tzinfo=UTC)
NAMES = [("1", "김하늘"), ("2", "이바다"), ("3", "박구름"), ("4", "최노을")]


def proposal(
    student: str, state: State, reason: Reason = Reason.NONE, *, seen: int = 3, sure: bool = False
) -> Proposal:
    at = AT if seen else None
    return Proposal(student, 3, state, sure, reason, at, at, seen, 12, None, 0.9 if seen else None)


def shown(decided: tuple[str, ...] = ("1",), source: Source = Source.PROFESSOR) -> list[str]:
    proposals = [
        proposal("1", State.PRESENT, seen=12, sure=True),
        proposal("2", State.LEFT_EARLY, Reason.LEFT),
        proposal("3", State.LATE, Reason.DOUBTFUL_FACE),
        proposal("4", State.ABSENT, seen=0),
    ]
    marks = {(student, 3): MarkStanding(State.PRESENT, source, AT, "room") for student in decided}
    made = board(NAMES, [3], proposals, marks, {3: [Look(AT, 5)]})
    day, hours = date(2026, 3, 2), (PlannedHour(3),)
    session = Session(1, "c", day, SessionState.DRAFT, False, None, hours, AT, "room", None, "")
    view = SessionView(session=session, plan=CoursePlan(), state=SessionState.DRAFT, overdue=False, hour_now=None)
    others = {"3": (Candidate("3", 0.5, "very"), Candidate("4", 0.52, "very"))}
    return list(board_lines(BoardView(view, made, others, dict(NAMES)), SEOUL))


def test_totals_are_said_as_a_professor_counts() -> None:
    states = {State.ABSENT: 2, State.EXCUSED: 1, State.LATE: 2, State.PRESENT: 52, State.NOT_TAKEN: 0}
    assert totals(Counts(1, 57, states, 0, 55, 9)) == (
        "57 enrolled, 52 present, 2 late, 1 excused, 2 absent; 55 faces seen"
    )
    assert totals(Counts(1, 2, {State.LEFT_EARLY: 1}, 1, 0, 0)) == "2 enrolled, 1 left early, 1 undecided; no picture"


def test_what_asks_for_something_comes_first() -> None:
    lines = [line.strip() for line in shown()]
    headings = [line for line in lines if line.endswith("):")]
    assert headings == ["To look at (2):", "Not seen (1):", "Decided (1):"]
    assert lines[-1] == "Left to decide: 3 students."


def test_who_is_decided_stands_in_no_list_of_the_camera_and_is_not_asked_about() -> None:
    lines = [line.strip() for line in shown(("2", "3", "4")) if line]
    assert lines[1:] == [
        "Sure (1):",
        "1 김하늘  3 present? (12 of 12)",
        "Decided (3):",
        "2 이바다  3 present",
        "3 박구름  3 present",
        "4 최노을  3 present",
        "Marked by hand and not seen by the camera (1):",
        "4 최노을",
        "Left to decide: 1 student; 1 of them may be confirmed unseen.",
    ]


def test_an_hour_reads_as_decided_or_with_a_question_mark() -> None:
    lines = [line.strip() for line in shown()]
    assert "1 김하늘  3 present" in lines
    assert "2 이바다  3 left early? until 10:45 (3 of 12)  (was seen, and then not any more)" in lines
    assert "3 박구름  3 late? from 10:45 (3 of 12)  (the face may be another's)  or 최노을?" in lines
    assert "4 최노을  3 absent? (0 of 12)" in lines


def test_a_mark_that_nobody_decided_for_the_hour_is_called_copied() -> None:
    assert "  1 김하늘  3 present, copied" in shown(source=Source.COPIED)
