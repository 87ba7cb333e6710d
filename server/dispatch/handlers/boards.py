"""The board of a session, as every screen shows it."""

from datetime import datetime
from typing import Final

import msgspec

from protocol import messages
from protocol.framing import MAX_HEADER_BYTES
from server.dispatch.call import Call
from server.dispatch.handlers.sessions import info_of
from server.domain.board import Counts, HourRow, StudentRow
from server.domain.evidence import Proposal
from server.services.class_day.board import BoardView

ROOM: Final = MAX_HEADER_BYTES - 100
"""Bytes of a board in its message, which has a number besides."""
FEWER_CANDIDATES: Final = 2
"""Of each student to be looked at and not decided yet, in a board that is not whole. So an hour of 1000 students always
fits, and two of 600; whole, 250 over two hours, and more where fewer are to be looked at."""


def board(message: messages.Board, call: Call) -> messages.Message:
    return _shown(call.services.boards.board(message.session, call.now, message.hour), call)


def propose(message: messages.Propose, call: Call) -> messages.Message:
    return _shown(call.services.boards.propose(message.session, call.now), call)


def _shown(view: BoardView, call: Call) -> messages.BoardShown:
    """The board; where it would not fit into a message without what is not needed to decide: see `_hour`."""
    whole = _board(view, call, whole=True)
    return whole if len(msgspec.json.encode(whole)) <= ROOM else _board(view, call, whole=False)


def _board(view: BoardView, call: Call, *, whole: bool) -> messages.BoardShown:
    return messages.BoardShown(
        session=info_of(view.session),
        as_of=call.now,
        counts=tuple(_counts(each) for each in view.board.counts),
        students=tuple(_student(row, view, whole) for row in view.board.rows),
        to_decide=view.board.to_decide,
    )


def _student(row: StudentRow, view: BoardView, whole: bool) -> messages.BoardStudent:
    found = view.candidates.get(row.student, ())
    fewer = () if row.decided else found[:FEWER_CANDIDATES]
    candidates = tuple(
        messages.Candidate(
            student=each.student_id, name=view.names.get(each.student_id, ""), distance=round(each.distance, 4)
        )
        for each in (found if whole else fewer)
    )
    return messages.BoardStudent(
        student=row.student,
        name=row.name,
        list=row.list,
        reason=row.reason.value,
        decided=row.decided,
        hours=tuple(_hour(each, whole) for each in row.hours),
        candidates=candidates,
    )


def _hour(row: HourRow, whole: bool) -> messages.BoardHour:
    """whole: with the times, and by whom a mark is."""
    mark = row.mark
    shown = messages.BoardHour(hour=row.hour) if row.proposal is None else _proposed(row.proposal, whole)
    if mark is None:
        return shown
    decided = msgspec.structs.replace(shown, mark=mark.state.value, source=mark.source.value)
    return msgspec.structs.replace(decided, by=mark.by, at=_second(mark.at)) if whole else decided


def _proposed(proposal: Proposal, whole: bool) -> messages.BoardHour:
    return messages.BoardHour(
        hour=proposal.hour,
        proposed=proposal.state.value,
        sure=proposal.sure,
        seen=proposal.seen,
        pictures=proposal.looks,
        first_seen=_second(proposal.first_seen) if whole else None,
        last_seen=_second(proposal.last_seen) if whole else None,
        minutes_late=proposal.minutes_late,
    )


def _second(moment: datetime | None) -> datetime | None:
    """To the second: a board has to fit into one message."""
    return None if moment is None else moment.replace(microsecond=0)


def _counts(counts: Counts) -> messages.BoardCounts:
    states = {state.value: number for state, number in counts.states.items()}
    return messages.BoardCounts(
        hour=counts.hour,
        enrolled=counts.enrolled,
        undecided=counts.undecided,
        faces_seen=counts.faces_seen,
        pictures=counts.pictures,
        **states,
    )
