"""Keep the proposals of days that are over, and remove what was kept for long enough.

What keeps comes before what forgets, and nothing is forgotten while the clock is in doubt.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from server.counted import counted
from server.domain.calendar import campus_day
from server.errors import RollcallError, SetupProblem, Unavailable
from server.services.class_day.clock_watch import EVERY_S as CLOCK_EVERY_S
from server.services.class_day.clock_watch import ClockWatch
from server.services.class_day.sessions import ClassSessions
from server.store import Session, Store

log = logging.getLogger(__name__)

EVERY_S: Final = 3600.0
# Between two tries to get removed rows out of the database's files.
REMOVAL_EVERY_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class HourlyJob:
    """Something that is done once an hour. run: told the time; what it raises leaves it due."""

    name: str
    run: Callable[[datetime], None]


class Retention:
    """For one thread. days: how long sightings are kept. forgetting: further duties that remove what is old.

    monotonic: seconds, of a clock that nobody sets.
    """

    def __init__(
        self,
        store: Store,
        sessions: ClassSessions,
        zone: ZoneInfo,
        days: int,
        *,
        forgetting: Sequence[HourlyJob] = (),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._zone = zone
        self._days = timedelta(days=days)
        self._clock = ClockWatch(store, monotonic)
        self._monotonic = monotonic
        self._keeping = (HourlyJob("keep", self.keep_proposals),)
        self._forgetting = (HourlyJob("remove", self.remove_old), *forgetting)
        self._due_at: dict[str, float] = {}
        self._examined: set[int] = set()
        self._removal_due_at = monotonic()
        self._remains = False
        self._failed: dict[int, tuple[str, date]] = {}

    def run(self, now: datetime) -> None:
        """Do what is due; to be called often. Raises Unavailable, and what a duty raises: it is due still."""
        self._clock.look(now)
        self._finish_removal()
        for duty in filter(self._is_due, self._keeping):
            self._do(duty, now)
        due = [duty for duty in self._forgetting if self._is_due(duty)]
        if due and not self._clock.may_forget(now):
            self._put_off(due)
            return
        for duty in due:
            self._do(duty, now)

    def _finish_removal(self) -> None:
        """Come back to what was removed beside somebody who was reading."""
        if self._monotonic() < self._removal_due_at:
            return
        self._removal_due_at = self._monotonic() + REMOVAL_EVERY_S
        remained = self._remains
        gone, readers = self._store.health.finish_removal()
        self._remains = not gone
        if self._remains and not remained:
            whom = ", ".join(readers) or "somebody who reads it"
            log.warning("removed rows stay in the database's write-ahead log until %s has ended", whom)
        elif remained and gone:
            log.info("nothing that was removed is left in the database's files")

    def keep_proposals(self, now: datetime) -> None:
        """Keep the proposals of past sessions that nobody submitted, of every day that has pictures still.

        Raises Unavailable.
        """
        # A professor who calls the roll by a client of 2019 never submits, and in time the pictures are gone: without
        # this nothing would be left to compare with that roll.
        for session in self._store.sessions.drafts_with_pictures(before=campus_day(now, self._zone)):
            still_on = any(hour.ends and hour.ends > now for hour in session.hours)  # past midnight
            if session.id not in self._examined and not still_on:
                self._keep(session, now)

    def remove_old(self, now: datetime) -> None:
        """Remove sightings that are too old, and keys that nobody sends again. Raises Unavailable."""
        self._store.answers.forget_old(now=now)
        # What could not be kept may be mended; but nobody's face stays for that more than once as long.
        removed = self._store.pictures.forget(now - self._days, sparing=self._failed.values())
        removed += self._store.pictures.forget(now - 2 * self._days) if self._failed else 0
        if removed:
            self._store.access_log.destroyed("sightings", removed, at=now)
            log.info("%s of more than %d days ago removed", counted(removed, "sighting"), self._days.days)

    def _is_due(self, duty: HourlyJob) -> bool:
        return duty.name not in self._due_at or self._monotonic() >= self._due_at[duty.name]

    def _do(self, duty: HourlyJob, now: datetime) -> None:
        duty.run(now)
        self._store.duties.ran(duty.name, at=now)
        self._due_at[duty.name] = self._monotonic() + EVERY_S

    def _put_off(self, duties: Sequence[HourlyJob]) -> None:
        """Until the clock may have been confirmed."""
        for duty in duties:
            self._due_at[duty.name] = self._monotonic() + CLOCK_EVERY_S

    def _keep(self, session: Session, now: datetime) -> None:
        try:
            if not self._store.proposals.of_course(session.course, session.day, session.day):
                view = self._sessions.completed(session.id, now)
                evidence = self._sessions.evidence(view)
                self._store.proposals.keep(session.id, evidence.proposals, at=now)
                self._store.submissions.keep_heads(session.id, self._sessions.heads(view, evidence), at=now)
                log.info("what the camera proposed in session %d is kept", session.id)
            self._examined.add(session.id)
            self._failed.pop(session.id, None)
        except Exception as error:  # whatever is wrong with one session keeps no other from being kept
            if isinstance(error, Unavailable) and not isinstance(error, SetupProblem):
                raise
            if session.id not in self._failed:
                why = error.log_text if isinstance(error, RollcallError) else type(error).__name__
                log.warning("what the camera proposed in session %d cannot be kept: %s", session.id, why)
            self._failed[session.id] = session.course, session.day
