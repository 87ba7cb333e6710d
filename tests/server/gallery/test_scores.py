import msgspec
import numpy as np

from server.gallery.assignment import NOBODY, assign
from server.gallery.constants import family_constants
from server.gallery.scores import distances, length_terms, with_margin

INF = np.inf
SCORING = family_constants("dlib").scores
HALF = msgspec.structs.replace(SCORING, margin_weight=0.5)


def test_distances_are_euclidean():
    one, other = (np.random.default_rng(seed).normal(size=(3, 128)).astype(np.float32) for seed in (0, 1))
    np.testing.assert_allclose(distances(one, other), np.linalg.norm(one[:, None] - other[None], axis=2), rtol=1e-5)
    np.testing.assert_allclose(np.diag(distances(one, one)), 0, atol=1e-3)


def test_the_nearest_student_gains_by_the_runner_up_and_every_other_loses_by_the_nearest():
    np.testing.assert_allclose(with_margin(np.array([[0.4, 0.6, 0.9]]), HALF), [[0.1, 0.4, 0.7]])


def test_of_one_student_alone_the_others_are_where_people_are_usually():
    alone = with_margin(np.array([[0.4], [0.7]]), HALF)
    np.testing.assert_allclose(alone, np.array([[0.4], [0.7]]) - 0.5 * SCORING.typical_distance)


def test_look_alikes_are_not_held_against_each_other():
    twins = np.zeros((3, 3), bool)
    twins[0, 1] = twins[1, 0] = True
    np.testing.assert_allclose(with_margin(np.array([[0.4, 0.41, 0.6]]), HALF, twins), [[0.1, 0.11, 0.4]])


def test_where_everybody_is_a_look_alike_the_others_are_where_people_are_usually():
    twins = ~np.eye(2, dtype=bool)
    expected = np.array([[0.4, 0.5]]) - 0.5 * SCORING.typical_distance
    np.testing.assert_allclose(with_margin(np.array([[0.4, 0.5]]), HALF, twins), expected)


def test_short_embeddings_ask_for_more_than_long_ones():
    scoring = msgspec.structs.replace(SCORING, length_weight=0.3, typical_length=1.43)
    faces = np.stack([np.full(128, length / np.sqrt(128), np.float32) for length in (1.30, 1.43, 1.53)])
    np.testing.assert_allclose(length_terms(faces, scoring), [-0.039, 0.0, 0.03], atol=1e-6)


def test_a_stranger_takes_no_student_from_a_face_that_fits_better():
    assert assign(np.array([[0.2, 0.5], [0.3, 0.9]]), 0.4).tolist() == [0, NOBODY]


def test_the_smallest_sum_is_chosen_not_the_nearest_first():
    assert assign(np.array([[0.20, 0.25], [0.22, 0.60]]), 0.5).tolist() == [1, 0]


def test_nobody_is_chosen_where_nothing_is_under_the_threshold():
    assert assign(np.array([[0.5, 0.6]]), 0.4).tolist() == [NOBODY]
    assert assign(np.empty((0, 3)), 0.4).tolist() == []
    assert assign(np.empty((2, 0)), 0.4).tolist() == [NOBODY, NOBODY]
