"""What the window shows while something is wrong or forbidden: no key may seem to have done what it has not."""

import re
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QLabel

from client.config import ClientSettings
from client.errors import OutboxError
from client.window.application import WindowOptions
from client.window.widgets.face_labels import place_labels
from protocol.messages import BoardHour
from tests.client.window.classroom import CHECK, COURSE, NAMES, SURE, Room
from tests.client.window.stage import Hands, Stage
from tests.ports import closed_port

NUMBERS = list(NAMES)
FIRST_CHECK, FIRST_UNSEEN = NUMBERS[SURE], NUMBERS[SURE + CHECK]


def opened(stage: Stage, room: Room) -> Hands:
    hands = stage.window(room.api, course=COURSE)
    hands.open()
    return hands


def test_a_full_disk_stays_in_view_until_something_is_kept_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    hands = opened(stage, Room())

    def full(*_: object) -> int:
        raise OutboxError("The disk is full.")

    monkeypatch.setattr(hands.outbox, "add", full)
    read: list[object] = []
    hands.window._outbox_worker.answers_came.connect(lambda *_: read.append(_))
    hands.press("s")
    hands.wait(lambda: read and hands.told)
    assert hands.window.status.text_of("outbox") == "Outbox: not kept"
    hands.wait(lambda: hands.window.status.currentMessage() == "")
    assert "disk is full" in hands.window.banner.text()


@pytest.mark.parametrize("key", ["p", "s", "1", Qt.Key.Key_Return])
def test_a_closed_session_takes_no_key_as_a_decision(stage: Stage, key: object) -> None:
    room = Room()
    room.state = "closed"
    hands = opened(stage, room)
    hands.window.board.choose(FIRST_CHECK)
    hands.press(key)
    board = hands.window.board
    assert board.chosen() == FIRST_CHECK
    assert hands.window.controller.model.waiting == 0
    assert not any(button.isEnabled() for button in board.card._states.values())
    assert (board.confirm_button.isEnabled(), board.roll_button.isEnabled()) == (False, False)


def test_the_button_that_enter_presses_says_so_and_none_where_enter_would_mark_absent(stage: Stage) -> None:
    hands = opened(stage, Room())
    buttons = hands.window.board.card._states
    hands.window.board.choose(FIRST_CHECK)
    assert [state for state, button in buttons.items() if "Enter" in button.text()] == ["present"]
    hands.window.board.choose(FIRST_UNSEEN)
    assert [state for state, button in buttons.items() if "Enter" in button.text()] == []


def test_who_is_in_no_picture_is_said_to_be_for_the_professor_to_decide(stage: Stage) -> None:
    class Blind(Room):
        def _hour(self, place: int, number: str, hour: int) -> BoardHour:
            return BoardHour(hour=hour, proposed="not_taken")

    hands = opened(stage, Blind())
    hands.window.board.choose(FIRST_UNSEEN)
    said = hands.window.board.card._evidence.text()
    assert "decide by P, L or A" in said
    assert "not taken" not in said


def test_of_a_class_too_large_for_times_the_card_says_how_often_alone(stage: Stage) -> None:
    class Large(Room):
        def _hour(self, place: int, number: str, hour: int) -> BoardHour:
            return msgspec.structs.replace(super()._hour(place, number, hour), first_seen=None, last_seen=None)

    hands = opened(stage, Large())
    hands.window.board.choose(FIRST_CHECK)
    said = hands.window.board.card._evidence.text()
    assert re.search(r"Seen in \d+ of \d+ pictures\.", said)
    assert ", ." not in said


def test_labels_of_a_full_room_cover_neither_each_other_nor_a_face(stage: Stage) -> None:
    boxes = [QRectF(9 + place % 16 * 37, 30 + place // 16 * 60, 17, 19) for place in range(80)]
    names = [
        [f"✓ {NAMES[NUMBERS[place % 60]]} (very alike)", f"✓ {NAMES[NUMBERS[place % 60]]}", "✓"] for place in range(80)
    ]
    labels = [each for each in place_labels(boxes, names, QFontMetricsF(QFont()), QRect(0, 0, 603, 339)) if each.text]
    assert len(labels) > 40
    assert len({each.text for each in labels}) > 10
    for number, label in enumerate(labels):
        assert not any(label.area.intersects(other.area) for other in labels[number + 1 :])
    assert all(sum(label.area.intersects(box) for box in boxes) <= 1 for label in labels)


def test_a_course_without_students_has_no_roll_to_call(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.client.window.classroom.NAMES", {})
    hands = opened(stage, Room())
    assert not hands.window.board.roll_button.isEnabled()
    assert hands.window.board.lists.lists["check"]._hint == "Nobody is on this course's list."


def test_a_name_that_looks_like_markup_is_shown_as_it_is(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "A&B <b>Ada</b> <img src='x'>"
    monkeypatch.setitem(NAMES, FIRST_CHECK, name)
    monkeypatch.setitem(NAMES, NUMBERS[1], name)
    hands = opened(stage, Room())
    board, roll = hands.window.board, hands.window.roll
    board.choose(FIRST_CHECK)
    assert board.card._name.text() == name
    assert board.card._candidates[0].text().count("&&") == 1
    students = board.lists.lists["check"].students
    assert "&lt;b&gt;" in students.data(students.index(0), Qt.ItemDataRole.ToolTipRole)
    hands.press("r")
    assert roll.name.text() == name
    shown = [each for page in (board, roll) for each in page.findChildren(QLabel)]
    assert {each.textFormat() for each in shown} == {Qt.TextFormat.PlainText}


def test_an_outbox_that_was_damaged_is_told_in_the_window_until_something_else_is(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    path.write_bytes(b"no database " * 1000)
    settings = ClientSettings(server=("127.0.0.1", closed_port()), timeout_s=1.0, device="room 301", outbox=path)
    hands = stage.program(settings, WindowOptions())
    assert hands.outbox.set_aside is not None
    assert hands.outbox.set_aside.name in hands.window.banner.text()
    assert hands.window.banner.isVisible()
    assert not hands.window._hide_banner.isActive()
