"""Sessions, board, confirmation and report by the client's calls, answered by the real server."""

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from client.api import Api
from client.errors import Refused
from client.transport import TcpTransport
from protocol.messages import ConfirmItem, MarkItem
from tests.end_to_end.test_serving import import_roster
from tests.running import Running, serving

NUMBERS = count(17)
FIRST, SECOND, STRANGER = "201511041", "201511042", "999999999"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Path]]:
    folder = tmp_path_factory.mktemp("sessions")
    with serving(folder) as running:
        yield running, folder


@pytest.fixture
def api(server: tuple[Running, Path]) -> Iterator[Api]:
    with closing(TcpTransport("127.0.0.1", server[0].port, 30.0)) as transport:
        yield Api(transport, "room 301")


@pytest.fixture
def course(server: tuple[Running, Path]) -> str:
    """One of its own for each test."""
    code = f"ea{next(NUMBERS):04}_1"
    import_roster(server[1], f"student_id,name,course_code\n{FIRST},김하늘,{code}\n{SECOND},이바다,{code}\n")
    return code


def test_a_session_from_its_opening_to_its_reopening(api: Api, course: str) -> None:
    opened = api.open_session(course, hours=[2, 3], key="open")
    assert (opened.course, opened.state, [each.hour for each in opened.hours]) == (course, "draft", [2, 3])
    assert api.open_session(course, hours=[2, 3], key="open") == opened
    assert [each.session for each in api.sessions(course).sessions] == [opened.session]
    assert api.roster(course).session == opened.session
    assert api.set_session(opened.session, "submitted").state == "submitted"
    assert api.set_session(opened.session, "closed").state == "closed"
    with pytest.raises(Refused) as caught:
        api.mark(FIRST, course, session=opened.session, hour=2)
    assert caught.value.code == "closed"
    assert api.set_session(opened.session, "draft", why="a mistake").state == "draft"
    assert api.sessions(course, until="2020-01-01").sessions == ()


def test_marks_confirmations_board_and_report(api: Api, course: str) -> None:
    session = api.open_session(course, hours=[1]).session
    api.mark(FIRST, course, session=session, hour=1, state="late", why="the bus")
    confirmed = api.confirm(session, [ConfirmItem(student=SECOND, hour=1, state="present")])
    assert [item.state for item in confirmed.marks] == ["present"]
    board = api.board(session)
    states = {row.student: [(each.mark, each.source) for each in row.hours] for row in board.students}
    assert states == {FIRST: [("late", "professor")], SECOND: [("present", "camera")]}
    assert api.board(session, hour=1).students == board.students
    assert api.propose(session).session.session == session
    assert {each.student: (each.late, each.present) for each in api.report(course).students} == {
        FIRST: (1, 0),
        SECOND: (0, 1),
    }


def test_a_wrong_row_refuses_the_batch_with_every_row_or_is_left_out_and_told_the_same_each_time(
    api: Api, course: str
) -> None:
    rows = [MarkItem(student=each, course=course, hour=1) for each in (STRANGER, FIRST, "888888888")]
    with pytest.raises(Refused) as caught:
        api.marks(rows, key="whole")
    assert [problem.row for problem in caught.value.problems] == [0, 2]
    first = api.marks(rows, key="partly", partial=True)
    assert [item.student for item in first.marks] == [FIRST]
    assert [problem.student for problem in first.refused] == [STRANGER, "888888888"]
    assert api.marks(rows, key="partly", partial=True) == first
