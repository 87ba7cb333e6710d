"""Readiness by what happened last."""

from typing import Any

import numpy as np
import pytest

from server.errors import BadImage
from server.faces import Face
from server.readiness import DATABASE_SILENCE_S, Readiness, WatchedRecogniser, drawn_picture
from tests.server.classroom import MadeUpRecogniser
from tests.server.gallery.made_up_people import MadeUpPeople


class Networks(MadeUpRecogniser):
    """Embed whatever they are shown, until they are broken."""

    family, engine, detector = "made-up", "none", "none"

    def __init__(self) -> None:
        super().__init__(MadeUpPeople(3, seed=1, apart=0.9, own=0.2))
        self.error: Exception | None = None

    def look(self, image: Any) -> list[Face]:
        if self.error:
            raise self.error
        return []

    def at_boxes(self, image: Any, boxes: Any) -> list[Face]:
        return [Face(box, np.ones(128, np.float32), np.zeros((5, 2), np.float32), 0.0) for box in boxes]


def watched() -> tuple[Networks, WatchedRecogniser, Readiness]:
    readiness, networks = Readiness(), Networks()
    readiness.database_answered()
    return networks, WatchedRecogniser(networks, readiness), readiness  # type: ignore[arg-type]


def test_nothing_is_ready_before_a_first_recognition() -> None:
    _, recogniser, readiness = watched()
    assert not readiness.now()
    assert recogniser.check()
    assert readiness.now()


def test_networks_that_fail_are_not_ready_until_they_succeed_again() -> None:
    networks, recogniser, readiness = watched()
    recogniser.check()
    networks.error = RuntimeError("out of memory")
    with pytest.raises(RuntimeError):
        recogniser.look(drawn_picture())
    assert not readiness.now()
    networks.error = None
    recogniser.look(drawn_picture())
    assert readiness.now()


def test_a_picture_that_cannot_be_used_says_nothing_of_the_networks() -> None:
    networks, recogniser, readiness = watched()
    recogniser.check()
    networks.error = BadImage("The image is none.")
    with pytest.raises(BadImage):
        recogniser.look(drawn_picture())
    assert readiness.now()


def test_a_database_that_says_nothing_for_long_counts_as_away() -> None:
    now = 0.0
    readiness = Readiness(lambda: now)
    readiness.recognised(True)
    readiness.database_answered()
    now = DATABASE_SILENCE_S - 1
    assert readiness.now()
    now = DATABASE_SILENCE_S + 1
    assert not readiness.now()
