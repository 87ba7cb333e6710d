"""Who saw or changed whose data, a month summed up, and whether the log is whole."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.params import FromQuery

from protocol.replies import Error
from server.access import Action
from server.domain.identifiers import normal
from server.pages.visit import AnyRequest, PageProblem, Pages, Visit
from server.services.access_report import report_of

PATH: Final = "/access-log"
MOST_LINES: Final = 500
MOST_A_MONTH: Final = 100_000
NO_DAY: Final = "A day is written as 2026-03-02."
NO_MONTH: Final = "A month is written as 2026-03."


@dataclass(frozen=True, slots=True)
class Filters:
    """As the form has them; "": any."""

    since: str = ""
    until: str = ""
    who: str = ""
    student: str = ""
    course: str = ""


def access_log_routes(pages: Pages) -> list[Any]:
    @get(PATH, sync_to_thread=True)
    def shown(
        request: AnyRequest,
        since: FromQuery[str] = "",
        until: FromQuery[str] = "",
        who: FromQuery[str] = "",
        student: FromQuery[str] = "",
        course: FromQuery[str] = "",
    ) -> Response[str]:
        visit = pages.visit(request, PATH)
        visit.require(Action.READ_ACCESS_LOG)
        return _lines(visit, Filters(since.strip(), until.strip(), who.strip(), normal(student), normal(course)))

    @get(f"{PATH}/whole", sync_to_thread=True)
    def whole(request: AnyRequest) -> Response[str]:
        visit = pages.visit(request, f"{PATH}/whole")
        visit.require(Action.READ_ACCESS_LOG)
        return visit.show("privacy/whole.html", {"check": pages.services.store.access_log.verified()})

    @get(f"{PATH}/month", sync_to_thread=True)
    def month(request: AnyRequest, of: FromQuery[str] = "") -> Response[str]:
        visit = pages.visit(request, f"{PATH}/month")
        visit.require(Action.READ_ACCESS_LOG)
        first = _month(of, visit.now.astimezone(pages.zone).date())
        after = (first + timedelta(days=31)).replace(day=1)
        begin, end = start_of(first, pages.zone), start_of(after, pages.zone)
        lines = pages.services.store.access_log.lines(since=begin, until=end, limit=MOST_A_MONTH)
        values = {"month": f"{first:%Y-%m}", "report": report_of(lines, pages.zone)}
        return visit.show("privacy/month.html", values)

    return [shown, whole, month]


def start_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def day_of_text(text: str) -> date | None:
    """None: left out. Raises PageProblem."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise PageProblem(Error(code="bad_request", text=NO_DAY), back=PATH) from error


def _lines(visit: Visit, filters: Filters) -> Response[str]:
    since, until = day_of_text(filters.since), day_of_text(filters.until)
    zone = visit.pages.zone
    lines = visit.pages.services.store.access_log.lines(
        since=start_of(since, zone) if since else None,
        until=start_of(until + timedelta(days=1), zone) if until else None,
        who=filters.who or None,
        student=filters.student or None,
        courses=[filters.course] if filters.course else None,
        limit=MOST_LINES,
    )
    return visit.show("privacy/access_log.html", {"filters": filters, "lines": lines, "MOST": MOST_LINES})


def _month(text: str, today: date) -> date:
    if not text:
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise PageProblem(Error(code="bad_request", text=NO_MONTH), back=PATH) from error
