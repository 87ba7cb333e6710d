"""No face in a zone is found by any way; what lies beside it is found as before. Real faces."""

from datetime import date
from functools import partial
from pathlib import Path

import pytest

from server.errors import NoFace, SetupProblem
from server.extraction import LocalExtractor
from server.recognition import decode_image
from server.recognition.images.painting import painted_over
from server.services.class_day.fair_order import Sender
from server.services.class_day.galleries import Galleries
from server.services.class_day.recognition import Recognition
from tests.photographs import jpeg, side_by_side, small
from tests.server.classroom import COURSE, Classroom, seoul
from tests.server.recognition.photographs import recogniser

DAY = date(2026, 3, 2)
LEFT = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


@pytest.fixture(scope="module")
def two_people() -> bytes:
    one = small("obama.jpg")
    return jpeg(side_by_side(one, small("biden.jpg").resize(one.size)))


@pytest.fixture
def recognition(on_sqlite: Classroom) -> Recognition:
    on_sqlite.set_course()
    found = recogniser()
    galleries = Galleries(on_sqlite.store, found.model_id)
    return Recognition(
        LocalExtractor(found, decode_image),
        on_sqlite.store,
        galleries,
        on_sqlite.queue,
        partial(painted_over, decode=decode_image),
    )


def zone(room: Classroom, points: tuple[tuple[float, float], ...], camera: str = "") -> None:
    room.store.zones.add("B101", camera, points, at=room.now, by="test")


def places(recognition: Recognition, picture: bytes, sender: Sender, course: str | None = COURSE) -> list[str]:
    found = recognition.identify(picture, course, DAY, sender)
    return sorted("left" if face.box[0] < found.width / 2 else "right" for face in found.faces)


def test_a_face_in_a_zone_is_found_by_no_way_and_the_one_beside_it_is(
    recognition: Recognition, on_sqlite: Classroom, two_people: bytes
) -> None:
    front = Sender("10.0.3.9", "front")
    assert places(recognition, two_people, front) == ["left", "right"]
    zone(on_sqlite, LEFT)
    assert places(recognition, two_people, front) == ["right"], "by the course's room"
    assert places(recognition, two_people, Sender("10.0.3.7"), None) == ["right"], "by the camera's address"
    assert places(recognition, two_people, front, None) == ["right"], "by the camera's name"
    zone(on_sqlite, WHOLE)
    assert places(recognition, two_people, front) == []
    assert recognition.largest_known(two_people, COURSE, DAY, front) is None
    with pytest.raises(NoFace):
        recognition.verify(on_sqlite.students[0], two_people, course=COURSE, day=DAY)


def test_a_zone_of_one_camera_is_looked_at_by_another(
    recognition: Recognition, on_sqlite: Classroom, two_people: bytes
) -> None:
    zone(on_sqlite, LEFT, camera="back")
    assert places(recognition, two_people, Sender("10.0.3.9", "front")) == ["left", "right"]
    assert places(recognition, two_people, Sender("10.0.3.9", "back")) == ["right"]


def test_where_nothing_can_paint_nothing_is_looked_at(on_sqlite: Classroom) -> None:
    on_sqlite.set_course()
    zone(on_sqlite, LEFT)
    with pytest.raises(SetupProblem):
        on_sqlite.recognition.identify(b"0 1", COURSE, seoul("10:40").date())


def test_what_lies_in_a_zone_is_one_colour_and_the_rest_is_as_it_was(tmp_path: Path, two_people: bytes) -> None:
    before = decode_image(two_people)
    after = decode_image(painted_over(two_people, [LEFT], decode_image))
    assert after.shape == before.shape
    middle = before.shape[1] // 2
    assert int(after[:, : middle - 16].max()) - int(after[:, : middle - 16].min()) <= 4
    changed = abs(after[:, middle + 16 :].astype(int) - before[:, middle + 16 :])
    assert changed.mean() < 2


def test_what_a_professor_is_shown_of_the_class_is_without_them(
    recognition: Recognition, on_sqlite: Classroom, two_people: bytes
) -> None:
    zone(on_sqlite, LEFT)
    shown = recognition.identify(two_people, COURSE, DAY, Sender("10.0.3.9", "front")).image
    pixels = decode_image(shown)
    left = pixels[:, : pixels.shape[1] // 2 - 16]
    assert int(left.max()) - int(left.min()) <= 4
