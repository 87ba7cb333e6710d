import numpy as np
import pytest

from server.errors import BadRequest
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
        assert abs(result.shift) <= matcher.constants.thresholds.error


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


def test_who_has_no_photograph_is_left_out(people, matcher):
    shown = [*CLASS, *CLASS, 35]
    result = recalibrate(matcher, [number(each) for each in shown], *sightings(people, shown, 1.0))
    assert (result.students, result.sightings) == (30, 60)


def test_what_is_missed_now_is_told_by_the_threshold_that_holds_now(people, matcher):
    shown = CLASS * 3
    seen = sightings(people, shown, 2.6)
    first = recalibrate(matcher, [number(each) for each in shown], *seen)
    again = recalibrate(matcher, [number(each) for each in shown], *seen, shift_before=first.shift)
    assert again.missed_before == first.missed_after < first.missed_before
    assert again.shift == first.shift


def test_sightings_that_are_not_finite_are_refused(matcher):
    with pytest.raises(BadRequest):
        recalibrate(matcher, [number(each) for each in CLASS], np.full((30, 128), np.nan, np.float32), np.full(30, 99))


def test_a_shifted_matcher_names_by_so_much_more_and_says_the_same_probability(people, matcher):
    faces = people.photographs(CLASS, noise=2.6)
    before, after = (each.identify(faces) for each in (matcher, matcher.shifted(0.02)))
    assert [match.lead for match in after] == pytest.approx([match.lead + 0.02 for match in before])
    assert sum(match.student_id is None for match in after) < sum(match.student_id is None for match in before)
    alike = [(one, other) for one, other in zip(before, after, strict=True) if one.student_id == other.student_id]
    assert {one.probability == other.probability for one, other in alike} == {True}


def test_a_threshold_that_moves_moves_the_rate_of_strangers(matcher):
    constants = matcher.constants
    assert fpir_after(constants, 0.01, 0.0) == pytest.approx(0.01)
    assert fpir_after(constants, 0.01, constants.thresholds.tail_scale) == pytest.approx(0.01 * np.e)
    assert fpir_after(constants, 0.5, 1.0) == 1.0
