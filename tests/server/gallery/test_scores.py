import numpy as np
import pytest

from server.gallery.assignment import NOBODY, assign
from server.gallery.description import describe
from server.gallery.scores import crowding, crowding_without, distances, length_terms, with_margin
from tests.server.gallery.made_up_people import MadeUpPeople

INF = np.inf


def test_distances_are_euclidean():
    one, other = (np.random.default_rng(seed).normal(size=(3, 128)).astype(np.float32) for seed in (0, 1))
    np.testing.assert_allclose(distances(one, other), np.linalg.norm(one[:, None] - other[None], axis=2), rtol=1e-5)
    np.testing.assert_allclose(np.diag(distances(one, one)), 0, atol=1e-3)


def test_the_nearest_student_gains_by_his_lead_and_the_others_lose_by_their_lag():
    np.testing.assert_allclose(with_margin(np.array([[0.4, 0.6, 0.9]])), [[0.3, 0.7, 1.15]])


def test_one_student_alone_has_no_lead():
    np.testing.assert_array_equal(with_margin(np.array([[0.4], [0.7]])), [[0.4], [0.7]])


def test_who_may_not_be_a_runner_up_takes_nothing_from_a_lead():
    plain = np.array([[0.4, 0.41, 0.6]])
    assert with_margin(plain, np.array([[0.4, INF, 0.6]]))[0, 0] == pytest.approx(0.3)


def test_crowding_is_the_mean_distance_of_the_three_nearest_classmates():
    between = np.array([[INF, 0.5, 0.6, 0.7, 0.8]] * 5).T
    np.fill_diagonal(between, INF)
    assert crowding(between)[0] == pytest.approx(0.6)


def test_who_plays_the_stranger_is_left_out_of_the_others_crowding():
    between = distances(*[MadeUpPeople(8).photographs(range(8))] * 2) + np.diag([INF] * 8)
    for stranger in range(8):
        others = [each for each in range(8) if each != stranger]
        without = crowding(between[np.ix_(others, others)])
        np.testing.assert_allclose(crowding_without(between)[stranger, others], without)


def test_short_embeddings_ask_for_more_than_long_ones():
    faces = np.stack([np.full(128, length / np.sqrt(128), np.float32) for length in (1.30, 1.43, 1.53)])
    np.testing.assert_allclose(length_terms(faces), [-0.039, 0.0, 0.03], atol=1e-6)


def test_a_stranger_takes_no_student_from_a_face_that_fits_better():
    assert assign(np.array([[0.2, 0.5], [0.3, 0.9]]), 0.4).tolist() == [0, NOBODY]


def test_the_smallest_sum_is_chosen_not_the_nearest_first():
    assert assign(np.array([[0.20, 0.25], [0.22, 0.60]]), 0.5).tolist() == [1, 0]


def test_nobody_is_chosen_where_nothing_is_under_the_threshold():
    assert assign(np.array([[0.5, 0.6]]), 0.4).tolist() == [NOBODY]
    assert assign(np.empty((0, 3)), 0.4).tolist() == []
    assert assign(np.empty((2, 0)), 0.4).tolist() == [NOBODY, NOBODY]


def test_a_class_in_which_the_enrolled_person_is_left_out_sees_only_others():
    among = np.array([[0.0, 0.7, 0.8], [0.7, 0.0, 0.9], [0.8, 0.9, 0.0]])
    seen = describe(among, np.arange(3))
    np.testing.assert_allclose(seen.strangers, [0.65, 0.6, 0.75])
    assert seen.mean == pytest.approx(0.8)


def test_several_photographs_of_a_student_count_as_one_person():
    people = MadeUpPeople(12)
    templates = people.photographs(range(12))
    once, twice = people.photographs(range(12)), people.photographs([0] * 5)
    owners = np.array([*range(12), *[0] * 5])
    seen = describe(distances(np.concatenate([once, twice]), templates), owners)
    assert len(seen.strangers) == 12


@pytest.mark.parametrize("students", [0, 1, 2])
def test_a_class_too_small_tells_nothing_about_strangers(students):
    assert not describe(np.full((students, students), 0.8), np.arange(students)).tells
