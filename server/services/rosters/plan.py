"""Compare roster files with what the store has, and say person by person what an import would change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from server.domain.enrolments import SINCE_EVER, Pair, arranged
from server.errors import BadRequest
from server.services.rosters.first_days import enrolled_in
from server.services.rosters.imports import ImportedRoster, shortened
from server.store import CourseEnrolment, RosterChange, RosterLine, Store


@dataclass(frozen=True, slots=True)
class Renamed:
    """A student with another name in the files."""

    student: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Ended:
    """An enrolment that ends today; its marks stay."""

    course: str
    student: str
    name: str


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """What an import would change."""

    ended: tuple[Ended, ...]
    added: tuple[RosterLine, ...]
    dated: tuple[RosterLine, ...]  # enrolments that are there with other days of begin or end
    renamed: tuple[Renamed, ...]
    new_students: tuple[str, ...]
    new_courses: tuple[str, ...]
    unchanged: int


def plan_roster(store: Store, roster: ImportedRoster, *, complete: bool, day: date) -> RosterPlan:
    """What the files would change on that day.

    complete: the files hold everybody of their courses, so that whoever is missing has left. Raises BadRequest where
    they hold changes only.
    """
    if complete and roster.changes_only:
        raise BadRequest(
            "The OneRoster files hold changes only (file.enrollments is delta), so that nobody who is "
            "missing has left: import them without --complete, or export all (bulk)."
        )
    if complete and roster.unread:
        raise BadRequest(
            "With --complete whoever is missing has left, and some lines were not read:\n"
            + "\n".join(f"  {each}" for each in shortened(roster.unread))
            + "\nMend them, or import without --complete."
        )
    codes = dict.fromkeys([*(row.course for row in roster.rows), *(course for course, _ in roster.gone)])
    listed = {code: found for code in codes if (found := _listed(store, roster, code)) is not None}
    return _plan(roster, listed, store.rosters.names({row.student for row in roster.rows}), complete, day)


def change_roster(
    store: Store, roster: ImportedRoster, plan: RosterPlan, *, at: datetime, by: str, day: date
) -> RosterChange:
    """Do what the plan says, in one transaction; nobody is deleted."""
    ends = [(each.course, each.student) for each in plan.ended]
    return store.rosters.change(roster.rows, ends, over=roster.over, at=at, by=by, day=day)


def _listed(store: Store, roster: ImportedRoster, code: str) -> list[CourseEnrolment] | None:
    """As it will be when the lists are over that the roster ends; None: there is no such course."""
    enrolled, over = enrolled_in(store, code), roster.over.get(code)
    if enrolled is None or over is None:
        return enrolled
    unknown = (each.begins == SINCE_EVER and each.ends is None for each in enrolled)
    return [replace(each, ends=over) if ends else each for each, ends in zip(enrolled, unknown, strict=True)]


def _plan(
    roster: ImportedRoster,
    listed: Mapping[str, Sequence[CourseEnrolment]],
    names: Mapping[str, str],
    complete: bool,
    day: date,
) -> RosterPlan:
    held = _held(listed)
    new: list[RosterLine] = []
    dated: list[RosterLine] = []
    for pair, rows in _by_pair(roster.rows).items():
        spans = [each.span for each in held.get(pair, ())]
        for row, (old, span) in zip(rows, arranged([(row.begins, row.ends) for row in rows], spans, day), strict=True):
            if old is None:
                new.append(row)
            elif span != old:
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


def _by_pair(rows: Sequence[RosterLine]) -> dict[Pair, list[RosterLine]]:
    found: dict[Pair, list[RosterLine]] = {}
    for row in rows:
        found.setdefault((row.course, row.student), []).append(row)
    return found


def _held(listed: Mapping[str, Sequence[CourseEnrolment]]) -> dict[Pair, list[CourseEnrolment]]:
    held: dict[Pair, list[CourseEnrolment]] = {}
    for course, enrolments in listed.items():
        for each in enrolments:
            held.setdefault((course, each.student), []).append(each)
    return held


def _ended(
    roster: ImportedRoster, held: Mapping[Pair, Sequence[CourseEnrolment]], day: date, complete: bool
) -> Iterator[Ended]:
    """Enrolments that the sender has deleted or, where the files are complete, that they do not have."""
    gone = set(roster.gone)
    there = {(row.course, row.student) for row in roster.rows}
    courses = {row.course for row in roster.rows} if complete else set()
    for pair, enrolments in sorted(held.items()):
        course, student = pair
        if pair in gone or (course in courses and pair not in there):
            yield from (Ended(course, student, each.name) for each in enrolments if each.span.lasts_after(day))
