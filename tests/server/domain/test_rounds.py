"""Two cameras of one room give one evidence: who is before one of them is not missed by the other."""

from datetime import UTC, datetime, timedelta

from server.domain.attendance import State
from server.domain.evidence import HourEvidence, Look, Proposal, Reason, Seen
from server.domain.proposals import propose
from server.domain.rounds import joined_cameras
from server.domain.rules import Rules

NINE = datetime(2026, 3, 9, 0, 0, tzinfo=UTC)
FRONT = [f"front{place}" for place in range(8)]
BACK = [f"back{place}" for place in range(8)]
ABSENT = "absent"


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def hour(front: list[float], back: list[float], gone: dict[str, float] | None = None) -> HourEvidence:
    """Pictures at these minutes by a camera that shows the front half, and by one that shows the back half.

    gone: until when students are there who do not stay.
    """
    looks = [Look(at(minute), len(FRONT), device="a") for minute in front]
    looks += [Look(at(minute), len(BACK), device="b") for minute in back]
    looks.sort(key=lambda each: each.taken_at)
    shown = {**dict.fromkeys(FRONT, front), **dict.fromkeys(BACK, back)}
    seen = [
        Seen(student, True, 0.99, tuple(at(each) for each in minutes if each <= (gone or {}).get(student, 60)))
        for student, minutes in shown.items()
    ]
    return HourEvidence(3, NINE, at(50), tuple(looks), tuple(each for each in seen if each.at))


def of(student: str, evidence: HourEvidence) -> Proposal:
    students = [*FRONT, *BACK, ABSENT]
    return next(
        each for each in propose([evidence], students, Rules(), enrolled_faces=students) if each.student == student
    )


EVERY_TWO = [2.0 * place for place in range(25)]
A_LITTLE_LATER = [each + 0.2 for each in EVERY_TWO]


def test_a_student_before_one_of_two_cameras_is_seen_in_every_round() -> None:
    evidence = hour(EVERY_TWO, A_LITTLE_LATER)
    for student in (FRONT[0], BACK[0]):
        proposal = of(student, evidence)
        assert (proposal.state, proposal.sure, proposal.seen, proposal.looks) == (State.PRESENT, True, 25, 25)
    assert of(ABSENT, evidence).state is State.ABSENT


def test_who_leaves_is_told_though_the_other_camera_goes_on() -> None:
    proposal = of(BACK[3], hour(EVERY_TWO, A_LITTLE_LATER, {BACK[3]: 20}))
    assert (proposal.state, proposal.reason) == (State.LEFT_EARLY, Reason.LEFT)


def test_nobody_has_left_because_their_camera_went_out() -> None:
    evidence = hour(EVERY_TWO, A_LITTLE_LATER[:12])
    assert of(BACK[0], evidence).state is State.PRESENT
    assert of(BACK[0], evidence).sure


def test_a_telephone_held_up_once_is_no_camera_of_the_room() -> None:
    evidence = hour(EVERY_TWO, [10.2])
    joined = joined_cameras(evidence)
    assert sum(look.complete for look in joined.looks) == 25
    assert of(ABSENT, evidence).state is State.ABSENT


def test_one_camera_stays_as_it_is_and_a_fast_one_is_no_round_with_itself() -> None:
    alone = hour(EVERY_TWO, [])
    assert joined_cameras(alone) is alone
    rounds = joined_cameras(hour([0.0, 0.3, 0.6], [0.1, 0.4, 0.7])).looks
    assert [(look.taken_at, look.faces) for look in rounds] == [(at(0.0), 16), (at(0.3), 16), (at(0.6), 16)]


def test_a_camera_that_took_another_ones_place_is_no_second_one() -> None:
    first = [Look(at(minute), 8, device="a") for minute in range(0, 20, 2)]
    then = [Look(at(minute), 8, device="a2") for minute in range(20, 50, 2)]
    times = tuple(look.taken_at for look in (*first, *then))
    seen = tuple(Seen(student, True, 0.99, times) for student in FRONT)
    evidence = HourEvidence(3, NINE, at(50), (*first, *then), seen)
    assert joined_cameras(evidence) is evidence
    assert of(ABSENT, evidence).state is State.ABSENT
    beside = tuple(Look(at(minute + 0.2), 8, device="b") for minute in range(0, 50, 2))
    both = joined_cameras(HourEvidence(3, NINE, at(50), (*first, *then, *beside), seen))
    assert [look.complete for look in both.looks] == [True] * 25
