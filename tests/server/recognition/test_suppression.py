"""Of detections that overlap one remains, the surest; what does not overlap remains as it is."""

import numpy as np

from server.recognition.dlib_detectors.suppression import suppressed


def found(*rows: tuple[float, ...]) -> list[tuple[int, int, int, int]]:
    return [each.box for each in suppressed(np.array(rows, np.float64).reshape(-1, 5))]


def test_of_two_boxes_on_one_face_the_surer_remains() -> None:
    assert found((0, 0, 99, 99, 0.5), (10, 5, 109, 104, 0.9)) == [(10, 5, 109, 104)]


def test_neighbours_that_hardly_overlap_are_two_faces_surest_first() -> None:
    assert found((0, 0, 99, 99, 0.5), (70, 0, 169, 99, 0.9)) == [(70, 0, 169, 99), (0, 0, 99, 99)]


def test_the_limit_is_dlibs_share_of_the_box_around_both() -> None:
    # shared: 100 - d of 100 + d columns; the share passes 0.338 between offsets of 49 and 50
    assert len(found((0, 0, 99, 99, 0.5), (49, 0, 148, 99, 0.9))) == 1
    assert len(found((0, 0, 99, 99, 0.5), (50, 0, 149, 99, 0.9))) == 2


def test_a_box_that_lost_suppresses_nothing() -> None:
    boxes = found((0, 0, 99, 99, 0.9), (40, 0, 139, 99, 0.8), (80, 0, 179, 99, 0.7))
    assert boxes == [(0, 0, 99, 99), (80, 0, 179, 99)]


def test_corners_become_the_nearest_whole_pixels_and_may_lie_outside() -> None:
    assert found((-3.5, -0.4, 80.5, 79.4, 1.0)) == [(-3, 0, 81, 79)]


def test_equal_scores_are_ordered_by_place_so_that_a_result_never_changes() -> None:
    rows = [(500, 0, 599, 99, 1.0), (0, 0, 99, 99, 1.0), (250, 0, 349, 99, 1.0)]
    assert found(*rows) == found(*rows[::-1]) == [(0, 0, 99, 99), (250, 0, 349, 99), (500, 0, 599, 99)]


def test_nothing_found_is_an_empty_list() -> None:
    assert found() == []
