"""Say who asks: a person, a device, a client of 2019 or a program on the server's own machine."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    USER = "user"  # a person, signed in
    DEVICE = "device"  # a camera or PC of a classroom, by its token
    LEGACY = "legacy"  # a client of the 2019 form, by its address
    LOCAL = "local"  # whoever can use this machine; and everybody on loopback where no authentication is asked
    NOBODY = "nobody"  # not known


class Role(StrEnum):
    """What somebody is, everywhere or in a course."""

    PROFESSOR = "professor"
    ASSISTANT = "assistant"
    STUDENT = "student"
    OFFICE = "office"
    ADMIN = "admin"
    PRIVACY_OFFICER = "privacy_officer"
    DEVICE = "device"
    LEGACY = "legacy"


class Grant(StrEnum):
    """What a course lets an assistant do beyond looking."""

    MARK = "mark"
    SUBMIT = "submit"
    ROSTER = "roster"


@dataclass(frozen=True, slots=True)
class Teaching:
    """A course that somebody teaches today."""

    course: str
    role: Role  # PROFESSOR or ASSISTANT
    grants: frozenset[Grant] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks, as found out from a credential just now; what a message claims is no part of it."""

    kind: Kind
    name: str = ""
    id: int = 0  # of the account or device
    roles: frozenset[Role] = frozenset()  # those that hold in no course by itself
    teaches: tuple[Teaching, ...] = ()
    student: str | None = None  # the number, of a student's account
    device: str = ""  # of a device, and of the window that a person signed in on
    room: str = ""  # where that stands
    room_courses: frozenset[str] = frozenset()  # by the courses' plans
    course_now: str | None = None  # the one that is on in that room
    window: bool = False  # a person who signed in on a classroom's window, by pairing
    token: str = ""  # the id of the token that they came with, never the token
    expires: datetime | None = None
    # Over, and good for nothing but decisions that were made before.
    ended: datetime | None = None

    def roles_in(self, course: str | None) -> Iterator[tuple[Role, frozenset[Grant]]]:
        """What they are, in this course too; None: in any."""
        yield from ((role, frozenset()) for role in self.roles)
        yield from ((each.role, each.grants) for each in self.teaches if course in {None, each.course})

    @property
    def key_scope(self) -> str:
        """What their idempotency keys are told apart by from others' keys; "" where everybody is one."""
        return "" if self.kind is Kind.LOCAL else f"{self.kind}:{self.id or self.name}"


# Whoever can start a program on this machine can read the database.
LOCAL: Final = Principal(kind=Kind.LOCAL)
NOBODY: Final = Principal(kind=Kind.NOBODY)
