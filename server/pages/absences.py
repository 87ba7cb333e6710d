"""Ask for an official absence with a proof; and for professors and the office, answer it."""

from datetime import date
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect

from protocol.replies import Error
from server.access import Action, authorise, authorise_somewhere, courses_for, may, may_everywhere
from server.domain.absences import MOST_PROOF_BYTES, AbsenceRequest
from server.domain.attendance import State
from server.domain.identifiers import normal
from server.http.texts import HttpText
from server.pages.student import own_number
from server.pages.visit import AnyRequest, Form, PageProblem, Pages, Visit, text_of, to

Parts = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]

NOT_UNDERSTOOD: Final = "What was sent cannot be understood; load the page anew and try again."
ABSENCE_STATES: Final = {"open": "not answered yet", "granted": "granted", "refused": "refused"}
GRANTABLE: Final = ("excused_absence", "excused")


def absence_routes(pages: Pages) -> list[Any]:
    @get("/my/absences", sync_to_thread=True)
    def own(request: AnyRequest) -> Response[str]:
        visit = pages.visit(request, "/my/absences")
        student, services = own_number(visit, Action.REQUEST_ABSENCE), pages.services.students
        courses = [(each.code, each.report.title) for each in services.attendance.courses(student, visit.now)]
        values = {"requests": services.absences.of_student(student), "courses": courses}
        return visit.show("my_absences.html", {**values, "ABSENCE_STATES": ABSENCE_STATES})

    @post("/my/absences", sync_to_thread=True)
    def file(request: AnyRequest, data: Parts) -> Redirect:
        visit = pages.visit(request, "/my/absences")
        student = own_number(visit, Action.REQUEST_ABSENCE)
        begins, ends = _day(data, "begins"), _day(data, "ends")
        course, reason, by = normal(text_of(data, "course")), text_of(data, "reason"), visit.principal.name
        absences = pages.services.students.absences
        absences.file(student, course, begins, ends, reason, _content(data), now=visit.now, by=by)
        return to("/my/absences")

    @get("/absences", sync_to_thread=True)
    def listed(request: AnyRequest) -> Response[str]:
        visit = pages.visit(request, "/absences")
        visit.require_person()
        authorise_somewhere(visit.principal, Action.ANSWER_ABSENCE)
        everywhere = may_everywhere(visit.principal, Action.ANSWER_ABSENCE)
        theirs = None if everywhere else courses_for(visit.principal, Action.ANSWER_ABSENCE)
        requests = pages.services.students.absences.of_courses(theirs)
        names = pages.services.store.rosters.names({each.student for each in requests})
        values = {"requests": requests, "names": names, "ABSENCE_STATES": ABSENCE_STATES, "GRANTABLE": GRANTABLE}
        return visit.show("absences.html", values)

    @post("/absences/{number:int}", sync_to_thread=True)
    def answer(request: AnyRequest, number: FromPath[int], data: Form) -> Redirect:
        visit = pages.visit(request, "/absences/{number}")
        found, state = _request(visit, number), text_of(data, "state")
        if state not in {*GRANTABLE, "refused"}:
            raise PageProblem(Error(code="bad_request", text=NOT_UNDERSTOOD), back="/absences")
        granted = None if state == "refused" else State(state)
        how: dict[str, Any] = {"now": visit.now, "by": visit.principal.name, "origin": visit.address}
        pages.services.students.absences.answer(found, granted, text_of(data, "text"), **how)
        return to("/absences")

    @get("/absences/{number:int}/proof", sync_to_thread=True)
    def proof(request: AnyRequest, number: FromPath[int]) -> Response[bytes]:
        visit = pages.visit(request, "/absences/{number}/proof")
        found = _request(visit, number)
        by = visit.principal.name or visit.address
        content = pages.services.store.absences.proof(found, at=visit.now, by=by)
        if content is None:
            raise PageProblem(Error(code="no_session", text=DESTROYED), back="/absences")
        name = f"proof-{number}.{found.proof_type.partition('/')[2]}"
        # Never shown in the page's own place: it is somebody else's file.
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": "sandbox"}
        return Response(content, media_type="application/octet-stream", headers=headers)

    return [own, file, listed, answer, proof]


DESTROYED: Final = HttpText.NO_PROOF.value


def _request(visit: Visit, number: int) -> AbsenceRequest:
    visit.require_person()
    authorise_somewhere(visit.principal, Action.ANSWER_ABSENCE)

    def may_see(request: AbsenceRequest) -> bool:
        return may(visit.principal, Action.ANSWER_ABSENCE, course=request.course)

    found = visit.pages.services.students.absences.get(number, may_see)
    authorise(visit.principal, Action.ANSWER_ABSENCE, course=found.course)
    return found


def _day(form: dict[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(text_of(form, name))
    except ValueError as error:
        raise PageProblem(Error(code="bad_request", text=NOT_UNDERSTOOD), back="/my/absences") from error


def _content(form: dict[str, Any]) -> bytes:
    """The file of the form; b"" without one. One byte more than may be is read, to be refused."""
    part = form.get("proof")
    return part.file.read(MOST_PROOF_BYTES + 1) if isinstance(part, UploadFile) else b""
