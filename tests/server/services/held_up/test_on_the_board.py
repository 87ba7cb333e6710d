"""Signs of photographs held up on the board: told to who teaches the course, and nothing is changed by them."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from protocol import messages
from server.access import LOCAL, Kind, Principal, Role, Teaching
from server.cli.classes.board_text import board_lines
from server.dispatch import Caller
from server.faces import Box
from tests.server.classroom import COURSE, MONDAY, SEOUL, Classroom, classroom, seoul

FIRST, SECOND = 0, 1


def frames(_image: object, boxes: Sequence[Box]) -> list[float]:
    """Around whoever sits first in the picture."""
    return [1.0 if box[0] == 0 else 0.1 for box in boxes]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Classroom]:
    with classroom(str(tmp_path / "rollcall.sqlite"), tmp_path, frames=frames) as opened:
        opened.set_course()
        yield opened


def looked(room: Classroom, pictures: int = 15) -> int:
    """The number of a session in which two students were seen."""
    session = room.open()
    for minute in range(pictures):
        room.look((seoul("10:30") + timedelta(minutes=minute)).astimezone(SEOUL).strftime("%H:%M"), FIRST, SECOND)
    return session.session


def look_at(board: messages.BoardShown, room: Classroom, place: int) -> list[tuple[str, ...]]:
    student = next(each for each in board.students if each.student == room.students[place])
    return [hour.look_at for hour in student.hours if hour.seen]


def shown_to(room: Classroom, session: int, principal: Principal) -> messages.BoardShown:
    reply = room.dispatcher.answer(messages.Board(session=session), Caller("10.0.3.7", room.now, principal))
    assert isinstance(reply, messages.BoardShown), reply
    return reply


def test_a_face_in_a_frame_is_told_and_stays_proposed_as_present(room: Classroom) -> None:
    session = looked(room)
    board = room.board(session)
    assert look_at(board, room, FIRST) == [("framed",)]
    assert look_at(board, room, SECOND) == [()]
    assert room.lists(session, 3)["sure"] == [FIRST, SECOND], "advice changes nothing"


def test_few_pictures_tell_nothing(room: Classroom) -> None:
    assert look_at(room.board(looked(room, 11)), room, FIRST) == [()]


def test_professors_are_told_and_nobody_else(room: Classroom) -> None:
    session = looked(room)
    teacher = Principal(kind=Kind.USER, name="kim", teaches=(Teaching(COURSE, Role.PROFESSOR),))
    assert look_at(shown_to(room, session, teacher), room, FIRST) == [("framed",)]
    assert look_at(shown_to(room, session, LOCAL), room, FIRST) == [("framed",)]
    assistant = Principal(kind=Kind.USER, name="lee", teaches=(Teaching(COURSE, Role.ASSISTANT),))
    office = Principal(kind=Kind.USER, name="park", roles=frozenset({Role.OFFICE}))
    device = Principal(
        kind=Kind.DEVICE, name="pc", roles=frozenset({Role.DEVICE}), room_courses=frozenset({COURSE}), course_now=COURSE
    )
    for other in (assistant, office, device):
        assert look_at(shown_to(room, session, other), room, FIRST) == [()]


def test_a_terminal_says_why(room: Classroom) -> None:
    view = room.services.boards.board(looked(room), room.now)
    text = "\n".join(board_lines(view, SEOUL))
    assert f"  {room.students[FIRST]} " in text.partition("Look at them")[2]
    assert "straight frame" in text


def test_what_is_off_keeps_nothing(tmp_path: Path) -> None:
    with classroom(str(tmp_path / "rollcall.sqlite"), tmp_path) as room:
        room.set_course()
        session = looked(room)
        day = seoul("10:00", MONDAY).astimezone(SEOUL).date()
        seen = [each for _, sightings in room.store.pictures.of_day(COURSE, day) for each in sightings]
        assert len(seen) == 30
        assert all(each.points is None for each in seen)
        assert look_at(room.board(session), room, FIRST) == [()]
