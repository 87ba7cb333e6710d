"""Sessions, board, confirmation and report by the client's calls, answered by the real server."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from client.api import Api
from client.errors import Refused
from client.transport import TcpTransport
from protocol.messages import ConfirmItem, MarkItem
from tests.end_to_end.test_serving import import_roster
from tests.running import serving

COURSE = "ea0017_1"
FIRST, SECOND, STRANGER = "201511041", "201511042", "999999999"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    import_roster(tmp_path, f"student_id,name,course_code\n{FIRST},김하늘,{COURSE}\n{SECOND},이바다,{COURSE}\n")
    with serving(tmp_path) as server, closing(TcpTransport("127.0.0.1", server.port, 30.0)) as transport:
        yield Api(transport, "room 301")


def test_a_session_from_its_opening_to_its_reopening(api: Api) -> None:
    opened = api.open_session(COURSE, hours=[2, 3], key="open")
    assert (opened.course, opened.state, [each.hour for each in opened.hours]) == (COURSE, "draft", [2, 3])
    assert api.open_session(COURSE, hours=[2, 3], key="open") == opened
    assert [each.session for each in api.sessions(COURSE).sessions] == [opened.session]
    assert api.roster(COURSE).session == opened.session
    assert api.set_session(opened.session, "submitted").state == "submitted"
    assert api.set_session(opened.session, "closed").state == "closed"
    with pytest.raises(Refused) as caught:
        api.mark(FIRST, COURSE, session=opened.session, hour=2)
    assert caught.value.code == "closed"
    assert api.set_session(opened.session, "draft", why="a mistake").state == "draft"
    assert api.sessions(COURSE, until="2020-01-01").sessions == ()


def test_marks_confirmations_board_and_report(api: Api) -> None:
    session = api.open_session(COURSE, hours=[1]).session
    api.mark(FIRST, COURSE, session=session, hour=1, state="late", why="the bus")
    confirmed = api.confirm(session, [ConfirmItem(student=SECOND, hour=1, state="present")])
    assert [item.state for item in confirmed.marks] == ["present"]
    board = api.board(session)
    states = {row.student: [(each.mark, each.source) for each in row.hours] for row in board.students}
    assert states == {FIRST: [("late", "professor")], SECOND: [("present", "camera")]}
    assert api.board(session, hour=1).students == board.students
    assert api.propose(session).session.session == session
    assert {each.student: (each.late, each.present) for each in api.report(COURSE).students} == {
        FIRST: (1, 0), SECOND: (0, 1)
    }  # fmt: skip


def test_a_wrong_row_refuses_the_batch_with_every_row_or_is_left_out_and_told_the_same_each_time(api: Api) -> None:
    rows = [MarkItem(student=each, course=COURSE, hour=1) for each in (STRANGER, FIRST, "888888888")]
    with pytest.raises(Refused) as caught:
        api.marks(rows, key="whole")
    assert [problem.row for problem in caught.value.problems] == [0, 2]
    first = api.marks(rows, key="partly", partial=True)
    assert [item.student for item in first.marks] == [FIRST]
    assert [problem.student for problem in first.refused] == [STRANGER, "888888888"]
    assert api.marks(rows, key="partly", partial=True) == first
