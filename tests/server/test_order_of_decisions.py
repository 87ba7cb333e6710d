"""Whatever order decisions arrive in, and however often, the same stands, and the totals of the board add up."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protocol import messages
from server.domain.attendance import State
from tests.server.classroom import COURSE, Classroom, classroom, seoul

CLASS, HOURS = range(3), (1, 2)
DECISIONS = st.lists(
    st.tuples(
        st.sampled_from(CLASS), st.sampled_from(HOURS), st.sampled_from(list(State)), st.booleans(), st.integers(0, 600)
    ),
    min_size=1,
    max_size=8,
)
DAYS = count()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    folder: Path = tmp_path_factory.mktemp("orders")
    with classroom(str(folder / "a.sqlite"), folder, students=len(CLASS)) as opened:
        opened.now = seoul("10:00", "2030-03-02")
        opened.peer.connected_since = opened.now
        yield opened


def message(room: Classroom, session: int, number: int, decision: tuple[Any, ...]) -> messages.Message:
    """Each decided at a moment of its own, long before it arrives: an outbox brings it."""
    place, hour, state, of_camera, second = decision
    at = seoul("10:00") + timedelta(seconds=second, microseconds=number)
    student, key = room.students[place], f"{session}-{number}"
    if of_camera:
        item = messages.ConfirmItem(student=student, hour=hour, state=state.value)
        return messages.Confirm(session=session, items=(item,), key=key, at=at)
    return messages.Mark(student=student, course=COURSE, session=session, hour=hour, state=state.value, key=key, at=at)


def play(room: Classroom, decisions: list[tuple[Any, ...]], order: list[int]) -> Any:
    """The board of a new day after the decisions came in this order."""
    day = date(2026, 3, 2) + timedelta(days=next(DAYS))
    session = room.open(date=day.isoformat(), hours=HOURS).session
    for number in order:
        reply = room.ask(message(room, session, number, decisions[number]))
        assert isinstance(reply, messages.Marked), reply
    return room.board(session)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(decisions=DECISIONS, data=st.data())
def test_order_and_repetition_change_nothing_and_the_totals_add_up(
    room: Classroom, decisions: list[tuple[Any, ...]], data: st.DataObject
) -> None:
    numbers = list(range(len(decisions)))
    again = data.draw(st.lists(st.sampled_from(numbers), max_size=4))
    board = play(room, decisions, numbers)
    other = play(room, decisions, data.draw(st.permutations(numbers + again)))
    assert other.students == board.students
    assert other.counts == board.counts
    for place, counts in enumerate(board.counts):
        of_states = sum(getattr(counts, state.value) for state in State)
        assert of_states + counts.undecided == counts.enrolled == len(CLASS)
        assert counts.undecided == sum(row.hours[place].mark is None for row in board.students)
    assert set(board.to_decide) == {row.student for row in board.students if not row.decided}
