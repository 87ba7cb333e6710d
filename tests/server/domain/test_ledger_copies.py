"""Decisions in any order on a session with copied hours: the copies are what they were copied from, by properties."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.attendance import Mark, Source, State
from server.domain.enrolments import SINCE_EVER, Span
from server.domain.ledger import Books, Ledger, MarkRequest, Standing
from server.domain.sessions import handed_on

COURSE, STUDENT, DAY = "c", "s", date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
HOURS = (1, 2, 3, 4)

people = st.sampled_from([Source.PROFESSOR, Source.ROLL_CALL, Source.CAMERA, Source.LEGACY])
decisions = st.builds(
    Mark,
    student=st.just(STUDENT),
    course=st.just(COURSE),
    day=st.just(DAY),
    hour=st.sampled_from(HOURS),
    state=st.sampled_from(State),
    at=st.integers(0, 9).map(lambda minutes: NOW - timedelta(minutes=minutes)),
    by=st.just("x"),
    source=people,
)


def entered(marks: list[Mark], first: State | None) -> Ledger:
    """The books of a session whose hour 1 was called and copied, with these marks entered."""
    standing = {}
    if first is not None:
        standing = {
            ((COURSE, DAY, hour), STUDENT): Standing(
                first if hour == 1 else handed_on(first) or first,
                NOW - timedelta(hours=1),
                Source.ROLL_CALL if hour == 1 else Source.COPIED,
            )
            for hour in HOURS
        }
    places = {(COURSE, DAY, hour): hour for hour in HOURS}
    books = Books(
        {(COURSE, STUDENT): [Span(SINCE_EVER, None)]},
        places,
        standing,
        copied=frozenset(place for place in places if place[2] > 1),
    )
    ledger = Ledger(books, {}, NOW)
    ledger.enter_all([MarkRequest((each,)) for each in marks])
    return ledger


def states(ledger: Ledger) -> dict[int, tuple[State, Source]]:
    return {place[2]: (each.state, each.source) for (place, _), each in ledger.standing.items()}


@given(st.lists(decisions, max_size=12), st.sampled_from([None, State.PRESENT, State.ABSENT]))
def test_a_copy_is_always_what_the_hour_before_it_hands_on(marks: list[Mark], first: State | None) -> None:
    found = states(entered(marks, first))
    for hour in HOURS[1:]:
        if hour in found and found[hour][1] is Source.COPIED:
            assert found[hour][0] is (handed_on(found[hour - 1][0]) or State.NOT_TAKEN)
        if hour not in found:
            before = found.get(hour - 1)
            assert before is None or handed_on(before[0]) is None, "whom there is something to hand on, is handed on"


@given(st.lists(decisions, max_size=12))
def test_whom_a_person_decided_about_no_copy_changes(marks: list[Mark]) -> None:
    for hour, (_, source) in states(entered(marks, State.PRESENT)).items():
        decided = [each for each in marks if each.hour == hour]
        assert (source is Source.COPIED) == (not decided and hour > 1)


@given(st.lists(decisions, min_size=1, max_size=8, unique_by=lambda each: (each.hour, each.at)), st.randoms())
def test_the_copies_do_not_hang_on_the_order_in_which_decisions_arrive(marks: list[Mark], random) -> None:
    shuffled = random.sample(marks, len(marks))
    assert states(entered(shuffled, State.PRESENT)) == states(entered(marks, State.PRESENT))
    assert states(entered([*marks, *marks], State.PRESENT)) == states(entered(marks, State.PRESENT)), "nor sent twice"


@pytest.mark.parametrize("copied_first", [True, False])
def test_a_copy_follows_a_correction_that_is_entered_while_it_is_made(copied_first: bool) -> None:
    books = Books(
        {(COURSE, STUDENT): [Span(SINCE_EVER, None)]},
        {(COURSE, DAY, hour): hour for hour in (1, 2)},
        {((COURSE, DAY, 1), STUDENT): Standing(State.PRESENT, NOW, Source.ROLL_CALL)},
    )
    copy = Mark(STUDENT, COURSE, DAY, 2, State.PRESENT, NOW, "x", Source.COPIED)
    correction = Mark(STUDENT, COURSE, DAY, 1, State.ABSENT, NOW, "x", Source.PROFESSOR)
    ledger = Ledger(books, {}, NOW)
    ledger.enter_all([MarkRequest((each,)) for each in ((copy, correction) if copied_first else (correction, copy))])
    assert states(ledger)[2] == (State.ABSENT, Source.COPIED)
