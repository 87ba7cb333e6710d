"""Keep proposals of days that are over, and remove what was kept for long enough. Knows no SQL; is told the time."""

import logging
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from server.counted import counted
from server.domain.calendar import campus_day
from server.domain.sessions import SessionState
from server.errors import RollcallError, Unavailable
from server.services.class_day.sessions import Sessions
from server.store import Session, Store

log = logging.getLogger(__name__)

EVERY: Final = timedelta(hours=1)


class Forgetting:
    """Removes sightings that are older than `days`, and keys that are known no more; for one thread.

    Proposals that were kept stay, and marks.
    """

    def __init__(self, store: Store, days: int) -> None:
        self._store = store
        self._kept = timedelta(days=days)
        self._next: datetime | None = None

    def forget_old(self, now: datetime) -> None:
        """Remove what is due, at most once an hour. Raises Unavailable, and is then due still."""
        if self._next is not None and now < self._next:
            return
        self._store.answers.forget_old(now=now)
        removed = self._store.pictures.forget(now - self._kept)
        self._next = now + EVERY
        if removed:
            log.info("%s of more than %d days ago removed", counted(removed, "sighting"), self._kept.days)


class Keeping:
    """Keeps the proposals of sessions that nobody submitted, once their day is over; for one thread.

    A professor who calls the roll by a client of 2019 never submits, and after `days` the pictures are gone: without
    this nothing would be left to hold beside that roll.
    """

    def __init__(self, store: Store, sessions: Sessions, zone: ZoneInfo, days: int) -> None:
        self._store = store
        self._sessions = sessions
        self._zone = zone
        self._days = timedelta(days=days)
        self._next: datetime | None = None
        self._seen: set[int] = set()

    def keep_past(self, now: datetime) -> None:
        """Keep what is due, at most once an hour. Raises Unavailable, and is then due still."""
        if self._next is not None and now < self._next:
            return
        today = campus_day(now, self._zone)
        for session in self._store.sessions.listed(None, today - self._days, today - timedelta(days=1)):
            if session.state is SessionState.DRAFT and session.id not in self._seen:
                self._keep(session, now)
                self._seen.add(session.id)
        self._next = now + EVERY

    def _keep(self, session: Session, now: datetime) -> None:
        try:
            if self._is_due(session):
                proposals = self._sessions.evidence(self._sessions.completed(session.id, now)).proposals
                self._store.proposals.keep(session.id, proposals, at=now)
                log.info("what the camera proposed in session %d is kept", session.id)
        except Unavailable:
            raise
        except RollcallError as error:
            log.warning("what the camera proposed in session %d cannot be kept: %s", session.id, error.text)

    def _is_due(self, session: Session) -> bool:
        """Whether there are pictures, and nothing is kept of them yet."""
        taken = self._store.pictures.counts(session.course, session.day)
        return bool(taken) and not self._store.proposals.of_course(session.course, session.day, session.day)
