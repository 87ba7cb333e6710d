"""Sign people in to the pages by name and password, and know them again by their cookie."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from server.access import Principal
from server.errors import Busy, Unauthorised
from server.services.identity.attempts import FailureLimit
from server.services.identity.passwords import Passwords
from server.services.identity.principals import Principals
from server.services.identity.secrets import hash_of, new_secret
from server.store import Store, User, WebSession

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=10)
# On the PC of a lecture room, which others use after.
LONGEST_ON_LECTERN: Final = timedelta(hours=3)
# Not every request writes when somebody was last seen.
SEEN_EVERY: Final = timedelta(minutes=1)

# Wrong passwords in a row after which an account is locked, and for how long.
MOST_FAILURES: Final = 10
LOCKED_FOR: Final = timedelta(minutes=15)
# From one address, whatever the account: a campus behind one address is many people.
WRONG_A_MINUTE: Final = 20
OVER: Final = "You are not signed in, or no longer: sign in again."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who has just signed in. token: for the cookie, and kept nowhere."""

    user: User
    expires_at: datetime
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """When a session ends: if nothing is done, and whatever is done."""

    idle_at: datetime
    longest_at: datetime


class WebSessions:
    """For any thread, and for every server process at the same database."""

    def __init__(self, store: Store, principals: Principals, passwords: Passwords) -> None:
        self._store = store
        self._principals = principals
        self._passwords = passwords
        self._wrong = FailureLimit(WRONG_A_MINUTE, timedelta(minutes=1))

    def sign_in(
        self, name: str, password: str, *, address: str, agent: str, now: datetime, lectern: bool = False
    ) -> SignedIn:
        """Begin a session with a token of its own.

        Raises Unauthorised, the same for a wrong name, a wrong password, an account that is locked or disabled; and
        Busy after too many wrong ones from this address, or while many sign in.
        """
        if self._wrong.is_reached(address, now):
            raise Busy("Too many wrong passwords came from this address: wait a minute.")
        user = self._store.accounts.find(name)
        right, renewed = self._passwords.verify(password, user.password_hash if user else None)
        if user is None or not right or _is_shut(user, now):
            self._count(user, right, address, now)
            raise Unauthorised(
                "The name or the password is wrong, or the account is locked: try again, or ask for help."
            )
        if user.failures:
            self._store.accounts.forget_failures(user.id)
        if renewed is not None:
            self._store.accounts.rehash(user.id, renewed)
        return self.begin(user, address=address, agent=agent, now=now, lectern=lectern)

    def begin(
        self, user: User, *, address: str, agent: str, now: datetime, lectern: bool = False, idp_sid: str = ""
    ) -> SignedIn:
        """Begin a session for somebody whom a password or an identity provider has just proven."""
        secret = new_secret()
        expires_at = now + (LONGEST_ON_LECTERN if lectern else LONGEST)
        self._store.web_sessions.forget_old(now=now)
        self._store.web_sessions.begin(
            hash_of(secret),
            user.id,
            lectern=lectern,
            at=now,
            expires_at=expires_at,
            address=address,
            agent=agent,
            idp_sid=idp_sid,
        )
        return SignedIn(user, expires_at, secret)

    def find(self, token: str, now: datetime, *, used: bool = True) -> tuple[WebSession, Principal]:
        """Whose cookie this is. used: by a person, which puts its end off.

        Raises Unauthorised where it is over or was never given.
        """
        session = self._store.web_sessions.find(hash_of(token))
        if session is None or _is_over(session, now):
            raise Unauthorised(OVER)
        if used and now - session.seen_at >= SEEN_EVERY:
            self._store.web_sessions.seen(session.id, at=now)
        return session, self._principals.of_user(session.user, now, expires=session.expires_at)

    def end_of(self, token: str, now: datetime) -> SessionEnd:
        """When it ends; asking is no use of it. Raises Unauthorised where it is over or was never given."""
        session = self._store.web_sessions.find(hash_of(token))
        if session is None or _is_over(session, now):
            raise Unauthorised(OVER)
        return SessionEnd(min(session.seen_at + IDLE, session.expires_at), session.expires_at)

    def end(self, token: str, now: datetime) -> None:
        """Sign out."""
        session = self._store.web_sessions.find(hash_of(token))
        if session is not None:
            self._store.web_sessions.end(session.id, at=now, by=session.user.name)

    def of_user(self, user: int, now: datetime) -> list[WebSession]:
        """Where somebody is signed in, oldest first."""
        return [each for each in self._store.web_sessions.of_user(user) if not _is_over(each, now)]

    def _count(self, user: User | None, right: bool, address: str, now: datetime) -> None:
        self._wrong.count(address, now)
        # The right password of a locked account does not lock it longer.
        if user is not None and not right and not _is_shut(user, now):
            self._store.accounts.count_failure(
                user.id, most=MOST_FAILURES, locked_until=now + LOCKED_FOR, at=now, address=address
            )


def _is_shut(user: User, now: datetime) -> bool:
    return user.disabled_at is not None or (user.locked_until is not None and user.locked_until > now)


def _is_over(session: WebSession, now: datetime) -> bool:
    return session.expires_at <= now or session.seen_at + IDLE <= now or session.user.disabled_at is not None
