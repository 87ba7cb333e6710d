"""The converted detector gives dlib's scores at dlib's places."""

import numpy as np
import pytest

from converter.dat import convert_detector
from converter.dat.mmod import read_mmod
from server.recognition.dlib_detectors.score_geometry import score_map_size
from server.recognition.engines.converted import ConvertedDetector
from server.recognition.engines.dlib_engine import DlibDetector
from server.recognition.engines.onnx_engine import CPU, OnnxModel
from tests.converter.network_files import detector_file, files, photographs, shrunk
from tests.server.recognition.dlib_pyramid import boxes_like_dlib, intersection_over_union


@pytest.fixture(scope="module")
def detector() -> ConvertedDetector:
    return ConvertedDetector(OnnxModel(convert_detector(detector_file()).SerializeToString(), CPU, threads=1))


def test_on_dlibs_own_pyramid_the_boxes_and_scores_are_dlibs(detector: ConvertedDetector) -> None:
    reference, hull = DlibDetector(str(files().detector)), read_mmod(detector_file()).suppression.hull
    for picture in (shrunk(photograph, 420) for photograph in photographs()):
        expected = sorted(reference.boxes(picture, 0), key=lambda box: (box.left, box.top))
        found = sorted(boxes_like_dlib(detector, picture, hull), key=lambda box: (box.left, box.top))
        assert len(found) == len(expected) > 0
        for box, dlibs in zip(found, expected, strict=True):
            assert intersection_over_union(box, dlibs) > 0.95
            assert box.score == pytest.approx(dlibs.score, abs=0.01)


@pytest.mark.parametrize("size", [(29, 29), (36, 37), (44, 45), (60, 61), (61, 95), (100, 99)])
def test_the_score_map_has_the_size_that_is_told_beforehand(detector: ConvertedDetector, size: tuple[int, int]) -> None:
    assert detector.scores(np.zeros((2, *size, 3), np.uint8)).shape == (2, *score_map_size(*size))


@pytest.mark.parametrize("size", [(0, 0), (1, 500), (28, 100), (100, 28)])
def test_a_level_too_small_for_a_window_has_no_scores(detector: ConvertedDetector, size: tuple[int, int]) -> None:
    assert detector.scores(np.zeros((1, *size, 3), np.uint8)).size == 0


def test_scores_of_a_level_do_not_depend_on_the_others_of_its_batch(detector: ConvertedDetector) -> None:
    levels = np.random.default_rng(1).integers(0, 256, (3, 120, 90, 3), dtype=np.uint8)
    alone = np.concatenate([detector.scores(levels[number : number + 1]) for number in range(3)])
    assert np.abs(detector.scores(levels) - alone).max() < 1e-5


def test_a_picture_moved_by_a_cell_has_its_scores_moved_by_one(detector: ConvertedDetector) -> None:
    picture = np.random.default_rng(2).integers(0, 256, (400, 408, 3), dtype=np.uint8)
    here, moved = detector.scores(picture[None, :, :-8])[0], detector.scores(picture[None, :, 8:])[0]
    inner = slice(12, -12)  # beyond the reach of the padding at the edges
    assert np.abs(here[inner, 13:-12] - moved[inner, 12:-13]).max() < 1e-4
