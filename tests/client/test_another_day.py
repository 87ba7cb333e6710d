"""Corrections of another day by the client's commands, answered by the real server."""

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from client.api import Api
from client.transport import TcpTransport
from tests.end_to_end.test_serving import import_roster
from tests.running import CLIENT, Running, run, serving

NUMBERS = count(17)
FIRST, SECOND = "202610001", "202610002"
DAY = "2026-03-03"


class Classroom:
    """A course of two students, its server, and a client's command line."""

    def __init__(self, folder: Path, course: str, api: Api, address: str) -> None:
        self.course = course
        self.api = api
        self._everywhere = ("--server", address, "--outbox", str(folder / "outbox.sqlite"))

    def client(self, *arguments: str) -> Any:
        return run(CLIENT, *arguments, *self._everywhere)

    def states(self, session: int) -> dict[str, list[str | None]]:
        return {each.student: [hour.mark for hour in each.hours] for each in self.api.board(session).students}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Path]]:
    folder = tmp_path_factory.mktemp("another-day")
    with serving(folder) as running:
        yield running, folder


@pytest.fixture
def room(server: tuple[Running, Path], tmp_path: Path) -> Iterator[Classroom]:
    """A course of its own, on the server of all."""
    running, folder = server
    course = f"EA{next(NUMBERS):04}_1"
    rows = "".join(f"{student},김하늘,{course}\n" for student in (FIRST, SECOND))
    import_roster(folder, f"student_id,name,course_code\n{rows}")
    with closing(TcpTransport("127.0.0.1", running.port, 30.0)) as transport:
        yield Classroom(tmp_path, course, Api(transport, "office"), running.address)


def test_a_mark_of_another_day_goes_into_that_days_session_with_its_reason(room: Classroom) -> None:
    session = room.api.open_session(room.course, date=DAY, hours=[2, 3]).session
    done = room.client(
        "mark", FIRST, room.course, "--date", DAY, "--hour", "2", "--state", "excused", "--why", "진단서", "--json"
    )
    assert done.returncode == 0, done.stderr
    (marked,) = json.loads(done.stdout)["marks"]
    assert (marked["date"], marked["hour"], marked["state"]) == (DAY, 2, "excused")
    assert room.states(session) == {FIRST: ["excused", None], SECOND: [None, None]}
    assert [each.date for each in room.api.sessions(room.course).sessions] == [DAY]


def test_a_roll_call_of_another_day_is_of_that_days_session(room: Classroom) -> None:
    session = room.api.open_session(room.course, date=DAY, hours=[6]).session
    done = room.client("rollcall", room.course, "--date", DAY, "--all", "present")
    assert done.returncode == 0, done.stderr
    assert room.states(session) == {FIRST: ["present"], SECOND: ["present"]}


def test_where_the_day_has_several_hours_one_has_to_be_named(room: Classroom) -> None:
    room.api.open_session(room.course, date=DAY, hours=[2, 3])
    for hour in ((), ("--hour", "7")):
        done = room.client("mark", FIRST, room.course, "--date", DAY, *hour)
        assert (done.returncode, "has the class hours 2, 3" in done.stderr) == (2, True)


def test_a_day_without_a_session_and_one_that_is_closed_say_what_to_do(room: Classroom) -> None:
    done = room.client("rollcall", room.course, "--date", DAY, "--all", "present")
    assert (done.returncode, f"session open {room.course} --date {DAY}" in done.stderr) == (1, True)
    session = room.api.open_session(room.course, date=DAY, hours=[2]).session
    room.api.set_session(session, "submitted")
    room.api.set_session(session, "closed")
    done = room.client("rollcall", room.course, "--date", DAY, "--all", "present")
    assert (done.returncode, f"session reopen {session}" in done.stderr) == (1, True)
