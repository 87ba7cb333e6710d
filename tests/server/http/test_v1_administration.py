"""What the administrator, the office and the privacy officer do by HTTP, and that nobody is told a secret twice."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from server.access import Kind, Principal, Role, Teaching
from server.services.identity.accounts import OWN_ROLE
from tests.server.classroom import COURSE, TIMETABLE, classroom, seoul
from tests.server.http.campus import Http, http_of

OTHER_COURSE = "bb0001_2"
PASSWORD = "correct horse battery"


def person(name: str, *roles: Role, **more: Any) -> Principal:
    return Principal(kind=Kind.USER, name=name, id=sum(map(ord, name)), roles=frozenset(roles), **more)


ADMIN, OFFICE, PRIVACY = (
    person("admin", Role.ADMIN),
    person("office", Role.OFFICE),
    person("privacy", Role.PRIVACY_OFFICER),
)
PROFESSOR = person("prof", teaches=(Teaching(COURSE, Role.PROFESSOR),))
STUDENT = person("haneul", Role.STUDENT, student="201511041")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Http]:
    """One room for all tests here: each makes what it asks for, under names of its own."""
    folder = tmp_path_factory.mktemp("administration")
    with classroom(str(folder / "a.sqlite"), folder) as room:
        room.set_course()
        room.now = seoul("10:31")
        with http_of(room, folder / "knowns") as spoken:
            yield spoken


@pytest.fixture
def http(opened: Http) -> Http:
    opened.principal = None
    return opened


def as_(http: Http, who: Principal) -> Http:
    http.principal = who
    return http


def all_of(http: Http, path: str, name: str, **query: Any) -> list[Any]:
    """Every page, of two lines each."""
    found, cursor = [], None
    while True:
        page = http.ask("GET", path, limit=2, **query, **({"cursor": cursor} if cursor else {}))
        assert page.status == 200, page.body
        assert len(page.json[name]) <= 2
        found += page.json[name]
        if (cursor := page.json["next"]) is None:
            return found


def test_an_account_is_made_changed_shut_and_let_in_again(http: Http) -> None:
    as_(http, ADMIN)
    made = http.ask("POST", "/v1/users", {"user": "prof.lee", "full_name": "Lee", "password": PASSWORD})
    assert made.json == {
        "user": "prof.lee",
        "full_name": "Lee",
        "role": "member",
        "student": None,
        "has_password": True,
        "has_address": False,
        "state": "good",
    }
    assert http.ask("POST", "/v1/users", {"user": "prof.lee"}).status == 400
    assert http.ask("POST", "/v1/users", {"user": "short", "password": "123456789"}).status == 400
    assert http.ask("PATCH", "/v1/users", {"user": "prof.lee", "role": "office"}).json["role"] == "office"
    mailed = http.ask("PATCH", "/v1/users", {"user": "prof.lee", "email": "lee@example.ac.kr"})
    assert (mailed.json["has_address"], b"lee@example" in mailed.body) == (True, False)
    assert http.ask("PATCH", "/v1/users", {"user": "prof.lee", "email": "no address"}).status == 400
    assert http.ask("PATCH", "/v1/users", {"user": "prof.lee", "disabled": True}).json["state"] == "disabled"
    assert http.ask("PATCH", "/v1/users", {"user": "prof.lee", "disabled": False}).json["state"] == "good"
    assert [each["user"] for each in http.ask("GET", "/v1/users", user="prof.lee").json["accounts"]] == ["prof.lee"]
    assert http.ask("GET", "/v1/users", user="nobody").json == {"accounts": [], "next": None}
    rights = all_of(http, "/v1/rights", "rights", user="prof.lee")
    assert [each["after"] for each in rights] == ["member", "office", "disabled", "office"]
    assert {each["by"] for each in rights} == {"admin"}


def test_an_administrator_takes_no_right_of_their_own(http: Http) -> None:
    http.room.store.accounts.add("admin", role="admin", at=http.room.now, by="test")
    as_(http, ADMIN)
    for change in ({"role": "member"}, {"disabled": True}):
        answer = http.ask("PATCH", "/v1/users", {"user": "admin", **change})
        assert (answer.status, answer.json["detail"]) == (400, OWN_ROLE)
    assert http.ask("PATCH", "/v1/users", {"user": "admin", "password": PASSWORD}).status == 200


def test_a_change_that_cannot_be_whole_changes_nothing(http: Http) -> None:
    as_(http, ADMIN)
    http.ask("POST", "/v1/users", {"user": "half"})
    refused = http.ask("PATCH", "/v1/users", {"user": "half", "role": "office", "password": "x" * 9})
    assert refused.status == 400
    assert http.room.store.accounts.get("half").role == "member"


def test_sign_ins_are_listed_and_ended(http: Http) -> None:
    user = http.room.store.accounts.add("signed.in", at=http.room.now, by="test")
    for _ in range(3):
        http.room.services.web_sessions.begin(user, address="10.0.0.1", agent="Firefox", now=http.room.now)
    as_(http, ADMIN)
    found = all_of(http, "/v1/sign-ins", "sign_ins", user="signed.in")
    assert [(each["address"], each["browser"]) for each in found] == [("10.0.0.1", "Firefox")] * 3
    path = f"/v1/sign-ins/{found[0]['sign_in']}"
    assert http.ask("DELETE", path).json == {"ended": True}
    assert http.ask("DELETE", path).json == {"ended": False}
    assert len(all_of(http, "/v1/sign-ins", "sign_ins", user="signed.in")) == 2


def test_who_teaches_a_course_is_listed_added_and_ended(http: Http) -> None:
    for name in ("ta.a", "ta.b", "ta.c"):
        http.room.store.accounts.add(name, at=http.room.now, by="test")
    as_(http, OFFICE)
    for name in ("ta.a", "ta.b", "ta.c"):
        body = {"course": COURSE, "user": name, "role": "assistant", "may": ["submit", "mark"]}
        assert http.ask("POST", "/v1/staff", body).json["may"] == ["mark", "submit"]
    assert [each["user"] for each in all_of(http, "/v1/staff", "staff", course=COURSE)] == ["ta.a", "ta.b", "ta.c"]
    ended = http.ask("DELETE", "/v1/staff", course=COURSE, user="ta.b", ends="2026-03-09")
    assert {each["user"]: each["ends"] for each in ended.json["staff"]}["ta.b"] == "2026-03-09"
    assert http.ask("DELETE", "/v1/staff", course=COURSE, user="nobody").status == 400
    assert http.ask("GET", "/v1/staff", course="unheard").json["code"] == "unknown_course"


def test_a_device_s_token_is_told_once_and_never_again(http: Http) -> None:
    as_(http, ADMIN)
    made = http.ask("POST", "/v1/devices", {"device": "front-a", "room": "B101", "days": 30}).json
    again = http.ask("POST", "/v1/devices/tokens", {"device": "front-a"}).json
    assert made["token"].startswith("rc1_")
    assert again["token"] != made["token"]
    for name in ("front-b", "front-c"):
        http.ask("POST", "/v1/devices", {"device": name, "room": "B101"})
    found = {each["device"]: each for each in all_of(http, "/v1/devices", "devices")}
    assert found["front-a"] == {"device": "front-a", "room": "B101", "state": "good", "until": None, "last_used": None}
    assert http.ask("DELETE", "/v1/devices", device="front-a").json == {"device": "front-a", "ended": 1}
    assert http.ask("GET", "/v1/devices").json["devices"][0]["state"] == "revoked"
    assert http.ask("DELETE", "/v1/devices", device="unheard").status == 400


def test_who_is_signed_in_on_a_window_is_listed_and_signed_out(http: Http) -> None:
    store, now = http.room.store, http.room.now
    device = store.devices.register("window", "B101", at=now, by="test")
    user = store.accounts.add("on.window", at=now, by="test")
    numbers = [
        store.devices.add_token(
            "pairing", bytes([each]) * 32, device=device.id, user=user.id, expires_at=seoul("13:00"), at=now
        )
        for each in (1, 2, 3)
    ]
    as_(http, ADMIN)
    shown = all_of(http, "/v1/pairings", "pairings")
    assert [(each["pairing"], each["user"], each["device"]) for each in shown] == [
        (number, "on.window", "window") for number in numbers
    ]
    assert http.ask("DELETE", f"/v1/pairings/{numbers[0]}").json == {"ended": True}
    assert http.ask("DELETE", f"/v1/pairings/{numbers[0]}").json == {"ended": False}
    own = http.ask("POST", "/v1/devices", {"device": "no-pairing", "room": "B101"}).json["token"]
    assert http.ask("DELETE", f"/v1/pairings/{own.split('_')[1]}").json == {"ended": False}


def test_a_camera_is_put_and_removed_and_its_password_is_told_to_nobody(http: Http) -> None:
    as_(http, ADMIN)
    camera = {"camera": "b101", "url": "http://10.0.3.7:8080/shot.jpg", "user": "viewer", "password": "sesame-7"}
    assert http.ask("PUT", "/v1/cameras", camera).json == {
        "camera": "b101",
        "url": "http://10.0.3.7:8080/shot.jpg",
        "user": "viewer",
    }
    assert {each.name: each.password for each in http.room.store.cameras.opened()}["b101"] == "sesame-7"
    for url in ("http://a:b@10.0.3.7/", "ftp://10.0.3.7/", "10.0.0.0/8", "http://10.0.3.7/#x"):
        assert http.ask("PUT", "/v1/cameras", {"camera": "evil", "url": url}).status == 400, url
    assert [each["camera"] for each in all_of(http, "/v1/cameras", "cameras")] == ["b101"]
    assert http.ask("DELETE", "/v1/cameras", camera="b101").json == {"ended": True}
    assert http.ask("DELETE", "/v1/cameras", camera="b101").status == 400


def test_a_zone_is_added_and_removed(http: Http) -> None:
    as_(http, ADMIN)
    corners = [[0, 0.5], [0.25, 0.5], [0.25, 1], [0, 1]]
    made = http.ask("POST", "/v1/rooms/zones", {"room": "B101", "corners": corners})
    assert made.json["corners"] == corners
    assert [each["zone"] for each in all_of(http, "/v1/rooms/zones", "zones")] == [made.json["zone"]]
    for wrong in ([[0, 0], [1, 1]], [[0, 0], [1, 1], [2, 0]], [[0, 0], [0, 0], [0, 0]]):
        assert http.ask("POST", "/v1/rooms/zones", {"room": "B101", "corners": wrong}).status == 400
    assert http.ask("DELETE", f"/v1/rooms/zones/{made.json['zone']}").json == {"ended": True}
    assert http.ask("DELETE", f"/v1/rooms/zones/{made.json['zone']}").status == 400
    assert http.ask("GET", "/v1/rooms").json == {"rooms": [], "next": None}


def test_the_office_enters_consents_and_sees_whose_are_missing(http: Http) -> None:
    as_(http, OFFICE)
    given = http.ask("POST", "/v1/consents", {"student": "201511043", "given": True})
    assert (given.status, len(given.json["sha256"]), given.json["erased"]) == (200, 64, "")
    refused = http.ask("POST", "/v1/consents", {"student": "201511044", "purpose": "camera", "given": False})
    assert refused.status == 200
    found = all_of(http, "/v1/consents", "missing", course=COURSE)
    why = {(each["student"], each["purpose"]): each["why"] for each in found}
    assert ("201511043", "template") not in why
    assert why["201511044", "camera"] == "refused"
    assert why["201511042", "template"] == "not_asked"
    decisions = http.ask("GET", "/v1/consents/decisions", student="201511043").json["decisions"]
    assert [(each["given"], each["channel"], each["by"]) for each in decisions] == [(True, "paper", "office")]
    as_(http, PRIVACY)
    assert http.ask("POST", "/v1/consents", {"student": "201511043", "given": True}).status == 403
    withdrawn = http.ask("POST", "/v1/consents", {"student": "201511043", "given": False})
    assert "201511043" in withdrawn.json["erased"]


def test_the_privacy_officer_reads_the_whole_log_and_a_professor_their_courses_lines(http: Http) -> None:
    session = http.open()
    as_(http, PROFESSOR)
    http.ask("GET", f"/v1/sessions/{session}/board")
    http.ask("GET", "/v1/roster", course=COURSE)
    http.ask("GET", "/v1/report", course=COURSE)
    own = all_of(http, "/v1/access-log", "lines")
    assert {each["course"] for each in own} == {COURSE}
    assert http.ask("GET", "/v1/access-log", course=OTHER_COURSE).status == 403
    as_(http, PRIVACY)
    lines = all_of(http, "/v1/access-log", "lines", who="prof")
    looked = [each["action"] for each in lines]
    assert looked == ["read_access_log", "read_report", "read_roster", "read_board"]
    assert {each["address"] for each in lines} == {"127.0.0.1"}
    everything = all_of(http, "/v1/access-log", "lines")
    moments = [each["at"] for each in everything]
    assert len({json.dumps(each) for each in everything}) >= 4
    assert moments == sorted(moments, reverse=True)
    for nobody in (OFFICE, ADMIN, STUDENT):
        assert as_(http, nobody).ask("GET", "/v1/access-log").status == 403


def test_the_log_is_filtered_by_days_and_whom_it_is_about(http: Http) -> None:
    as_(http, OFFICE).ask("POST", "/v1/erasures", {"student": "201511045", "why": "left"})
    as_(http, PRIVACY)
    assert http.ask("GET", "/v1/access-log", since="2026-03-03").json["lines"] == []
    assert http.ask("GET", "/v1/access-log", until="2026-03-01").json["lines"] == []
    about = all_of(http, "/v1/access-log", "lines", since="2026-03-02", until="2026-03-02", student="201511046")
    assert about == []
    for wrong in ({"since": "2026-02-30"}, {"cursor": "x"}, {"limit": 0}, {"limit": 201}):
        assert http.ask("GET", "/v1/access-log", **wrong).status == 400, wrong
    for day in ("0001-01-01", "9999-12-31"):
        assert http.ask("GET", "/v1/access-log", since=day, until=day).status == 200


def test_the_privacy_officer_sees_a_month_whether_the_log_is_whole_and_who_has_to_be_told(http: Http) -> None:
    as_(http, PRIVACY)
    month = http.ask("GET", "/v1/access-log/month", month="2026-03")
    assert (month.status, month.json["month"]) == (200, "2026-03")
    assert http.ask("GET", "/v1/access-log/month").json["month"] == "2026-02"
    for wrong in ("2026-13", "0001-01", "9999-12", "March"):
        assert http.ask("GET", "/v1/access-log/month", month=wrong).status == 400, wrong
    check = http.ask("GET", "/v1/access-log/check").json
    assert (check["whole"], check["problems"]) == (True, [])
    as_(http, PROFESSOR).ask("GET", "/v1/roster", course=COURSE)
    as_(http, PRIVACY)
    told = all_of(http, "/v1/affected", "people", since="2026-03-02", who="prof")
    assert "201511041" in {each["student"] for each in told}
    assert len(all_of(http, "/v1/affected", "people")) >= 5
    draft = http.ask("GET", "/v1/privacy-documents", which="policy", language="en")
    assert (draft.status, draft.headers["content-type"]) == (200, "text/markdown; charset=utf-8")
    for path in ("/v1/access-log/month", "/v1/access-log/check", "/v1/affected"):
        assert as_(http, PROFESSOR).ask("GET", path).status == 403


def test_a_student_is_told_who_looked_by_role_alone(http: Http) -> None:
    as_(http, PROFESSOR).ask("GET", "/v1/roster", course=COURSE)
    as_(http, STUDENT)
    looks = all_of(http, "/v1/me/access-log", "looks")
    assert {(each["action"], each["course"]) for each in looks} >= {("read_roster", COURSE)}
    assert "prof" not in {each["role"] for each in looks}
    assert as_(http, OFFICE).ask("GET", "/v1/me/access-log").status == 403


def test_everybody_is_told_who_they_are(http: Http) -> None:
    assert http.ask("GET", "/v1/me").json["kind"] == "local"
    me = as_(http, PROFESSOR).ask("GET", "/v1/me").json
    assert (me["kind"], me["name"], me["teaches"]) == (
        "user",
        "prof",
        [{"course": COURSE, "role": "professor", "may": []}],
    )
    assert as_(http, STUDENT).ask("GET", "/v1/me").json["student"] == "201511041"


def test_a_student_moves_section_and_two_numbers_are_joined(http: Http) -> None:
    http.ask("PUT", "/v1/courses", TIMETABLE.encode(), {"Content-Type": "application/toml"}, course=OTHER_COURSE)
    roster = "student_id,name,course_code\n209900001,새하늘,ea0017_1\n209900002,새하늘,ea0017_1\n".encode()
    http.send("/v1/rosters", roster, "text/csv")
    as_(http, OFFICE)
    moved = http.ask(
        "POST",
        "/v1/rosters/moves",
        {"student": "209900001", "from_course": COURSE, "to_course": OTHER_COURSE, "begins": "2026-03-09"},
    )
    assert moved.json == {"student": "209900001", "name": "새하늘", "course": OTHER_COURSE, "begins": "2026-03-09"}
    joined = http.ask("POST", "/v1/rosters/merges", {"student": "209900002", "into": "209900001"})
    assert (joined.status, joined.json["into"]) == (200, "209900001")
    assert http.ask("POST", "/v1/rosters/merges", {"student": "209900002", "into": "209900001"}).status == 404
    assert as_(http, PROFESSOR).ask("POST", "/v1/rosters/merges", {"student": "1", "into": "2"}).status == 403
    answer = as_(http, OFFICE).ask("POST", "/v1/courses/merges", {"course": COURSE, "into": COURSE})
    assert answer.status == 400


def test_the_history_of_a_course_and_its_camera_s_quality(http: Http) -> None:
    http.open()
    for place in range(3):
        http.room.mark(place, hour=3)
    as_(http, PROFESSOR)
    changes = all_of(http, "/v1/history", "changes", course=COURSE, student="201511041")
    assert {each["student"] for each in changes} == {"201511041"}
    assert len(all_of(http, "/v1/history", "changes", course=COURSE)) >= 3
    assert http.ask("GET", "/v1/quality", course=COURSE).json["course"] == COURSE
    assert http.ask("GET", "/v1/history", course=OTHER_COURSE).status == 403


def test_terms_are_listed_with_their_days(http: Http) -> None:
    term = b'name = "2026-1"\nbegins = 2026-03-02\nends = 2026-06-19\n[[holidays]]\nday = 2026-05-05\nname = "day"\n'
    http.ask("PUT", "/v1/terms", term, {"Content-Type": "application/toml"})
    (found,) = http.ask("GET", "/v1/terms").json["terms"]
    assert (found["name"], [each["begins"] for each in found["holidays"]]) == ("2026-1", ["2026-05-05"])


def test_an_appeal_is_noted_and_answered(http: Http) -> None:
    session = http.open()
    http.room.mark(1, "absent", hour=3)
    mine = person("bada", Role.STUDENT, student="201511042")
    filed = as_(http, mine).ask("POST", "/v1/me/appeals", {"session": session, "hour": 3, "text": "I was there"})
    number = filed.json["number"]
    as_(http, PROFESSOR)
    (shown,) = all_of(http, "/v1/appeals", "appeals")
    assert (shown["appeal"], shown["student"], shown["state"]) == (number, "201511042", "open")
    assert http.ask("POST", f"/v1/appeals/{number}/notes", {"text": "seen on the picture"}).json["note"]
    answer = http.ask("POST", f"/v1/appeals/{number}/answers", {"state": "present", "text": "You were there."})
    assert (answer.json["state"], answer.json["answer"]) == ("changed", "You were there.")
    assert http.ask("POST", f"/v1/appeals/{number}/answers", {"text": "again"}).status == 400
    assert http.ask("POST", "/v1/appeals/4711/answers", {"text": "none"}).status == 404
    stranger = person("other", teaches=(Teaching(OTHER_COURSE, Role.PROFESSOR),))
    as_(http, stranger)
    assert http.ask("POST", f"/v1/appeals/{number}/answers", {"text": "mine now"}).status == 404
    assert http.ask("GET", "/v1/appeals").json["appeals"] == []


def test_an_official_absence_is_granted_by_who_may(http: Http) -> None:
    day = http.room.now.date()
    absences = http.room.services.students.absences
    pdf = b"%PDF-1.7 proof"
    filed = absences.file("201511041", COURSE, day, day, "an interview", pdf, now=http.room.now, by="haneul")
    as_(http, OFFICE)
    (shown,) = all_of(http, "/v1/absences", "absences")
    assert (shown["absence"], shown["proof"], shown["state"]) == (filed.number, True, "open")
    proof = http.ask("GET", f"/v1/absences/{filed.number}/proof")
    assert (proof.body, proof.headers["content-type"]) == (pdf, "application/octet-stream")
    path = f"/v1/absences/{filed.number}/answers"
    assert as_(http, STUDENT).ask("POST", path, {"text": "granted, says the student"}).status == 403
    granted = as_(http, OFFICE).ask("POST", path, {"state": "excused_absence", "text": "Granted."})
    assert granted.json["state"] == "granted", granted.body


def test_no_answer_of_any_list_holds_a_secret(http: Http) -> None:
    """A hash, a password or a token, of those that were made before: each a text of its own kind."""
    as_(http, ADMIN)
    token = http.ask("POST", "/v1/devices", {"device": "secret", "room": "B101"}).json["token"]
    http.ask("POST", "/v1/users", {"user": "has.password", "password": PASSWORD})
    http.ask("PUT", "/v1/cameras", {"camera": "c", "url": "http://10.0.0.9/a", "user": "u", "password": "sesame-8"})
    secret = token.rsplit("_", 1)[1]
    hashed = http.room.store.accounts.get("has.password").password_hash
    told = b""
    for path in ("/v1/users", "/v1/devices", "/v1/cameras", "/v1/pairings", "/v1/sign-ins", "/v1/rights"):
        told += http.ask("GET", path, limit=200).body
    told += as_(http, PRIVACY).ask("GET", "/v1/access-log", limit=200).body
    assert hashed
    for each in (secret, hashed, PASSWORD, "sesame-8", "argon2"):
        assert each.encode() not in told
    assert not re.search(rb"embedding|template_", told)
