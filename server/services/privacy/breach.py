"""List the people whose data somebody may have seen, for those who have to tell them within three days."""

# A line of the access log names one student or a course and how many it showed. Of a course everybody counts who was on
# its list that day: who was shown is not kept, and too many are told sooner than too few.

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from server.domain.calendar import campus_day
from server.errors import UnknownCourse
from server.store import AccessLine, Store

MOST_LINES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Affected:
    """A student whose data may have been seen. templates, photographs, address: whether those of theirs are kept."""

    student: str
    name: str
    courses: tuple[str, ...]
    templates: bool
    photographs: bool
    address: bool


@dataclass(frozen=True, slots=True)
class Breach:
    """people: by number. lines: of the access log. unnamed: lines about students who were erased since, or of whom
    nothing tells who they were.
    """

    people: tuple[Affected, ...]
    lines: int
    unnamed: int


def affected(
    store: Store, zone: ZoneInfo, *, since: datetime, until: datetime | None = None, who: str | None = None
) -> Breach:
    """Of what was shown or changed in that time. who: by this account or device alone."""
    lines = store.access_log.lines(since=since, until=until, who=who, limit=MOST_LINES)
    seen: dict[str, set[str]] = {}
    unnamed = 0
    listed: dict[tuple[str, str], frozenset[str]] = {}
    for line in (each for each in lines if each.subjects or each.subject):
        students = _of(store, line, zone, listed)
        unnamed += not students
        for student in students:
            seen.setdefault(student, set()).update([line.course] if line.course else [])
    return Breach(_people(store, seen), len(lines), unnamed)


def everybody(store: Store) -> Breach:
    """Of a database or a backup that is lost as a whole: everybody of whom anything is kept."""
    seen: dict[str, set[str]] = {each: set() for each in _with_templates(store)}
    for course in store.courses.listed():
        for each in store.rosters.enrolled(course.code):
            seen.setdefault(each.student, set()).add(course.code)
    return Breach(_people(store, seen), 0, 0)


def _of(store: Store, line: AccessLine, zone: ZoneInfo, listed: dict[tuple[str, str], frozenset[str]]) -> Iterable[str]:
    if line.subject:
        return [line.subject]
    if not line.course or line.subjects == 1:
        return []
    day = campus_day(line.at, zone)
    key = (line.course, day.isoformat())
    if key not in listed:
        try:
            listed[key] = store.rosters.students_of(line.course, day)
        except UnknownCourse:
            listed[key] = frozenset()
    return listed[key]


def _people(store: Store, seen: dict[str, set[str]]) -> tuple[Affected, ...]:
    names, features, photographs = store.rosters.names(seen), _with_templates(store), store.templates.photographed()
    addresses = {each.student for each in store.accounts.listed() if each.email}
    return tuple(
        Affected(
            student,
            names.get(student, ""),
            tuple(sorted(seen[student])),
            templates=student in features,
            photographs=student in photographs,
            address=student in addresses,
        )
        for student in sorted(seen)
    )


def _with_templates(store: Store) -> frozenset[str]:
    """Found without the key, which may be what was lost."""
    return store.templates.students()


def breach_lines(found: Breach) -> Sequence[Sequence[str]]:
    """For a table or a file."""
    return [
        (each.student, each.name, " ".join(each.courses), *("yes" if kept else "" for kept in _kept(each)))
        for each in found.people
    ]


def _kept(each: Affected) -> Sequence[bool]:
    return each.templates, each.photographs, each.address
