"""Boards of large lectures: what fits into one message, and what is left out before one is refused."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from protocol import messages
from protocol.framing import MAX_HEADER_BYTES
from server.domain.attendance import Source, State
from server.domain.board import MarkStanding, board
from server.domain.evidence import Proposal, Reason
from server.gallery import Candidate
from tests.server.classroom import NAMES, Classroom, seoul

FIRST = seoul("10:30") + timedelta(microseconds=123456)
BY = "김하늘 교수님"


def shown(room: Classroom, students: int, hours: int, *, decided: bool = True) -> Any:
    """The board of so many, all with pictures and marks, two in five to be looked at: of one hour, as a client asks."""
    session = room.open().session
    real = room.class_day.boards.board(session, room.now)
    numbers = [f"2026{number:06d}" for number in range(students)]
    proposals = [
        Proposal(student, hour, State.LEFT_EARLY, False, Reason.DOUBTFUL_FACE, FIRST, FIRST, 59, 60, 12, 0.5)
        for student in numbers
        for hour in range(1, hours + 1)
    ]
    marks = {
        (each.student, each.hour): MarkStanding(State.LEFT_EARLY, Source.ROLL_CALL, FIRST, BY)
        for each in proposals
        if decided
    }
    large = board([(each, NAMES[0]) for each in numbers], range(1, hours + 1), proposals, marks, {})
    others = tuple(Candidate(each, 0.123456789012 * place) for place, each in enumerate(numbers[:5]))
    candidates = {student: others for place, student in enumerate(numbers) if place % 5 < 2}
    view = replace(real, board=large, candidates=candidates, names=dict.fromkeys(numbers, NAMES[0]))
    room.class_day.boards.board = lambda *_: view  # type: ignore[method-assign, assignment]
    return room.ask(messages.Board(session=session))


@pytest.mark.parametrize(("students", "hours"), [(60, 4), (250, 2), (400, 1)])
def test_a_lecture_is_shown_whole(on_sqlite: Classroom, students: int, hours: int) -> None:
    found = shown(on_sqlite, students, hours)
    last = found.students[-1].hours[-1]
    assert (last.first_seen, last.last_seen, last.at) == (FIRST.replace(microsecond=0),) * 3
    assert (last.by, len(found.students[0].candidates)) == (BY, 5)


@pytest.mark.parametrize(("students", "hours"), [(300, 4), (600, 2), (1000, 1)])
def test_of_a_larger_one_is_left_out_what_nobody_needs_to_decide(
    on_sqlite: Classroom, students: int, hours: int
) -> None:
    found = shown(on_sqlite, students, hours)
    assert isinstance(found, messages.BoardShown)
    assert len(messages.encode(found, 2**53 - 1)) <= MAX_HEADER_BYTES
    last = found.students[-1].hours[-1]
    assert (last.first_seen, last.last_seen, last.at, last.by) == (None,) * 4
    assert (last.proposed, last.mark, last.source, last.seen, last.minutes_late) == (
        "left_early",
        "left_early",
        "roll_call",
        59,
        12,
    )
    assert found.students[0].candidates == ()


@pytest.mark.parametrize(("students", "hours"), [(400, 4), (600, 2), (1000, 1)])
def test_of_a_larger_one_that_nobody_decided_the_nearest_candidates_stay(
    on_sqlite: Classroom, students: int, hours: int
) -> None:
    found = shown(on_sqlite, students, hours, decided=False)
    assert [each.distance for each in found.students[0].candidates] == [0.0, 0.1235]
    assert found.students[-1].hours[-1].first_seen is None


def test_one_that_does_not_fit_all_the_same_is_refused_with_what_to_do(on_sqlite: Classroom) -> None:
    refused = shown(on_sqlite, 1000, 4)
    assert (refused.code, "such as one hour" in refused.text) == ("too_large", True)
