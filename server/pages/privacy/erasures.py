"""Erase a student's traces, and list what was destroyed."""

from typing import Any, Final

from litestar import Response, get, post

from server.access import Action
from server.domain.identifiers import normal
from server.errors import BadRequest
from server.pages.visit import AnyRequest, Form, Pages, Visit, text_of
from server.services.enrolment.erasure import Receipt, erase
from server.services.enrolment.photographs import kept_here

PATH: Final = "/erasures"
MOST_LINES: Final = 100_000
TWICE: Final = "Write the student's number twice the same: what is erased does not come back."
# What of the log tells that something was destroyed.
DESTROYED: Final = {
    "erase": "photographs, templates and sightings of a student",
    "destroy_photographs": "photographs that were not to be kept",
    "destroy_old": "what had been kept for long enough",
    "expire_templates": "features of a face after studies, with photographs and address",
    "set_aside": "records that could not be read",
    "discard_session": "a session that was opened by mistake",
    "remove_camera": "a camera and its password",
    "remove_veto": "a face that was not a student's",
}


def erasure_routes(pages: Pages) -> list[Any]:
    @get(PATH, sync_to_thread=True)
    def listed(request: AnyRequest) -> Response[str]:
        visit = pages.visit(request, PATH)
        visit.require(Action.ERASE)
        return _page(visit)

    @post(PATH, sync_to_thread=True)
    def erased(request: AnyRequest, data: Form) -> Response[str]:
        visit = pages.visit(request, PATH)
        student = normal(text_of(data, "student"))
        call = visit.require(Action.ERASE, student=student)
        if not student or student != normal(text_of(data, "again")):
            raise BadRequest(TWICE)
        at, folder = call.now.astimezone(pages.zone), kept_here(pages.office.knowns)
        return _page(visit, erase(call.services.store, folder, student, at=at, by=call.caller.name))

    return [listed, erased]


def _page(visit: Visit, receipt: Receipt | None = None) -> Response[str]:
    """The office sees no log, and so no list."""
    lines = []
    if visit.may(Action.READ_ACCESS_LOG):
        found = visit.pages.services.store.access_log.lines(limit=MOST_LINES)
        lines = [each for each in found if each.action in DESTROYED]
    values = {"receipt": receipt, "text": receipt.text() if receipt else "", "lines": lines, "DESTROYED": DESTROYED}
    return visit.show("privacy/erasures.html", {**values, "sees_log": visit.may(Action.READ_ACCESS_LOG)})
