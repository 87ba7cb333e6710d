"""Put a mail for everybody who has something to be told into the outbox, once a day."""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from server.domain.calendar import campus_day
from server.services.notices.collecting import Collector
from server.store import Store

log = logging.getLogger(__name__)

DUTY: Final = "notices"


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyMails:
    """For any thread. hour: of the campus's day from which on its mails are made. sender: their address."""

    store: Store
    collector: Collector
    hour: int
    sender: str

    def run(self, now: datetime) -> int:
        """Make the day's mails if that is due; how many. What stops it leaves it due, and does nothing twice."""
        if not self._is_due(now):
            return 0
        day = campus_day(now, self.collector.courses.zone)
        made = 0
        for user, notices in self.collector.found(now).items():
            made += self.store.mails.make(user, notices, day=day, at=now, message_id=new_id(self.sender))
        self.store.duties.ran(DUTY, at=now)
        if made:
            log.info("%d mails with notices lie in the outbox", made)
        return made

    def _is_due(self, now: datetime) -> bool:
        zone = self.collector.courses.zone
        begins = datetime.combine(campus_day(now, zone), time(self.hour), zone)
        last = self.store.duties.last_runs().get(DUTY)
        return now >= begins and (last is None or last < begins)


def new_id(sender: str) -> str:
    """A Message-ID that no other mail has."""
    return f"<{secrets.token_hex(16)}@{sender.rpartition('@')[2]}>"
