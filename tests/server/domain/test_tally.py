"""What a term comes to: conversions, limits and excused kinds, each rule of each school by name."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from server.domain.attendance import State
from server.domain.rules import PRESETS, Rules
from server.domain.tally import HourHeld, Key, Tally, failing_limit, hours_of, tally

DAY = date(2026, 3, 3)
P, L, E, A = State.PRESENT, State.LATE, State.LEFT_EARLY, State.ABSENT


def keys(count: int) -> list[Key]:
    return [(DAY + timedelta(weeks=number // 3), number % 3 + 1) for number in range(count)]


def term(states: str, rules: Rules, *, term_hours: int = 48, weekly_hours: int = 3) -> Tally:
    """The tally of hours written as letters: present, late, early leave, absent, x = 출석인정, o = 공결, - and v: not
    taken, not visible."""
    letters = {
        "p": P,
        "l": L,
        "e": E,
        "a": A,
        "x": State.EXCUSED,
        "o": State.EXCUSED_ABSENCE,
        "-": State.NOT_TAKEN,
        "v": State.NOT_VISIBLE,
    }
    marks = {key: letters[letter] for key, letter in zip(keys(len(states)), states, strict=True)}
    return tally(
        "201511041", marks, [HourHeld(key) for key in marks], rules, term_hours=term_hours, weekly_hours=weekly_hours
    )


@pytest.mark.parametrize("school", ["soongsil", "kyungil", "kangnam", "default"])
def test_three_lates_are_one_absence(school: str) -> None:
    assert [term("l" * lates, PRESETS[school]).absences for lates in range(7)] == [0, 0, 0, 1, 1, 1, 2]


def test_kyungil_three_early_leaves_are_one_absence_counted_apart_from_lates() -> None:
    assert term("eee", PRESETS["kyungil"]).absences == 1
    assert term("eell", PRESETS["kyungil"]).absences == 0
    assert term("eeelll", PRESETS["kyungil"]).absences == 2


def test_kangnam_leaving_during_the_lecture_is_absence() -> None:
    left = term("pe", PRESETS["kangnam"])
    assert (left.absences, left.attended) == (1, 1)


def test_lates_need_not_become_absences() -> None:
    assert term("l" * 30, Rules(lates_per_absence=0)).absences == 0


def test_kyungil_more_than_a_third_fails_and_a_third_does_not() -> None:
    assert not term("a" * 16, PRESETS["kyungil"]).failed
    assert term("a" * 17, PRESETS["kyungil"]).failed


def test_kookmin_a_quarter_or_more_fails() -> None:
    assert not term("a" * 11, PRESETS["kookmin"]).failed
    assert term("a" * 12, PRESETS["kookmin"]).failed


@pytest.mark.parametrize(("weekly", "limit"), [(2, 11), (3, 16)])
def test_kyungsung_fails_by_hours(weekly: int, limit: int) -> None:
    rules = PRESETS["kyungsung"]
    assert not term("a" * (limit - 1), rules, weekly_hours=weekly).failed
    assert term("a" * limit, rules, weekly_hours=weekly).failed


def test_kyungsung_fails_by_the_fraction_where_the_weekly_hours_are_not_listed() -> None:
    assert failing_limit(PRESETS["kyungsung"], 64, 4) == 22


def test_kyungsung_nothing_counts_before_the_student_was_added() -> None:
    added = DAY + timedelta(weeks=2)
    held = [HourHeld(key) for key in keys(9)]
    counted = hours_of(held, [(added, None)])
    assert [hour.key for hour in counted] == keys(9)[6:]
    result = tally("201511041", dict.fromkeys(keys(9), A), counted, PRESETS["kyungsung"], term_hours=48, weekly_hours=3)
    assert result.absences == 3


def test_nothing_counts_from_the_day_on_which_an_enrolment_ends_until_the_next_begins() -> None:
    held = [HourHeld((DAY + timedelta(weeks=week), 1)) for week in range(4)]
    spans = [(DAY, DAY + timedelta(weeks=1)), (DAY + timedelta(weeks=3), None)]
    assert [hour.key[0] for hour in hours_of(held, spans)] == [DAY, DAY + timedelta(weeks=3)]


def test_dongeui_an_official_leave_is_present_for_the_score_and_absent_for_the_limit() -> None:
    away = term("po", PRESETS["dongeui"])
    assert (away.attended, away.absences) == (2, 1)
    assert term("o" * 17, PRESETS["dongeui"]).failed


def test_dongeui_recognised_attendance_is_present_everywhere() -> None:
    away = term("x" * 48, PRESETS["dongeui"])
    assert (away.attended, away.absences, away.failed) == (48, 0, False)


def test_canvas_a_late_hour_counts_four_fifths() -> None:
    rules = Rules(score_late=Fraction(4, 5), lates_per_absence=0)
    assert term("ppll", rules).attended == Fraction(18, 5)


def test_where_each_late_is_an_absence_it_is_no_hour_attended() -> None:
    assert term("pl", Rules(lates_per_absence=1)).attended == 1


def test_not_taken_and_not_visible_are_never_absent_nor_attended() -> None:
    unknown = term("-v" * 20, PRESETS["kookmin"])
    assert (unknown.attended, unknown.absences, unknown.failed, unknown.left) == (0, 0, False, 11)


def test_an_hour_without_a_mark_is_not_taken() -> None:
    result = tally("201511041", {}, [HourHeld(key) for key in keys(2)], Rules(), term_hours=48, weekly_hours=3)
    assert list(result.hours.values()) == [State.NOT_TAKEN] * 2


def test_an_overdue_sessions_hours_are_not_taken_whatever_was_marked() -> None:
    key = keys(1)[0]
    result = tally("201511041", {key: A}, [HourHeld(key, overdue=True)], Rules(), term_hours=48, weekly_hours=3)
    assert (result.hours[key], result.absences) == (State.NOT_TAKEN, 0)


def test_a_mark_outside_the_hours_that_count_is_passed_over() -> None:
    result = tally("201511041", {(DAY, 5): A}, [], Rules(), term_hours=48, weekly_hours=3)
    assert (result.absences, dict(result.hours)) == (0, {})


def test_left_says_how_many_absences_may_still_come_without_failing() -> None:
    after = {absences: term("a" * absences, Rules()) for absences in (13, 14, 16, 17, 20)}
    assert {absences: each.left for absences, each in after.items()} == {13: 3, 14: 2, 16: 0, 17: 0, 20: 0}
    assert {absences for absences, each in after.items() if each.near} == {14, 16}
    assert {absences for absences, each in after.items() if each.failed} == {17, 20}
    assert {each.limit for each in after.values()} == {17}


def test_a_course_may_fail_nobody() -> None:
    result = term("a" * 48, Rules(fail_fraction=None))
    assert (result.limit, result.left, result.failed, result.near) == (None, None, False, False)


@pytest.mark.parametrize(
    ("hours", "more_than", "or_more"),
    [(48, 17, 16), (47, 16, 16), (45, 16, 15), (30, 11, 10), (2, 1, 1), (1, 1, 1)],
)
def test_the_limit_is_the_fewest_absences_that_fail(hours: int, more_than: int, or_more: int) -> None:
    assert failing_limit(Rules(), hours, 3) == more_than
    assert failing_limit(Rules(fail_at_limit=True), hours, 3) == or_more


def test_a_course_without_hours_has_no_limit() -> None:
    assert failing_limit(Rules(fail_at_limit=True), 0, 0) is None
