"""Read who is on a course as a learning platform answered it: what Names and Roles of LTI said, kept as JSON."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from server.errors import BadRequest
from server.services.rosters.oneroster import Enrolment

_BEGINS: Final = b'{"kind":"memberships"'
NO_NUMBER: Final = "the platform says no student number"


class Membership(msgspec.Struct, frozen=True):
    """One person. who: by what the platform knows them, for messages. gone: they left, or were suspended."""

    who: str
    student: str
    name: str
    gone: bool = False


class Memberships(msgspec.Struct, frozen=True, tag_field="kind", tag="memberships"):
    """The students of one course."""

    members: tuple[Membership, ...]


def packed(members: Sequence[Membership]) -> bytes:
    """As is_memberships knows it."""
    return msgspec.json.encode(Memberships(tuple(members)))


def is_memberships(data: bytes) -> bool:
    return data.startswith(_BEGINS)


def read_memberships(data: bytes, course: str) -> Iterator[Enrolment]:
    """Each as a line of a list. Raises BadRequest."""
    if not course:
        raise BadRequest("What a learning platform answers names no course of ours: say which by --course.")
    try:
        found = msgspec.json.decode(data, type=Memberships)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest("What the learning platform answered is damaged: ask for it again.") from error
    for each in found.members:
        wrong = "" if each.student else NO_NUMBER
        yield Enrolment(each.who, each.student, each.name, course, gone=each.gone and bool(each.student), wrong=wrong)
