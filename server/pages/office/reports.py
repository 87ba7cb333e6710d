"""Download reports, each with its reason, and see how often camera and people agree."""

from typing import Any, Final, Literal

from litestar import Response, get, post
from litestar.params import FromQuery

from protocol.replies import Error
from protocol.sessions import SessionList, Sessions
from server.access import Action, courses_for, may, may_everywhere
from server.domain.calendar import campus_day
from server.domain.identifiers import normal
from server.http.v1.handler import download
from server.http.v1.reports import DownloadMoodle, DownloadReport, moodle_hour, report_file
from server.pages.office.rosters import day_of_form
from server.pages.professor import NOT_UNDERSTOOD
from server.pages.visit import AnyRequest, Form, PageProblem, Pages, Visit, text_of
from server.services.reports.agreement import Difference, agreement

MOST_DIFFERENCES: Final = 200
MOST_WHY: Final = 200
MOST_HOURS: Final = 100
MOST_DIGITS: Final = 12
DIFFERENCES: Final[dict[Difference, str]] = {
    Difference.FALSE_PRESENCE: "the camera had them present",
    Difference.FALSE_ABSENCE: "the camera had them absent",
    Difference.OTHER_STATE: "another state",
}


def report_routes(pages: Pages) -> list[Any]:
    @get("/downloads", sync_to_thread=True)
    def form(request: AnyRequest, course: FromQuery[str] = "") -> Response[str]:
        visit = pages.visit(request, "/downloads")
        # Everybody else is asked for the reason first.
        visit.require(Action.DOWNLOAD, anywhere=True)
        code = normal(course)
        values = {"courses": courses_of(visit, Action.DOWNLOAD), "course": code, "hours": hours_held(visit, code)}
        return visit.show("office/downloads.html", values)

    @post("/downloads", sync_to_thread=True)
    def file(request: AnyRequest, data: Form) -> Response[bytes]:
        visit = pages.visit(request, "/downloads")
        code, why = normal(text_of(data, "course")), text_of(data, "why")[:MOST_WHY]
        call = visit.require(Action.DOWNLOAD, course=code, why=why)
        since, until = (day_of_form(data, name) for name in ("since", "until"))
        form: Literal["csv", "xlsx"] = "csv" if text_of(data, "form") == "csv" else "xlsx"
        asked = DownloadReport(
            course=code,
            form=form,
            since=since.isoformat() if since else None,
            until=until.isoformat() if until else None,
            encoding="cp949" if text_of(data, "encoding") == "cp949" else "utf-8",
            why=why,
        )
        return download(report_file(asked, call))

    @post("/downloads/moodle", sync_to_thread=True)
    def moodle(request: AnyRequest, data: Form) -> Response[bytes]:
        """An hour, as its choice names it: `SESSION.HOUR`."""
        visit = pages.visit(request, "/downloads/moodle")
        session, _, hour = text_of(data, "hour").partition(".")
        if not (session.isdecimal() and hour.isdecimal() and len(session + hour) < MOST_DIGITS):
            raise PageProblem(Error(code="bad_request", text=NOT_UNDERSTOOD), back="/downloads")
        why = text_of(data, "why")[:MOST_WHY]
        call = visit.require(Action.DOWNLOAD, session=int(session), why=why)
        return download(moodle_hour(DownloadMoodle(session=int(session), hour=int(hour), why=why), call))

    @get("/agreement", sync_to_thread=True)
    def agreeing(request: AnyRequest, course: FromQuery[str] = "", why: FromQuery[str] = "") -> Response[str]:
        visit = pages.visit(request, "/agreement")
        visit.require(Action.READ_REPORT, anywhere=True)
        code, found = normal(course), None
        if code:
            call = visit.require(Action.READ_REPORT, course=code, why=why[:MOST_WHY])
            found = agreement(call.services.store, code, since=None, until=None)
        values = {"courses": courses_of(visit, Action.READ_REPORT), "course": code, "why": why, "found": found}
        return visit.show("office/agreement.html", {**values, "DIFFERENCES": DIFFERENCES, "MOST": MOST_DIFFERENCES})

    return [form, file, moodle, agreeing]


def hours_held(visit: Visit, course: str) -> list[tuple[int, str, int]]:
    """Session, day and hour of a course, newest first; none where the reader may not download them."""
    if not course or not may(visit.principal, Action.DOWNLOAD, course=course):
        return []
    asked = Sessions(course=course)
    sessions = sorted(visit.ask(asked, SessionList, back="/downloads").sessions, key=lambda each: each.date)
    hours = [(each.session, each.date, hour.hour) for each in reversed(sessions) for hour in each.hours]
    return hours[:MOST_HOURS]


def courses_of(visit: Visit, action: Action) -> list[tuple[str, str]]:
    """Code and title of those in which the reader may do it."""
    plans = visit.pages.services.courses.all_plans(campus_day(visit.now, visit.pages.zone))
    codes = plans if may_everywhere(visit.principal, action) else courses_for(visit.principal, action)
    return sorted((code, plans[code].title) for code in codes if code in plans)
