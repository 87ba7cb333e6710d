import msgspec
import numpy as np
import pytest

from server.gallery.assignment import NOBODY, assign
from server.gallery.constants import family_constants
from server.gallery.scores import distances, length_terms, nearest_others

INF = np.inf
SCORING = family_constants("dlib").scores
NEAREST = msgspec.structs.replace(SCORING, nearest_share=0.0, typical_weight=0.0)
ALL = msgspec.structs.replace(SCORING, nearest_share=1.0, typical_weight=0.0)


def test_distances_are_euclidean():
    one, other = (np.random.default_rng(seed).normal(size=(3, 128)).astype(np.float32) for seed in (0, 1))
    np.testing.assert_allclose(distances(one, other), np.linalg.norm(one[:, None] - other[None], axis=2), rtol=1e-5)
    np.testing.assert_allclose(np.diag(distances(one, one)), 0, atol=1e-3)


def test_the_nearest_other_of_the_nearest_student_is_the_second_and_of_every_other_the_nearest():
    np.testing.assert_allclose(nearest_others(np.array([[0.4, 0.6, 0.9]]), NEAREST), [[0.6, 0.4, 0.4]])


def test_all_others_count_by_their_mean():
    np.testing.assert_allclose(nearest_others(np.array([[0.4, 0.6, 0.9]]), ALL), [[0.75, 0.65, 0.5]])


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 1.0])
def test_a_student_is_never_among_their_own_others(share):
    scoring = msgspec.structs.replace(ALL, nearest_share=share)
    plain = np.random.default_rng(0).uniform(0.3, 1.0, (5, 9))
    count = max(1, round(share * 8))
    for student in range(9):
        others = np.sort(np.delete(plain, student, axis=1), axis=1)[:, :count].mean(axis=1)
        np.testing.assert_allclose(nearest_others(plain, scoring)[:, student], others)


def test_of_one_student_alone_others_are_where_people_are_usually():
    np.testing.assert_allclose(nearest_others(np.array([[0.4]]), NEAREST), SCORING.typical_distance)


def test_few_others_are_drawn_towards_a_population_whose_people_resemble_each_other():
    drawn = msgspec.structs.replace(ALL, typical_weight=2.0)
    expected = (0.9 + 2 * SCORING.homogeneous_distance) / 3
    np.testing.assert_allclose(nearest_others(np.array([[0.4, 0.9]]), drawn)[0, 0], expected)


@pytest.mark.parametrize("scoring", [NEAREST, ALL])
def test_look_alikes_are_not_held_against_each_other(scoring):
    twins = np.zeros((3, 3), bool)
    twins[0, 1] = twins[1, 0] = True
    near = nearest_others(np.array([[0.4, 0.41, 0.6]]), scoring, twins)
    np.testing.assert_allclose(near[0, :2], [0.6, 0.6])


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
