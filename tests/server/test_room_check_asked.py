"""A classroom's program sends pictures of its room, is told what they show so far, and the last one keeps it."""

import base64
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import cv2
import numpy as np
import pytest

from bench.classroom import room_wall
from cameras.scene import read_scene
from protocol import messages
from server.dispatch import Campus, Dispatcher
from server.faces import Face
from server.gallery.constants import family_constants
from server.recognition import decode_image
from server.services.rooms.checks import MOST_PICTURES, RoomChecks
from server.services.rooms.prediction import SurePrediction
from server.wire import Wire
from tests.server.classroom import COURSE, SEOUL, TIMETABLE, Classroom, seoul

WALL = np.clip(room_wall(480, 270, np.random.default_rng(1)), 0, 255).astype(np.uint8)


@dataclass
class Boxes:
    """Finds faces where it is told; which ones differs from picture to picture by their light alone."""

    boxes: tuple[tuple[int, int, int, int], ...]
    family: str = "khuface"

    def faces(self, image: Any, **how: Any) -> list[Face]:
        return [Face(each, np.zeros(4, np.float32), np.zeros((5, 2), np.float32), 1.0) for each in self.boxes]

    def quarter_turns(self, image: Any, min_face_px: int) -> int:
        return 0


def picture(number: int, wall: Any = WALL) -> bytes:
    """People stand before the wall: discs that are another grey each time."""
    shown = wall.copy()
    for left, top, right, bottom in FACES:
        chance = np.random.default_rng([number, left])
        shown[top : bottom + 1, left : right + 1] = chance.integers(60, 180)
    return bytes(cv2.imencode(".jpg", shown[:, :, ::-1])[1])


FACES = ((100, 150, 179, 229), (300, 155, 379, 234), (200, 40, 213, 53))


@pytest.fixture
def room(on_sqlite: Classroom) -> Classroom:
    on_sqlite.set_course()
    prediction = SurePrediction(family_constants("khuface"))
    checks = RoomChecks(on_sqlite.store, Boxes(FACES), decode_image, on_sqlite.queue, lambda: prediction)  # type: ignore[arg-type]
    services = replace(on_sqlite.services, rooms=checks)
    on_sqlite.wire = Wire(Dispatcher(services, Campus(SEOUL), lambda: on_sqlite.now))
    on_sqlite.ask(messages.Hello(device="front"))
    return on_sqlite


def check(room: Classroom, number: int, wall: Any = WALL, **more: Any) -> Any:
    return room.ask(messages.CheckRoom(course=COURSE, check="one", **more), picture(number, wall))


def test_each_answer_tells_what_the_pictures_show_so_far_and_the_last_one_keeps_it(room: Classroom) -> None:
    assert check(room, 1).pictures == 1
    assert room.store.room_checks.latest() == []
    told = check(room, 2, keep=True, report="html")
    assert (told.pictures, told.room) == (2, "B101")
    assert [(each.row, each.faces, each.state) for each in told.rows] == [(1, 2, "sure"), (2, 1, "invisible")]
    assert told.english.startswith("Row 1 yes, row 2 no")
    assert base64.b64decode(told.file).startswith(b"<!doctype html>")
    kept = room.ask(messages.CheckRoom(course=COURSE))
    assert (kept.korean, kept.rows, kept.checked_at) == (told.korean, told.rows, room.now)
    assert read_scene(base64.b64decode(kept.scene)) is not None


def test_a_camera_that_was_moved_since_is_told(room: Classroom) -> None:
    check(room, 1, keep=True)
    room.now += timedelta(days=1)
    moved = room.ask(messages.CheckRoom(course=COURSE, check="two"), picture(2, np.roll(WALL, 60, axis=1)))
    assert moved.change == "moved"
    assert "moved" in moved.advice[0].english


def test_light_is_kept_by_hour_and_told_where_one_is_too_bright(room: Classroom) -> None:
    window = WALL.copy()
    window[:140, :160] = 254
    window[140:, :160] = np.clip(window[140:, :160].astype(int) + 60, 0, 255)
    for clock, wall, name in (
        ("10:00", WALL, "a"),
        ("13:00", WALL, "b"),
        ("15:00", window, "c"),
        ("16:00", window, "d"),
    ):
        room.now = seoul(clock)
        told = room.ask(messages.CheckRoom(course=COURSE, check=name, keep=True), picture(1, wall))
    assert any(each.english == "From 15 h on the left is too bright." for each in told.advice)
    assert any(each.korean == "15시부터 왼쪽이 너무 밝습니다." for each in told.advice)


def test_a_room_that_was_never_checked_says_so(room: Classroom) -> None:
    kept = room.ask(messages.CheckRoom(course=COURSE))
    assert (kept.room, kept.korean, kept.checked_at, kept.scene) == ("B101", "", None, "")


def test_a_course_without_a_room_is_checked_and_nothing_kept(room: Classroom) -> None:
    room.set_course(TIMETABLE.replace('room = "B101"\ndevices = ["10.0.3.7", "front"]', ""))
    told = check(room, 1, keep=True)
    assert (told.room, told.checked_at, told.pictures) == ("", None, 1)
    assert room.store.room_checks.latest() == []


def test_what_is_no_picture_and_too_many_of_them_are_refused(room: Classroom) -> None:
    assert room.ask(messages.CheckRoom(course=COURSE, check="x"), b"none").code == "no_face"
    assert room.ask(messages.CheckRoom(course="nowhere", check="x"), b"none").code == "unknown_course"
    data = picture(1)
    for _ in range(MOST_PICTURES):
        room.ask(messages.CheckRoom(course=COURSE, check="many"), data)
    assert room.ask(messages.CheckRoom(course=COURSE, check="many"), data).code == "bad_request"
