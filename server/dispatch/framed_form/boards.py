"""The board of a session, as every screen shows it."""

from datetime import datetime
from typing import Final

import msgspec

from protocol import messages
from server.dispatch.call import Call
from server.dispatch.framed_form.sessions import info_of
from server.domain.board import Counts, HourRow, StudentRow
from server.domain.evidence import Proposal
from server.services.board import BoardView

MOST_TIMED: Final = 800
"""Students times hours of a board beyond which times are left out: with them 300 students over four hours have 280 KiB,
more than a message may have; one hour alone has them still."""


def board(message: messages.Board, call: Call) -> messages.Message:
    return _shown(call.services.boards.board(message.session, call.now, message.hour), call)


def propose(message: messages.Propose, call: Call) -> messages.Message:
    return _shown(call.services.boards.propose(message.session, call.now), call)


def _shown(view: BoardView, call: Call) -> messages.BoardShown:
    timed = len(view.board.rows) * len(view.board.counts) <= MOST_TIMED
    return messages.BoardShown(
        session=info_of(view.session), as_of=call.now, counts=tuple(_counts(each) for each in view.board.counts),
        students=tuple(_student(row, view, timed) for row in view.board.rows), to_decide=view.board.to_decide,
    )


def _student(row: StudentRow, view: BoardView, timed: bool) -> messages.BoardStudent:
    candidates = tuple(
        messages.Candidate(student=each.student_id, name=view.names.get(each.student_id, ""), distance=each.distance)
        for each in view.candidates.get(row.student, ())
    )
    return messages.BoardStudent(
        student=row.student, name=row.name, list=row.list, reason=row.reason.value, decided=row.decided,
        hours=tuple(_hour(each, timed) for each in row.hours), candidates=candidates,
    )


def _hour(row: HourRow, timed: bool) -> messages.BoardHour:
    mark = row.mark
    shown = messages.BoardHour(hour=row.hour) if row.proposal is None else _proposed(row.proposal, timed)
    if mark is None:
        return shown
    return msgspec.structs.replace(
        shown, mark=mark.state.value, source=mark.source.value, by=mark.by, at=_second(mark.at) if timed else None
    )


def _proposed(proposal: Proposal, timed: bool) -> messages.BoardHour:
    return messages.BoardHour(
        hour=proposal.hour, proposed=proposal.state.value, sure=proposal.sure, seen=proposal.seen,
        pictures=proposal.looks, first_seen=_second(proposal.first_seen) if timed else None,
        last_seen=_second(proposal.last_seen) if timed else None, minutes_late=proposal.minutes_late,
    )


def _second(moment: datetime | None) -> datetime | None:
    """To the second: a board has to fit into one message."""
    return None if moment is None else moment.replace(microsecond=0)


def _counts(counts: Counts) -> messages.BoardCounts:
    states = {state.value: number for state, number in counts.states.items()}
    return messages.BoardCounts(
        hour=counts.hour, enrolled=counts.enrolled, undecided=counts.undecided, faces_seen=counts.faces_seen,
        pictures=counts.pictures, **states,
    )
