"""Send what lies in the outbox, one mail at a time, whichever server process comes first."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from server.domain.notices import MailState, next_try
from server.services.notices.digest import DigestWriter
from server.services.notices.smtp import MailConnection, MailPutOff, MailRefused, MailServer, MailServerFault
from server.store import Mail, Store

log = logging.getLogger(__name__)

# A claim outlasts whatever handing one mail over may take; see smtp.DEADLINE_S.
HELD: Final = timedelta(minutes=10)
# By one connection; other duties of the thread come in between.
MAILS_TOGETHER: Final = 30
# After the server was away: the longest pause until it is asked again.
LONGEST_REST_S: Final = 3600.0
NO_ADDRESS: Final = "there is no address to send it to any more"


@dataclass(slots=True)
class Rest:
    """How long a mail server that was away is left alone. monotonic: seconds, of a clock that nobody sets."""

    monotonic: Callable[[], float] = time.monotonic
    until: float = 0.0
    length_s: float = 0.0

    def is_over(self) -> bool:
        return self.monotonic() >= self.until

    def begin(self) -> None:
        self.length_s = min(max(2 * self.length_s, 60.0), LONGEST_REST_S)
        self.until = self.monotonic() + self.length_s

    def end(self) -> None:
        self.until = self.length_s = 0.0


class Outgoing:
    """For one thread. stopping: True once nothing is to be begun any more."""

    def __init__(
        self,
        store: Store,
        server: MailServer,
        writer: DigestWriter,
        *,
        stopping: Callable[[], bool] = lambda: False,
        rest: Rest | None = None,
    ) -> None:
        self._store = store
        self._server = server
        self._writer = writer
        self._stopping = stopping
        self._rest = rest or Rest()

    def run(self, clock: Callable[[], datetime]) -> int:
        """Send what is due; how many were sent. Raises Unavailable where the database is away."""
        if self._stopping() or not self._rest.is_over() or (mail := self._claim(clock())) is None:
            return 0
        sent = 0
        try:
            with self._server.connected() as connection:
                for tried in range(1, MAILS_TOGETHER + 1):
                    sent += self._send(connection, mail, clock)
                    is_last = tried == MAILS_TOGETHER or self._stopping()
                    following = None if is_last else self._claim(clock())
                    if following is None:
                        break
                    mail = following
        except MailServerFault as fault:
            log.warning("the mail server takes nothing now: %s", fault)
            self._rest.begin()
            self._put_off(mail, str(fault), clock())
        else:
            self._rest.end()
        return sent

    def _claim(self, now: datetime) -> Mail | None:
        return self._store.mails.claim(now=now, until=now + HELD)

    def _send(self, connection: MailConnection, mail: Mail, clock: Callable[[], datetime]) -> bool:
        """Raises MailServerFault, with the mail still claimed."""
        store = self._store.mails
        if not mail.user.email or mail.user.disabled_at or mail.user.email_refused_at:
            store.put_aside(mail, MailState.GIVEN_UP, NO_ADDRESS, at=clock())
            return False
        message = self._writer.digest(mail, store.notices_of(mail.id))
        try:
            handed = connection.send(message, lambda: store.handing(mail))
        except MailRefused as refused:
            log.warning("a mail was refused for good: see `mail list`")
            store.put_aside(mail, MailState.REFUSED, str(refused), at=clock(), address=refused.address)
            return False
        except MailPutOff as put_off:
            self._put_off(mail, str(put_off), clock())
            return False
        return handed and store.sent(mail, at=clock())

    def _put_off(self, mail: Mail, why: str, now: datetime) -> None:
        due = next_try(mail.made_at, mail.attempts + 1, now)
        if due is None:
            log.warning("a mail was given up, for nobody took it in days: see `mail list`")
            self._store.mails.put_aside(mail, MailState.GIVEN_UP, why, at=now)
        else:
            self._store.mails.put_off(mail, why, due_at=due)
