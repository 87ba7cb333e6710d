"""When a decision counts as made, and which day it belongs to."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.domain.attendance import CLOCK_TOLERANCE, Source, decided_at, overtaking, stands_over
from server.domain.calendar import campus_day

ARRIVED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LONG_AGO = ARRIVED - timedelta(hours=3)
MINUTE = timedelta(minutes=1)


def test_without_a_claim_a_decision_is_made_when_it_arrives() -> None:
    assert decided_at(None, ARRIVED, LONG_AGO) == ARRIVED


def test_a_claim_within_the_tolerance_is_taken_as_it_is() -> None:
    for minutes in (-5, -1, 0, 1, 5):
        assert decided_at(ARRIVED + minutes * MINUTE, ARRIVED, LONG_AGO) == ARRIVED + minutes * MINUTE


def test_a_connected_client_is_held_to_the_tolerance() -> None:
    assert decided_at(ARRIVED - 6 * MINUTE, ARRIVED, LONG_AGO) == ARRIVED - CLOCK_TOLERANCE


def test_nobody_decides_in_the_future() -> None:
    assert decided_at(ARRIVED + 60 * MINUTE, ARRIVED, LONG_AGO) == ARRIVED + CLOCK_TOLERANCE
    assert decided_at(ARRIVED + 60 * MINUTE, ARRIVED, ARRIVED) == ARRIVED + CLOCK_TOLERANCE


def test_what_an_outbox_brings_later_keeps_its_time() -> None:
    assert decided_at(LONG_AGO, ARRIVED, ARRIVED - MINUTE) == LONG_AGO


def test_the_later_decision_stands_and_at_a_tie_the_newcomer() -> None:
    for one, other in ((Source.PROFESSOR, Source.ROLL_CALL), (Source.CAMERA, Source.CAMERA)):
        assert stands_over(one, ARRIVED, other, LONG_AGO)
        assert not stands_over(one, LONG_AGO, other, ARRIVED)
        assert stands_over(one, ARRIVED, other, ARRIVED)


def test_the_professors_word_stands_over_the_cameras_whatever_the_times() -> None:
    for source in set(Source) - {Source.CAMERA, Source.COPIED}:
        for time, other_time in ((ARRIVED, LONG_AGO), (LONG_AGO, ARRIVED), (ARRIVED, ARRIVED)):
            assert stands_over(source, time, Source.CAMERA, other_time)
            assert not stands_over(Source.CAMERA, time, source, other_time)


def test_only_a_decision_of_now_overtakes_one_that_a_wrong_clock_dated_later() -> None:
    ahead = ARRIVED + 9 * 60 * MINUTE
    assert overtaking(ARRIVED, ahead, ARRIVED) == ahead
    assert overtaking(ARRIVED - 6 * MINUTE, ahead, ARRIVED) == ARRIVED - 6 * MINUTE
    assert overtaking(ARRIVED, ARRIVED + CLOCK_TOLERANCE, ARRIVED) == ARRIVED, "as a client's clock may be ahead"
    assert overtaking(ARRIVED, LONG_AGO, ARRIVED) == ARRIVED


def test_anybodys_word_stands_over_a_copied_roll_and_a_copy_follows_what_it_was_copied_from() -> None:
    for time, other_time in ((ARRIVED, LONG_AGO), (LONG_AGO, ARRIVED), (ARRIVED, ARRIVED)):
        for source in set(Source) - {Source.COPIED}:
            assert stands_over(source, time, Source.COPIED, other_time)
            assert not stands_over(Source.COPIED, time, source, other_time)
        assert stands_over(Source.COPIED, time, Source.COPIED, other_time)


def test_five_to_nine_in_seoul_belongs_to_that_day() -> None:
    seoul = ZoneInfo("Asia/Seoul")
    assert campus_day(datetime(2026, 3, 2, 8, 55, tzinfo=seoul), seoul) == date(2026, 3, 2)
    assert campus_day(datetime(2026, 3, 1, 23, 55, tzinfo=UTC), seoul) == date(2026, 3, 2)
    assert campus_day(datetime(2026, 3, 1, 23, 59, 59, 700000, tzinfo=seoul), seoul) == date(2026, 3, 1)
