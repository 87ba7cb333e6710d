"""From pictures to proposals: who was there, late, gone; what proves nothing; what a person must look at."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.domain.attendance import State
from server.domain.evidence import HourEvidence, Look, Proposal, Reason, Seen
from server.domain.proposals import propose
from server.domain.rules import PRESETS, Rules

MINUTE = timedelta(minutes=1)
NINE = datetime(2026, 3, 9, 0, 0, tzinfo=UTC)
EVERY_FOUR = tuple(range(1, 50, 4))  # thirteen pictures, in minutes after the start
HANEUL, DARA, BOM = "202600001", "202600002", "202600003"
OTHERS = [f"2026001{number:02d}" for number in range(20)]
CLASS = [HANEUL, DARA, BOM, *OTHERS]


def hour(
    number: int,
    seen: dict[str, Iterable[int]],
    *,
    pictures: Sequence[int] = EVERY_FOUR,
    others: int = 20,
    faces: dict[int, int] | None = None,
    doubtful: dict[str, float] | None = None,
    timed: bool = True,
) -> HourEvidence:
    """An hour of pictures taken so many minutes after its start. seen: in which of them each student is.

    `others` students more are in each picture. faces: where a picture shows another number of faces than `others`.
    doubtful: probability of those whose face is doubtful.
    """
    starts = NINE + (number - 1) * 60 * MINUTE
    present = {student: tuple(minutes) for student, minutes in seen.items()}
    for student in OTHERS[:others]:
        present.setdefault(student, tuple(pictures))
    looks = tuple(Look(starts + minute * MINUTE, (faces or {}).get(minute, others)) for minute in pictures)
    found = tuple(
        Seen(
            student,
            student not in (doubtful or {}),
            (doubtful or {}).get(student, 0.99),
            tuple(starts + minute * MINUTE for minute in minutes),
        )
        for student, minutes in present.items()
        if minutes
    )
    if not timed:
        return HourEvidence(number, None, None, looks, found)
    return HourEvidence(number, starts, starts + 50 * MINUTE, looks, found)


def of(student: str, *hours: HourEvidence, rules: Rules | None = None, known: Iterable[str] = CLASS) -> Proposal:
    """What is proposed of the student in the last of the hours."""
    proposals = propose(hours, CLASS, rules or Rules(), enrolled_faces=set(known))
    return next(each for each in reversed(proposals) if each.student == student)


def said(proposal: Proposal) -> tuple[State, Reason, bool]:
    return proposal.state, proposal.reason, proposal.sure


PRESENT = (State.PRESENT, Reason.NONE, True)


def without(pictures: Iterable[int], *missed: int) -> tuple[int, ...]:
    return tuple(each for each in pictures if each not in missed)


# ---- present and absent


def test_who_is_seen_from_beginning_to_end_is_present_without_a_question() -> None:
    proposal = of(HANEUL, hour(1, {HANEUL: without(EVERY_FOUR, 9, 29)}))
    assert said(proposal) == PRESENT
    assert (proposal.first_seen, proposal.last_seen) == (NINE + MINUTE, NINE + 49 * MINUTE)
    assert (proposal.seen, proposal.looks, proposal.minutes_late) == (11, 13, None)
    assert proposal.probability == pytest.approx(1, abs=0.01)


def test_who_is_in_no_picture_is_proposed_absent_and_never_without_a_look() -> None:
    proposal = of(HANEUL, hour(1, {}))
    assert said(proposal) == (State.ABSENT, Reason.NONE, False)
    assert (proposal.first_seen, proposal.seen, proposal.probability) == (None, 0, None)


def test_an_hour_without_pictures_is_not_taken() -> None:
    assert said(of(HANEUL, hour(1, {}, pictures=(), others=0))) == (State.NOT_TAKEN, Reason.NONE, False)


def test_one_picture_shows_who_is_there_and_proves_nobody_absent() -> None:
    only = hour(1, {HANEUL: (20,)}, pictures=(20,))
    assert said(of(HANEUL, only)) == PRESENT
    assert said(of(DARA, only)) == (State.NOT_VISIBLE, Reason.FEW_PICTURES, False)


def test_two_pictures_are_enough_to_propose_an_absence() -> None:
    assert of(DARA, hour(1, {}, pictures=(10, 30))).state is State.ABSENT


def test_a_student_without_a_photograph_is_not_visible_and_not_absent() -> None:
    unknown = of(BOM, hour(1, {}), known=without_bom())
    assert said(unknown) == (State.NOT_VISIBLE, Reason.NO_PHOTOGRAPH, False)
    assert of(BOM, hour(1, {}, pictures=(), others=0), known=without_bom()).state is State.NOT_TAKEN


def without_bom() -> list[str]:
    return [each for each in CLASS if each != BOM]


# ---- pictures that prove nothing


def test_a_picture_in_which_the_seats_cannot_be_seen_proves_nothing() -> None:
    covered = dict.fromkeys(EVERY_FOUR[-4:], 4)
    before = without(EVERY_FOUR, *EVERY_FOUR[-4:])
    assert said(of(HANEUL, hour(1, {HANEUL: before}, faces=covered))) == PRESENT
    assert of(HANEUL, hour(1, {HANEUL: before}, faces=dict.fromkeys(EVERY_FOUR[-4:], 5))).state is State.LEFT_EARLY


def test_when_only_blind_pictures_remain_nobody_is_absent() -> None:
    blind = hour(2, {}, others=0, faces=dict.fromkeys(EVERY_FOUR, 2))
    assert said(of(DARA, hour(1, {}), blind)) == (State.NOT_VISIBLE, Reason.FEW_PICTURES, False)


def test_who_is_seen_in_a_blind_picture_is_there_all_the_same() -> None:
    proposal = of(HANEUL, hour(1, {HANEUL: (20,)}, pictures=(10, 20, 30), faces={20: 3}))
    assert (proposal.state, proposal.seen, proposal.looks) == (State.PRESENT, 1, 3)


def test_when_the_whole_class_leaves_nobody_has_left_early() -> None:
    half = EVERY_FOUR[:7]
    gone = hour(1, dict.fromkeys(CLASS, half), others=20, faces=dict.fromkeys(EVERY_FOUR[7:], 0))
    assert {each.state for each in propose([gone], CLASS, Rules(), enrolled_faces=CLASS)} == {State.PRESENT}


def test_pictures_of_the_break_and_after_the_end_prove_nobody_gone() -> None:
    pictures = (*EVERY_FOUR, 50, 53, 56, 59)
    assert said(of(HANEUL, hour(1, {HANEUL: EVERY_FOUR}, pictures=pictures))) == PRESENT
    assert of(HANEUL, hour(1, {HANEUL: (52, 55)}, pictures=pictures)).state is State.ABSENT


def test_pictures_from_before_the_hour_prove_nobody_absent() -> None:
    early = hour(2, {}, pictures=(-9, -6, -3))
    assert said(of(DARA, early)) == (State.NOT_VISIBLE, Reason.FEW_PICTURES, False)


def test_who_was_seen_in_the_break_only_is_not_sure_to_be_there_until_the_hour_shows_him() -> None:
    seen = {HANEUL: (-9, -6, -3)}
    assert said(of(HANEUL, hour(2, seen, pictures=(-9, -6, -3)))) == (State.PRESENT, Reason.FEW_PICTURES, False)
    assert said(of(HANEUL, hour(2, {HANEUL: (-3, 2)}, pictures=(-3, 2)))) == PRESENT


def test_who_was_seen_long_before_the_hour_was_there_for_something_else() -> None:
    long_ago = (-130, -100, -16)
    assert of(HANEUL, hour(3, {HANEUL: long_ago}, pictures=long_ago)).state is State.NOT_VISIBLE
    gone = of(HANEUL, hour(3, {HANEUL: long_ago}, pictures=(*long_ago, *EVERY_FOUR)))
    assert said(gone) == (State.ABSENT, Reason.NONE, False), "and he has not left what he did not come to"


# ---- late


@pytest.mark.parametrize(("minute", "state"), [(9, State.PRESENT), (10, State.LATE), (11, State.LATE)])
def test_soongsil_ten_minutes_are_late_and_nine_are_not(minute: int, state: State) -> None:
    proposal = of(HANEUL, hour(1, {HANEUL: range(minute, 50)}, pictures=range(50)), rules=PRESETS["soongsil"])
    assert proposal.state is state
    assert proposal.minutes_late == (minute if state is State.LATE else None)


@pytest.mark.parametrize(("minute", "state"), [(15, State.PRESENT), (16, State.LATE)])
def test_kyungil_after_fifteen_minutes_is_late_and_fifteen_are_not(minute: int, state: State) -> None:
    at = of(HANEUL, hour(1, {HANEUL: range(minute, 50)}, pictures=range(50)), rules=PRESETS["kyungil"])
    assert at.state is state


@pytest.mark.parametrize(("minute", "state"), [(24, State.LATE), (31, State.ABSENT)])
def test_kangnam_from_twenty_five_minutes_on_late_is_absent(minute: int, state: State) -> None:
    proposal = of(HANEUL, hour(1, {HANEUL: range(minute, 50)}, pictures=range(50)), rules=PRESETS["kangnam"])
    assert (proposal.state, proposal.minutes_late) == (state, minute)
    assert proposal.reason is (Reason.VERY_LATE if state is State.ABSENT else Reason.NONE)
    assert not (proposal.sure and state is State.ABSENT)


def test_who_was_clearly_not_there_at_the_limit_is_late_without_a_question() -> None:
    assert said(of(HANEUL, hour(1, {HANEUL: range(14, 50)}, pictures=range(50)))) == (State.LATE, Reason.NONE, True)


def test_whether_he_came_before_the_limit_is_asked_where_no_picture_lies_between() -> None:
    late = of(HANEUL, hour(1, {HANEUL: (12, 16, 20, 24, 28)}, pictures=(0, 4, 8, 12, 16, 20, 24, 28)))
    assert said(late) == (State.LATE, Reason.LATE_UNCLEAR, False)
    assert late.minutes_late == 12


def test_when_the_camera_starts_late_nobody_is_late_for_it() -> None:
    pictures = tuple(range(14, 50, 3))
    assert said(of(HANEUL, hour(1, {HANEUL: pictures}, pictures=pictures))) == PRESENT


def test_who_comes_after_the_camera_started_late_is_late() -> None:
    pictures = tuple(range(14, 50))
    assert said(of(HANEUL, hour(1, {HANEUL: range(22, 50)}, pictures=pictures))) == (State.LATE, Reason.NONE, True)


def test_a_student_who_is_seldom_seen_is_not_called_late_for_it() -> None:
    seldom = of(HANEUL, hour(1, {HANEUL: (13, 29, 45)}))
    assert said(seldom) == (State.PRESENT, Reason.LATE_UNCLEAR, False)


def test_without_a_timetable_nobody_is_late_and_no_minutes_are_told() -> None:
    proposal = of(HANEUL, hour(1, {HANEUL: EVERY_FOUR[8:]}, timed=False))
    assert said(proposal) == PRESENT
    assert proposal.minutes_late is None


def test_a_timetable_is_not_needed_to_see_that_somebody_left() -> None:
    assert of(HANEUL, hour(1, {HANEUL: EVERY_FOUR[:8]}, timed=False)).state is State.LEFT_EARLY


# ---- left


def test_who_is_not_in_the_last_pictures_while_others_are_has_left_early() -> None:
    proposal = of(HANEUL, hour(1, {HANEUL: EVERY_FOUR[:-3]}))
    assert said(proposal) == (State.LEFT_EARLY, Reason.LEFT, False)
    assert proposal.last_seen == NINE + 37 * MINUTE


def test_one_picture_less_is_not_enough_and_the_rule_says_how_many_are() -> None:
    assert said(of(HANEUL, hour(1, {HANEUL: EVERY_FOUR[:-2]}))) == PRESENT
    assert of(HANEUL, hour(1, {HANEUL: EVERY_FOUR[:-2]}), rules=Rules(leave_pictures=2)).state is State.LEFT_EARLY
    assert of(HANEUL, hour(1, {HANEUL: EVERY_FOUR[:-3]}), rules=Rules(leave_pictures=4)).state is State.PRESENT


def test_where_a_picture_is_taken_every_minute_the_minutes_count_and_not_the_pictures_alone() -> None:
    minutes = tuple(range(50))
    assert said(of(HANEUL, hour(1, {HANEUL: minutes[:-4]}, pictures=minutes))) == PRESENT
    assert of(HANEUL, hour(1, {HANEUL: minutes[:-5]}, pictures=minutes)).state is State.LEFT_EARLY
    patient = Rules(leave_minutes=10)
    assert of(HANEUL, hour(1, {HANEUL: minutes[:-9]}, pictures=minutes), rules=patient).state is State.PRESENT
    assert of(HANEUL, hour(1, {HANEUL: minutes[:-10]}, pictures=minutes), rules=patient).state is State.LEFT_EARLY


def test_of_a_student_who_is_seldom_seen_it_is_asked_whether_he_left() -> None:
    assert said(of(HANEUL, hour(1, {HANEUL: (1, 9, 21, 33)}))) == (State.PRESENT, Reason.LEFT_UNCLEAR, False)


def test_a_student_who_looks_down_for_long_has_not_left_after_as_long_a_while() -> None:
    minutes = tuple(range(50))
    looks_up = [*range(5), *range(12, 17), *range(26, 31), *range(39, 43)]
    assert of(HANEUL, hour(1, {HANEUL: looks_up}, pictures=minutes)).state is State.PRESENT
    assert of(HANEUL, hour(1, {HANEUL: range(43)}, pictures=minutes)).state is State.LEFT_EARLY


def test_when_half_the_class_leaves_each_of_them_has_left() -> None:
    half = dict.fromkeys(OTHERS[:10], EVERY_FOUR[:6])
    evening = hour(1, half, faces=dict.fromkeys(EVERY_FOUR[6:], 10))
    states = {each.student: each.state for each in propose([evening], OTHERS, Rules(), enrolled_faces=OTHERS)}
    assert [states[each] for each in OTHERS] == [State.LEFT_EARLY] * 10 + [State.PRESENT] * 10


def test_seen_only_in_the_middle_is_left_early_with_the_minutes_he_was_late() -> None:
    proposal = of(HANEUL, hour(1, {HANEUL: range(20, 30)}, pictures=range(50)))
    assert said(proposal) == (State.LEFT_EARLY, Reason.LEFT, False)
    assert proposal.minutes_late == 20


def test_who_answers_in_the_first_hour_and_is_gone_in_the_second_is_absent_there_because_he_left() -> None:
    first, second = hour(1, {HANEUL: EVERY_FOUR}), hour(2, {})
    assert said(of(HANEUL, first)) == PRESENT
    assert said(of(HANEUL, first, second)) == (State.ABSENT, Reason.LEFT, False)
    assert said(of(DARA, first, second)) == (State.ABSENT, Reason.NONE, False)


def test_the_order_in_which_the_hours_are_given_does_not_matter() -> None:
    hours = [hour(1, {HANEUL: EVERY_FOUR}), hour(2, {}), hour(3, {DARA: EVERY_FOUR})]
    there = propose(hours, CLASS, Rules(), enrolled_faces=CLASS)
    assert propose(hours[::-1], CLASS[::-1], Rules(), enrolled_faces=CLASS) == there
    assert [(each.student, each.hour) for each in there] == sorted((each, n) for each in CLASS for n in (1, 2, 3))


def test_who_sat_there_in_the_break_only_missed_the_hour() -> None:
    pictures = (-6, -3, *EVERY_FOUR)
    second = hour(2, {HANEUL: (-6, -3)}, pictures=pictures)
    assert said(of(HANEUL, hour(1, {HANEUL: EVERY_FOUR}), second)) == (State.ABSENT, Reason.LEFT, False)


def test_of_who_is_seen_again_in_the_next_hour_it_is_asked_where_he_was() -> None:
    back = hour(2, {HANEUL: EVERY_FOUR})
    now_and_then = without(EVERY_FOUR, 9, 21, 25, 41, 45, 49)
    answers = propose([hour(1, {HANEUL: now_and_then}), back], CLASS, Rules(), enrolled_faces=CLASS)
    assert [said(each) for each in answers if each.student == HANEUL] == [PRESENT] * 2
    answers = propose([hour(1, {HANEUL: EVERY_FOUR[:9]}), back], CLASS, Rules(), enrolled_faces=CLASS)
    unclear = (State.PRESENT, Reason.LEFT_UNCLEAR, False)
    assert [said(each) for each in answers if each.student == HANEUL] == [unclear, PRESENT]


def test_who_is_away_for_a_whole_hour_and_comes_back_was_absent_in_it() -> None:
    hours = [hour(1, {HANEUL: EVERY_FOUR}), hour(2, {}), hour(3, {HANEUL: EVERY_FOUR})]
    answers = propose(hours, CLASS, Rules(), enrolled_faces=CLASS)
    away = (State.ABSENT, Reason.LEFT, False)
    assert [said(each) for each in answers if each.student == HANEUL] == [PRESENT, away, PRESENT]


def test_a_student_whom_the_camera_hardly_sees_is_not_visible_where_few_pictures_miss_him() -> None:
    hardly = hour(1, {HANEUL: (1, 17, 33)})
    assert said(of(HANEUL, hardly, hour(2, {}, pictures=(5, 25)))) == (State.NOT_VISIBLE, Reason.FEW_PICTURES, False)
    assert of(DARA, hour(1, {DARA: EVERY_FOUR}), hour(2, {}, pictures=(5, 25))).state is State.ABSENT


# ---- doubtful faces


def test_a_doubtful_face_is_never_sure() -> None:
    proposal = of(HANEUL, hour(1, {HANEUL: EVERY_FOUR}, doubtful={HANEUL: 0.9}))
    assert said(proposal) == (State.PRESENT, Reason.DOUBTFUL_FACE, False)


def test_three_pictures_with_a_doubtful_face_are_more_than_one() -> None:
    once = of(HANEUL, hour(1, {HANEUL: (25,)}, doubtful={HANEUL: 0.4}))
    thrice = of(HANEUL, hour(1, {HANEUL: (5, 25, 45)}, doubtful={HANEUL: 0.4}))
    assert (once.state, once.reason, once.seen) == (State.ABSENT, Reason.DOUBTFUL_FACE, 1)
    assert (thrice.state, thrice.reason, thrice.seen) == (State.PRESENT, Reason.DOUBTFUL_FACE, 3)
    assert once.probability == pytest.approx(0.4)
    assert thrice.probability == pytest.approx(1 - 0.6**3)


def test_sixty_doubtful_pictures_of_one_seat_are_no_more_than_three() -> None:
    few = of(HANEUL, hour(1, {HANEUL: (5, 25, 45)}, doubtful={HANEUL: 0.1}))
    many = of(HANEUL, hour(1, {HANEUL: EVERY_FOUR}, doubtful={HANEUL: 0.1}))
    assert few.probability == many.probability
    assert many.state is State.ABSENT


def test_that_a_doubtful_face_left_is_told_as_doubtful() -> None:
    proposal = of(HANEUL, hour(1, {HANEUL: EVERY_FOUR[:6]}, doubtful={HANEUL: 0.9}))
    assert said(proposal) == (State.LEFT_EARLY, Reason.DOUBTFUL_FACE, False)


# ---- on the limit


def test_a_picture_at_the_start_belongs_to_the_hour_and_one_at_the_end_does_not() -> None:
    assert of(DARA, hour(1, {}, pictures=(0, 30))).state is State.ABSENT
    assert said(of(DARA, hour(1, {}, pictures=(30, 50)))) == (State.NOT_VISIBLE, Reason.FEW_PICTURES, False)
    assert of(HANEUL, hour(1, {HANEUL: (50,)}, pictures=(10, 30, 50))).state is State.ABSENT
    seen_at_the_start = (0,)
    assert of(HANEUL, hour(1, {HANEUL: seen_at_the_start}, pictures=(0, *EVERY_FOUR))).state is State.LEFT_EARLY


def test_minutes_late_are_whole_minutes() -> None:
    late = hour(1, {HANEUL: range(14, 50)}, pictures=range(50))
    shifted = replace(late, starts=NINE - timedelta(seconds=40))
    assert of(HANEUL, shifted).minutes_late == 14


def test_a_picture_at_the_very_start_tells_who_was_not_there_yet() -> None:
    pictures = (0, *range(12, 50, 2))
    assert of(HANEUL, hour(1, {HANEUL: pictures[1:]}, pictures=pictures)).reason is Reason.LATE_UNCLEAR
    earlier = hour(1, {HANEUL: EVERY_FOUR})
    assert of(HANEUL, earlier, hour(2, {HANEUL: pictures[1:]}, pictures=pictures)).reason is Reason.LATE_UNCLEAR


def test_a_doubtful_face_that_is_as_likely_his_as_not_is_taken_for_him() -> None:
    assert of(HANEUL, hour(1, {HANEUL: (37, 41)}, doubtful={HANEUL: 0.2})).state is State.ABSENT
    assert of(HANEUL, hour(1, {HANEUL: EVERY_FOUR[-1:]}, doubtful={HANEUL: 0.5})).state is State.LATE
