"""Landmarks are kept sealed beside a sighting, where they are to be kept."""

from dataclasses import replace

import numpy as np
import pytest

from server.errors import Internal
from server.store import FacePoints, Sighting, Store
from server.store.database.tables import sightings
from server.store.face_points import packed_points, unpacked_points
from tests.server.store.store_values import COURSE, DAY, NOW, enrol, picture, sighting

BOX = (1, 2, 30, 40)
LANDMARKS = np.array([[8.3, 12.2], [22.9, 12.1], [15.0, 20.06], [9.9, 30.0], [21.4, -4.0]], np.float32)


def with_points(framed: float | None = 0.37) -> Sighting:
    return replace(sighting(), points=FacePoints(LANDMARKS, framed))


@pytest.mark.parametrize("framed", [None, 0.0, 0.37, 1.0])
def test_points_come_back_to_an_eighth_of_a_pixel(framed: float | None) -> None:
    found = unpacked_points(packed_points(FacePoints(LANDMARKS, framed), BOX), BOX)
    assert np.abs(found.landmarks - LANDMARKS).max() <= 1 / 16
    assert found.framed == framed


def test_what_are_no_points_is_refused() -> None:
    for landmarks in (LANDMARKS[:4], np.full((5, 2), np.nan, np.float32)):
        with pytest.raises(Internal):
            packed_points(FacePoints(landmarks), BOX)
    with pytest.raises(ValueError, match="bytes"):
        unpacked_points(b"123", BOX)


def test_the_store_keeps_them_sealed_and_gives_them_back(store: Store) -> None:
    enrol(store)
    store.pictures.add(picture(), [with_points()], now=NOW)
    [(_, (seen,))] = store.pictures.of_day(COURSE, DAY)
    assert seen.points is not None
    assert np.abs(seen.points.landmarks - LANDMARKS).max() <= 1 / 16
    assert seen.points.framed == 0.37
    [sealed] = store._database.read(
        lambda connection: connection.scalars(sightings.select().with_only_columns(sightings.c.sealed_points)).all()
    )
    assert packed_points(FacePoints(LANDMARKS, 0.37), BOX) not in sealed


def test_without_them_nothing_is_kept(store: Store) -> None:
    enrol(store)
    store.pictures.add(picture(), [sighting()], now=NOW)
    [(_, (seen,))] = store.pictures.of_day(COURSE, DAY)
    assert seen.points is None


def test_they_are_kept_without_an_embedding_too(store: Store) -> None:
    enrol(store)
    store.pictures.add(picture(), [replace(with_points(), embedding=None)], now=NOW)
    [(_, (seen,))] = store.pictures.of_day(COURSE, DAY)
    assert seen.points is not None
