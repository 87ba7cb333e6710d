import numpy as np
import pytest

from server.errors import BadRequest
from server.gallery.prior import TAIL_SCALE, THRESHOLD_ERROR
from server.gallery.recalibration import fpir_after, recalibrate
from tests.server.gallery.made_up_people import MadeUpPeople, number

CLASS = list(range(30))


@pytest.fixture(scope="module")
def people():
    return MadeUpPeople(40)


@pytest.fixture(scope="module")
def matcher(people):
    return people.gallery(CLASS).matcher()


def sightings(people, shown, noise):
    return people.photographs(shown, noise=noise), np.full(len(shown), 100.0)


def test_a_room_in_which_many_are_missed_asks_for_less(people, matcher):
    shown = CLASS * 3
    result = recalibrate(matcher, [number(each) for each in shown], *sightings(people, shown, 2.6))
    assert result.shift > 0
    assert result.missed_after < result.missed_before
    assert (result.students, result.sightings) == (30, 90)


def test_a_room_in_which_nobody_is_missed_may_ask_for_more(people, matcher):
    shown = CLASS * 2
    result = recalibrate(matcher, [number(each) for each in shown], *sightings(people, shown, 0.5))
    assert result.shift < 0
    assert result.missed_after <= 0.1


def test_the_shift_never_passes_what_the_prediction_can_be_wrong_by(people, matcher):
    shown = CLASS * 2
    for noise in (0.1, 2.6):
        result = recalibrate(matcher, [number(each) for each in shown], *sightings(people, shown, noise))
        assert abs(result.shift) <= THRESHOLD_ERROR


def test_it_is_refused_where_two_students_would_exchange(people, matcher):
    shown = CLASS * 2
    confirmed = [number(each) for each in shown]
    confirmed[4], confirmed[7] = confirmed[7], confirmed[4]
    with pytest.raises(BadRequest, match=number(4)):
        recalibrate(matcher, confirmed, *sightings(people, shown, 1.0))


def test_too_few_sightings_or_students_are_refused(people, matcher):
    for shown in (CLASS[:20], [1, 2, 3] * 20):
        with pytest.raises(BadRequest, match="too few"):
            recalibrate(matcher, [number(each) for each in shown], *sightings(people, shown, 1.0))


def test_a_student_without_a_photograph_is_refused(people, matcher):
    shown = [*CLASS, 35]
    with pytest.raises(BadRequest, match=number(35)):
        recalibrate(matcher, [number(each) for each in shown], *sightings(people, shown, 1.0))


def test_a_threshold_that_moves_moves_the_rate_of_strangers():
    assert fpir_after(0.01, 0.0) == pytest.approx(0.01)
    assert fpir_after(0.01, TAIL_SCALE) == pytest.approx(0.01 * np.e)
    assert fpir_after(0.5, 1.0) == 1.0
