"""What every screen shows of a session: three lists, totals, what is undecided."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from server.domain.attendance import Source, State
from server.domain.board import HourRow, MarkStanding, SessionBoard, board
from server.domain.evidence import Look, Proposal, Reason

NINE = datetime(2026, 3, 9, 0, 0, tzinfo=UTC)
HANEUL, DARA, BOM = "202600001", "202600002", "202600003"
CLASS = [(HANEUL, "김하늘"), (DARA, "이다라"), (BOM, "박봄")]
HERE = Proposal(HANEUL, 1, State.PRESENT, True, Reason.NONE, NINE, NINE, 5, 5, None, 0.99)
UNSEEN = Proposal(HANEUL, 1, State.ABSENT, False, Reason.NONE, None, None, 0, 5, None, None)
NOT_TAKEN = Proposal(HANEUL, 1, State.NOT_TAKEN, False, Reason.NONE, None, None, 0, 0, None, None)


def mark(state: State, source: Source = Source.PROFESSOR) -> MarkStanding:
    return MarkStanding(state, source, NINE, "prof")


def of_haneul(*proposals: Proposal) -> SessionBoard:
    hours = range(1, len(proposals) + 1)
    return board(CLASS[:1], hours, [replace(each, hour=hour) for hour, each in enumerate(proposals, 1)], {}, {})


@pytest.mark.parametrize(
    ("proposals", "where"),
    [
        ((HERE,), "sure"),
        ((HERE, HERE), "sure"),
        ((HERE, NOT_TAKEN), "sure"),
        ((HERE, replace(HERE, sure=False, reason=Reason.DOUBTFUL_FACE)), "check"),
        ((replace(HERE, state=State.LEFT_EARLY, sure=False, reason=Reason.LEFT),), "check"),
        ((HERE, UNSEEN), "check"),
        ((replace(UNSEEN, reason=Reason.LEFT),), "check"),
        ((UNSEEN,), "not_seen"),
        ((UNSEEN, replace(UNSEEN, state=State.NOT_VISIBLE, reason=Reason.FEW_PICTURES)), "not_seen"),
        ((replace(UNSEEN, state=State.NOT_VISIBLE, reason=Reason.NO_PHOTOGRAPH),), "not_seen"),
        ((NOT_TAKEN,), "not_seen"),
        ((replace(UNSEEN, seen=1, reason=Reason.DOUBTFUL_FACE),), "check"),
    ],
)
def test_each_student_is_in_one_of_three_lists(proposals: tuple[Proposal, ...], where: str) -> None:
    assert of_haneul(*proposals).rows[0].list == where


def test_that_somebody_left_is_told_before_any_other_reason() -> None:
    doubtful = replace(HERE, sure=False, reason=Reason.DOUBTFUL_FACE)
    assert of_haneul(doubtful, replace(UNSEEN, reason=Reason.LEFT)).rows[0].reason is Reason.LEFT
    assert of_haneul(doubtful, HERE).rows[0].reason is Reason.DOUBTFUL_FACE
    assert of_haneul(HERE).rows[0].reason is Reason.NONE


def test_every_reason_but_none_has_its_weight() -> None:
    for reason in set(Reason) - {Reason.NONE}:
        assert of_haneul(replace(HERE, sure=False, reason=reason)).rows[0].reason is reason


def test_the_totals_are_those_of_the_marks_that_stand() -> None:
    marks = {
        (HANEUL, 1): mark(State.PRESENT, Source.CAMERA),
        (DARA, 1): mark(State.LATE),
        (HANEUL, 2): mark(State.ABSENT),
        ("299999999", 1): mark(State.ABSENT),
        (HANEUL, 7): mark(State.ABSENT),
    }
    looks = {1: (Look(NINE, 41), Look(NINE, 55), Look(NINE, 3))}
    first, second = board(CLASS, [1, 2], [], marks, looks).counts
    assert (first.enrolled, first.undecided, first.faces_seen, first.pictures) == (3, 1, 55, 3)
    assert {state: count for state, count in first.states.items() if count} == {State.PRESENT: 1, State.LATE: 1}
    assert set(first.states) == set(State)
    assert (second.undecided, second.states[State.ABSENT], second.faces_seen, second.pictures) == (2, 1, 0, 0)


def test_who_has_an_hour_without_a_mark_is_to_be_decided() -> None:
    marks = {(HANEUL, 1): mark(State.PRESENT), (HANEUL, 2): mark(State.PRESENT), (DARA, 1): mark(State.PRESENT)}
    shown = board(CLASS, [1, 2], [], marks, {})
    assert shown.to_decide == (DARA, BOM)
    assert [row.decided for row in shown.rows] == [True, False, False]
    assert board(CLASS, [1], [], marks, {}).to_decide == (BOM,)


def test_a_row_holds_what_was_proposed_beside_what_was_decided() -> None:
    decided = mark(State.EXCUSED)
    row = board(CLASS, [1], [UNSEEN], {(HANEUL, 1): decided}, {}).rows[0]
    assert (row.name, row.hours[0].proposal, row.hours[0].mark) == ("김하늘", UNSEEN, decided)


def test_without_proposals_the_board_still_shows_the_class_and_its_marks() -> None:
    shown = board(CLASS, [1], [], {(HANEUL, 1): mark(State.PRESENT)}, {})
    assert [row.student for row in shown.rows] == [HANEUL, DARA, BOM]
    assert shown.rows[0].hours[0].proposal is None


@pytest.mark.parametrize(
    ("source", "state", "reason", "told"),
    [
        (Source.PROFESSOR, State.PRESENT, Reason.NONE, True),
        (Source.ROLL_CALL, State.LATE, Reason.NONE, True),
        (Source.CAMERA, State.PRESENT, Reason.NONE, False),
        (Source.PROFESSOR, State.EXCUSED, Reason.NONE, False),
        (Source.PROFESSOR, State.PRESENT, Reason.FEW_PICTURES, False),
        (Source.PROFESSOR, State.PRESENT, Reason.NO_PHOTOGRAPH, False),
    ],
)
def test_a_mark_by_hand_of_somebody_the_camera_would_have_seen_is_told(
    source: Source, state: State, reason: Reason, told: bool
) -> None:
    proposal = Proposal("1", 1, State.ABSENT, False, reason, None, None, 0, 12, None, None)
    assert HourRow(1, proposal, MarkStanding(state, source, NINE, "kim")).not_seen_by_camera is told
