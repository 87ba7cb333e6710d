"""The routes of courses, terms and rosters."""

from dataclasses import asdict
from typing import Annotated, Any, Final

from msgspec import Meta, Struct

from protocol.fields import CourseCode, Day, Name, StudentId
from server.access import Action, courses_for, may_everywhere
from server.dispatch import Call, Need
from server.dispatch.handlers.sessions import day_of
from server.domain.course_plan import CoursePlan
from server.domain.identifiers import normal
from server.http.v1.pages import page_of
from server.http.v1.route import Api, Route, needs_of
from server.http.v1.wire_routes import Cursor, Limit
from server.services.plans.course_file import plan_table, read_course_toml
from server.services.plans.plan_changes import first_day, keep_times, plan_change, require_day
from server.services.plans.term_file import read_term_toml
from server.services.plans.timetable_file import DAY_KEYS, hour_text
from server.services.rosters.first_days import with_begins
from server.services.rosters.headings import Headings, read_map
from server.services.rosters.imports import MAX_ROSTER_BYTES, read_rosters
from server.services.rosters.plan import change_roster, plan_roster
from server.store import RosterLine

MAX_TOML_BYTES: Final = 256 * 1024
TOML: Final = ("application/toml",)
ROSTERS: Final = (
    "text/csv",
    "application/zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
)


class ListedCourses(Struct, frozen=True, kw_only=True):
    limit: Limit = 50
    cursor: Cursor | None = None


class CourseInfo(Struct, frozen=True, kw_only=True):
    """timetable, rules: as the course's file has them."""

    course: CourseCode
    title: str
    room: str
    devices: tuple[str, ...]
    preset: str
    timetable: dict[str, tuple[str, ...]]
    rules: dict[str, Any]


class CoursePage(Struct, frozen=True, kw_only=True):
    courses: tuple[CourseInfo, ...]  # by code
    next: str | None


class PutCourse(Struct, frozen=True, kw_only=True):
    """begins: the plan's first day; as `course set --from`."""

    course: CourseCode
    begins: Day | None = None


class PutTerm(Struct, frozen=True, kw_only=True):
    dry_run: bool = False


class TermDay(Struct, frozen=True, kw_only=True):
    begins: Day
    ends: Day
    name: str
    course: str  # "": of all


class TermShown(Struct, frozen=True, kw_only=True):
    name: str
    begins: Day
    ends: Day
    holidays: tuple[TermDay, ...]
    makeups: tuple[TermDay, ...]
    kept: bool


class PutRoster(Struct, frozen=True, kw_only=True):
    """As `roster import`. map: HEADING=COLUMN, separated by commas."""

    course: Annotated[str, Meta(max_length=32)] = ""
    map: Annotated[str, Meta(max_length=500)] = ""
    sheet: Name = ""
    begins: Day | None = None
    complete: bool = False
    dry_run: bool = False


class RosterEntryChange(Struct, frozen=True, kw_only=True):
    course: str
    student: StudentId
    name: str
    begins: Day | None = None
    ends: Day | None = None


class RosterRenaming(Struct, frozen=True, kw_only=True):
    student: StudentId
    before: str
    after: str


class RosterImported(Struct, frozen=True, kw_only=True):
    """What an import changed, or with dry_run would."""

    kept: bool
    rows: int
    ended: tuple[RosterEntryChange, ...]
    added: tuple[RosterEntryChange, ...]
    dated: tuple[RosterEntryChange, ...]
    renamed: tuple[RosterRenaming, ...]
    new_students: int
    new_courses: tuple[str, ...]
    unchanged: int


def _courses(asked: ListedCourses, call: Call, _api: Api) -> CoursePage:
    principal = call.caller.principal
    plans = call.services.courses.all_plans(call.campus.day(call.now))
    if not may_everywhere(principal, Action.LIST_COURSES):
        theirs = courses_for(principal, Action.LIST_COURSES)
        plans = {code: plan for code, plan in plans.items() if code in theirs}
    page = page_of(sorted(plans), lambda code: (code,), asked.limit, asked.cursor, ("courses", principal.key_scope))
    return CoursePage(courses=tuple(_course(code, plans[code]) for code in page.items), next=page.next)


def _course(code: str, plan: CoursePlan) -> CourseInfo:
    table = plan_table(plan)
    return CourseInfo(
        course=code,
        title=plan.title,
        room=plan.room,
        devices=plan.devices,
        preset=table["preset"],
        timetable={
            day: tuple(map(hour_text, hours)) for day, hours in zip(DAY_KEYS, plan.timetable.week, strict=True) if hours
        },
        rules=table["rules"],
    )


