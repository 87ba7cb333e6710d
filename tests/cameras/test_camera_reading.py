"""A camera read in its own thread: the newest frame, its state, growing pauses, and a close that always comes back."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import numpy as np
import pytest

from cameras.error_texts import CameraText
from cameras.errors import CameraLost
from cameras.frame import Image
from cameras.reading import Camera
from cameras.source import Pace, Pause
from tests.cameras.camera_servers import DEADLINE_S
from tests.cameras.waits import Clock, Watched


def picture(grey: int) -> Image:
    return np.full((6, 8, 3), grey, np.uint8)


class Scripted:
    """A source whose n-th opening follows the n-th script; behind the last it is lost."""

    name = "the camera"
    patience_s = 10.0

    def __init__(self, *scripts: Callable[[], Iterator[Image]]) -> None:
        self._scripts = list(scripts)

    def pictures(self, pause: Pause) -> Iterator[Image]:
        if not self._scripts:
            raise CameraLost("{camera} is away.")
        yield from self._scripts.pop(0)()


def lost() -> Iterator[Image]:
    raise CameraLost("{camera} is away.")
    yield


def test_pauses_between_tries_grow_from_one_second_to_a_minute() -> None:
    with Watched(Scripted()) as watched:
        pauses = []
        for _ in range(9):
            pauses.append(watched.waits.next_pause())
            watched.waits.end()
        assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_camera_that_came_back_is_tried_again_at_once_when_it_goes_away_anew() -> None:
    def one_picture() -> Iterator[Image]:
        yield picture(1)
        raise CameraLost(CameraText.ENDED)

    with Watched(Scripted(lost, lost, one_picture)) as watched:
        pauses = []
        for _ in range(4):
            pauses.append(watched.waits.next_pause())
            watched.waits.end()
        assert pauses == [1, 2, 1, 2]


def test_a_lost_camera_says_why_and_when_it_is_tried_again_and_shows_no_old_frame() -> None:
    def one_picture() -> Iterator[Image]:
        yield picture(1)
        raise CameraLost(CameraText.ENDED)

    with Watched(Scripted(one_picture)) as watched:
        watched.waits.next_pause()
        assert watched.camera.state == "lost"
        assert watched.camera.text == "the camera gives no more pictures. It is tried again in 1 s."
        assert watched.camera.latest() is None


def test_only_the_newest_frame_is_kept_with_the_time_it_was_taken() -> None:
    times = iter([datetime(2026, 3, 2, 0, minute, tzinfo=UTC) for minute in range(3)])
    camera = Camera(Scripted(lambda: iter([picture(1), picture(2), picture(3)])), clock=lambda: next(times))
    with camera:
        frame = camera.next_frame(2, DEADLINE_S)
        assert frame.number == 3
        assert frame.taken_at == datetime(2026, 3, 2, 0, 2, tzinfo=UTC)
        assert frame.image[0, 0, 0] == 3


def test_a_recording_that_is_over_keeps_its_last_frame_and_is_not_opened_again() -> None:
    with Camera(Scripted(lambda: iter([picture(7)]))) as camera:
        assert camera.next_frame(0, DEADLINE_S).number == 1
        assert camera.next_frame(1, DEADLINE_S) is None
        assert camera.state == "ended"
        assert camera.latest().image[0, 0, 0] == 7


def test_whoever_has_a_new_frame_finds_the_camera_live() -> None:
    begin, seen = threading.Event(), []

    class Name(str):
        """Looks at the camera whenever the camera's thread makes a sentence."""

        def __iter__(self) -> Iterator[str]:
            if begin.is_set():
                seen.append((camera.next_frame(0, 0) is not None, camera.state))
            return super().__iter__()

    def one_picture() -> Iterator[Image]:
        assert begin.wait(DEADLINE_S)
        yield picture(1)

    source = Scripted(one_picture)
    source.name = Name("the camera")
    with Camera(source) as camera:
        begin.set()
        camera.next_frame(1, DEADLINE_S)
    assert seen
    assert (True, "opening") not in seen


def test_a_source_that_falls_silent_is_lost_until_it_speaks_again() -> None:
    go_on = threading.Event()

    def stalls() -> Iterator[Image]:
        yield picture(1)
        assert go_on.wait(DEADLINE_S)
        yield picture(2)
        raise CameraLost("{camera} is away.")

    with Watched(Scripted(stalls)) as watched:
        assert watched.camera.next_frame(0, DEADLINE_S).number == 1
        watched.clock.now += 10.5
        assert watched.camera.state == "lost"
        assert watched.camera.text == "the camera has given no picture for 10 s."
        assert watched.camera.latest() is None
        go_on.set()
        assert watched.camera.next_frame(1, DEADLINE_S).number == 2


def test_a_driver_that_fails_in_its_own_way_is_tried_again_and_its_words_are_not_shown() -> None:
    def fails() -> Iterator[Image]:
        raise RuntimeError("cannot open rtsp://admin:secret@host")
        yield

    with Watched(Scripted(fails)) as watched:
        assert watched.waits.next_pause() == 1
        assert watched.camera.text == "the camera failed (RuntimeError). It is tried again in 1 s."


def test_closing_comes_back_while_the_driver_hangs() -> None:
    let_go = threading.Event()

    def hangs() -> Iterator[Image]:
        let_go.wait(DEADLINE_S)
        yield picture(1)

    camera = Camera(Scripted(hangs))
    begun_at = time.monotonic()
    camera.close()
    took_s = time.monotonic() - begun_at
    let_go.set()
    assert took_s < DEADLINE_S / 2
    assert camera.latest() is None


def test_closing_ends_a_pause_and_whoever_waits_for_a_frame() -> None:
    camera = Camera(Scripted())
    closer = threading.Timer(0, camera.close)
    closer.start()
    assert camera.next_frame(0, DEADLINE_S) is None
    closer.join()
    camera.close()


def test_a_closed_camera_lets_its_source_go() -> None:
    freed = threading.Event()

    def endless() -> Iterator[Image]:
        try:
            while True:
                yield picture(1)
        finally:
            freed.set()

    with Camera(Scripted(endless)) as camera:
        camera.next_frame(0, DEADLINE_S)
    assert freed.wait(DEADLINE_S)


@pytest.mark.parametrize(("rate", "due"), [(10.0, 10), (25.0, 25), (1000.0, 100)])
def test_no_more_frames_are_decoded_than_asked_for(rate: float, due: int) -> None:
    clock = Clock()
    pace = Pace(rate, clock)
    count = 0
    for _ in range(100):
        count += pace.is_due()
        clock.now += 0.01
    assert abs(count - due) <= 1


def test_a_source_that_hangs_is_tried_by_another_thread_and_no_longer_heard() -> None:
    let_go = threading.Event()

    def hanging() -> Iterator[Image]:
        let_go.wait(DEADLINE_S)
        yield picture(1)
        yield picture(1)

    def working() -> Iterator[Image]:
        yield picture(200)
        while True:
            let_go.wait(0.01)
            yield picture(200)

    with Watched(Scripted(hanging, working)) as watched:
        stuck = watched.camera._thread
        watched.clock.now += Scripted.patience_s + 30
        assert watched.camera.state == "lost"
        assert watched.camera._thread is stuck, "not before a minute"
        watched.clock.now += 31
        assert watched.camera.state == "lost"
        frame = watched.camera.next_frame(0, DEADLINE_S)
        assert frame.image.mean() == 200
        let_go.set()
        stuck.join(DEADLINE_S)
        assert not stuck.is_alive()
        assert watched.camera.next_frame(frame.number, DEADLINE_S).image.mean() == 200
        assert watched.camera.state == "live"
