"""List the students of a course whose consent does not count, and why; for the office, never for a classroom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from server.domain.consents import Consent, Purpose
from server.errors import UnknownCourse
from server.store import Store

Why = Literal["not_asked", "older_text", "refused"]


@dataclass(frozen=True, slots=True)
class Missing:
    """older_text: they consented, and have to be asked again."""

    student: str
    name: str
    purpose: Purpose
    why: Why


def missing_consents(store: Store, accepted: Collection[str], course: str, day: date) -> list[Missing]:
    """By purpose, then as on the course's list of that day. accepted: versions of the text under which one counts.

    Raises UnknownCourse for a course without students on that day.
    """
    students = store.rosters.of_day(course, day)
    if not students:
        raise UnknownCourse(f"No course {course[:40]!r} has students today: import its roster first.")
    return [
        Missing(each.student, each.name, purpose, why)
        for purpose in Purpose
        for standing in [store.consents.standing(purpose)]
        for each in students
        if (why := _why_not(standing.get(each.student), accepted)) is not None
    ]


def _why_not(standing: Consent | None, accepted: Collection[str]) -> Why | None:
    """None: it counts."""
    if standing is None:
        return "not_asked"
    if standing.counts(accepted):
        return None
    return "older_text" if standing.given else "refused"
