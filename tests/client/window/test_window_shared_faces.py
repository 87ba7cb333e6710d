"""The window submits only once it is said of two whom the camera took for one that both were there."""

from PySide6.QtCore import Qt

from protocol import messages as wire
from tests.client.window.classroom import NAMES, Room
from tests.client.window.stage import Stage
from tests.client.window.test_window import opened

ONE, OTHER = list(NAMES)[:2]


class AskingRoom(Room):
    """Its camera saw two students at one place."""

    def board(self, hours: tuple[int, ...]) -> wire.BoardShown:
        from msgspec.structs import replace

        pair = wire.SharedFace(hour=1, student=ONE, other=OTHER, why="place")
        return replace(super().board(hours), shared_faces=(pair,))


def test_enter_submits_only_once_both_are_said_to_have_been_there(stage: Stage) -> None:
    room = AskingRoom()
    hands = opened(stage, room)
    hands.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    dialog = hands.window.board_actions.question
    assert dialog is not None
    assert ONE in dialog.shared.boxes[0].text()
    hands.press(Qt.Key.Key_Return)
    assert hands.window.board_actions.question is dialog, "it is not answered yet"
    dialog.shared.boxes[0].click()
    hands.press(Qt.Key.Key_Return)
    hands.wait(lambda: room.state == "submitted")
    sent = [each for each in room.asked if isinstance(each, wire.SetSession)]
    assert sent[0].both_there == (wire.BothThere(hour=1, student=ONE, other=OTHER),)


def test_nothing_is_asked_where_the_camera_knows_everybody_apart(stage: Stage) -> None:
    hands = opened(stage, Room())
    hands.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    dialog = hands.window.board_actions.question
    assert dialog is not None
    assert not dialog.shared.isVisible()
    assert dialog.yes.isEnabled()
