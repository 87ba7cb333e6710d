"""What a line of a new list makes of what was known of a student's time in a course."""

from datetime import date

from server.domain.enrolments import SINCE_EVER, Span, arranged, joined, meant, wanted

MARCH, APRIL, MAY, JUNE = (date(2026, month, 2) for month in (3, 4, 5, 6))
FIRST, OPEN = Span(MARCH, APRIL), Span(MAY, None)


def test_a_span_holds_from_its_first_day_until_before_its_end() -> None:
    assert [FIRST.holds(day) for day in (SINCE_EVER, MARCH, date(2026, 4, 1), APRIL)] == [False, True, True, False]
    assert OPEN.holds(date(2100, 1, 1))
    assert OPEN.lasts_after(MARCH)
    assert not FIRST.lasts_after(APRIL)


def test_a_line_speaks_of_the_enrolment_that_lasts() -> None:
    assert meant(None, [OPEN, FIRST], APRIL) == OPEN
    assert meant(None, [OPEN, FIRST], MARCH) == FIRST
    assert meant(None, [FIRST], APRIL) is None


def test_a_line_that_ends_when_a_past_one_did_speaks_of_that() -> None:
    assert meant(APRIL, [FIRST], MAY) == FIRST
    assert meant(JUNE, [FIRST], MAY) is None


def test_what_a_line_does_not_say_stays() -> None:
    assert wanted(None, None, OPEN, [FIRST, OPEN]) == OPEN
    assert wanted(None, JUNE, OPEN, [FIRST, OPEN]) == Span(MAY, JUNE)
    assert wanted(JUNE, None, Span(MAY, date(2026, 7, 1)), []) == Span(JUNE, date(2026, 7, 1))


def test_a_new_enrolment_begins_when_it_is_said_or_was_always_there() -> None:
    assert wanted(MAY, JUNE, None, []) == Span(MAY, JUNE)
    assert wanted(None, None, None, []) == Span(SINCE_EVER, None)


def test_no_enrolment_begins_before_another_has_ended() -> None:
    assert wanted(None, None, None, [FIRST]) == Span(APRIL, None)
    assert wanted(MARCH, None, OPEN, [FIRST, OPEN]) == Span(APRIL, None)


def test_days_that_touch_or_overlap_are_one_span() -> None:
    assert joined([(MAY, None), (MARCH, APRIL)]) == [(MARCH, APRIL), (MAY, None)]
    assert joined([(APRIL, JUNE), (MARCH, APRIL)]) == [(MARCH, JUNE)]
    assert joined([(MARCH, JUNE), (APRIL, MAY), (MARCH, JUNE)]) == [(MARCH, JUNE)]
    assert joined([(None, None), (MARCH, APRIL)]) == [(None, None)]
    assert joined([(None, APRIL), (MARCH, None)]) == [(None, None)]


def test_each_of_several_lines_speaks_of_the_enrolment_whose_days_it_shares() -> None:
    lines = [(MAY, None), (MARCH, APRIL)]
    assert arranged(lines, [], APRIL) == [(None, OPEN), (None, FIRST)]
    for today in (MARCH, APRIL, MAY, JUNE):
        assert arranged(lines, [FIRST, OPEN], today) == [(OPEN, OPEN), (FIRST, FIRST)]
    assert arranged(lines, [Span(SINCE_EVER, None)], MARCH) == [(None, OPEN), (Span(SINCE_EVER, None), FIRST)]
