"""A session's states, its freeze, and the rolls of consecutive hours."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from server.domain.attendance import State
from server.domain.rules import PRESETS, Rules
from server.domain.sessions import SessionState, allowed, closes_at, copied_forward, is_overdue, state_at

SEOUL = ZoneInfo("Asia/Seoul")
DAY = date(2026, 3, 9)
DRAFT, SUBMITTED, CLOSED = SessionState
FREEZE = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
BEFORE = FREEZE - timedelta(microseconds=1)


@pytest.mark.parametrize("school", ["woosong", "silla"])
def test_corrections_are_taken_until_midnight_of_the_next_day(school: str) -> None:
    assert closes_at(DAY, PRESETS[school], SEOUL) == datetime(2026, 3, 11, 0, 0, tzinfo=SEOUL) == FREEZE


def test_with_no_days_the_session_freezes_at_the_midnight_of_its_own_day() -> None:
    assert closes_at(DAY, Rules(freeze_days=0), SEOUL) == datetime(2026, 3, 10, 0, 0, tzinfo=SEOUL)


def test_without_a_rule_it_never_freezes() -> None:
    assert closes_at(DAY, Rules(), SEOUL) is None
    assert state_at(SUBMITTED, None, FREEZE) is SUBMITTED
    assert not is_overdue(DRAFT, None, FREEZE)


def test_a_submitted_session_is_closed_from_the_freeze_on() -> None:
    assert state_at(SUBMITTED, FREEZE, BEFORE) is SUBMITTED
    assert state_at(SUBMITTED, FREEZE, FREEZE) is CLOSED
    assert state_at(CLOSED, FREEZE, BEFORE) is CLOSED


def test_a_draft_never_closes_by_itself_but_becomes_overdue() -> None:
    assert state_at(DRAFT, FREEZE, FREEZE + timedelta(days=99)) is DRAFT
    assert not is_overdue(DRAFT, FREEZE, BEFORE)
    assert is_overdue(DRAFT, FREEZE, FREEZE)
    assert not is_overdue(SUBMITTED, FREEZE, FREEZE)


def test_states_follow_each_other_and_every_state_can_be_reopened() -> None:
    refused = {(old, new) for old, new in product(SessionState, repeat=2) if not allowed(old, new)}
    assert refused == {(DRAFT, CLOSED), (CLOSED, SUBMITTED)}


def test_an_hour_that_nobody_looked_at_takes_the_roll_of_the_hour_before() -> None:
    for state, copy in (
        (State.PRESENT, State.PRESENT),
        (State.LATE, State.PRESENT),
        (State.LEFT_EARLY, State.ABSENT),
        (State.ABSENT, State.ABSENT),
        (State.EXCUSED, State.EXCUSED),
        (State.EXCUSED_ABSENCE, State.EXCUSED_ABSENCE),
    ):
        assert copied_forward({2: state, 3: None}, {3}) == {3: (copy, 2)}


@pytest.mark.parametrize("state", [None, State.NOT_TAKEN, State.NOT_VISIBLE])
def test_what_is_not_known_of_an_hour_is_not_copied(state: State | None) -> None:
    assert copied_forward({1: state, 2: None}, {2}) == {}


def test_a_roll_is_handed_on_over_several_hours_from_where_it_was_called() -> None:
    assert copied_forward({1: State.LATE, 2: None, 3: None}, {2, 3}) == {2: (State.PRESENT, 1), 3: (State.PRESENT, 1)}


def test_an_hour_that_was_looked_at_takes_nothing_and_hands_on_its_own() -> None:
    assert copied_forward({1: State.PRESENT, 2: None, 3: None}, {3}) == {}
    assert copied_forward({1: State.PRESENT, 2: State.ABSENT, 3: None}, {3}) == {3: (State.ABSENT, 2)}


def test_hours_that_do_not_follow_each_other_copy_nothing() -> None:
    assert copied_forward({2: State.PRESENT, 7: None}, {7}) == {}


def test_a_mark_that_stands_is_never_overwritten() -> None:
    assert copied_forward({1: State.PRESENT, 2: State.ABSENT}, {2}) == {}
