"""The window with the real server behind it: real faces, real database, a server that goes and comes."""

import io
import signal
from pathlib import Path

from PIL import Image
from PySide6.QtCore import Qt

from client.config import ClientSettings
from client.window.application import WindowOptions
from client.window.pages.face_dialog import FaceDialog
from tests.client.window.served import ENROLLED, SECOND, THIRD, connect, recorded, session_states
from tests.client.window.stage import Hands, Stage
from tests.end_to_end.test_serving import COURSE
from tests.photographs import jpeg, side_by_side, small
from tests.ports import closed_port
from tests.running import Running, serving

CLASS = ("obama2.jpg", "biden.jpg")


def settings(server: Running, folder: Path) -> ClientSettings:
    return ClientSettings(
        server=("127.0.0.1", server.port), timeout_s=60, device="room 301", outbox=folder / "outbox.sqlite"
    )


def test_recognised_corrected_confirmed_submitted_and_read_back(stage: Stage, folder: Path) -> None:
    (folder / "knowns").mkdir()
    small("obama.jpg", 600).save(folder / "knowns" / f"{ENROLLED}_front.jpg", quality=95)
    camera = folder / "camera.jpg"
    camera.write_bytes(jpeg(side_by_side(*(small(name, 600) for name in CLASS))))
    with serving(folder) as server:
        hands = stage.program(settings(server, folder), WindowOptions(COURSE, str(camera)))
        hands.open()
        view = hands.window.board.camera
        hands.wait(lambda: {face.student for face in view.faces} == {ENROLLED, None})
        hands.wait(lambda: [row.student for row in hands.window.controller.model.rows("sure")] == [ENROLLED])
        (stranger,) = (face for face in view.faces if face.student is None)
        hands.qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.face_rect(stranger).center().toPoint())
        assert hands.window.findChild(FaceDialog) is not None
        hands.press("1042")
        hands.press(Qt.Key.Key_Return)
        hands.press("s")
        hands.window.board.choose(THIRD)
        hands.press("a")
        hands.wait_until_sent()
        hands.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        question = hands.window.board_actions.question
        assert question is not None
        assert question.counts.text() == "3 enrolled, 2 present, 1 absent; 2 faces seen."
        hands.press(Qt.Key.Key_Return)
        hands.wait(lambda: hands.window.board.state.text() == "submitted ✓")
    assert recorded(folder) == {
        ENROLLED: ("present", "camera"),
        SECOND: ("present", "professor"),
        THIRD: ("absent", "professor"),
    }
    assert session_states(folder) == ["submitted"]


def test_a_roll_call_by_keys_alone_reaches_the_database(stage: Stage, folder: Path, server: Running) -> None:
    hands = stage.window(lambda: connect(server), course=COURSE, server=server.address)
    hands.open()
    for key in ("r", "p", "l", "b", "a", "x", "q"):
        hands.press(key)
    hands.wait_until_sent()
    assert recorded(folder) == {
        ENROLLED: ("present", "roll_call"),
        SECOND: ("absent", "roll_call"),
        THIRD: ("excused", "roll_call"),
    }


def test_decisions_wait_while_the_server_is_away_and_reach_it_when_it_is_back(stage: Stage, folder: Path) -> None:
    with serving(folder) as first:
        port = first.port
        hands = stage.window(lambda: connect(first), course=COURSE, server=first.address)
        hands.open()
        hands.window.board.choose(ENROLLED)
        assert first.end(signal.SIGTERM) == 0
    hands.press("p")
    hands.press("l")
    hands.wait(lambda: hands.window.status.text_of("server") == "Server: away, trying again")
    hands.wait(lambda: hands.window.status.text_of("outbox") == "Outbox: 2 waiting on this PC")
    assert (hands.state_of(ENROLLED), hands.state_of(SECOND)) == ("present", "late")
    with serving(folder, "--port", str(port)):
        hands.wait(lambda: hands.window.status.text_of("server") == "Server: connected")
        hands.wait_until_sent()
        assert recorded(folder) == {ENROLLED: ("present", "professor"), SECOND: ("late", "professor")}
        assert hands.window.status.text_of("outbox") == "Outbox: all sent"


def test_what_was_decided_before_the_window_closed_is_sent_by_the_next(stage: Stage, folder: Path) -> None:
    with serving(folder) as first:
        port = first.port
        hands = stage.window(lambda: connect(first), course=COURSE, server=first.address)
        hands.open()
        hands.window.board.choose(THIRD)
        first.end(signal.SIGTERM)
    hands.press("p")
    hands.wait(lambda: hands.outbox.waiting() == 1)
    hands.close()
    with serving(folder, "--port", str(port)) as again:
        following = stage.window(lambda: connect(again), server=first.address)
        following.wait(lambda: following.outbox.waiting() == 0)
        assert recorded(folder) == {THIRD: ("present", "professor")}


def test_a_camera_that_is_not_there_is_told_and_the_rest_works(stage: Stage, folder: Path, server: Running) -> None:
    hands = stage.program(settings(server, folder), WindowOptions(COURSE, f"http://127.0.0.1:{closed_port()}/shot.jpg"))
    hands.open()
    hands.wait(lambda: hands.window.status.text_of("camera") == "Camera: lost, trying again")
    hands.window.board.choose(ENROLLED)
    hands.press("p")
    hands.wait_until_sent()
    assert recorded(folder) == {ENROLLED: ("present", "professor")}


def picture_of_nobody() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((640, 360), 90).convert("RGB").save(buffer, "JPEG")
    return buffer.getvalue()


def test_a_picture_without_anybody_shows_no_face_and_is_no_error(stage: Stage, folder: Path, server: Running) -> None:
    camera = folder / "camera.jpg"
    camera.write_bytes(picture_of_nobody())
    hands = stage.program(settings(server, folder), WindowOptions(COURSE, str(camera)))
    hands.open()
    seen: list[object] = []
    assert hands.window._recognition is not None
    hands.window._recognition.saw.connect(lambda faces, _: seen.append(faces))
    hands.wait(lambda: seen)
    assert hands.window.board.camera.faces == ()
    assert hands.window.status.text_of("server") == "Server: connected"
    assert isinstance(hands, Hands)
