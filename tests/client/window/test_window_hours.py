"""A session of several hours: all sure of every hour by one key, and Enter leads from hour to hour to submitting."""

import pytest
from PySide6.QtCore import Qt

from client.window.widgets.student_list import shown_cells
from protocol import messages as wire
from tests.client.window.classroom import CHECK, COURSE, NAMES, SURE, UNSEEN, Room
from tests.client.window.stage import Hands, Stage

NUMBERS = list(NAMES)
SHIFT = Qt.KeyboardModifier.ShiftModifier


def opened(stage: Stage, room: Room) -> Hands:
    hands = stage.window(room.api, course=COURSE)
    hands.open()
    return hands


def decide_the_others(hands: Hands) -> None:
    for _ in range(CHECK):
        hands.press(Qt.Key.Key_Return)
    for _ in range(UNSEEN):
        hands.press("a")


def test_two_hours_are_confirmed_by_one_key_and_submitted_with_21(stage: Stage) -> None:
    room = Room(hours=2)
    hands = opened(stage, room)
    hands.press("s", SHIFT)
    decide_the_others(hands)
    assert hands.focus() is hands.window.board.next_button
    assert hands.window.board.next_button.text() == f"Hour 1: {CHECK + UNSEEN} open  Enter"
    hands.press(Qt.Key.Key_Return)
    hands.wait(lambda: hands.window.controller.model.hour == 1 and hands.window.controller.model.is_loaded)
    decide_the_others(hands)
    hands.press(Qt.Key.Key_Return)
    hands.press(Qt.Key.Key_Return)
    hands.wait(lambda: room.state == "submitted")
    assert hands.keys <= 21
    assert {(number, hour): state for (number, hour), (state, _) in room.marks.items()} == {
        (number, hour): "present" if place < SURE + CHECK else "absent"
        for place, number in enumerate(NUMBERS)
        for hour in (1, 2)
    }


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.NoModifier, SHIFT])
def test_who_left_is_confirmed_in_the_hour_of_sure_pictures_only(stage: Stage, modifier: Qt.KeyboardModifier) -> None:
    room = Room(hours=2)
    room.gone = {NUMBERS[3]}
    hands = opened(stage, room)
    hands.press("s", modifier)
    hands.wait_until_sent()
    hours = [hour for number, hour in room.marks if number == NUMBERS[3]]
    assert hours == ([1] if modifier == SHIFT else [])
    assert {hour for _, hour in room.marks} == ({1, 2} if modifier == SHIFT else {2})


def test_whose_face_was_corrected_is_confirmed_in_no_hour_unseen(stage: Stage) -> None:
    room = Room(hours=2)
    hands = opened(stage, room)
    hands.window.controller.correct(
        wire.Face(box=(0, 0, 9, 9), score=1.0, verdict="sure", student=NUMBERS[0], candidates=()), NUMBERS[7]
    )
    hands.press("s", SHIFT)
    hands.wait_until_sent()
    assert not [hour for number, hour in room.marks if number == NUMBERS[0]]


def test_what_was_marked_already_is_not_confirmed_again(stage: Stage) -> None:
    room = Room(hours=2)
    room.marks[NUMBERS[0], 1] = ("excused", "professor")
    hands = opened(stage, room)
    hands.press("s", SHIFT)
    hands.wait_until_sent()
    assert room.marks[NUMBERS[0], 1] == ("excused", "professor")


def test_a_single_hour_has_neither_button(stage: Stage) -> None:
    hands = opened(stage, Room())
    board = hands.window.board
    assert (board.everywhere_button.isHidden(), board.next_button.isHidden()) == (True, True)
    hands.press("s", SHIFT)
    hands.wait_until_sent()
    assert all(hands.state_of(number) == "present" for number in NUMBERS[:SURE])


def test_an_hour_without_pictures_and_marks_is_not_offered(stage: Stage) -> None:
    class LaterHourIsToCome(Room):
        def _hour(self, place: int, number: str, hour: int) -> wire.BoardHour:
            return super()._hour(place, number, hour) if hour == 1 else wire.BoardHour(hour=hour)

    room = LaterHourIsToCome(hours=2)
    hands = opened(stage, room)
    hands.window.board.hours.setCurrentIndex(0)
    hands.wait(lambda: hands.window.controller.model.hour == 1 and hands.window.controller.model.is_loaded)
    hands.press("s")
    decide_the_others(hands)
    assert hands.focus() is hands.window.board.submit_button


@pytest.mark.parametrize(("hour", "most", "shown"), [(4, 2, [3, 4]), (1, 2, [1, 2]), (2, 1, [2]), (1, 9, [1, 2, 3, 4])])
def test_where_there_is_little_room_the_hour_that_is_shown_keeps_its_sign(
    stage: Stage, hour: int, most: int, shown: list[int]
) -> None:
    hands = opened(stage, Room(hours=4))
    hands.window.board.hours.setCurrentIndex(hour - 1)
    hands.wait(lambda: hands.window.controller.model.hour == hour and hands.window.controller.model.is_loaded)
    row = hands.window.controller.model.rows()[0]
    assert [cell.hour for cell in shown_cells(row, most)] == shown
