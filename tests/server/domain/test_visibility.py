"""How easily the camera misses each student, reckoned by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from server.domain.visibility import Visibility, visibilities

HANEUL, DARA = "202600001", "202600002"
PICTURES = [datetime(2026, 3, 9, 0, minute, tzinfo=UTC) for minute in range(8)]
LATER = [each + timedelta(hours=1) for each in PICTURES]


def seen_in(signs: str, pictures: list[datetime] = PICTURES) -> list[datetime]:
    """The pictures that are marked o."""
    return [at for at, sign in zip(pictures, signs, strict=True) if sign == "o"]


def test_only_pictures_between_the_first_and_the_last_sighting_count() -> None:
    # Between them stand x x o x: three missed him; x and o stand behind a miss, and x missed him again.
    alone = visibilities([PICTURES], {HANEUL: [seen_in("xoxxoxox")]}, by_hour=False)[HANEUL]
    of_class = Visibility((3 + 2 * 0.5) / (4 + 2), (1 + 2 * 0.5) / (2 + 2))
    assert alone.missed == pytest.approx((3 + 2 * of_class.missed) / (4 + 2))
    assert alone.missed_again == pytest.approx((1 + 2 * of_class.missed_again) / (2 + 2))


def test_of_whom_nothing_is_known_the_class_tells() -> None:
    shares = visibilities([PICTURES], {HANEUL: [seen_in("oooooooo")], DARA: [[]]}, by_hour=False)
    assert shares[DARA] == Visibility((0 + 2 * 0.5) / (6 + 2), 0.5)


def test_where_nothing_is_known_of_anybody_it_is_an_even_chance() -> None:
    assert visibilities([PICTURES], {HANEUL: [[]]}, by_hour=False) == {HANEUL: Visibility(0.5, 0.5)}


def test_the_end_of_an_hour_before_a_later_one_counts_for_the_session_and_not_by_the_hour() -> None:
    times = {HANEUL: [seen_in("oooxxxxx"), seen_in("oooooooo", LATER)]}
    whole = visibilities([PICTURES, LATER], times, by_hour=False)[HANEUL]
    by_hour = visibilities([PICTURES, LATER], times, by_hour=True)[HANEUL]
    assert whole.missed == pytest.approx((5 + 2 * (5 + 1) / (14 + 2)) / (14 + 2))
    assert by_hour.missed == pytest.approx((0 + 2 * (0 + 1) / (7 + 2)) / (7 + 2))


def test_an_hour_in_which_he_was_never_seen_tells_nothing() -> None:
    hours = [PICTURES, LATER, [each + timedelta(hours=2) for each in PICTURES]]
    times = {HANEUL: [seen_in("oooooooo"), [], seen_in("oooooooo", hours[2])]}
    assert visibilities(hours, times, by_hour=False)[HANEUL].missed == pytest.approx((0 + 2 * 1 / 16) / 16)


def test_a_run_of_misses_is_one_miss_and_then_misses_behind_misses() -> None:
    share = Visibility(0.2, 0.5)
    assert [share.chance_of_missing(pictures) for pictures in (0, 1, 2, 3)] == [1, 0.2, 0.1, 0.05]
