"""Whoever a client says that it is, the history knows from which machine a change came."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol import legacy, messages
from server.services.reports.course_history import session_history
from tests.server.classroom import COURSE, Classroom, classroom

ADDRESS = "10.0.3.7"
FORGED = "Prof. Kim"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Classroom]:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as opened:
        yield opened


def origins(room: Classroom, session: int) -> list[tuple[str, str]]:
    """Who a change is by, and where it came from."""
    return [(each.who, each.origin) for each in session_history(room.store, room.store.sessions.get(session))]


def test_a_forged_name_leaves_the_address_that_it_came_from(room: Classroom) -> None:
    session = room.open().session
    room.mark(0, by=FORGED)
    item = messages.MarkItem(student=room.students[1], course=COURSE, by=FORGED)
    room.ask(messages.Marks(marks=(item,), key="k"))
    confirmed = messages.ConfirmItem(student=room.students[2], hour=1, state="present")
    room.ask(messages.Confirm(session=session, items=(confirmed,), key="c", by=FORGED))
    room.set_state(session, "submitted", by=FORGED)
    assert origins(room, session) == [(FORGED, ADDRESS)] * 4


def test_a_machine_that_gives_a_name_stands_there_with_name_and_address(room: Classroom) -> None:
    room.ask(messages.Hello(device="room 301"))
    session = room.open().session
    room.mark(0, by=FORGED)
    assert origins(room, session) == [(FORGED, f"room 301 ({ADDRESS})")]


def test_a_mark_of_2019_leaves_its_address_too(room: Classroom) -> None:
    session = room.open().session
    assert room.legacy(legacy.LegacyMark(student=room.students[0], course=COURSE)) == legacy.SUCCESS
    assert [origin for _, origin in origins(room, session)] == [ADDRESS]
