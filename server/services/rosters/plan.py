"""What files say about courses and what the store has in, what an import would change out, person by person.

Knows no file format and no SQL.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.domain.enrolments import Pair, Span, meant, wanted
from server.errors import BadRequest, UnknownCourse
from server.services.rosters.imports import Roster
from server.store import CourseEnrolment, RosterChange, RosterLine, Store


@dataclass(frozen=True, slots=True)
class Renamed:
    """A student whose name the files have otherwise."""

    student: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Ended:
    """An enrolment that ends today: it stays, and so do its marks."""

    course: str
    student: str
    name: str


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """What an import would change. dated: enrolments that are there with other days of begin or end."""

    ended: tuple[Ended, ...]
    added: tuple[RosterLine, ...]
    dated: tuple[RosterLine, ...]
    renamed: tuple[Renamed, ...]
    new_students: tuple[str, ...]
    new_courses: tuple[str, ...]
    unchanged: int


def plan_roster(store: Store, roster: Roster, *, complete: bool, day: date) -> RosterPlan:
    """What the files would change on that day; writes nothing.

    complete: the files hold everybody of their courses, so that whoever is missing has left. Raises BadRequest where
    that cannot be, Unavailable.
    """
    if complete and roster.changes_only:
        raise BadRequest(
            "The OneRoster files hold changes only (file.enrollments is delta), so that nobody who is "
            "missing has left: import them without --complete, or export all (bulk)."
        )
    codes = dict.fromkeys([*(row.course for row in roster.rows), *(course for course, _ in roster.gone)])
    listed = {code: found for code in codes if (found := _enrolled(store, code)) is not None}
    return _plan(roster, listed, store.rosters.names({row.student for row in roster.rows}), complete, day)


def change_roster(store: Store, roster: Roster, plan: RosterPlan, *, at: datetime, by: str, day: date) -> RosterChange:
    """Do what the plan says, in one transaction; nobody is deleted. Raises Unavailable."""
    ends = [(each.course, each.student) for each in plan.ended]
    return store.rosters.change(roster.rows, ends, at=at, by=by, day=day)


def _enrolled(store: Store, course: str) -> list[CourseEnrolment] | None:
    try:
        return store.rosters.enrolled(course)
    except UnknownCourse:
        return None


def _plan(
    roster: Roster, listed: Mapping[str, Sequence[CourseEnrolment]], names: Mapping[str, str], complete: bool, day: date
) -> RosterPlan:
    held = _held(listed)
    new: list[RosterLine] = []
    dated: list[RosterLine] = []
    for row in roster.rows:
        spans = [Span(each.begins, each.ends) for each in held.get((row.course, row.student), ())]
        old = meant(row.ends, spans, day)
        if old is None:
            new.append(row)
        elif wanted(row.begins, row.ends, old, spans) != old:
            dated.append(row)
    students = {row.student: row.name for row in roster.rows}
    return RosterPlan(
        ended=tuple(_ended(roster, held, day, complete)),
        added=tuple(new),
        dated=tuple(dated),
        renamed=tuple(
            Renamed(each, names[each], name) for each, name in students.items() if names.get(each, name) != name
        ),
        new_students=tuple(each for each in students if each not in names),
        new_courses=tuple(dict.fromkeys(row.course for row in roster.rows if row.course not in listed)),
        unchanged=len(roster.rows) - len(new) - len(dated),
    )


def _held(listed: Mapping[str, Sequence[CourseEnrolment]]) -> dict[Pair, list[CourseEnrolment]]:
    held: dict[Pair, list[CourseEnrolment]] = {}
    for course, enrolments in listed.items():
        for each in enrolments:
            held.setdefault((course, each.student), []).append(each)
    return held


def _ended(
    roster: Roster, held: Mapping[Pair, Sequence[CourseEnrolment]], day: date, complete: bool
) -> Iterator[Ended]:
    """Those whose sender has deleted them and, where the files are complete, those who are no longer in them."""
    gone = set(roster.gone)
    there = {(row.course, row.student) for row in roster.rows}
    courses = {row.course for row in roster.rows} if complete else set()
    for pair, enrolments in sorted(held.items()):
        course, student = pair
        if pair in gone or (course in courses and pair not in there):
            yield from (
                Ended(course, student, each.name)
                for each in enrolments
                if Span(each.begins, each.ends).lasts_after(day)
            )
