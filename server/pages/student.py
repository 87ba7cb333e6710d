"""A student's own pages: their courses, their hours, and how each came about."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from protocol.replies import Error
from server.access import Action, Role, authorise
from server.domain.identifiers import normal
from server.pages.visit import AnyRequest, Form, PageProblem, Pages, Visit, text_of, to
from server.services.student.explanation import explanation

NOT_A_STUDENT: Final = "This page is for students: your account has no student number."
# Who decided, as students are told: what they are, never who.
ROLES: Final[dict[Role | None, str]] = {
    Role.PROFESSOR: "professor",
    Role.ASSISTANT: "assistant",
    Role.OFFICE: "office",
    Role.ADMIN: "administrator",
    Role.PRIVACY_OFFICER: "privacy officer",
    Role.DEVICE: "classroom's window",
    None: "staff",
}
SOURCES: Final = {
    "camera": "camera, confirmed",
    "professor": "by hand",
    "roll_call": "roll call",
    "import": "imported",
    "legacy": "older program",
    "copied": "copied",
}
APPEAL_STATES: Final = {"open": "not answered yet", "changed": "changed", "upheld": "stays as it was"}


def student_routes(pages: Pages) -> list[Any]:
    @get("/my", sync_to_thread=True)
    def home(request: AnyRequest) -> Response[str]:
        visit = pages.visit(request, "/my")
        return home_page(visit, own_number(visit, Action.READ_OWN))

    @get("/my/course", sync_to_thread=True)
    def course(request: AnyRequest, course: FromQuery[str]) -> Response[str]:
        visit = pages.visit(request, "/my/course")
        student = own_number(visit, Action.READ_OWN)
        found = pages.services.students.attendance.course(student, normal(course), visit.now)
        return visit.show("my_course.html", {"course": found})

    @get("/my/hour", sync_to_thread=True)
    def hour(request: AnyRequest, session: FromQuery[int], hour: FromQuery[int]) -> Response[str]:
        visit = pages.visit(request, "/my/hour")
        return hour_page(visit, own_number(visit, Action.READ_OWN), session, hour)

    @post("/my/appeals", sync_to_thread=True)
    def file(request: AnyRequest, data: Form) -> Redirect:
        visit = pages.visit(request, "/my/appeals")
        student = own_number(visit, Action.FILE_APPEAL)
        session, hour = whole(data, "session"), whole(data, "hour")
        appeals = pages.services.students.appeals
        appeals.file(student, session, hour, text_of(data, "text"), now=visit.now, by=visit.principal.name)
        return to(f"/my/hour?session={session}&hour={hour}")

    return [home, course, hour, file]


def home_page(visit: Visit, student: str) -> Response[str]:
    services = visit.pages.services.students
    values = {
        "courses": services.attendance.courses(student, visit.now),
        "asked": asked_purposes(visit, student),
        "appeals": services.appeals.of_student(student)[:20],
        "APPEAL_STATES": APPEAL_STATES,
    }
    return visit.show("my_home.html", values)


def hour_page(visit: Visit, student: str, session: int, hour: int) -> Response[str]:
    services = visit.pages.services.students
    found = services.attendance.hour(student, session, hour, visit.now)
    about = (found.course, found.day, hour)
    values = {
        "found": found,
        "sentences": [visit.said(each) for each in explanation(found, visit.pages.zone)],
        "appeals": [
            each for each in services.appeals.of_student(student) if (each.course, each.day, each.hour) == about
        ],
        "ROLES": ROLES,
        "SOURCES": SOURCES,
        "APPEAL_STATES": APPEAL_STATES,
    }
    return visit.show("my_hour.html", values)


def asked_purposes(visit: Visit, student: str) -> list[str]:
    """The consents that are to be asked, or asked again after a new text."""
    services = visit.pages.services.students
    return [each.value for each in services.consents.to_ask(student)] if services.policy != "off" else []


def own_number(visit: Visit, action: Action) -> str:
    """The number of the student who is signed in. Raises PageProblem and Forbidden."""
    visit.require_person()
    student = visit.principal.student
    if student is None:
        raise PageProblem(Error(code="forbidden", text=NOT_A_STUDENT))
    authorise(visit.principal, action, student=student)
    return student


def whole(form: dict[str, str], name: str) -> int:
    """A whole number of a form; 0, which nothing has, where it is none."""
    text = text_of(form, name)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
