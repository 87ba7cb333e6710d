"""Import lists of students: what a file would change is shown first, and nothing else is then done."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from protocol.replies import Error
from server.access import Action, courses_for
from server.dispatch import Call
from server.domain.identifiers import normal
from server.errors import BadRequest, RollcallError, TooLarge, Unavailable
from server.pages.uploads import Files, HeldUploads, Upload, files_of
from server.pages.visit import AnyRequest, Form, PageProblem, Pages, Visit, text_of, to
from server.services.rosters.first_days import with_begins
from server.services.rosters.headings import Headings, read_map
from server.services.rosters.imports import ImportedRoster, read_rosters
from server.services.rosters.plan import RosterPlan, change_roster, plan_roster

PATH: Final = "/office/rosters"
CHOOSE_AGAIN: Final = "The files are held for a quarter of an hour and are gone now: choose them again."
CHANGED: Final = "What the files would change is another thing by now: look at it again."
NO_FILE: Final = "Choose a file first."
NO_PLATFORM: Final = "No learning platform gives the list of this course."
NO_DAY: Final = "A day is written as 2026-03-02."
MOST_SHOWN: Final = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the files are to be read, as the form says it."""

    course: str
    maps: str
    sheet: str
    begins: date | None
    complete: bool

    @property
    def fields(self) -> dict[str, str]:
        """The same as the form's fields."""
        begins = self.begins.isoformat() if self.begins else ""
        said = {"course": self.course, "map": self.maps, "sheet": self.sheet, "begins": begins}
        return said | {"complete": "yes" if self.complete else ""}


def roster_routes(pages: Pages) -> list[Any]:
    held = HeldUploads()

    @get(PATH, sync_to_thread=True)
    def form(request: AnyRequest, done: FromQuery[str] = "") -> Response[str]:
        visit = pages.visit(request, PATH)
        visit.require(Action.IMPORT_ROSTER, anywhere=True)
        return _form(visit, done=done == "yes")

    @post(PATH, sync_to_thread=True)
    def look(request: AnyRequest, data: Upload) -> Response[str]:
        visit = pages.visit(request, PATH)
        wanted, files = _wanted(data), files_of(data, "files")
        call = _allowed(visit, wanted)
        if not files:
            return _form(visit, wanted, NO_FILE)
        return _shown(visit, call, wanted, files, held)

    @post(f"{PATH}/platform", sync_to_thread=True)
    def look_at_platform(request: AnyRequest, data: Form) -> Response[str]:
        visit = pages.visit(request, f"{PATH}/platform")
        wanted = _wanted(data)
        call = _allowed(visit, wanted)
        platforms = pages.sign_on.lti_rosters
        if platforms is None or not wanted.course:
            return _form(visit, wanted, NO_PLATFORM)
        try:
            fetched = platforms.fetch(wanted.course, now=call.now, by=call.caller.name)
        except (BadRequest, TooLarge, Unavailable) as refused:
            return _form(visit, wanted, refused=refused)
        return _shown(visit, call, wanted, [fetched], held)

    @post(f"{PATH}/apply", sync_to_thread=True)
    def apply(request: AnyRequest, data: Form) -> Response[Any] | Redirect:
        visit = pages.visit(request, f"{PATH}/apply")
        wanted, token = _wanted(data), text_of(data, "held")
        call = _allowed(visit, wanted)
        files = held.find(call.caller.name, token)
        if files is None:
            return _form(visit, wanted, CHOOSE_AGAIN)
        listed, plan = _planned(call, wanted, files)
        if fingerprint(plan) != text_of(data, "plan"):
            return _shown(visit, call, wanted, files, held, CHANGED)
        day = call.campus.day(call.now)
        change_roster(call.services.store, listed, plan, at=call.now, by=call.caller.name, day=day)
        held.drop(token)
        return to(f"{PATH}?done=yes")

    return [form, look, look_at_platform, apply]


def fingerprint(plan: RosterPlan) -> str:
    """By which a plan is known to be the one that was shown."""
    return hashlib.sha256(repr(plan).encode()).hexdigest()


def _allowed(visit: Visit, wanted: Wanted) -> Call:
    """A file may name any course: who may change one only says which, and every line is of it."""
    return visit.require(Action.IMPORT_ROSTER, course=wanted.course or None)


def _planned(call: Call, wanted: Wanted, files: Files) -> tuple[ImportedRoster, RosterPlan]:
    day, store = call.campus.day(call.now), call.services.store
    headings = Headings(
        read_map([each for each in wanted.maps.split(",") if each.strip()]), wanted.course, wanted.sheet
    )
    listed = with_begins(store, read_rosters(files, headings), day=day, begins=wanted.begins)
    return listed, plan_roster(store, listed, complete=wanted.complete, day=day)


def _shown(
    visit: Visit, call: Call, wanted: Wanted, files: Files, held: HeldUploads, problem: str = ""
) -> Response[str]:
    try:
        listed, plan = _planned(call, wanted, files)
    except (BadRequest, TooLarge) as refused:
        return _form(visit, wanted, refused=refused)
    values = {
        "problem": problem,
        "listed": listed,
        "plan": plan,
        "wanted": wanted,
        "held": held.keep(call.caller.name, files),
        "fingerprint": fingerprint(plan),
        "MOST": MOST_SHOWN,
    }
    return visit.show("office/roster_plan.html", values)


def _form(
    visit: Visit,
    wanted: Wanted | None = None,
    problem: str = "",
    *,
    done: bool = False,
    refused: RollcallError | None = None,
) -> Response[str]:
    """refused: why the files cannot be read, line by line."""
    said, *lines = refused.text.splitlines() if refused else [problem]
    fields = (wanted or Wanted("", "", "", None, complete=False)).fields
    platforms = visit.pages.sign_on.lti_rosters
    values = {"problem": said, "lines": [each.strip() for each in lines], "fields": fields, "done": done}
    values["platform_courses"] = _allowed_courses(visit, platforms.courses()) if platforms else []
    return visit.show("office/rosters.html", values, 422 if refused else 200)


def _allowed_courses(visit: Visit, found: list[str]) -> list[str]:
    if visit.may(Action.IMPORT_ROSTER):
        return found
    theirs = courses_for(visit.principal, Action.IMPORT_ROSTER)
    return [each for each in found if each in theirs]


def _wanted(form: Mapping[str, Any]) -> Wanted:
    return Wanted(
        normal(text_of(form, "course")),
        text_of(form, "map"),
        text_of(form, "sheet"),
        day_of_form(form, "begins"),
        text_of(form, "complete") == "yes",
    )


def day_of_form(form: Mapping[str, Any], name: str) -> date | None:
    """None: left out. Raises PageProblem."""
    text = text_of(form, name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise PageProblem(Error(code="bad_request", text=NO_DAY)) from error
