"""Ask for pages as a browser does: forms, and who is signed in."""

from typing import Any
from urllib.parse import urlencode

from server.access import Kind, Principal, Role, Teaching
from tests.server.classroom import COURSE, Classroom
from tests.server.http.campus import Http
from tests.server.http.listening import Answer

PROFESSOR = Principal(kind=Kind.USER, id=90, name="prof.kim", teaches=(Teaching(COURSE, Role.PROFESSOR),))
ASSISTANT = Principal(kind=Kind.USER, id=91, name="ta.lee", teaches=(Teaching(COURSE, Role.ASSISTANT),))
OTHER_PROFESSOR = Principal(kind=Kind.USER, id=92, name="prof.oh", teaches=(Teaching("eb0099_1", Role.PROFESSOR),))
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


def student(room: Classroom, place: int) -> Principal:
    number = room.students[place]
    roles = frozenset({Role.STUDENT})
    return Principal(kind=Kind.USER, id=100 + place, name=f"s{place}", roles=roles, student=number)


def page(http: Http, path: str, **query: Any) -> str:
    answer = http.ask("GET", path, headers={"Accept-Language": "en"}, **query)
    assert answer.status == 200, (answer.status, answer.body)
    return answer.body.decode()


def send(http: Http, path: str, headers: dict[str, str] | None = None, **form: Any) -> Answer:
    given = {**FORM, "Accept-Language": "en", **(headers or {})}
    return http.ask("POST", path, urlencode(form).encode(), given)


def follow(http: Http, answer: Answer) -> str:
    """The page that a form leads to."""
    assert answer.status == 303, (answer.status, answer.body)
    shown = http.ask("GET", answer.headers["location"], headers={"Accept-Language": "en"})
    assert shown.status == 200, shown.body
    return shown.body.decode()
