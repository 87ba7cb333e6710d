"""What the wire can do, by HTTP: the same structs, the same sentences."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from protocol.fields import SessionId
from protocol.messages import REPLY_TO
from server.access import NOBODY, Kind, Principal, Role, Teaching
from server.dispatch.access import NEEDS
from server.http.texts import HttpText
from server.http.v1.reports import MOODLE, XLSX
from server.http.v1.route import Number, Route
from server.http.v1.routes import ROUTES
from tests.server.classroom import COURSE, TIMETABLE, Classroom, classroom, seoul
from tests.server.http.campus import Http, http_of

DAY = "2026-03-02"
OTHER_COURSE = "bb0001_2"
PROFESSOR = Principal(kind=Kind.USER, name="prof", id=1, teaches=(Teaching(COURSE, Role.PROFESSOR),))
STRANGER = Principal(kind=Kind.USER, name="other", id=2, teaches=(Teaching(OTHER_COURSE, Role.PROFESSOR),))
STUDENT = Principal(kind=Kind.USER, name="student", id=3, roles=frozenset({Role.STUDENT}), student="201511041")
DEVICE = Principal(
    kind=Kind.DEVICE,
    name="front",
    id=4,
    roles=frozenset({Role.DEVICE}),
    device="front",
    room_courses=frozenset({COURSE}),
)


@pytest.fixture
def http(on_sqlite: Classroom, tmp_path: Path) -> Iterator[Http]:
    on_sqlite.set_course()
    on_sqlite.now = seoul("10:31")
    with http_of(on_sqlite, tmp_path / "knowns") as spoken:
        yield spoken


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Http]:
    """One room for the tests that change nothing."""
    folder = tmp_path_factory.mktemp("untouched")
    with classroom(str(folder / "a.sqlite"), folder) as room:
        room.set_course()
        room.now = seoul("10:31")
        with http_of(room, folder / "knowns") as spoken:
            yield spoken


@pytest.fixture
def untouched(opened: Http) -> Http:
    opened.principal = None
    opened.presented.clear()
    return opened


def test_every_route_has_a_rule() -> None:
    without = [each.name for each in ROUTES if each.needs is None and each.asks not in NEEDS]
    assert without == []
    assert all((each.answer is None) == (each.asks in REPLY_TO and each.needs is None) for each in ROUTES)
    assert [each.name for each in ROUTES if each.answer is None and each.chosen] == []


def test_everything_that_the_wire_can_do_has_a_route() -> None:
    # By HTTP these are a token, `marks`, a page of them, and one that may be a file.
    asked = {each.asks.__name__ for each in ROUTES} | {"Hello", "Mark", "Sessions", "Report"}
    assert {each.__name__ for each in REPLY_TO} <= asked


def test_no_two_routes_are_alike() -> None:
    assert len({(each.method, each.path) for each in ROUTES}) == len({each.name for each in ROUTES}) == len(ROUTES)


def test_nothing_that_names_somebody_stands_in_a_path() -> None:
    numbered = {(each.name, field): each.asks.__annotations__[field] for each in ROUTES for field in each.path_fields}
    assert {str(kind) for kind in numbered.values()} <= {str(SessionId), str(Number), "<class 'int'>"}


def test_a_class_is_held_by_http(http: Http) -> None:
    session = http.open()
    snapshot = http.send("/v1/snapshots", b"0 1 2", session=session, record=True)
    assert (snapshot.status, snapshot.json["recorded"]) == (200, 3)
    board = http.ask("GET", f"/v1/sessions/{session}/board").json
    seen = [row["student"] for row in board["students"] if row["list"] == "sure"]
    assert seen == http.room.students[:3]
    items = [{"student": student, "hour": 3, "state": "present"} for student in seen]
    confirmed = http.do("POST", f"/v1/sessions/{session}/confirmations", {"items": items})
    assert [each["changed"] for each in confirmed.json["marks"]] == [True] * 3
    absent = [{"student": each, "course": COURSE, "hour": 3, "state": "absent"} for each in http.room.students[3:]]
    assert http.do("POST", "/v1/marks", {"marks": absent, "session": session}).status == 200
    submitted = http.do("PATCH", f"/v1/sessions/{session}", {"state": "submitted"})
    assert submitted.json["session"]["state"] == "submitted"
    report = http.ask("GET", "/v1/report", course=COURSE, hours=True).json
    assert [row.get("absences", 0) for row in report["students"]] == [0, 0, 0, 1, 1, 1]
    history = http.ask("GET", f"/v1/sessions/{session}/history").json["changes"]
    assert {each["source"] for each in history} == {"camera", "roll_call", ""}


def test_a_key_that_comes_again_changes_nothing(http: Http) -> None:
    body = {"marks": [{"student": http.room.students[0], "course": COURSE, "hour": 3}]}
    first, again = (http.do("POST", "/v1/marks", body, key="once") for _ in range(2))
    assert first.json == again.json
    other = {"marks": [{"student": http.room.students[1], "course": COURSE, "hour": 3}]}
    refused = http.do("POST", "/v1/marks", other, key="once")
    assert (refused.status, refused.json["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    ("loaded", "counts"),
    [
        (None, -120),  # by no page, as from an outbox: it keeps its time
        (-180, -5),  # decided in the page's own time: held to the tolerance
        (-60, -120),  # before the page was loaded: it had waited
        (600, -120),  # a page of the future is of now
    ],
)
def test_what_a_page_decides_is_held_to_the_time_when_it_was_loaded(
    http: Http, loaded: int | None, counts: int
) -> None:
    now = http.room.now = datetime.now(UTC).replace(microsecond=0)  # of requests, too
    item = {"student": http.room.students[0], "course": COURSE, "at": _minutes(now, -120).isoformat()}
    session = http.do("POST", "/v1/sessions", {"course": COURSE, "hours": [3]}).json["session"]["session"]
    headers = {"Idempotency-Key": "loaded"}
    if loaded is not None:
        headers["Rollcall-Loaded"] = _minutes(now, loaded).isoformat()
    answer = http.ask("POST", "/v1/marks", {"session": session, "marks": [{**item, "hour": 3}]}, headers)
    assert answer.status == 200, answer.body
    assert [each.decided_at for each in http.room.store.marks.history(session)] == [_minutes(now, counts)]


def _minutes(now: datetime, minutes: int) -> datetime:
    return now + timedelta(minutes=minutes)


@pytest.mark.parametrize("loaded", ["", "yesterday", "2026-03-02T09:00:00", "0001-01-01T00:00:00+23:59"])
def test_a_page_s_time_that_is_none_is_refused(untouched: Http, loaded: str) -> None:
    body = {"marks": [{"student": untouched.room.students[0], "course": COURSE, "hour": 3}]}
    headers = {"Idempotency-Key": "no-time", "Rollcall-Loaded": loaded}
    answer = untouched.ask("POST", "/v1/marks", body, headers)
    assert (answer.status, answer.json["detail"]) == (400, HttpText.LOADED_WRONG)


def test_without_a_key_nothing_is_recorded(http: Http) -> None:
    answer = http.ask("POST", "/v1/marks", {"marks": [{"student": http.room.students[0], "course": COURSE, "hour": 3}]})
    assert (answer.status, "Idempotency-Key" in answer.json["detail"]) == (400, True)
    assert http.ask("GET", "/v1/roster", course=COURSE).json["students"][0]["states"] == {}


@pytest.mark.parametrize(
    ("method", "path", "query", "status", "code"),
    [
        ("GET", "/v1/roster", {"course": "nowhere"}, 404, "unknown_course"),
        ("GET", "/v1/sessions/77", {}, 404, "no_session"),
        ("GET", "/v1/sessions/x", {}, 400, "bad_request"),
        ("GET", "/v1/sessions/0", {}, 400, "bad_request"),
        ("GET", f"/v1/sessions/{10**30}", {}, 400, "bad_request"),
        ("GET", "/v1/sessions", {"untill": DAY}, 400, "bad_request"),
        ("GET", "/v1/sessions", {"since": "2026-02-30"}, 400, "bad_request"),
        ("GET", "/v1/sessions", {"limit": 0}, 400, "bad_request"),
        ("GET", "/v1/sessions", {"cursor": "abc"}, 400, "bad_request"),
        ("GET", "/v1/roster", {}, 400, "bad_request"),
        ("GET", "/v1/roster", {"course": "a\x00b"}, 400, "bad_request"),
        ("GET", "/v1/sessions/1/moodle", {"hour": 99}, 400, "bad_request"),
    ],
)
def test_what_cannot_be_is_a_problem(
    untouched: Http, method: str, path: str, query: Any, status: int, code: str
) -> None:
    answer = untouched.ask(method, path, **query)
    assert (answer.status, answer.json["code"]) == (status, code), answer.body
    assert answer.json["instance"].endswith(answer.headers["x-request-id"])


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"a":1,"a":2}', b"[" * 5000, b'{"marks":[1e400]}', b"\xff", b'{"marks":[]}', b"null"]
)
def test_a_body_that_cannot_be_read_is_a_problem(untouched: Http, body: bytes) -> None:
    answer = untouched.ask("POST", "/v1/marks", body, {"Content-Type": "application/json", "Idempotency-Key": "k"})
    assert (answer.status, answer.json["code"]) == (400, "bad_request"), answer.body


def test_a_parameter_twice_is_refused(untouched: Http) -> None:
    assert untouched.ask("GET", f"/v1/roster?course={COURSE}&course={OTHER_COURSE}").status == 400


def test_another_kind_of_content_is_refused(untouched: Http) -> None:
    headers = {"Content-Type": "text/plain", "Idempotency-Key": "k"}
    assert untouched.ask("POST", "/v1/marks", b"{}", headers).status == 415
    assert untouched.send("/v1/snapshots", b"0", "text/html").status == 415


def test_a_picture_without_a_face_is_told(untouched: Http) -> None:
    answer = untouched.send("/v1/snapshots", b" ", course=COURSE)
    assert (answer.status, answer.json["code"]) == (422, "no_face")


def test_a_board_that_is_known_is_not_sent_again(http: Http) -> None:
    path = f"/v1/sessions/{http.open()}/board"
    tag = http.ask("GET", path).headers["etag"]
    same = http.ask("GET", path, headers={"If-None-Match": f'"other", {tag}'})
    assert (same.status, same.body) == (304, b"")
    http.room.mark(0, hour=3)
    changed = http.ask("GET", path, headers={"If-None-Match": tag})
    assert (changed.status, changed.headers["etag"] != tag) == (200, True)


def test_pages_hold_every_session_once_while_new_ones_come(http: Http) -> None:
    for day in range(2, 9):
        http.room.now = seoul("10:31", f"2026-03-0{day}")
        http.do("POST", "/v1/sessions", {"course": COURSE, "date": f"2026-03-0{day}", "hours": [3]})
    found, cursor = [], None
    while True:
        page = http.ask("GET", "/v1/sessions", course=COURSE, limit=3, **({"cursor": cursor} if cursor else {})).json
        found += [each["date"] for each in page["sessions"]]
        if not (cursor := page["next"]):
            break
        if len(found) == 3:
            http.do("POST", "/v1/sessions", {"course": COURSE, "date": "2026-03-09", "hours": [3]})
    assert found == [f"2026-03-0{day}" for day in range(8, 1, -1)]
    assert http.ask("GET", "/v1/sessions", limit=3, cursor=cursor or "x").status == 400


def test_a_cursor_of_another_list_is_refused(http: Http) -> None:
    http.open()
    http.do("POST", "/v1/sessions", {"course": COURSE, "date": "2026-03-03", "hours": [3]})
    cursor = http.ask("GET", "/v1/sessions", limit=1).json["next"]
    assert http.ask("GET", "/v1/sessions", limit=1, cursor=cursor).status == 200
    assert http.ask("GET", "/v1/sessions", limit=1, cursor=cursor, course=COURSE).status == 400


def test_a_course_and_a_term_are_set_by_their_files(http: Http) -> None:
    toml = {"Content-Type": "application/toml"}
    answer = http.ask("PUT", "/v1/courses", TIMETABLE.encode(), toml, course=OTHER_COURSE)
    assert (answer.status, answer.json["timetable"]["monday"]) == (200, ["3 10:30-11:20", "4 11:30-12:20"])
    assert [each["course"] for each in http.ask("GET", "/v1/courses").json["courses"]] == [OTHER_COURSE, COURSE]
    term = b'name = "2026-1"\nbegins = 2026-03-02\nends = 2026-06-19\n'
    assert http.ask("PUT", "/v1/terms", term, toml, dry_run=True).json["kept"] is False
    assert http.ask("PUT", "/v1/terms", term, toml).json["kept"] is True
    assert http.ask("PUT", "/v1/terms", b"name = 1", toml).json["code"] == "bad_request"


def test_a_roster_is_tried_and_then_imported(http: Http) -> None:
    file = "학번,이름,과목코드\n209900001,새하늘,ea0017_1\n".encode()
    tried = http.send("/v1/rosters", file, "text/csv", dry_run=True)
    assert [each["student"] for each in tried.json["added"]] == ["209900001"]
    assert len(http.ask("GET", "/v1/roster", course=COURSE).json["students"]) == 6
    assert http.send("/v1/rosters", file, "text/csv").json["kept"] is True
    assert len(http.ask("GET", "/v1/roster", course=COURSE).json["students"]) == 7
    assert http.send("/v1/rosters", b"PK\x03\x04 and no more", "application/zip").status == 400


def test_a_photograph_is_enrolled_once_and_its_student_verified(http: Http, tmp_path: Path) -> None:
    student = "209900001"
    http.send("/v1/rosters", f"student_id,name,course_code\n{student},새하늘,{COURSE}\n".encode(), "text/csv")
    before = http.send("/v1/verifications", b"9", student=student, course=COURSE)
    assert before.json["code"] == "unknown_student"
    taken = http.send("/v1/photographs", b"9", student=student)
    assert taken.json == {"student": student, "new": True, "remark": ""}
    assert http.send("/v1/photographs", b"9", student=student).json["new"] is False
    (file,) = (tmp_path / "knowns" / student).iterdir()
    assert file.read_bytes() == b"9"
    assert http.send("/v1/verifications", b"9", student=student, course=COURSE).json["same"] is True
    assert http.send("/v1/verifications", b"3", student=student, course=COURSE).json["same"] is False


@pytest.mark.parametrize("student", ["../201511041", "..", "a/b", "-x", ".hidden", "C:\\x"])
def test_a_number_that_leads_out_of_the_folder_names_no_file(http: Http, tmp_path: Path, student: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert http.send("/v1/photographs", b"9", student=student).status in {400, 404}
    assert sorted(tmp_path.rglob("*")) == before


def test_an_erased_student_is_not_enrolled_again_unasked(http: Http) -> None:
    student = http.room.students[0]
    receipt = http.ask("POST", "/v1/erasures", {"student": student})
    assert (receipt.json["templates"], receipt.json["student"]) == (1, student)
    assert http.send("/v1/photographs", b"0", student=student).status == 409
    assert http.send("/v1/snapshots", b"0", course=COURSE).json["faces"][0].get("student") is None


def test_reports_are_files_too(http: Http) -> None:
    session = http.open()
    http.room.mark(0, hour=3)
    table = http.ask("GET", "/v1/report-files", course=COURSE, form="csv")
    assert table.headers["content-disposition"] == 'attachment; filename="ea0017_1.csv"'
    assert http.room.students[0].encode() in table.body
    assert http.ask("GET", "/v1/report-files", course=COURSE).body.startswith(b"PK")
    moodle = http.ask("GET", f"/v1/sessions/{session}/moodle", hour=3)
    assert moodle.body.decode() == f"idnumber,status\r\n{http.room.students[0]},P\r\n"
    assert http.ask("GET", "/v1/agreement", course=COURSE).json["compared"] == 0


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("text/csv;q=0.4, application/json;q=0.5", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/*", "text/csv; charset=utf-8"),
        ("application/json;q=0, */*;q=0.1", XLSX),
        (XLSX, XLSX),
        (MOODLE, MOODLE),
        ("application/pdf", "application/problem+json"),
        ("application/json;q=0", "application/problem+json"),
    ],
)
def test_accept_chooses_the_form_of_a_report(untouched: Http, accept: str | None, kind: str) -> None:
    session = untouched.open()
    untouched.room.mark(0, hour=3)
    headers = {} if accept is None else {"Accept": accept}
    answer = untouched.ask("GET", "/v1/report", headers=headers, course=COURSE, session=session, hour=3)
    assert (answer.status, answer.headers["content-type"]) == (406 if "problem" in kind else 200, kind)
    if kind == MOODLE:
        assert answer.body.decode() == f"idnumber,status\r\n{untouched.room.students[0]},P\r\n"


def test_a_report_as_a_file_is_a_download_with_its_reason(untouched: Http) -> None:
    untouched.principal = PROFESSOR
    csv = {"Accept": "text/csv"}
    assert untouched.ask("GET", "/v1/report", headers=csv, course=COURSE).json["code"] == "forbidden"
    assert untouched.ask("GET", "/v1/report", headers=csv, course=COURSE, why="the dean asked").status == 200
    (line,) = untouched.room.store.access_log.lines(who="prof", limit=1)
    assert (line.action, line.course, line.why) == ("download", COURSE, "the dean asked")


@pytest.mark.parametrize("missing", ["session", "hour"])
def test_moodle_is_given_one_hour_of_the_course(untouched: Http, missing: str) -> None:
    asked = {"session": untouched.open(), "hour": 3}
    del asked[missing]
    answer = untouched.ask("GET", "/v1/report", headers={"Accept": MOODLE}, course=COURSE, **asked)
    assert (answer.status, answer.json["detail"]) == (400, HttpText.MOODLE_HOUR)


def test_who_teaches_the_course_may_and_who_does_not_may_not(http: Http) -> None:
    session = http.open()
    http.principal = PROFESSOR
    assert http.ask("GET", f"/v1/sessions/{session}/board").status == 200
    assert [each["course"] for each in http.ask("GET", "/v1/courses").json["courses"]] == [COURSE]
    http.principal = STRANGER
    assert http.ask("GET", f"/v1/sessions/{session}/board").status == 404
    assert http.ask("GET", f"/v1/sessions/{session}").status == 404
    assert http.ask("GET", "/v1/roster", course=COURSE).status == 403
    assert http.ask("GET", "/v1/courses").json["courses"] == []
    http.principal = STUDENT
    assert http.ask("POST", "/v1/erasures", {"student": http.room.students[1]}).status == 403
    assert http.ask("POST", "/v1/erasures", {"student": STUDENT.student}).status == 200


def test_a_device_verifies_for_its_rooms_course_alone(http: Http) -> None:
    http.principal = DEVICE
    student = http.room.students[0]
    assert http.send("/v1/verifications", b"0", student=student, course=COURSE).json["same"] is True
    assert http.send("/v1/verifications", b"0", student=student, course=OTHER_COURSE).status == 403
    assert http.ask("GET", "/v1/report", course=COURSE).status == 403


@pytest.mark.parametrize("route", ROUTES, ids=lambda each: each.name)
def test_nobody_in_particular_gets_nothing(untouched: Http, route: Route) -> None:
    untouched.principal = NOBODY
    path = re.sub(r"\{[a-z_]+\}", "1", route.path)
    about = {"course": COURSE, "session": 1, "hour": 3, "student": "1", "why": "w", "which": "policy"}
    about |= {"device": "x", "camera": "x", "user": "x"}
    query = {"GET": about, "DELETE": about}
    names = {each.name for each in route.other_fields}
    asked = {name: value for name, value in query.get(route.method, {}).items() if name in names}
    if route.content:
        asked = {name: value for name, value in {"course": COURSE, "student": "1"}.items() if name in names}
        answer = untouched.ask(route.method, path, b"x", {"Content-Type": route.content[0]}, **asked)
    else:
        bodies: dict[str, Any] = {
            "open_session": {"course": COURSE},
            "set_session": {"state": "closed"},
            "confirm": {"items": [{"student": "1", "hour": 3, "state": "present"}]},
            "mark": {"marks": [{"student": "1", "course": COURSE}]},
            "erase": {"student": "1"},
            "collect_pairing": {"secret": "x"},
            "approve_pairing": {"code": "WDJB-MJHT"},
            "decide_consent": {"purpose": "camera", "given": False},
            "file_appeal": {"session": 1, "hour": 3, "text": "x"},
            "add_user": {"user": "x"},
            "change_user": {"user": "x"},
            "add_staff": {"course": COURSE, "user": "x"},
            "add_device": {"device": "x", "room": "x"},
            "rotate_device": {"device": "x"},
            "put_camera": {"camera": "x", "url": "http://10.0.0.1/x"},
            "add_zone": {"room": "x", "corners": [[0, 0], [0, 1], [1, 1]]},
            "record_consent": {"student": "1", "given": False},
            "note_appeal": {"text": "x"},
            "answer_appeal": {"text": "x"},
            "answer_absence": {"text": "x"},
            "move_student": {"student": "1", "from_course": COURSE, "to_course": OTHER_COURSE},
            "merge_students": {"student": "1", "into": "2"},
            "merge_courses": {"course": COURSE, "into": OTHER_COURSE},
            "make_veto": {"session": 1, "student": "1", "hour": 3},
        }
        answer = untouched.do(route.method, path, bodies.get(route.name), **asked)
    assert answer.status == (200 if route.name == "info" else 401), answer.body


def test_two_credentials_at_once_are_refused(untouched: Http) -> None:
    headers = {"Authorization": "Bearer rc1_1_x", "Cookie": "__Host-rollcall=abc"}
    assert untouched.ask("GET", "/v1/info", headers=headers).status == 400
    assert untouched.presented == []


@pytest.mark.parametrize("value", ["Basic YTpi", "Bearer", "Bearer ", "Bearer " + "x" * 600, "rc1_1_x"])
def test_a_credential_of_another_kind_is_refused(untouched: Http, value: str) -> None:
    answer = untouched.ask("GET", "/v1/info", headers={"Authorization": value})
    assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    "headers",
    [
        {"Rollcall": "0"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
def test_a_change_from_a_page_of_another_site_is_refused(untouched: Http, headers: dict[str, str]) -> None:
    answer = untouched.ask("POST", "/v1/erasures", {"student": untouched.room.students[0]}, headers)
    assert answer.status == 403
    assert untouched.room.store.erasures.students() == frozenset()


def test_a_page_of_this_server_may_change(http: Http) -> None:
    headers = {"Origin": f"http://127.0.0.1:{http.port}", "Sec-Fetch-Site": "same-origin"}
    assert http.ask("POST", "/v1/erasures", {"student": http.room.students[0]}, headers).status == 200


def test_the_document_describes_every_route_and_the_page_needs_nothing_else(untouched: Http) -> None:
    document = untouched.ask("GET", "/v1/openapi.json").json
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(each.method, each.path) for each in ROUTES}
    page = untouched.ask("GET", "/v1/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.body.count(b"http") == 0
    assert b"<script" not in page.body
    assert all(each.path.encode() in page.body for each in ROUTES)
