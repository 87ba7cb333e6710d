"""Say what the store keeps of accounts, devices and sign-ins."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from server.access import Grant, Role

# Rights that hold everywhere; `member` has none.
ACCOUNT_ROLES: Final = ("member", Role.OFFICE.value, Role.ADMIN.value, Role.PRIVACY_OFFICER.value)


@dataclass(frozen=True, slots=True)
class User:
    """A person's account."""

    id: int
    name: str
    full_name: str
    role: str  # `member`: no right everywhere; else office, admin or privacy_officer
    student: str | None  # their number, of a student's account
    password_hash: str | None = field(repr=False)
    disabled_at: datetime | None
    failures: int  # wrong passwords in a row
    locked_until: datetime | None
    added_at: datetime
    email: str = field(default="", repr=False)  # "": none
    email_refused_at: datetime | None = None  # when a mail server said that it never will take mail for it
    language: str = ""  # ko or en; "": not said
    notices: bool = True  # whether they want those by mail that they need not have
    letter_keys: bool = True  # whether single letters are keys on the pages


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """Who teaches a course, from the day `begins` until before `ends`."""

    course: str
    user: str  # the account's name
    role: Role
    grants: frozenset[Grant]
    begins: date
    ends: date | None = None  # open


@dataclass(frozen=True, slots=True)
class RightChange:
    """A right that was given or taken."""

    at: datetime
    who: str
    user: str
    course: str  # "": everywhere
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Device:
    """A camera or PC of a room."""

    id: int
    name: str
    room: str  # "": none
    registered_at: datetime | None  # None: only a course's file names it


@dataclass(frozen=True, slots=True)
class Token:
    """What a token stands for; the token itself is kept nowhere."""

    id: int
    kind: str  # device, pairing
    hash: bytes = field(repr=False)
    device: Device | None
    user: User | None  # of a pairing
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class WebSession:
    """Somebody who is signed in to the pages."""

    id: int
    user: User
    lectern: bool
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class Pairing:
    """A window that asks who stands before it."""

    id: int
    code: str
    device: Device
    address: str
    expires_at: datetime
    user: User | None  # who approved it
    token_expires_at: datetime | None  # of the token that they are to be given
    token: int | None  # that they were given


@dataclass(frozen=True, slots=True)
class CoursePlace:
    """Where a learning platform answers who is on a course's list. link: of the place from which was launched."""

    course: str
    platform: str
    url: str
    link: str


@dataclass(frozen=True, slots=True)
class Login:
    """A sign-in by an identity provider that has begun."""

    browser_hash: bytes  # of the secret that the browser keeps
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    following: str  # the page that is shown afterwards
