"""Remove what was kept of pictures, and of requests' keys, for long enough. Knows no SQL; is told the time."""

import logging
from datetime import datetime, timedelta
from typing import Final

from server.counted import counted
from server.store import Store

log = logging.getLogger(__name__)

FORGET_EVERY: Final = timedelta(hours=1)


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
        self._next = now + FORGET_EVERY
        if removed:
            log.info("%s of more than %d days ago removed", counted(removed, "sighting"), self._kept.days)
