"""Find out who speaks, from the token of their hello or, in the form of 2019, from their address."""

import hashlib
import ipaddress
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from protocol.error_texts import ServerText
from server.access import LOCAL, NOBODY, Kind, Principal
from server.errors import Busy, Unauthorised
from server.refusal_log import RefusalLog
from server.services.class_day.expiring_cache import ExpiringCache
from server.services.identity.attempts import FailureLimit
from server.services.identity.principals import Principals
from server.services.identity.secrets import parse_token
from server.store import Store, Token

log = logging.getLogger(__name__)
_roomless: Final = RefusalLog(log)

WRONG_TOKENS_A_MINUTE: Final = 10
# How long a window's sign-in that ran out is still good for delivering what was decided before: an outbox may have been
# without a network over a week-end and a holiday.
LATE_DELIVERY: Final = timedelta(days=7)

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Authentication:
    """For any thread. What somebody may is asked anew every two seconds, so that what was revoked ends.

    required: without it everybody is whoever uses this machine. legacy: from where the form of 2019 is taken; None:
    from everywhere, which is possible only where nobody has to say who they are.
    """

    def __init__(
        self, store: Store, principals: Principals, *, required: bool, legacy: Sequence[Network] | None = None
    ) -> None:
        self.required: Final = required
        self._store = store
        self._principals = principals
        self._legacy = legacy
        self._wrong = FailureLimit(WRONG_TOKENS_A_MINUTE, timedelta(minutes=1))
        self._known: ExpiringCache[Principal] = ExpiringCache()

    def sign_in(self, token: str | None, address: str, now: datetime) -> Principal:
        """Who comes with this token. Raises Unauthorised, and Busy after too many wrong ones from this address."""
        if not self.required:
            return LOCAL
        if not token:
            raise Unauthorised(ServerText.SIGN_IN_FIRST)
        if self._wrong.is_reached(address, now):
            raise Busy(ServerText.TOO_MANY_WRONG)
        try:
            found = self._found(token, now)
        except Unauthorised:
            self._wrong.count(address, now)
            log.warning("%s came with a token that is not valid", address)
            raise
        self._store.devices.used(found.id, at=now)
        return self._principal(found, now)

    def of_token(self, token: str | None, now: datetime) -> Principal:
        """Who had signed in with this token, as they are now; NOBODY where it is no longer valid."""
        if not self.required:
            return LOCAL
        if not token:
            return NOBODY
        return self._known.get(hashlib.sha256(token.encode()).digest(), lambda: self._still(token, now))

    def of_request(self, token: str, address: str, now: datetime) -> Principal:
        """As `sign_in`, for what brings its token each time: one that is known is not looked up every time."""
        known = self.of_token(token, now)
        return self.sign_in(token, address, now) if known.kind is Kind.NOBODY else known

    def of_address(self, address: str, now: datetime) -> Principal:
        """Who speaks the form of 2019 from there: of the room where the address stands, as a device does."""
        if self._legacy is None:
            return NOBODY if self.required else LOCAL
        found = _plain(address)
        if found is None or not any(found in network for network in self._legacy):
            return NOBODY
        return self._known.get(("2019", address), lambda: self._listed(address, str(found), now))

    def _listed(self, name: str, address: str, now: datetime) -> Principal:
        principal = self._principals.of_address(address, now, name=name)
        if not principal.room_courses:
            _roomless.note(
                address, logging.WARNING, f"the client of 2019 at {address} stands in no room, and may nothing"
            )
        return principal

    def _still(self, token: str, now: datetime) -> Principal:
        try:
            return self._principal(self._found(token, now), now)
        except Unauthorised:
            return NOBODY

    def _found(self, token: str, now: datetime) -> Token:
        presented = parse_token(token)
        kept = self._store.devices.token(presented.id) if presented else None
        if kept is None or presented is None or not presented.fits(kept.hash):
            raise Unauthorised(ServerText.CREDENTIAL_UNKNOWN)
        _require_valid(kept, now)
        return kept

    def _principal(self, token: Token, now: datetime) -> Principal:
        assert token.device is not None  # noqa: S101 - every token that is made has one
        if token.user is None:
            return self._principals.of_device(token.device, now, token=token)
        return self._principals.on_window(token.user, token.device, token, now)


def _require_valid(token: Token, now: datetime) -> None:
    """Who holds the right token is told what is wrong with it."""
    if token.revoked_at is not None:
        raise Unauthorised(ServerText.CREDENTIAL_REVOKED)
    if token.user is not None and token.user.disabled_at is not None:
        raise Unauthorised(ServerText.ACCOUNT_DISABLED)
    grace = LATE_DELIVERY if token.user is not None else timedelta(0)
    if token.expires_at is not None and token.expires_at + grace <= now:
        raise Unauthorised(ServerText.CREDENTIAL_OVER)


def _plain(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Without its zone, and of IPv4 in the form of IPv6 the former; None: it is none."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
