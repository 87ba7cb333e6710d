"""Set what courses are like, and who teaches them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from server.access import Action, Grant, Role, courses_for, may, may_everywhere
from server.dispatch import Call
from server.dispatch.replies import error_reply
from server.domain.calendar import campus_day
from server.domain.course_plan import CoursePlan
from server.domain.identifiers import normal
from server.domain.rules import PRESET_NOTES
from server.errors import BadRequest, RollcallError, UnknownCourse
from server.pages.office.rosters import day_of_form
from server.pages.uploads import Upload, files_of
from server.pages.visit import AnyRequest, Form, Pages, Visit, text_of, to
from server.services.plans.course_file import read_course_toml
from server.services.plans.plan_changes import PlanChange, first_day, keep_times, plan_change, require_day
from server.services.plans.plan_toml import plan_toml
from server.store import StaffEntry

MAX_TOML_BYTES: Final = 256 * 1024
PLAN_TOO_LONG: Final = "A plan has 256 KiB at most."
THE_PLAN: Final = "The plan"  # in errors of it
NO_COURSE: Final = "Say which course."
EXAMPLE: Final = """title = "Algorithms"
room = "B101"
preset = "default"

[timetable]
monday = ["3 10:30-11:20", "4 11:30-12:20"]
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan that is being looked at. change: what it would change; None: it was not asked yet."""

    text: str
    begins: date | None = None
    change: PlanChange | None = None
    hours: tuple[int, int] = (0, 0)  # a week, before and after


def course_routes(pages: Pages) -> list[Any]:
    @get("/office/courses", sync_to_thread=True)
    def listed(request: AnyRequest) -> Response[str]:
        visit = pages.visit(request, "/office/courses")
        visit.require(Action.CHANGE_PLAN, anywhere=True)
        return visit.show("office/courses.html", {"courses": plans_of(visit), "EXAMPLE": EXAMPLE, "problem": ""})

    @get("/office/course", sync_to_thread=True)
    def one(request: AnyRequest, course: FromQuery[str], done: FromQuery[str] = "") -> Response[str]:
        visit = pages.visit(request, "/office/course")
        code = normal(course)
        visit.require(Action.CHANGE_PLAN, course=code)
        plan = visit.pages.services.courses.plan_of(code, campus_day(visit.now, pages.zone))
        return _one(visit, code, Draft(plan_toml(plan)), done=done == "yes")

    @post("/office/course", sync_to_thread=True)
    def set_plan(request: AnyRequest, data: Upload) -> Response[Any] | Redirect:
        visit = pages.visit(request, "/office/course")
        code = normal(text_of(data, "course"))
        call = visit.require(Action.CHANGE_PLAN, course=code or None)
        text = _text(data)
        try:
            if not code:
                raise BadRequest(NO_COURSE)
            plan, begins = _read(text, visit.say(THE_PLAN)), _begins(call, code, data)
            change = plan_change(call.services.store, call.services.courses, code, plan, begins, now=call.now)
            if text_of(data, "apply") == "yes" and text_of(data, "shown") == text_of(data, "begins"):
                keep_times(call.services.store, call.services.courses, code, change)
                call.services.courses.set_plan(code, plan, at=call.now, by=call.caller.name, begins=begins)
                return to(f"/office/course?{_query(code)}")
        except RollcallError as refused:
            return _one(visit, code, Draft(text), problem=visit.words(error_reply(refused)), status=422)
        hours = (_weekly_hours(call, code, begins), plan.timetable.weekly_hours)
        return _one(visit, code, Draft(text, begins, change, hours))

    @post("/office/staff", sync_to_thread=True)
    def add_staff(request: AnyRequest, data: Form) -> Redirect:
        visit = pages.visit(request, "/office/staff")
        code = normal(text_of(data, "course"))
        call = visit.require(Action.MANAGE_STAFF)
        call.services.store.accounts.add_staff(_entry(call, code, data), at=call.now, by=call.caller.name)
        return to(f"/office/course?{_query(code)}")

    @post("/office/staff/end", sync_to_thread=True)
    def end_staff(request: AnyRequest, data: Form) -> Redirect:
        visit = pages.visit(request, "/office/staff/end")
        code, user = normal(text_of(data, "course")), text_of(data, "user")
        call = visit.require(Action.MANAGE_STAFF)
        day = day_of_form(data, "day") or call.campus.day(call.now)
        call.services.store.accounts.end_staff(code, user, day, at=call.now, by=call.caller.name)
        return to(f"/office/course?{_query(code)}")

    return [listed, one, set_plan, add_staff, end_staff]


def plans_of(visit: Visit) -> list[tuple[str, CoursePlan]]:
    """By code; those that the reader may change."""
    plans = visit.pages.services.courses.all_plans(campus_day(visit.now, visit.pages.zone))
    if not may_everywhere(visit.principal, Action.CHANGE_PLAN):
        theirs = courses_for(visit.principal, Action.CHANGE_PLAN)
        plans = {code: plan for code, plan in plans.items() if code in theirs}
    return sorted(plans.items())


def _one(
    visit: Visit, code: str, draft: Draft, problem: str = "", *, done: bool = False, status: int = 200
) -> Response[str]:
    said, *lines = problem.splitlines() or [""]
    accounts = visit.pages.services.store.accounts
    manages = may(visit.principal, Action.MANAGE_STAFF)
    values = {
        "course": code,
        "draft": draft,
        "problem": said,
        "lines": lines,
        "done": done,
        "manages": manages,
        "staff": accounts.staff_of(code) if manages and code else [],
        "users": [each for each in accounts.listed() if each.student is None] if manages else [],
        "GRANTS": [each.value for each in Grant],
        "presets": PRESET_NOTES,
        "today": campus_day(visit.now, visit.pages.zone),
    }
    return visit.show("office/course.html", values, status)


def _text(form: Mapping[str, Any]) -> str:
    """Of the file where one was chosen, else what was typed."""
    files = files_of(form, "file")
    if not files:
        return text_of(form, "plan").replace("\r\n", "\n")
    return files[0][1].decode("utf-8-sig", "replace")


def _read(text: str, name: str) -> CoursePlan:
    data = text.encode()
    if len(data) > MAX_TOML_BYTES:
        raise BadRequest(PLAN_TOO_LONG)
    return read_course_toml(data, name)


def _begins(call: Call, code: str, form: Mapping[str, Any]) -> date:
    wanted = day_of_form(form, "begins")
    if wanted is None:
        return first_day(call.services.store, call.services.courses, code, call.campus.day(call.now))
    require_day(wanted)
    return wanted


def _weekly_hours(call: Call, code: str, day: date) -> int:
    try:
        return call.services.courses.plan_of(code, day).timetable.weekly_hours
    except UnknownCourse:
        return 0


def _entry(call: Call, code: str, form: Mapping[str, Any]) -> StaffEntry:
    role = Role.ASSISTANT if text_of(form, "role") == Role.ASSISTANT else Role.PROFESSOR
    grants = (
        frozenset(each for each in Grant if text_of(form, f"may_{each}")) if role is Role.ASSISTANT else frozenset()
    )
    begins = day_of_form(form, "begins") or call.campus.day(call.now)
    return StaffEntry(code, text_of(form, "user"), role, grants, begins, day_of_form(form, "ends"))


def _query(code: str) -> str:
    return urlencode({"course": code, "done": "yes"})
