"""Keep the proposals of days that are over, and remove pictures' faces that were kept for long enough."""

import logging
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from server.counted import counted
from server.domain.calendar import campus_day
from server.domain.sessions import SessionState
from server.errors import RollcallError, Unavailable
from server.services.class_day.sessions import ClassSessions
from server.store import Session, Store

log = logging.getLogger(__name__)

EVERY: Final = timedelta(hours=1)


class Retention:
    """Jobs that are due once an hour, for one thread. days: how long sightings are kept."""

    def __init__(self, store: Store, sessions: ClassSessions, zone: ZoneInfo, days: int) -> None:
        self._store = store
        self._sessions = sessions
        self._zone = zone
        self._kept = timedelta(days=days)
        self._done: dict[str, datetime] = {}
        self._examined: set[int] = set()

    def remove_old(self, now: datetime) -> None:
        """Remove sightings that are too old, and keys that nobody sends again. Raises Unavailable: it is due still."""
        if not self._is_due("remove", now):
            return
        self._store.answers.forget_old(now=now)
        if removed := self._store.pictures.forget(now - self._kept):
            log.info("%s of more than %d days ago removed", counted(removed, "sighting"), self._kept.days)
        self._done["remove"] = now

    def keep_proposals(self, now: datetime) -> None:
        """Keep the proposals of past sessions that nobody submitted. Raises Unavailable: it is due still."""
        # A professor who calls the roll by a client of 2019 never submits, and in time the pictures are gone: without
        # this nothing would be left to compare with that roll.
        if not self._is_due("keep", now):
            return
        today = campus_day(now, self._zone)
        for session in self._store.sessions.listed(None, today - self._kept, today - timedelta(days=1)):
            if session.state is SessionState.DRAFT and session.id not in self._examined:
                self._keep(session, now)
                self._examined.add(session.id)
        self._done["keep"] = now

    def _is_due(self, job: str, now: datetime) -> bool:
        return job not in self._done or now >= self._done[job] + EVERY

    def _keep(self, session: Session, now: datetime) -> None:
        try:
            if self._is_missing(session):
                proposals = self._sessions.evidence(self._sessions.completed(session.id, now)).proposals
                self._store.proposals.keep(session.id, proposals, at=now)
                log.info("what the camera proposed in session %d is kept", session.id)
        except Unavailable:
            raise
        except RollcallError as error:
            log.warning("what the camera proposed in session %d cannot be kept: %s", session.id, error.text)

    def _is_missing(self, session: Session) -> bool:
        """Whether there are pictures, and no proposals are kept of them yet."""
        taken = self._store.pictures.counts(session.course, session.day)
        return bool(taken) and not self._store.proposals.of_course(session.course, session.day, session.day)
