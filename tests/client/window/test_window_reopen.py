"""A session that was submitted or closed is opened again from the window, with a reason, at the real server."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from client.window.language import translator as language
from tests.client.window.classroom import COURSE as ROOM_COURSE
from tests.client.window.classroom import Room
from tests.client.window.served import ENROLLED, connect, recorded, session_states
from tests.client.window.stage import Hands, Stage
from tests.end_to_end.test_serving import COURSE
from tests.running import Running, serving

WHY = "김하늘의 증명서"
CONTROL = Qt.KeyboardModifier.ControlModifier


def window(stage: Stage, server: Running, state: str) -> Hands:
    """On the board of a session in this state."""
    api = connect(server)
    session = api.open_session(COURSE).session
    for each in ["submitted", "closed"][: 1 + (state == "closed")]:
        api.set_session(session, each)
    api.hang_up()
    hands = stage.window(lambda: connect(server), course=COURSE, server=server.address)
    hands.open()
    return hands


def reasons(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "rollcall.sqlite")) as database:
        return [why for (why,) in database.execute("SELECT why FROM session_history WHERE new_state = 'draft'")]


@pytest.mark.parametrize("state", ["submitted", "closed"])
def test_a_session_is_reopened_by_keys_with_its_reason_and_takes_marks(
    stage: Stage, folder: Path, server: Running, state: str
) -> None:
    hands = window(stage, server, state)
    board = hands.window.board
    assert state in board.state.text()
    assert board.submit_button.text() == "Reopen  Ctrl+Enter"
    hands.press(Qt.Key.Key_Return, CONTROL)
    dialog = hands.window.board_actions.reopening
    assert dialog is not None
    hands.press(Qt.Key.Key_Return)
    assert dialog.isVisible(), "a reason is required"
    dialog.reason.setText(f"  {WHY} ")
    hands.press(Qt.Key.Key_Return)
    hands.wait(lambda: board.state.text() == "draft")
    assert "Reopened" in hands.window.banner.text()
    assert board.submit_button.text() == "Submit  Ctrl+Enter"
    board.choose(ENROLLED)
    hands.press("p")
    hands.wait_until_sent()
    assert recorded(folder) == {ENROLLED: ("present", "professor")}
    assert (session_states(folder), reasons(folder)) == (["draft"], [WHY])


def test_a_session_is_reopened_by_mouse(stage: Stage, folder: Path, server: Running) -> None:
    hands = window(stage, server, "closed")
    hands.qtbot.mouseClick(hands.window.board.submit_button, Qt.MouseButton.LeftButton)
    dialog = hands.window.board_actions.reopening
    assert dialog is not None
    assert not dialog.yes.isEnabled()
    hands.qtbot.keyClicks(dialog.reason, "the late bus")
    hands.qtbot.mouseClick(dialog.yes, Qt.MouseButton.LeftButton)
    hands.wait(lambda: session_states(folder) == ["draft"])
    assert reasons(folder) == ["the late bus"]


def test_a_closed_session_says_so_and_nothing_that_it_would_refuse_is_kept(
    stage: Stage, folder: Path, server: Running
) -> None:
    hands = window(stage, server, "closed")
    board = hands.window.board
    assert "Closed: no mark is taken until it is reopened." in board.counts.text()
    assert not board.roll_button.isEnabled()
    board.choose(ENROLLED)
    hands.press("p")
    assert "reopen it by Ctrl+Enter" in hands.window.banner.text()
    assert (hands.outbox.entries(), hands.state_of(ENROLLED)) == ([], None)


def test_who_goes_back_from_the_question_changes_nothing(stage: Stage, folder: Path, server: Running) -> None:
    hands = window(stage, server, "submitted")
    hands.press(Qt.Key.Key_Return, CONTROL)
    hands.press(Qt.Key.Key_Escape)
    hands.wait(lambda: hands.window.board_actions.reopening is None)
    assert (session_states(folder), hands.outbox.entries()) == (["submitted"], [])


def test_a_reopening_that_waits_is_shown_as_not_sent_yet(stage: Stage, folder: Path) -> None:
    with serving(folder) as server:
        hands = window(stage, server, "closed")
    hands.press(Qt.Key.Key_Return, CONTROL)
    hands.press("bus")
    hands.press(Qt.Key.Key_Return)
    hands.wait(lambda: hands.window.status.text_of("outbox") == "Outbox: 1 waiting on this PC")
    assert hands.window.board.state.text() == "draft, not sent yet"
    assert hands.window.board.roll_button.isEnabled()


def test_a_submitted_session_of_another_day_is_found_below_its_course(stage: Stage) -> None:
    room = Room(opened=True)
    room.state = "submitted"
    yesterday = msgspec.structs.replace(room.session(), hour_now=None)
    room.session = lambda: yesterday  # type: ignore[method-assign]
    hands = stage.window(room.api)
    others = hands.window.start.others
    hands.wait(lambda: hands.window.start.course.count() == 1)
    assert others.count() == 0
    hands.window.start.show_course(ROOM_COURSE)
    assert others.count() == 1
    assert "submitted" in others.item(0).text()


def test_the_question_speaks_korean(stage: Stage, qapp: QApplication) -> None:
    room = Room()
    room.state = "closed"
    try:
        language.install(qapp, "ko")
        hands = stage.window(room.api, course=ROOM_COURSE)
        hands.open()
        assert hands.window.board.state.text() == "마감"
        assert hands.window.board.submit_button.text() == "다시 열기  Ctrl+Enter"
        hands.press(Qt.Key.Key_Return, CONTROL)
        dialog = hands.window.board_actions.reopening
        assert dialog is not None
        assert dialog.yes.text() == "다시 열기  Enter"
    finally:
        language.install(qapp, "en")
