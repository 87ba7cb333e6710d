"""A picture of the class that is on is there for seconds, one a session, and nowhere but in memory."""

import io
from dataclasses import replace
from typing import Any

import pytest

from server.recognition import decode_image
from server.recognition.images.shown import MOST_PX, for_screen
from server.services.class_day import live_pictures
from server.services.class_day.live_pictures import FACES_S, LivePictures
from tests.photographs import small
from tests.server.classroom import Classroom, seoul


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def live(on_sqlite: Classroom, clock: Clock) -> LivePictures:
    """Of a classroom whose course is set; its dispatcher keeps there."""
    on_sqlite.set_course()
    held = LivePictures(10.0, lambda data: b"shown " + data, clock)
    on_sqlite.services = replace(on_sqlite.services, live=held)
    on_sqlite.dispatcher._services = on_sqlite.services
    return held


def test_the_last_one_is_shown_without_what_its_file_held(live: LivePictures, on_sqlite: Classroom) -> None:
    on_sqlite.look("10:31", 0, 1)
    first = live.newest(1)
    on_sqlite.look("10:32", 2)
    newest = live.newest(1)
    assert first is not None
    assert newest is not None
    assert newest.number != first.number
    assert live.image(1, newest.number) == b"shown 2"
    assert live.image(1, first.number) is None, "one a session"
    assert live.image(2, newest.number) is None
    assert "image" not in repr(newest)


def test_it_is_forgotten_after_seconds_though_nobody_asks(
    live: LivePictures, on_sqlite: Classroom, clock: Clock
) -> None:
    on_sqlite.look("10:31", 0)
    number = live.newest(1).number  # type: ignore[union-attr]
    clock.now += 9.9
    assert live.image(1, number) is not None
    clock.now += 0.2
    live.forget_old()
    assert live._kept == {}
    assert live.image(1, number) is None
    assert live.face(1, number, 0) is not None, "who was shown can be touched a while longer"
    assert {each.image for shown in live._shown.values() for each in shown} == {b""}
    clock.now += FACES_S
    assert live.face(1, number, 0) is None
    assert live._shown == {}


def test_a_face_that_was_never_shown_goes_with_its_picture(live: LivePictures, on_sqlite: Classroom) -> None:
    on_sqlite.look("10:31", 0)
    number = live.newest(1).number  # type: ignore[union-attr]
    assert live.face(1, number, 0) is not None
    assert live.face(1, number, 1) is None
    assert live.face(1, number, -1) is None
    on_sqlite.look("10:32", 1)
    assert live.face(1, number, 0) is None


def test_it_is_gone_when_the_session_is_submitted(live: LivePictures, on_sqlite: Classroom) -> None:
    on_sqlite.look("10:31", 0)
    live.image(1, live.newest(1).number)  # type: ignore[union-attr]
    on_sqlite.set_state(1, "submitted")
    assert live.newest(1) is None
    assert live._shown == {}
    on_sqlite.look("10:33", 0)
    assert live.newest(1) is None, "none is kept of a session that is over"


@pytest.mark.parametrize("moment", ["12:26", "23:00"])
def test_none_is_kept_when_the_last_hour_is_over(live: LivePictures, on_sqlite: Classroom, moment: str) -> None:
    on_sqlite.look(moment, 0)
    assert live.newest(1) is None


def test_one_that_was_held_back_is_none_of_this_moment(live: LivePictures, on_sqlite: Classroom) -> None:
    view = _view(on_sqlite)
    picture = on_sqlite.recognition.identify(b"0", "ea0017_1", on_sqlite.now.date())
    live.keep(view, picture, seoul("10:30"), seoul("10:31"))
    assert live.newest(1) is None
    live.keep(view, picture, seoul("10:31"), seoul("10:31"))
    assert live.newest(1) is not None


def test_where_it_is_off_nothing_is_kept(on_sqlite: Classroom) -> None:
    off = LivePictures()
    picture = on_sqlite.recognition.identify(b"0", "ea0017_1", on_sqlite.now.date())
    on_sqlite.set_course()
    off.keep(_view(on_sqlite), picture, on_sqlite.now, on_sqlite.now)
    assert off._kept == {}


def test_all_together_take_no_more_than_they_may(
    live: LivePictures, on_sqlite: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_pictures, "MOST_BYTES", 25)
    view = _view(on_sqlite)
    picture = replace(on_sqlite.recognition.identify(b"0", "ea0017_1", on_sqlite.now.date()), image=b"ten bytes.")
    for session in range(1, 6):
        numbered = replace(view, session=replace(view.session, id=session))
        live.keep(numbered, picture, on_sqlite.now, on_sqlite.now)
    assert list(live._kept) == [4, 5]
    live.keep(view, replace(picture, image=b"x" * 26), on_sqlite.now, on_sqlite.now)
    assert live.newest(1) is None


def test_what_is_shown_is_a_small_upright_jpeg_of_pixels_alone() -> None:
    image = small("obama.jpg").resize((3000, 2000))
    exif = image.getexif()
    exif[0x0112], exif[0x010E] = 6, "a name"
    file = io.BytesIO()
    image.convert("RGB").save(file, "JPEG", exif=exif)
    assert b"a name" in file.getvalue()
    shown = for_screen(file.getvalue(), decode_image)
    assert shown.startswith(b"\xff\xd8")
    assert b"a name" not in shown
    assert decode_image(shown).shape == (MOST_PX, round(MOST_PX * 2000 / 3000), 3)


def _view(room: Classroom) -> Any:
    room.now = seoul("10:31")
    return room.class_day.sessions.view(room.open().session, room.now)
