"""The routes of courses and terms."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from protocol.fields import CourseCode, Day
from server.access import Action, courses_for, may_everywhere
from server.dispatch import Call, Need
from server.dispatch.handlers.sessions import day_of
from server.domain.calendar import Holiday, MakeUp, Term
from server.domain.course_plan import CoursePlan
from server.domain.identifiers import normal
from server.http.v1.pages import Listed, page_of
from server.http.v1.route import Api, Route, needs_of
from server.services.plans.course_file import plan_table, read_course_toml
from server.services.plans.plan_changes import first_day, keep_times, plan_change, require_day
from server.services.plans.term_file import read_term_toml
from server.services.plans.timetable_file import DAY_KEYS, hour_text

MAX_TOML_BYTES: Final = 256 * 1024
TOML: Final = ("application/toml",)


class ListedCourses(Listed, frozen=True, kw_only=True):
    pass


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


class ListedTerms(Listed, frozen=True, kw_only=True):
    pass


class TermShown(Struct, frozen=True, kw_only=True):
    """kept: False where a file was only tried."""

    name: str
    begins: Day
    ends: Day
    holidays: tuple[TermDay, ...]
    makeups: tuple[TermDay, ...]
    kept: bool


class TermPage(Struct, frozen=True, kw_only=True):
    terms: tuple[TermShown, ...]  # by their first day
    next: str | None


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
    return _term(calendar.term, calendar.holidays, calendar.makeups, kept=not asked.dry_run)


def _term(term: Term, holidays: Sequence[Holiday], makeups: Sequence[MakeUp], *, kept: bool) -> TermShown:
    return TermShown(
        name=term.name,
        begins=term.begins.isoformat(),
        ends=term.ends.isoformat(),
        holidays=tuple(
            TermDay(begins=each.begins.isoformat(), ends=each.ends.isoformat(), name=each.name, course=each.course)
            for each in holidays
        ),
        makeups=tuple(
            TermDay(begins=each.day.isoformat(), ends=each.day.isoformat(), name=each.name, course=each.course)
            for each in makeups
        ),
        kept=kept,
    )


def _terms(asked: ListedTerms, call: Call, _api: Api) -> TermPage:
    calendar = call.services.courses.calendar()
    page = page_of(calendar.terms, lambda term: (term.begins.isoformat(),), asked.limit, asked.cursor, "terms")
    shown = tuple(
        _term(
            term,
            [each for each in calendar.holidays if term.begins <= each.begins <= term.ends],
            [each for each in calendar.makeups if term.begins <= each.day <= term.ends],
            kept=True,
        )
        for term in page.items
    )
    return TermPage(terms=shown, next=page.next)


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
        method="GET",
        path="/v1/terms",
        name="list_terms",
        summary="Terms with their holidays and make-up days",
        asks=ListedTerms,
        gives=TermPage,
        answer=_terms,
        needs=needs_of(Action.READ_INFO),
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
)
