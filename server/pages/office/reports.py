"""Download reports, each with its reason, and see how often camera and people agree."""

from typing import Any, Final, Literal

from litestar import Response, get, post
from litestar.params import FromQuery

from server.access import Action, courses_for, may_everywhere
from server.domain.calendar import campus_day
from server.domain.identifiers import normal
from server.http.v1.handler import download
from server.http.v1.reports import DownloadReport, report_file
from server.pages.office.rosters import day_of_form
from server.pages.visit import AnyRequest, Form, Pages, Visit, text_of
from server.services.reports.agreement import Difference, agreement

MOST_DIFFERENCES: Final = 200
MOST_WHY: Final = 200
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
        return visit.show("office/downloads.html", {"courses": courses_of(visit, Action.DOWNLOAD), "course": course})

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

    return [form, file, agreeing]


def courses_of(visit: Visit, action: Action) -> list[tuple[str, str]]:
    """Code and title of those in which the reader may do it."""
    plans = visit.pages.services.courses.all_plans(campus_day(visit.now, visit.pages.zone))
    codes = plans if may_everywhere(visit.principal, action) else courses_for(visit.principal, action)
    return sorted((code, plans[code].title) for code in codes if code in plans)
