"""The levels of the pyramid are dlib's: their sizes, their places among the network's cells, their pixels."""

import cv2
import numpy as np
import pytest

from server.recognition.dlib_detectors import pyramid
from server.recognition.dlib_detectors.pyramid import FRAME_COLOUR, Enlargement, levels_of
from server.recognition.dlib_detectors.score_cells import centres
from tests.server.recognition.dlib_pyramid import _box, _tiled, _tiles

NOISE = np.random.default_rng(5).integers(0, 256, (151, 203, 3), dtype=np.uint8)


SIZES = [(151, 203), (203, 151), (300, 80), (64, 64), (533, 800)]


@pytest.mark.parametrize("size", SIZES)
def test_sizes_and_places_are_those_of_dlibs_picture_of_all_levels(size: tuple[int, int]) -> None:
    levels = list(levels_of(np.zeros((*size, 3), np.uint8), 1.0))
    assert len(levels) >= 8
    for level, tile in zip(levels, _tiles(size[1], size[0]), strict=False):
        place = level.place
        assert (place.left, place.top, place.width, place.height) == (tile.left, tile.top, tile.width, tile.height)


@pytest.mark.parametrize("size", SIZES)
def test_the_sheet_is_dlibs_picture_of_all_levels(size: tuple[int, int]) -> None:
    picture = cv2.resize(NOISE[:20, :30], size[::-1])
    sheet = next(levels_of(picture, 1.0)).sheet
    tiles = _tiles(size[1], size[0])[: len(list(levels_of(picture, 1.0)))]
    dlibs = _tiled(picture, tiles)
    ours = sheet.window(0, 0, *sheet.size)
    assert ours.shape == dlibs.shape
    off = np.abs(ours.astype(int) - dlibs)
    assert off.mean() < 0.5
    assert off.max() <= 8  # cv2.warpAffine rounds places to 1/32 of a pixel


@pytest.mark.parametrize("size", SIZES)
def test_a_level_in_a_frame_of_its_own_begins_where_it_does_in_dlib_in_steps_of_cells(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pyramid, "MAX_DRAWN_PIXELS", size[0] * size[1])
    levels = list(levels_of(np.zeros((*size, 3), np.uint8), 1.0))
    for level, tile in zip(levels, _tiles(size[1], size[0]), strict=False):
        place = level.place
        assert (place.width, place.height) == (tile.width, tile.height)
        assert (place.left - tile.left) % 8 == (place.top - tile.top) % 8 == 0
        assert 11 <= place.left < 19
        assert 11 <= place.top < 19


def test_a_window_of_a_level_is_where_dlib_sees_it_in_the_picture() -> None:
    tiles = _tiles(800, 533)
    for level in levels_of(np.zeros((533, 800, 3), np.uint8), 1.0):
        middle = np.array([[level.cells.top + 3, level.cells.left + 4]])
        centre = centres(middle)[:, ::-1]
        assert level.owns(centre).all()
        corners = np.concatenate([level.to_picture(centre - 39.5), level.to_picture(centre + 39.5)]).ravel()
        dlibs = _box(tiles, *middle[0].tolist(), 1.0)
        assert np.abs(corners - (dlibs.left, dlibs.top, dlibs.right, dlibs.bottom)).max() <= 0.5 + 1e-9


def test_each_pixel_of_a_sheet_belongs_to_the_nearest_level() -> None:
    levels = list(levels_of(np.zeros((533, 800, 3), np.uint8), 1.0))
    below = levels[0].place.top + levels[0].place.height  # between two levels lie ten pixels
    points = np.array([[400, below + 2], [400, below + 8]])
    assert levels[0].owns(points).tolist() == [True, False]
    assert levels[1].owns(points).tolist() == [False, True]


@pytest.mark.parametrize("scale", [0.5, 1.5, 2.4])
def test_a_window_is_a_part_of_the_framed_level(scale: float) -> None:
    for level in list(levels_of(NOISE, scale))[:4]:
        sheet, place = level.sheet, level.place
        whole = sheet.window(0, 0, *sheet.size)
        assert whole.shape[:2] == sheet.size == (place.top + place.height + 11, place.left + place.width + 11)
        assert (whole[: place.top] == FRAME_COLOUR).all()
        assert (whole[:, -11:] == FRAME_COLOUR).all()
        assert not (whole[place.top : -11, place.left : -11] == FRAME_COLOUR).all(axis=2).all()
        assert np.array_equal(sheet.window(5, 16, 60, 50), whole[5:65, 16:66])


def test_a_level_too_large_to_be_drawn_whole_has_the_same_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    smooth = np.repeat(np.repeat(NOISE[::16, ::16], 16, axis=0), 16, axis=1)
    drawn = next(levels_of(smooth, 2.4)).sheet
    monkeypatch.setattr(pyramid, "MAX_DRAWN_PIXELS", 0)
    in_windows = next(levels_of(smooth, 2.4)).sheet
    for window in ((0, 0, 90, 77), (101, 57, 40, 33), (drawn.size[0] - 50, drawn.size[1] - 40, 50, 40)):
        one, other = drawn.window(*window).astype(int), in_windows.window(*window).astype(int)
        assert np.abs(one - other).max() <= 8  # cv2.warpAffine rounds places to 1/32 of a pixel


def test_doubling_maps_points_as_dlib_does() -> None:
    points = np.array([[0.0, 0.0], [101.0, 57.0]])
    once = points / 2 - (1.25, 0.75)
    assert np.allclose(Enlargement(2).to_picture(points), once)
    assert np.allclose(Enlargement(4).to_picture(points), once / 2 - (1.25, 0.75))
    assert Enlargement(2).size(640, 360) == (1282, 721)
    assert Enlargement(4).size(640, 360) == (2566, 1443)


def test_other_enlargements_keep_the_centres_of_pixels() -> None:
    assert np.allclose(Enlargement(2.5).to_picture(np.array([[0.75, 0.75]])), 0.0)
    assert Enlargement(2.5).size(640, 360) == (1600, 900)


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (2, 2)])
def test_a_picture_too_small_for_the_network_has_no_levels(size: tuple[int, int]) -> None:
    assert list(levels_of(np.zeros((*size, 3), np.uint8), 2.4)) == []
