"""A score map put together from tiles and windows is the one that the network gives for the whole level."""

import numpy as np
import pytest
from numpy.typing import NDArray

from server.recognition.dlib_detectors import score_maps
from server.recognition.dlib_detectors.pyramid import Level, levels_of
from server.recognition.dlib_detectors.score_cells import Cells
from server.recognition.dlib_detectors.score_maps import of_windows, whole
from tests.server.recognition.photographs import detector_session

NOISE = np.random.default_rng(6).integers(0, 256, (450, 600, 3), dtype=np.uint8)
FRAMED, ON_A_SHEET = next(levels_of(NOISE, 1.1)), list(levels_of(NOISE, 1.0))[1]


def at_once(level: Level) -> NDArray[np.float32]:
    return level.cells.of(detector_session().scores(level.sheet.window(0, 0, *level.sheet.size)[None])[0])


@pytest.mark.parametrize("most_pixels", [60_000, 150_000, 10_000_000])
@pytest.mark.parametrize("level", [FRAMED, ON_A_SHEET])
def test_tiles_make_up_the_whole_map(level: Level, most_pixels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score_maps, "MAX_PIXELS", most_pixels)
    scores = whole(level.sheet, level.cells, detector_session())
    assert scores.shape == level.cells.shape
    assert np.abs(scores - at_once(level)).max() < 1e-4


def test_no_more_pixels_go_through_the_network_at_once_than_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score_maps, "MAX_PIXELS", 90_000)
    seen = []

    class Watched:
        def scores(self, levels: NDArray[np.uint8]) -> NDArray[np.float32]:
            seen.append(levels.shape[0] * levels.shape[1] * levels.shape[2])
            return detector_session().scores(levels)

    whole(FRAMED.sheet, FRAMED.cells, Watched())
    of_windows(FRAMED.sheet, [Cells(row, 20, row + 4, 24) for row in range(12, 30, 4)], Watched())
    assert max(seen) <= 90_000


def test_windows_anywhere_have_the_scores_of_the_whole() -> None:
    scores = at_once(FRAMED)
    rows, columns = scores.shape
    windows = [
        Cells(0, 0, 12, 12),
        Cells(rows - 12, columns - 12, rows, columns),
        Cells(20, 30, 32, 42),
        Cells(21, 5, 33, 17),
        Cells(rows - 1, 40, rows, 41),
    ]
    for window, found in zip(windows, of_windows(FRAMED.sheet, windows, detector_session()), strict=True):
        assert np.abs(found - scores[window.top : window.bottom, window.left : window.right]).max() < 1e-4


def test_no_windows_have_no_scores() -> None:
    assert of_windows(FRAMED.sheet, [], detector_session()) == []
