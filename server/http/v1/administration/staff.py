"""The routes of who teaches which course, and of who was given which right."""

from typing import Any, Final, Literal

from msgspec import Struct

from protocol.fields import CourseCode, Day, Moment, Name
from server.access import Action, Grant, Role
from server.dispatch import Call
from server.dispatch.handlers.sessions import day_of
from server.domain.identifiers import normal
from server.http.v1.administration.accounts import AccountName
from server.http.v1.pages import Listed, page_of
from server.http.v1.route import Api, Route, needs_of
from server.store import StaffEntry

StaffRole = Literal["professor", "assistant"]
GrantName = Literal["mark", "submit", "roster"]


class ListedStaff(Listed, frozen=True, kw_only=True):
    course: CourseCode


class StaffShown(Struct, frozen=True, kw_only=True):
    """may: of an assistant, beyond looking. ends: the first day on which they no longer teach it; None: open."""

    course: CourseCode
    user: Name
    role: StaffRole
    may: tuple[GrantName, ...]
    begins: Day
    ends: Day | None


class StaffPage(Struct, frozen=True, kw_only=True):
    staff: tuple[StaffShown, ...]  # who teaches, taught or will teach the course, by begin
    next: str | None


class AddStaff(Struct, frozen=True, kw_only=True):
    """begins: None: today. Who teaches the course already gets this role and these rights instead."""

    course: CourseCode
    user: AccountName
    role: StaffRole = "professor"
    may: tuple[GrantName, ...] = ()
    begins: Day | None = None
    ends: Day | None = None


class EndStaff(Struct, frozen=True, kw_only=True):
    """ends: the first day on which they no longer teach it; None: today."""

    course: CourseCode
    user: AccountName
    ends: Day | None = None


class ListedRights(Listed, frozen=True, kw_only=True):
    """user: of this account alone."""

    user: AccountName | None = None


class RightShown(Struct, frozen=True, kw_only=True):
    """course: "": everywhere."""

    at: Moment
    user: Name
    course: str
    before: str
    after: str
    by: str


class RightPage(Struct, frozen=True, kw_only=True):
    rights: tuple[RightShown, ...]  # in the order in which they were given and taken
    next: str | None


def _staff(asked: ListedStaff, call: Call, _api: Api) -> StaffPage:
    course = normal(asked.course)
    found = call.services.store.accounts.staff_of(course)
    page = page_of(found, lambda each: (f"{each.begins} {each.user}",), asked.limit, asked.cursor, ("staff", course))
    return StaffPage(staff=tuple(map(_shown, page.items)), next=page.next)


def _add(asked: AddStaff, call: Call, _api: Api) -> StaffShown:
    grants = frozenset(map(Grant, asked.may)) if asked.role == "assistant" else frozenset()
    begins = day_of(asked.begins) or call.campus.day(call.now)
    entry = StaffEntry(normal(asked.course), asked.user, Role(asked.role), grants, begins, day_of(asked.ends))
    call.services.store.accounts.add_staff(entry, at=call.now, by=call.caller.name)
    return _shown(entry)


def _end(asked: EndStaff, call: Call, _api: Api) -> StaffPage:
    course, ends = normal(asked.course), day_of(asked.ends) or call.campus.day(call.now)
    call.services.store.accounts.end_staff(course, asked.user, ends, at=call.now, by=call.caller.name)
    return _staff(ListedStaff(course=course), call, _api)


def _shown(entry: StaffEntry) -> StaffShown:
    role: StaffRole = "professor" if entry.role is Role.PROFESSOR else "assistant"
    may: list[Any] = sorted(each.value for each in entry.grants)
    return StaffShown(
        course=entry.course,
        user=entry.user,
        role=role,
        may=tuple(may),
        begins=entry.begins.isoformat(),
        ends=entry.ends.isoformat() if entry.ends else None,
    )


def _rights(asked: ListedRights, call: Call, _api: Api) -> RightPage:
    # Only ever added to, so that a line keeps its number.
    found = list(enumerate(call.services.store.accounts.history(asked.user)))
    page = page_of(found, lambda each: ("", each[0]), asked.limit, asked.cursor, ("rights", asked.user))
    shown = tuple(
        RightShown(at=each.at, user=each.user, course=each.course, before=each.old, after=each.new, by=each.who)
        for _, each in page.items
    )
    return RightPage(rights=shown, next=page.next)


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/staff",
        name="list_staff",
        summary="Who teaches, taught or will teach a course",
        asks=ListedStaff,
        gives=StaffPage,
        answer=_staff,
        needs=needs_of(Action.MANAGE_STAFF),
    ),
    Route(
        method="POST",
        path="/v1/staff",
        name="add_staff",
        summary="Let an account teach a course, as `staff add`",
        asks=AddStaff,
        gives=StaffShown,
        answer=_add,
        needs=needs_of(Action.MANAGE_STAFF),
    ),
    Route(
        method="DELETE",
        path="/v1/staff",
        name="end_staff",
        summary="An account no longer teaches a course, as `staff remove`",
        asks=EndStaff,
        gives=StaffPage,
        answer=_end,
        needs=needs_of(Action.MANAGE_STAFF),
    ),
    Route(
        method="GET",
        path="/v1/rights",
        name="list_rights",
        summary="Who gave which right to whom",
        asks=ListedRights,
        gives=RightPage,
        answer=_rights,
        needs=needs_of(Action.MANAGE_STAFF),
    ),
)
