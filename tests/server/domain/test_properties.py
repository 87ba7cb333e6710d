"""What holds for all marks, rolls and pictures whatever they are."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from server.domain.attendance import Source, State, stands_over
from server.domain.board import MarkStanding, board
from server.domain.evidence import HourEvidence, Look, Reason, Seen
from server.domain.proposals import propose
from server.domain.rules import Rules
from server.domain.sessions import copied_forward
from server.domain.tally import HourHeld, tally

NINE = datetime(2026, 3, 9, 0, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STUDENTS = ("202600001", "202600002", "202600003")
KEYS = [(date(2026, 3, 2) + timedelta(days=day), hour) for day in range(4) for hour in (1, 2, 3)]

states = st.sampled_from(State)
terms = st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, states))
all_rules = st.builds(
    Rules,
    lates_per_absence=st.integers(0, 4),
    leaves_per_absence=st.integers(0, 4),
    fail_at_limit=st.booleans(),
    fail_fraction=st.none() | st.sampled_from([Fraction(1, 3), Fraction(1, 4)]),
    score_late=st.fractions(0, 1),
    fail_hours=st.dictionaries(st.integers(2, 3), st.integers(1, 8)),
    near=st.integers(0, 3),
    absent_minutes=st.none() | st.integers(11, 40),
    leave_pictures=st.integers(1, 4),
    leave_minutes=st.integers(0, 9),
)


def counted(marks: dict[tuple[date, int], State], rules: Rules):
    return tally("202600001", marks, [HourHeld(key) for key in KEYS], rules, term_hours=12, weekly_hours=3)


@given(terms, all_rules)
def test_the_totals_of_a_term_add_up(marks: dict[tuple[date, int], State], rules: Rules) -> None:
    result = counted(marks, rules)
    assert sum(result.counts.values()) == len(KEYS) == len(result.hours)
    assert result.counts[State.ABSENT] <= result.absences
    unknown = result.counts[State.NOT_TAKEN] + result.counts[State.NOT_VISIBLE]
    assert 0 <= result.attended <= len(KEYS) - unknown - result.counts[State.ABSENT]
    assert result.absences <= len(KEYS) - unknown
    assert result.failed == (result.limit is not None and result.absences >= result.limit)
    assert not (result.near and result.failed)


WORSE = {
    State.PRESENT: (State.LATE, State.LEFT_EARLY, State.ABSENT),
    State.LATE: (State.ABSENT,),
    State.LEFT_EARLY: (State.ABSENT,),
    State.EXCUSED: (State.EXCUSED_ABSENCE, State.ABSENT),
    State.EXCUSED_ABSENCE: (State.ABSENT,),
    State.NOT_TAKEN: (State.ABSENT,),
    State.NOT_VISIBLE: (State.ABSENT,),
}


@given(terms, all_rules, st.sampled_from(KEYS), st.data())
def test_a_worse_hour_never_makes_a_better_term(
    marks: dict[tuple[date, int], State], rules: Rules, key: tuple[date, int], data: st.DataObject
) -> None:
    before = counted(marks, rules)
    worse = WORSE.get(before.hours[key], ())
    if not worse:
        return
    after = counted({**marks, key: data.draw(st.sampled_from(worse))}, rules)
    assert after.absences >= before.absences
    assert after.attended <= before.attended
    assert after.failed >= before.failed
    assert before.left is None or (after.left is not None and after.left <= before.left)


decided = st.sampled_from(sorted(set(Source) - {Source.COPIED}))
decisions = st.tuples(decided, st.integers(0, 5).map(lambda minutes: NINE + minutes * MINUTE), states)


def standing(arrived: Iterable[tuple[Source, datetime, State]]) -> tuple[Source, datetime, State]:
    return reduce(lambda old, new: new if stands_over(*new[:2], *old[:2]) else old, arrived)


@given(st.lists(decisions, min_size=1, unique_by=lambda each: each[:2]), st.randoms(use_true_random=False))
def test_which_decision_stands_does_not_hang_on_the_order_of_arrival(arrived: list, random) -> None:
    times = [(source is Source.CAMERA, at) for source, at, _ in arrived]
    if len(set(times)) < len(times):
        return  # a tie: the newcomer stands, as its own test says
    shuffled = random.sample(arrived, len(arrived))
    assert standing(shuffled) == standing(arrived)


@given(st.lists(decisions, min_size=1))
def test_a_decision_of_a_person_stands_wherever_there_is_one(arrived: list[tuple[Source, datetime, State]]) -> None:
    people = [each for each in arrived if each[0] is not Source.CAMERA]
    assert standing(arrived) == (standing(people) if people else standing(arrived))


@given(st.dictionaries(st.integers(1, 9), st.none() | states), st.sets(st.integers(1, 9)))
def test_copying_forward_overwrites_nothing_and_stays_within_the_hours_asked(
    roll: dict[int, State | None], empty: set[int]
) -> None:
    copied = copied_forward(roll, empty)
    assert copied.keys() <= {hour for hour in empty if hour in roll and roll[hour] is None}
    for hour, (state, origin) in copied.items():
        assert origin < hour
        assert roll[origin] is not None
        assert state not in (State.NOT_TAKEN, State.NOT_VISIBLE, State.LATE, State.LEFT_EARLY)
    assert copied_forward({**roll, **{hour: state for hour, (state, _) in copied.items()}}, empty) == {}


@st.composite
def sessions(draw: st.DrawFn) -> list[HourEvidence]:
    """Up to three hours with pictures at any time around them, and anybody in any of them."""
    hours = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        starts = NINE + (number - 1) * 60 * MINUTE
        taken = [starts + each * MINUTE for each in draw(st.lists(st.integers(-10, 59), unique=True, max_size=12))]
        looks = tuple(Look(at, draw(st.integers(0, 40))) for at in taken)
        seen = tuple(
            Seen(
                student,
                draw(st.booleans()),
                draw(st.floats(0, 1)),
                tuple(draw(st.lists(st.sampled_from(taken), min_size=1, unique=True))),
            )
            for student in STUDENTS[:2]
            if taken and draw(st.booleans())
        )
        timed = draw(st.booleans())
        hours.append(
            HourEvidence(number, starts if timed else None, starts + 50 * MINUTE if timed else None, looks, seen)
        )
    return hours


@given(sessions(), all_rules, st.sets(st.sampled_from(STUDENTS)))
def test_a_proposal_says_only_what_pictures_can_prove(hours: list[HourEvidence], rules: Rules, known: set[str]) -> None:
    proposals = propose(hours, STUDENTS, rules, enrolled_faces=known)
    assert [(each.student, each.hour) for each in proposals] == [(s, h.number) for s in STUDENTS for h in hours]
    by_hour = {hour.number: hour for hour in hours}
    for each in proposals:
        hour = by_hour[each.hour]
        assert each.state not in (State.EXCUSED, State.EXCUSED_ABSENCE)
        assert not each.sure or (each.state in (State.PRESENT, State.LATE) and each.reason is Reason.NONE)
        assert (each.state is State.NOT_TAKEN) == (not hour.looks)
        assert each.seen <= each.looks <= len(hour.looks)
        assert (each.seen == 0) == (each.first_seen is None) == (each.probability is None)
        assert each.state is not State.LATE or (hour.starts is not None and each.minutes_late is not None)
        if each.state is State.ABSENT and each.seen == 0:
            assert each.student in known
            assert each.looks >= 2


@given(sessions(), all_rules)
def test_marks_and_undecided_add_up_to_the_class(hours: list[HourEvidence], rules: Rules) -> None:
    proposals = propose(hours, STUDENTS, rules, enrolled_faces=STUDENTS)
    marks = {
        (each.student, each.hour): MarkStanding(each.state, Source.CAMERA, NINE, "prof")
        for each in proposals
        if each.sure
    }
    shown = board([(each, each) for each in STUDENTS], [each.number for each in hours], proposals, marks, {})
    for count in shown.counts:
        assert sum(count.states.values()) + count.undecided == count.enrolled == len(STUDENTS)
    assert {row.student for row in shown.rows if not row.decided} == set(shown.to_decide)
