"""A student asks for their own by HTTP, and for nobody else's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.domain.consents import Purpose
from server.http.v1.me import ROUTES
from tests.server.classroom import COURSE, TEXTS, Classroom, seoul
from tests.server.http.campus import Http, http_of
from tests.server.pages.asking import PROFESSOR, student

ME = 0


@pytest.fixture
def http(on_sqlite: Classroom, tmp_path: Path) -> Iterator[Http]:
    on_sqlite.set_course()
    on_sqlite.now = seoul("10:40")
    on_sqlite.open()
    on_sqlite.mark(ME, "late", hour=3)
    on_sqlite.set_state(1, "submitted")
    on_sqlite.now = seoul("13:00")
    with http_of(on_sqlite, tmp_path / "knowns") as opened:
        opened.principal = student(on_sqlite, ME)
        yield opened


def test_ones_attendance_is_told_with_the_hours_of_one_course(http: Http) -> None:
    (course,) = http.ask("GET", "/v1/me/attendance").json["courses"]
    assert (course["course"], course["absences"], course["hours"]) == (COURSE, 0, [])
    (course,) = http.ask("GET", "/v1/me/attendance", course=COURSE).json["courses"]
    states = {hour["hour"]: (hour["state"], hour["session"]) for hour in course["hours"]}
    assert states == {3: ("late", 1), 4: ("not_taken", 1)}


def test_an_hour_is_explained_by_its_rule(http: Http) -> None:
    found = http.ask("GET", "/v1/me/explanation", session=1, hour=3).json
    assert found["state"] == "late"
    texts = [each["text"] for each in found["sentences"]]
    assert "A person decided it on the board." in texts
    assert "By the rules of this course, first seen 10 minutes after the beginning or later is late." in texts
    assert http.ask("GET", "/v1/me/explanation", session=2, hour=3).status == 404


def test_a_consent_is_given_and_taken_back_with_its_receipt(http: Http) -> None:
    asked = http.ask("GET", "/v1/me/consents", language="en").json
    assert asked["to_ask"] == ["template", "camera"]
    assert asked["texts"][0]["sha256"] == TEXTS.text(Purpose.TEMPLATE, "en").sha256
    yes = {"purpose": "template", "given": True, "version": asked["texts"][0]["version"]}
    assert http.ask("POST", "/v1/me/consents", {**yes, "version": "1999-1"}).status == 400
    assert http.ask("POST", "/v1/me/consents", yes).json["to_ask"] == ["camera"]
    found = http.ask("POST", "/v1/me/consents", {"purpose": "template", "given": False}).json
    assert [each["given"] for each in found["decisions"]] == [True, False]
    assert "Receipt of erasure" in found["decisions"][1]["receipt"]


def test_an_appeal_is_filed_once_and_listed(http: Http) -> None:
    asked = {"session": 1, "hour": 3, "text": "I was there at 10:35."}
    assert http.ask("POST", "/v1/me/appeals", asked).json["state"] == "open"
    again = http.ask("POST", "/v1/me/appeals", asked)
    assert (again.status, again.json["code"]) == (400, "bad_request")
    assert [each["text"] for each in http.ask("GET", "/v1/me/appeals").json["appeals"]] == [asked["text"]]
    http.principal = student(http.room, 1)
    assert http.ask("GET", "/v1/me/appeals").json == {"appeals": []}


def test_all_that_is_stored_is_taken_away_as_a_file(http: Http) -> None:
    answer = http.ask("GET", "/v1/me/data")
    assert answer.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    found = answer.json
    assert found["student"] == http.room.students[ME]
    assert not any(each in answer.body.decode() for each in http.room.students if each != found["student"])


def test_nothing_of_oneself_is_told_to_who_is_no_student(http: Http) -> None:
    bodies = {
        "explanation": {"session": 1, "hour": 3},
        "decide_consent": {"purpose": "camera", "given": True, "version": TEXTS.current},
        "file_appeal": {"session": 1, "hour": 3, "text": "x"},
    }
    for principal in (PROFESSOR, None):
        http.principal = principal
        for route in ROUTES:
            given = bodies.get(route.name, {})
            if route.method == "GET":
                answer = http.ask("GET", route.path, **bodies["explanation"] if route.name == "own_explanation" else {})
            else:
                answer = http.ask(route.method, route.path, given)
            assert answer.status == 403, route.name