def _put_course(asked: PutCourse, call: Call, _api: Api) -> CourseInfo:
    code, plan, courses = normal(asked.course), read_course_toml(call.payload), call.services.courses
    store, begins = call.services.store, day_of(asked.begins)
    if begins is None:
        begins = first_day(store, courses, code, call.campus.day(call.now))
    else:
        require_day(begins)
    keep_times(store, courses, code, plan_change(store, courses, code, plan, begins, now=call.now))
    courses.set_plan(code, plan, at=call.now, by=call.caller.name, begins=begins)
    return _course(code, plan)


def _put_term(asked: PutTerm, call: Call, _api: Api) -> TermShown:
    calendar = read_term_toml(call.payload)
    if asked.dry_run:
        call.services.courses.require_possible(calendar)
    else:
        call.services.courses.import_term(calendar, at=call.now, by=call.caller.name)
    return TermShown(
        name=calendar.term.name,
        begins=calendar.term.begins.isoformat(),
        ends=calendar.term.ends.isoformat(),
        holidays=tuple(
            TermDay(begins=each.begins.isoformat(), ends=each.ends.isoformat(), name=each.name, course=each.course)
            for each in calendar.holidays
        ),
        makeups=tuple(
            TermDay(begins=each.day.isoformat(), ends=each.day.isoformat(), name=each.name, course=each.course)
            for each in calendar.makeups
        ),
        kept=not asked.dry_run,
    )


def _put_roster(asked: PutRoster, call: Call, _api: Api) -> RosterImported:
    store, day = call.services.store, call.campus.day(call.now)
    headings = Headings(read_map([each for each in asked.map.split(",") if each]), asked.course, asked.sheet)
    listed = read_rosters([("The file", call.payload)], headings)
    listed = with_begins(store, listed, day=day, begins=day_of(asked.begins))
    plan = plan_roster(store, listed, complete=asked.complete, day=day)
    if not asked.dry_run:
        change_roster(store, listed, plan, at=call.now, by=call.caller.name, day=day)
    return RosterImported(
        kept=not asked.dry_run,
        rows=len(listed.rows),
        ended=tuple(RosterEntryChange(**asdict(each)) for each in plan.ended),
        added=tuple(map(_row, plan.added)),
        dated=tuple(map(_row, plan.dated)),
        renamed=tuple(RosterRenaming(**asdict(each)) for each in plan.renamed),
        new_students=len(plan.new_students),
        new_courses=plan.new_courses,
        unchanged=plan.unchanged,
    )


def _row(line: RosterLine) -> RosterEntryChange:
    return RosterEntryChange(
        course=line.course,
        student=line.student,
        name=line.name,
        begins=line.begins.isoformat() if line.begins else None,
        ends=line.ends.isoformat() if line.ends else None,
    )


def _roster_needs(asked: PutRoster) -> list[Need]:
    """A file may name any course: who may change one only says which, and every line is of it."""
    return [Need(action=Action.IMPORT_ROSTER, course=normal(asked.course) if asked.course else None)]


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/courses",
        name="list_courses",
        summary="Courses with their plans, by code",
        asks=ListedCourses,
        gives=CoursePage,
        answer=_courses,
        needs=lambda _asked: [Need(action=Action.LIST_COURSES, anywhere=True)],
    ),
    Route(
        method="PUT",
        path="/v1/courses",
        name="set_course",
        summary="Set a course as its TOML file says, as `course set`",
        asks=PutCourse,
        gives=CourseInfo,
        content=TOML,
        most_bytes=MAX_TOML_BYTES,
        answer=_put_course,
        needs=lambda asked: [Need(action=Action.CHANGE_PLAN, course=normal(asked.course))],
    ),
    Route(
        method="PUT",
        path="/v1/terms",
        name="import_term",
        summary="Set a term's days, holidays and make-up days as its TOML file says, as `term import`",
        asks=PutTerm,
        gives=TermShown,
        content=TOML,
        most_bytes=MAX_TOML_BYTES,
        answer=_put_term,
        needs=needs_of(Action.CHANGE_CALENDAR),
    ),
    Route(
        method="POST",
        path="/v1/rosters",
        name="import_roster",
        summary="Import a roster file (.xlsx, CSV, OneRoster), as `roster import`",
        asks=PutRoster,
        gives=RosterImported,
        content=ROSTERS,
        most_bytes=MAX_ROSTER_BYTES,
        answer=_put_roster,
        needs=_roster_needs,
        heavy=True,
    ),
)
