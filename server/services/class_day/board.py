"""Compute the board of a session, which every screen shows: who is sure, to be checked, not seen or undecided."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from protocol.error_texts import ServerText
from server.domain.board import MarkStanding, SessionBoard, board
from server.domain.evidence import Look, Proposal, Sign
from server.domain.heads import HeadCount
from server.domain.sessions import SessionState
from server.domain.shared_faces import SharedFace
from server.errors import NoSession, SessionClosed
from server.gallery import Candidate
from server.services.class_day.evidence import SessionEvidence, heads_of
from server.services.class_day.expiring_cache import ExpiringCache
from server.services.class_day.sessions import ClassSessions, SessionView
from server.services.class_day.shared_faces import asked_of
from server.services.rooms.kept_rooms import invisible_heads
from server.store import Store


@dataclass(frozen=True, slots=True)
class BoardView:
    """A board with its session."""

    session: SessionView
    board: SessionBoard
    candidates: dict[str, tuple[Candidate, ...]]  # who else it may be, by student to be checked
    names: dict[str, str]  # of the candidates
    shared_faces: tuple[SharedFace, ...] = ()  # students who are marked as there by one face, in these hours


class Boards:
    """For any thread."""

    def __init__(self, store: Store, sessions: ClassSessions) -> None:
        self._store = store
        self._sessions = sessions
        self._rooms: ExpiringCache[dict[str, int] | None] = ExpiringCache()

    def board(self, number: int, now: datetime, hour: int | None = None) -> BoardView:
        """The board of the session, or of one hour of it. Raises NoSession."""
        return self._shown(self._sessions.view(number, now), hour)

    def propose(self, number: int, now: datetime) -> BoardView:
        """The board, with the camera's present proposals kept. Raises NoSession and SessionClosed."""
        view = self._sessions.completed(number, now)
        if view.state is SessionState.CLOSED:
            raise SessionClosed(ServerText.PROPOSALS_CLOSED, number=number)
        self._store.proposals.keep(number, self._sessions.evidence(view).proposals, at=now)
        return self._shown(view, None)

    def _shown(self, view: SessionView, hour: int | None) -> BoardView:
        session = view.session
        hours = [each.number for each in session.hours if hour in (None, each.number)]
        if not hours:
            held = ", ".join(str(each.number) for each in session.hours)
            raise NoSession(ServerText.NO_HOUR, number=session.id, hour=hour or 0, hours=held)
        students = [(entry.student, entry.name) for entry in self._store.rosters.of_day(session.course, session.day)]
        evidence = self._sessions.evidence(view)
        proposals = () if view.plan.rules.shadow else self._proposals(view, evidence)
        looks: dict[int, Sequence[Look]] = {number: decided.looks for number, decided in evidence.hours.items()}
        marks, heads = self._store.marks.standing(session.id), self._heads(view, evidence)
        signs = {} if view.plan.rules.shadow else _signs(evidence)
        made = board(students, hours, proposals, marks, looks, heads, signs)
        asked = {row.student for row in made.rows if row.list == "check"} if proposals else set()
        shared = () if view.plan.rules.shadow else self._shared_faces(view, evidence, marks)
        of_hours = tuple(each for each in shared if each.hour in hours)
        return BoardView(view, made, *self._candidates(evidence, asked), of_hours)

    def _shared_faces(
        self, view: SessionView, evidence: SessionEvidence, marks: Mapping[tuple[str, int], MarkStanding]
    ) -> Sequence[SharedFace]:
        found = asked_of(evidence, marks, ())
        return asked_of(evidence, marks, self._store.submissions.answered(view.session.id)) if found else ()

    def _heads(self, view: SessionView, evidence: SessionEvidence) -> dict[int, HeadCount]:
        # Where no check of the room is kept, how many sit too far away is not known.
        room = view.plan.room
        return heads_of(evidence, self._rooms.get(room, lambda: invisible_heads(self._store, room)))

    def _proposals(self, view: SessionView, evidence: SessionEvidence) -> Sequence[Proposal]:
        if evidence.hours:
            return evidence.proposals
        # The pictures were removed when their time was over: what was proposed then was kept.
        day = view.session.day
        kept = self._store.proposals.of_course(view.session.course, day, day)
        return [each for proposals in kept.values() for each in proposals.values()] or evidence.proposals

    def _candidates(
        self, evidence: SessionEvidence, students: Collection[str]
    ) -> tuple[dict[str, tuple[Candidate, ...]], dict[str, str]]:
        found = {student: evidence.candidates(student) for student in students}
        names = self._store.rosters.names({each.student_id for candidates in found.values() for each in candidates})
        return found, names


def _signs(evidence: SessionEvidence) -> dict[tuple[str, int], tuple[Sign, ...]]:
    """By student and hour."""
    return {(student, hour): signs for hour, each in evidence.hours.items() for student, signs in each.signs.items()}
