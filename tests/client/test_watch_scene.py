"""A watch that lasts tells once that its camera was moved, and again when it is moved anew."""

from datetime import UTC, datetime
from typing import Any

import numpy as np

from bench.classroom import room_wall
from cameras.scene import Scene
from client.watch.events import EventReporter
from client.watch.scene import FIRST, LASTING, KeptScene, SceneWatch


def wall(shift: int = 0) -> np.ndarray:
    shown = room_wall(640, 360, np.random.default_rng(2))
    return np.roll(np.clip(shown, 0, 255).astype(np.uint8), shift, axis=1)


def test_a_change_that_lasts_is_told_once_and_one_that_passes_is_not() -> None:
    told: list[str] = []

    def show(kind: str, at: datetime, text: str, values: dict[str, Any]) -> None:
        told.append(text)

    watch = SceneWatch(EventReporter(show, lambda: datetime(2026, 3, 2, tzinfo=UTC)))
    still, moved = wall(), wall(60)
    for shown in [still] * (FIRST + 3) + [moved] * (LASTING - 1) + [still] * LASTING:
        watch.look(shown)
    assert told == []
    for shown in [moved] * (LASTING + 5):
        watch.look(shown)
    assert len(told) == 1
    assert "moved" in told[0]
    for shown in [still] * LASTING + [np.full_like(still, 12)] * LASTING:
        watch.look(shown)
    assert len(told) == 2
    assert "covered" in told[1]


def test_a_camera_that_was_moved_since_the_room_was_checked_is_told_at_the_beginning() -> None:
    told: list[str] = []

    def show(kind: str, at: datetime, text: str, values: dict[str, Any]) -> None:
        told.append(text)

    def watching(shown: np.ndarray) -> None:
        reporter = EventReporter(show, lambda: datetime(2026, 3, 2, tzinfo=UTC))
        kept = KeptScene(Scene.of(wall()), datetime(2026, 2, 20, 3, tzinfo=UTC))
        watch = SceneWatch(reporter, lambda: kept)
        for _ in range(FIRST + 1):
            watch.look(shown)

    watching(wall())
    assert told == []
    watching(wall(60))
    assert len(told) == 1
    assert told[0].startswith("Since this room was checked on 2026-02-20: The camera was moved")
