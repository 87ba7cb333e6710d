"""Submit a class day: ask about shared faces, copy rolls forward, and keep what the camera proposed and counted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.attendance import Mark, Source, State
from server.domain.board import MarkStanding
from server.domain.heads import HeadCount
from server.domain.ledger import MarkRequest
from server.domain.rules import Rules
from server.domain.sessions import SessionState, copied_forward, copied_from, stays
from server.services.class_day.evidence import SessionEvidence
from server.services.class_day.shared_faces import asked_of, require_answers
from server.store import Once, Pair, Session, Store


@dataclass(frozen=True, slots=True)
class Submission:
    """session: with the hours and times that it shall have. both_there: pairs who were both there, as somebody says."""

    session: Session
    rules: Rules
    evidence: SessionEvidence
    heads: Mapping[int, HeadCount]
    both_there: Collection[Pair]
    at: datetime
    now: datetime
    by: str
    why: str
    origin: str
    once: Once | None

    def write(self, held: Store) -> Session:
        """All of it, in the transaction that its caller began. Raises BadRequest where an answer is missing."""
        number, new = self.session.id, SessionState.SUBMITTED
        stored = held.sessions.hold(number)
        done = self.once is not None and held.answers.was_done(self.once)
        if not done and not stays(stored.state, stored.changed_at, new, self.at):
            session = held.sessions.add_hours(number, self.session.hours)
            self._ask(held)
            held.submissions.keep_heads(number, self.heads, at=self.now)
            if self.rules.copy_consecutive:
                _copy_forward(held, session, self.evidence, now=self.now, by=self.by, origin=self.origin)
        return held.sessions.set_state(
            number,
            new,
            at=self.at,
            by=self.by,
            why=self.why,
            origin=self.origin,
            proposals=self.evidence.proposals,
            once=self.once,
        )

    def _ask(self, held: Store) -> None:
        # In shadow mode what the camera saw is shown to nobody.
        if self.rules.shadow:
            return
        number = self.session.id
        answered = held.submissions.answered(number) | set(self.both_there)
        asked = asked_of(self.evidence, held.marks.standing(number), answered)
        require_answers(asked)
        held.submissions.answer(number, [each.key for each in asked], at=self.at, by=self.by)


def _copy_forward(
    held: Store, session: Session, evidence: SessionEvidence, *, now: datetime, by: str, origin: str
) -> None:
    """Give the hours that nobody looked at the roll of the hour before (연강)."""
    # What a person decides of that very hour stands over a copy, whenever it comes; until then the copy follows what
    # it was copied from, which the ledger sees to.
    standing = held.marks.standing(session.id)
    hours = [hour.number for hour in session.hours]
    # Of an hour whose pictures are gone by now what they showed may be kept: somebody looked at it.
    looked_at = {hour for _, hour in held.proposals.of_course(session.course, session.day, session.day)}
    decided = {hour for (_, hour), mark in standing.items() if mark.source is not Source.COPIED}
    unseen = set(hours) - decided - set(evidence.hours) - looked_at
    marks = [
        Mark(
            student,
            session.course,
            session.day,
            hour,
            state,
            standing[student, copied].at,
            by,
            Source.COPIED,
            copied_from(copied),
            origin,
        )
        for student in sorted({student for student, _ in standing})
        for hour, (state, copied) in _copied(student, hours, unseen, standing).items()
    ]
    if marks:
        held.marks.record([MarkRequest(tuple(marks), partial=True)], now=now)


def _copied(
    student: str, hours: Sequence[int], unseen: set[int], standing: dict[tuple[str, int], MarkStanding]
) -> dict[int, tuple[State, int]]:
    states = {hour: standing[student, hour].state if (student, hour) in standing else None for hour in hours}
    return copied_forward(states, unseen)
