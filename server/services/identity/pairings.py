"""Let a person sign in on a classroom's window by approving a code elsewhere, as RFC 8628 does for devices."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from server.access import Action, Kind, Principal, authorise, authorise_somewhere
from server.domain.calendar import campus_day
from server.errors import BadRequest, Unauthorised
from server.services.class_day.courses import Courses
from server.services.identity.principals import Principals
from server.services.identity.secrets import hash_of, new_code, new_secret, normal_code, shown_code, token_text
from server.store import Pairing, Store, User

# RFC 8628, 3.2: how long a code is good, and how often a window asks.
CODE_LASTS: Final = timedelta(minutes=10)
ASK_EVERY_S: Final = 3
MOST_WAITING: Final = 3
# How long after the last hour somebody may go on, and how long where no hour is planned.
AFTER_THE_HOUR: Final = timedelta(minutes=30)
WITHOUT_HOURS: Final = timedelta(hours=3)
# So early before the first hour of a class its sign-in lasts until the end of it.
BEFORE_THE_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PairingCode:
    """What a window shows, and what it asks with."""

    code: str  # `WDJB-MJHT`
    expires_at: datetime
    ask_every_s: int
    secret: str = field(repr=False)
    page: str = ""  # where a browser approves it; "": nobody has said how browsers call this server


@dataclass(frozen=True, slots=True)
class Paired:
    """Somebody has approved. token: shown once, and kept by its hash alone."""

    who: str
    expires_at: datetime
    token: str = field(repr=False)


class Pairings:
    """For any thread, and for every server process at the same database."""

    def __init__(self, store: Store, principals: Principals, courses: Courses, pages_url: str = "") -> None:
        self._pages_url = pages_url
        self._store = store
        self._principals = principals
        self._courses = courses

    def begin(self, device: Principal, *, address: str, now: datetime) -> PairingCode:
        """Ask who stands before this device's window. Raises Forbidden, and BadRequest after too many."""
        authorise(device, Action.START_PAIRING)
        code, secret, expires_at = new_code(), new_secret(), now + CODE_LASTS
        if device.kind is not Kind.DEVICE:
            raise BadRequest("A person signs in on the window of a registered device: start it with its token.")
        self._store.pairings.begin(
            code, hash_of(secret), device.id, address=address, at=now, expires_at=expires_at, most=MOST_WAITING
        )
        page = f"{self._pages_url}/pair?code={shown_code(code)}" if self._pages_url else ""
        return PairingCode(shown_code(code), expires_at, ASK_EVERY_S, secret, page)

    def pending(self, code: str, now: datetime) -> Pairing:
        """Where a code is shown, for whoever is about to approve it. Raises BadRequest."""
        found = self._store.pairings.by_code(normal_code(code), now=now)
        if found is None or found.user is not None:
            raise BadRequest("This code is not waiting for anybody: look at the window for its newest one.")
        return found

    def approve(self, code: str, user: User, *, now: datetime, by: str, address: str = "") -> tuple[Pairing, datetime]:
        """Sign the account in on the window that shows this code, and say until when.

        Raises Unauthorised for a disabled account, Forbidden for one that teaches nothing today, and BadRequest for a
        code that is not waiting.
        """
        if user.disabled_at is not None:
            raise Unauthorised("The account is disabled: ask whoever looks after the accounts.")
        authorise_somewhere(self._principals.of_user(user, now), Action.APPROVE_PAIRING)
        pairing = self.pending(code, now)
        until = self._until(user, pairing, now)
        approved = self._store.pairings.approve(
            pairing.id, user.id, token_expires_at=until, at=now, by=by, address=address
        )
        if not approved:
            raise BadRequest("Somebody has approved this code already: look at the window for its newest one.")
        return pairing, until

    def collect(self, secret: str, device: Principal, now: datetime) -> Paired | None:
        """What the window gets once somebody has approved; None: nobody has. Raises BadRequest: it is over.

        Asked again, because the answer was lost, it gets another token, and the first one ends.
        """
        found = self._store.pairings.by_secret(hash_of(secret), now=now)
        if found is None or device.kind is not Kind.DEVICE or found.device.id != device.id:
            raise BadRequest("The code is no longer good: show a new one.")
        if found.user is None or found.token_expires_at is None:
            return None
        return Paired(found.user.name, found.token_expires_at, self._given(found, found.user, now))

    def end(self, who: Principal, now: datetime) -> None:
        """Sign out of the window; what was decided before may still be delivered."""
        if who.window:
            self._store.devices.end_token(int(who.token), at=now)

    def _given(self, pairing: Pairing, user: User, now: datetime) -> str:
        secret = new_secret()

        def give(store: Store) -> int:
            if pairing.token is not None:
                store.devices.revoke_token(pairing.token, at=now, by=user.name)
            number = store.devices.add_token(
                "pairing",
                hash_of(secret),
                device=pairing.device.id,
                user=user.id,
                expires_at=pairing.token_expires_at,
                at=now,
            )
            store.pairings.give(pairing.id, number)
            return number

        return token_text(self._store.transaction(give), secret)

    def _until(self, user: User, pairing: Pairing, now: datetime) -> datetime:
        """Half an hour after the last hour of the class that is on or about to begin; without one three hours."""
        day = campus_day(now, self._courses.zone)
        taught = {each.course for each in self._store.accounts.taught_by(user.id, day)}
        here = self._courses.in_room(pairing.device.name, now)
        ends = [
            end
            for course in ({here} if here in taught else taught)
            for start, end in self._spans(course, now)
            if start - BEFORE_THE_HOUR <= now < end + AFTER_THE_HOUR
        ]
        return max(ends) + AFTER_THE_HOUR if ends else now + WITHOUT_HOURS

    def _spans(self, course: str | None, now: datetime) -> list[tuple[datetime, datetime]]:
        if course is None:
            return []
        hours = self._courses.planned(course, campus_day(now, self._courses.zone))
        starts = [each.starts for each in hours if each.starts]
        ends = [each.ends for each in hours if each.ends]
        return [(min(starts), max(ends))] if starts and ends else []
