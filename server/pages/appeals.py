"""The professor's and the assistant's page of appeals: open ones first, the evidence, a note, an answer."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from protocol.replies import Error
from server.access import Action, authorise, authorise_somewhere, courses_for, may, may_everywhere
from server.domain.appeals import Appeal
from server.domain.attendance import State
from server.pages.student import APPEAL_STATES, ROLES, SOURCES
from server.pages.visit import AnyRequest, Form, PageProblem, Pages, Visit, text_of, to
from server.services.student.explanation import explanation
from server.store import AccessLine

DECIDABLE: Final = ("present", "late", "absent", "left_early", "excused", "excused_absence")
NOT_UNDERSTOOD: Final = "What was sent cannot be understood; load the page anew and try again."


def appeal_routes(pages: Pages) -> list[Any]:
    @get("/appeals", sync_to_thread=True)
    def listed(request: AnyRequest) -> Response[str]:
        visit = pages.visit(request, "/appeals")
        visit.require_person()
        authorise_somewhere(visit.principal, Action.READ_APPEALS)
        return visit.show("appeals.html", list_values(visit))

    @get("/appeals/{number:int}", sync_to_thread=True)
    def one(request: AnyRequest, number: FromPath[int]) -> Response[str]:
        visit = pages.visit(request, "/appeals/{number}")
        return visit.show("appeal.html", appeal_values(visit, _appeal(visit, number)))

    @post("/appeals/{number:int}", sync_to_thread=True)
    def answer(request: AnyRequest, number: FromPath[int], data: Form) -> Redirect:
        visit = pages.visit(request, "/appeals/{number}")
        appeal, service = _appeal(visit, number), pages.services.students.appeals
        if text_of(data, "do") == "note":
            authorise(visit.principal, Action.PREPARE_APPEAL, course=appeal.course)
            service.prepare(appeal, text_of(data, "text"), now=visit.now, by=visit.principal.name)
            return to(f"/appeals/{number}")
        authorise(visit.principal, Action.ANSWER_APPEAL, course=appeal.course)
        service.answer(
            appeal, _state(data), text_of(data, "text"), now=visit.now, by=visit.principal.name, origin=visit.address
        )
        return to("/appeals")

    return [listed, one, answer]


def list_values(visit: Visit) -> dict[str, object]:
    principal, services = visit.principal, visit.pages.services
    everywhere = may_everywhere(principal, Action.READ_APPEALS)
    appeals = services.students.appeals.of_courses(None if everywhere else courses_for(principal, Action.READ_APPEALS))
    for course in sorted({each.course for each in appeals}):
        _log(visit, course, len({each.student for each in appeals if each.course == course}), "list")
    return {
        "appeals": appeals,
        "names": services.store.rosters.names({each.student for each in appeals}),
        "now": visit.now,
        "APPEAL_STATES": APPEAL_STATES,
    }


def appeal_values(visit: Visit, appeal: Appeal) -> dict[str, object]:
    """The evidence: what the student is told too, and the way to their sheet."""
    services = visit.pages.services
    session = services.store.sessions.on_day(appeal.course, appeal.day)
    found = services.students.attendance.hour(appeal.student, session.id, appeal.hour, visit.now) if session else None
    _log(visit, appeal.course, 1, f"appeal {appeal.number}")
    return {
        "appeal": appeal,
        "found": found,
        "name": services.store.rosters.names([appeal.student]).get(appeal.student, ""),
        "sentences": [visit.said(each) for each in explanation(found, visit.pages.zone)] if found else [],
        "may_answer": appeal.is_open and may(visit.principal, Action.ANSWER_APPEAL, course=appeal.course),
        "may_prepare": appeal.is_open and may(visit.principal, Action.PREPARE_APPEAL, course=appeal.course),
        "now": visit.now,
        "DECIDABLE": DECIDABLE,
        "APPEAL_STATES": APPEAL_STATES,
        "ROLES": ROLES,
        "SOURCES": SOURCES,
    }


def _appeal(visit: Visit, number: int) -> Appeal:
    visit.require_person()
    authorise_somewhere(visit.principal, Action.READ_APPEALS)
    appeals = visit.pages.services.students.appeals
    return appeals.get(number, lambda course: may(visit.principal, Action.READ_APPEALS, course=course))


def _state(form: dict[str, str]) -> State | None:
    """None: what stands, stands. Raises PageProblem for a form that no page of ours sends."""
    state = text_of(form, "state")
    if state == "stays":
        return None
    if state not in DECIDABLE:
        raise PageProblem(Error(code="bad_request", text=NOT_UNDERSTOOD), back="/appeals")
    return State(state)


def _log(visit: Visit, course: str, subjects: int, detail: str) -> None:
    visit.pages.services.viewings.see(
        AccessLine(
            at=visit.now,
            who=visit.principal.name or visit.address,
            action=Action.READ_APPEALS.value,
            subject="",
            detail=detail,
            address=visit.address,
            device="",
            course=course,
            subjects=subjects,
            why="",
        )
    )
