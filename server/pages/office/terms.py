"""Set a term's days, holidays and make-up days."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from server.access import Action
from server.dispatch.replies import error_reply
from server.domain.calendar import Calendar
from server.errors import BadRequest
from server.pages.office.courses import MAX_TOML_BYTES, PLAN_TOO_LONG
from server.pages.uploads import Upload, files_of
from server.pages.visit import AnyRequest, Pages, Visit, text_of, to
from server.services.plans.term_file import TermCalendar, read_term_toml

THE_TERM: Final = "The term"  # in errors of it
PATH: Final = "/office/terms"
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EXAMPLE: Final = """name = "2026-1"
begins = 2026-03-02
ends = 2026-06-19

[[holidays]]
day = 2026-05-05
name = "Children's Day"

[[makeups]]
day = 2026-06-13
follows = "tuesday"
"""


def term_routes(pages: Pages) -> list[Any]:
    @get(PATH, sync_to_thread=True)
    def shown(request: AnyRequest, done: FromQuery[str] = "") -> Response[str]:
        visit = pages.visit(request, PATH)
        visit.require(Action.CHANGE_CALENDAR)
        return _page(visit, EXAMPLE, done=done == "yes")

    @post(PATH, sync_to_thread=True)
    def change(request: AnyRequest, data: Upload) -> Response[Any] | Redirect:
        visit = pages.visit(request, PATH)
        call = visit.require(Action.CHANGE_CALENDAR)
        text = _text(data)
        try:
            if len(text.encode()) > MAX_TOML_BYTES:
                raise BadRequest(PLAN_TOO_LONG)
            calendar = read_term_toml(text.encode(), visit.say(THE_TERM))
            if text_of(data, "apply") == "yes":
                call.services.courses.import_term(calendar, at=call.now, by=call.caller.name)
                return to(f"{PATH}?done=yes")
            call.services.courses.require_possible(calendar)
        except BadRequest as refused:
            return _page(visit, text, problem=visit.words(error_reply(refused)), status=422)
        return _page(visit, text, calendar)

    return [shown, change]


def _page(
    visit: Visit,
    text: str,
    looked_at: TermCalendar | None = None,
    *,
    problem: str = "",
    done: bool = False,
    status: int = 200,
) -> Response[str]:
    """looked_at: what was sent and is kept only when it is sent again."""
    calendar: Calendar = visit.pages.services.courses.calendar()
    terms = sorted(calendar.terms, key=lambda term: term.begins, reverse=True)
    values = {"terms": terms, "text": text, "trial": looked_at, "problem": problem, "done": done, "WEEKDAYS": WEEKDAYS}
    return visit.show("office/terms.html", {**values, "calendar": calendar}, status)


def _text(form: Mapping[str, Any]) -> str:
    files = files_of(form, "file")
    return files[0][1].decode("utf-8-sig", "replace") if files else text_of(form, "plan").replace("\r\n", "\n")
