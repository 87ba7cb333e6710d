"""Destroy what was made of students' faces once they have been on no list for long enough."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from server.domain.calendar import campus_day
from server.services.enrolment.removal import Removal, sort_entries
from server.store import Store

log = logging.getLogger(__name__)

# At once: each looks through the folder, and whoever writes waits for one meanwhile.
MOST_AT_ONCE: Final = 100
BY: Final = "server"


@dataclass(frozen=True, slots=True)
class Expiry:
    """For any thread. folder: of the photographs; None: another machine keeps them, and destroys them there.

    days: so long after the last day on a list everything stays.
    """

    store: Store
    folder: Path | None
    zone: ZoneInfo
    days: int

    def run(self, now: datetime) -> int:
        """Destroy templates, sightings, photographs and addresses of those whose time is over; how many students."""
        before = campus_day(now, self.zone) - timedelta(days=self.days)
        over = self._over(before)
        kept = self.store.templates.students() | self._with_address()
        expired = sorted(over & kept)[:MOST_AT_ONCE]
        for student in expired:
            self.store.erasures.expire(student, at=now, by=BY)
            self.store.mails.forget_student(student)
            self._remove_files(student)
        return len(expired)

    def _over(self, before: date) -> frozenset[str]:
        """Students all of whose enrolments are known to have ended before that day."""
        last: dict[str, date | None] = {}
        for student, ends in self._ends():
            known = last.get(student, date.min)
            last[student] = None if known is None or ends is None else max(known, ends)
        return frozenset(student for student, ends in last.items() if ends is not None and ends < before)

    def _ends(self) -> Iterator[tuple[str, date | None]]:
        for course in self.store.courses.listed():
            for each in self.store.rosters.enrolled(course.code):
                yield each.student, each.span.over

    def _with_address(self) -> frozenset[str]:
        return frozenset(each.student for each in self.store.accounts.listed() if each.student and each.email)

    def _remove_files(self, student: str) -> None:
        if self.folder is None or not self.folder.is_dir():
            return
        removal = Removal(self.folder.resolve())
        removal.remove(sort_entries(student, self.folder.resolve(), self.store.rosters.names).of_student)
        if removal.files:
            removal.remove_thumbnails()
        if removal.stuck:
            log.warning(
                "%d photographs whose time is over could not be removed: look at their rights", len(removal.stuck)
            )
