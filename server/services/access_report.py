"""Sum up a month of the access log for the privacy officer."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from server.store import AccessLine

NIGHT: Final = (22, 6)
RIGHTS: Final = frozenset(
    {
        "add_user",
        "set_role",
        "set_password",
        "disable_user",
        "unlock_user",
        "add_staff",
        "end_staff",
        "add_device",
        "rotate_device",
        "revoke_device",
        "put_camera",
        "remove_camera",
        "approve_pairing",
    }
)


@dataclass(frozen=True, slots=True)
class PersonAccess:
    """What one account or device did."""

    who: str
    lines: int
    subjects: int  # students whose data was shown or changed, each time anew
    at_night: int


@dataclass(frozen=True, slots=True)
class AccessReport:
    lines: int
    by_person: tuple[PersonAccess, ...]  # most first
    downloads: tuple[str, ...]
    rights: tuple[str, ...]
    wrong_passwords: tuple[tuple[str, int], ...]


def report_of(lines: Sequence[AccessLine], zone: ZoneInfo) -> AccessReport:
    """lines: of one month, newest first."""
    seen = [each for each in lines if each.action != "wrong_password"]
    return AccessReport(
        lines=len(lines),
        by_person=_by_person(seen, zone),
        downloads=tuple(_told(each, zone) for each in lines if each.action == "download"),
        rights=tuple(_told(each, zone) for each in lines if each.action in RIGHTS),
        wrong_passwords=tuple(Counter(each.who for each in lines if each.action == "wrong_password").most_common()),
    )


def _by_person(lines: Sequence[AccessLine], zone: ZoneInfo) -> tuple[PersonAccess, ...]:
    people = Counter(each.who for each in lines)
    subjects: Counter[str] = Counter()
    at_night: Counter[str] = Counter()
    for each in lines:
        subjects[each.who] += each.subjects
        hour = each.at.astimezone(zone).hour
        at_night[each.who] += hour >= NIGHT[0] or hour < NIGHT[1]
    return tuple(PersonAccess(who, count, subjects[who], at_night[who]) for who, count in people.most_common())


def _told(line: AccessLine, zone: ZoneInfo) -> str:
    when = line.at.astimezone(zone).strftime("%d %H:%M")
    what = " ".join(filter(None, (line.course, line.detail)))
    return f"{when} {line.who} {line.action} {what}" + (f", because: {line.why}" if line.why else "")
