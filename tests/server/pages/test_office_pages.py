"""The pages of the office and the administrator, over a real socket, as each role."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.access import Principal, Role
from server.access.principal import Kind, Teaching
from server.store import KeptRoomCheck
from tests.server.classroom import COURSE, classroom
from tests.server.http.campus import Http, http_of
from tests.server.http.listening import Answer

OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
FORM = {**OWN_PAGE, "Content-Type": "application/x-www-form-urlencoded"}
HOSTILE = '"><script>alert(1)</script>\u202e' + "😀" * 5


def person(role: Role) -> Principal:
    if role in {Role.PROFESSOR, Role.ASSISTANT}:
        return Principal(kind=Kind.USER, id=7, name="kim", teaches=(Teaching(COURSE, role),))
    student = "201511041" if role is Role.STUDENT else None
    return Principal(kind=Kind.USER, id=7, name="park", roles=frozenset({role}), student=student)


@pytest.fixture
def http(tmp_path: Path) -> Iterator[Http]:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as room:
        room.set_course()
        with http_of(room, tmp_path / "knowns") as speaking:
            speaking.principal = person(Role.OFFICE)
            yield speaking


def test_the_rooms_page_shows_what_each_camera_can_do(http: Http) -> None:
    rows = '[{"number":1,"faces":8,"size_px":50.2,"sure":0.95,"state":"sure","top":1,"bottom":2}]'
    lights = '[{"hour":15,"sides":[{"picture":201.5},{"picture":90.0},{"picture":80.0}]}]'
    check = (
        f'{{"family":"khuface","width":1920,"height":1080,"pictures":9,"rows":{rows},"lights":{lights},'
        '"korean":"1줄 가능.","english":"Row 1 yes.","advice":[["어둡습니다.","It is dark."]]}'
    )
    http.room.store.room_checks.add(KeptRoomCheck("B101", "front", http.room.now, check, b""), by="test")
    shown = http.ask("GET", "/office/rooms", headers={"Accept-Language": "en"}).body.decode()
    for said in ("Row 1 yes.", "It is dark.", "✓ yes", "95 %", "15:00", "202", "front"):
        assert said in shown
    assert "1줄 가능." in http.ask("GET", "/office/rooms", headers={"Accept-Language": "ko"}).body.decode()


def post(http: Http, path: str, **fields: str) -> Answer:
    from urllib.parse import urlencode

    return http.ask("POST", path, urlencode(fields).encode(), FORM)


def upload(http: Http, path: str, name: str, data: bytes, field: str = "files", **fields: str) -> Answer:
    parts = [f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
    head = f'--b\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + data + b"\r\n--b--\r\n"
    return http.ask("POST", path, body, {**OWN_PAGE, "Content-Type": "multipart/form-data; boundary=b"})


def hidden(answer: Answer) -> dict[str, str]:
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', answer.body.decode())
    return dict(found)


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


OFFICE, ADMIN, PROFESSOR = Role.OFFICE, Role.ADMIN, Role.PROFESSOR
PAGES = {
    "/office": {OFFICE, ADMIN},
    "/office/rosters": {OFFICE, ADMIN},
    "/office/photographs": {OFFICE, ADMIN},
    "/office/courses": {OFFICE, ADMIN, PROFESSOR},
    f"/office/course?course={COURSE}": {OFFICE, ADMIN, PROFESSOR},
    "/office/terms": {OFFICE, ADMIN},
    "/office/rooms": {OFFICE, ADMIN},
    "/consents": {OFFICE, PROFESSOR, Role.ASSISTANT},
    f"/consents?course={COURSE}": {OFFICE},
    "/downloads": {OFFICE, PROFESSOR},
    "/agreement": {OFFICE, PROFESSOR, Role.ASSISTANT},
    "/admin": {ADMIN},
    "/admin/devices": {ADMIN},
    "/admin/cameras": {ADMIN},
    "/admin/sign-ins": {ADMIN},
    "/access-log": {Role.PRIVACY_OFFICER},
    "/access-log/month": {Role.PRIVACY_OFFICER},
    "/access-log/whole": {Role.PRIVACY_OFFICER},
    "/erasures": {OFFICE, ADMIN, Role.PRIVACY_OFFICER},
    "/breach": {Role.PRIVACY_OFFICER},
}
PEOPLE = (PROFESSOR, Role.ASSISTANT, Role.STUDENT, OFFICE, ADMIN, Role.PRIVACY_OFFICER)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_each_page_is_for_those_whose_it_is(http: Http, language: str) -> None:
    for path, roles in PAGES.items():
        for role in PEOPLE:
            http.principal = person(role)
            answer = http.ask("GET", path, headers={"Accept-Language": language})
            assert answer.status == (200 if role in roles else 403), (path, role)
            assert b"<html lang=" in answer.body


def test_who_is_not_signed_in_is_asked_to(http: Http) -> None:
    http.principal = Principal(kind=Kind.NOBODY)
    assert {http.ask("GET", path).status for path in PAGES} == {303}
    assert post(http, "/admin/accounts", user="x").status == 401


def test_another_site_changes_nothing(http: Http) -> None:
    http.principal = person(Role.ADMIN)
    answer = http.ask("POST", "/admin/accounts", b"user=eve", {**FORM, "Sec-Fetch-Site": "cross-site"})
    assert answer.status == 403
    assert http.room.store.accounts.listed() == []


def test_a_list_is_shown_first_and_then_imported_as_it_was_shown(http: Http) -> None:
    lines = f"student_id,name,course_code\n201511041,새이름,{COURSE}\n202610001,{HOSTILE[2:10]},{COURSE}\n"
    shown = upload(http, "/office/rosters", "list.csv", lines.encode(), complete="yes")
    assert shown.status == 200
    assert b"202610001" in shown.body
    assert "새이름" in shown.body.decode()
    assert b"<script>a" not in shown.body
    day = http.room.now.date()
    assert "202610001" not in http.room.store.rosters.students_of(COURSE, day)
    done = post(http, "/office/rosters/apply", **hidden(shown))
    assert done.status == 303
    listed = http.room.store.rosters.of_day(COURSE, day)
    assert {"202610001", "201511041"} <= {each.student for each in listed}
    assert http.room.store.rosters.names(["201511041"]) == {"201511041": "새이름"}


def test_a_list_that_would_change_something_else_by_now_is_shown_again(http: Http) -> None:
    lines = f"student_id,name,course_code\n202610001,한겨울,{COURSE}\n".encode()
    shown = upload(http, "/office/rosters", "list.csv", lines)
    assert post(http, "/office/rosters/apply", **hidden(upload(http, "/office/rosters", "l.csv", lines))).status == 303
    again = post(http, "/office/rosters/apply", **hidden(shown))
    assert again.status == 200
    assert b'name="held"' in again.body


def test_the_files_of_another_are_not_imported(http: Http) -> None:
    lines = f"student_id,name,course_code\n202610001,한겨울,{COURSE}\n".encode()
    shown = upload(http, "/office/rosters", "list.csv", lines)
    http.principal = Principal(kind=Kind.USER, id=8, name="other", roles=frozenset({Role.OFFICE}))
    assert post(http, "/office/rosters/apply", **hidden(shown)).status == 200
    assert "202610001" not in http.room.store.rosters.students_of(COURSE, http.room.now.date())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"student_id,name\n1,2\n",
        b"student_id,name,course_code\n,,\n",
        b"PK\x03\x04broken",
        zipped(**{"x.txt": b"0"}),
        b"\x00" * 100,
    ],
)
def test_a_list_that_cannot_be_read_is_told_line_by_line(http: Http, data: bytes) -> None:
    answer = upload(http, "/office/rosters", "list.csv", data)
    assert answer.status == 422
    assert b'role="alert"' in answer.body


def test_a_form_that_is_cut_off_is_answered_by_a_page(http: Http) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="files"; filename="x"\r\n\r\nhalf'
    for data, kind in ((body, "multipart/form-data; boundary=b"), (b"x", "multipart/form-data"), (b"{}", "text/plain")):
        answer = http.ask("POST", "/office/rosters", data, {**OWN_PAGE, "Content-Type": kind})
        assert answer.status in {200, 400}, kind
        assert b"<html" in answer.body


def test_each_photograph_of_a_folder_is_told_what_became_of_it(http: Http, tmp_path: Path) -> None:
    student = http.room.students[0]
    url = f"/office/photographs/one?name={student}/a.jpg"
    first = http.ask("POST", url, b"0", OWN_PAGE).json["lines"]
    again = http.ask("POST", url, b"0", OWN_PAGE).json["lines"]
    assert [first[0]["outcome"], again[0]["outcome"]] == ["taken", "already"]
    assert len(list((tmp_path / "knowns" / student).iterdir())) == 1
    bad = [
        http.ask("POST", f"/office/photographs/one?name={name}", b"9 x", OWN_PAGE).json["lines"][0]
        for name in (f"{student}_2.jpg", "nobody.jpg", "..%2F..%2Fetc%2Fpasswd", "999999999.jpg")
    ]
    assert {each["outcome"] for each in bad} == {"refused"}
    assert all(each["text"] for each in bad)
    assert http.ask("POST", "/office/photographs/one?name=Thumbs.db", b"0", OWN_PAGE).json["lines"] == []


def test_a_zip_of_photographs_is_taken_without_a_script(http: Http) -> None:
    first, second = http.room.students[:2]
    data = zipped(**{f"{first}.jpg": b"0", f"photos/{second}/x.jpg": b"1", "__MACOSX/._a": b"", "readme.md": b""})
    answer = upload(http, "/office/photographs", "all.zip", data)
    assert answer.status == 200
    assert answer.body.decode().count('<td class="number">2015') == 2
    bomb = upload(http, "/office/photographs", "bomb.zip", zipped(**{f"{n}.jpg": b"" for n in range(1001)}))
    assert bomb.status == 200
    assert b"1001 parts" in bomb.body


def test_one_person_under_two_numbers_is_shown_side_by_side_to_who_may_see_it(http: Http) -> None:
    one, other = http.room.students[:2]
    for student in (one, other):
        for number in range(2):
            http.ask("POST", f"/office/photographs/one?name={student}_{number}.jpg", b"3" + b" " * number, OWN_PAGE)
    page = http.ask("GET", "/office/photographs").body.decode()
    found = re.findall(r"/office/photographs/picture\?photograph=([0-9a-f]{64})", page)
    assert len(found) >= 2
    answers = [http.ask("GET", "/office/photographs/picture", photograph=each) for each in found]
    # A made-up picture is no JPEG, and what is none is never sent.
    assert {each.status for each in answers} == {404}
    http.principal = person(Role.PROFESSOR)
    assert http.ask("GET", "/office/photographs/picture", photograph=found[0]).status == 403


def test_a_plan_is_set_only_after_it_was_told_what_it_changes(http: Http) -> None:
    plan = 'title = "새 과목"\n[timetable]\ntuesday = ["1 09:00-09:50"]\n'
    fields = {"course": COURSE, "plan": plan, "begins": "2026-03-09"}
    shown = upload(http, "/office/course", "", b"", field="none", **fields)
    assert shown.status == 200
    assert b'name="shown"' in shown.body
    assert http.room.class_day.courses.plan_of(COURSE, http.room.now.date()).title == "알고리즘"
    early = upload(http, "/office/course", "", b"", field="none", **fields, apply="yes", shown="")
    assert early.status == 200, "another day than was shown is told again"
    done = upload(http, "/office/course", "", b"", field="none", **fields, apply="yes", shown="2026-03-09")
    assert done.status == 303
    later = http.room.now.date().replace(day=9)
    assert http.room.class_day.courses.plan_of(COURSE, later).title == "새 과목"
    wrong = upload(http, "/office/course", "x.toml", b"titel = 1", field="file", course=COURSE)
    assert wrong.status == 422
    assert b"titel" in wrong.body


def test_a_term_is_set_after_a_trial(http: Http) -> None:
    plan = 'name = "2026-1"\nbegins = 2026-03-02\nends = 2026-06-19\n'
    assert upload(http, "/office/terms", "", b"", field="none", plan=plan).status == 200
    assert http.room.class_day.courses.calendar().terms == ()
    assert upload(http, "/office/terms", "", b"", field="none", plan=plan, apply="yes").status == 303
    assert [each.name for each in http.room.class_day.courses.calendar().terms] == ["2026-1"]
    assert upload(http, "/office/terms", "", b"", field="none", plan="name = 3").status == 422


def test_who_teaches_is_added_and_ended(http: Http) -> None:
    http.room.store.accounts.add("lee", at=http.room.now, by="test")
    asked = {"course": COURSE, "user": "lee", "role": "assistant", "may_mark": "yes"}
    assert post(http, "/office/staff", **asked).status == 303
    (entry,) = http.room.store.accounts.staff_of(COURSE)
    assert (entry.user, entry.role, entry.grants) == ("lee", "assistant", {"mark"})
    assert post(http, "/office/staff/end", course=COURSE, user="lee", day="2026-03-03").status == 303
    assert http.room.store.accounts.staff_of(COURSE)[0].ends is not None
    http.principal = person(Role.PROFESSOR)
    assert post(http, "/office/staff", **asked).status == 403


def test_a_professor_is_told_how_many_have_not_consented_and_never_who(http: Http) -> None:
    http.principal = person(Role.PROFESSOR)
    page = http.ask("GET", "/consents").body.decode()
    assert not any(each in page for each in http.room.students)
    assert ">6<" in page
    http.principal = person(Role.OFFICE)
    assert http.room.students[0] in http.ask("GET", "/consents", course=COURSE).body.decode()


def test_a_download_asks_for_its_reason_and_is_logged(http: Http) -> None:
    assert post(http, "/downloads", course=COURSE, form="csv").status == 403
    answer = post(http, "/downloads", course=COURSE, form="csv", why="grades")
    assert answer.status == 200
    assert "attachment" in answer.headers["content-disposition"]
    line = http.room.store.access_log.lines(limit=1)[0]
    assert (line.action, line.course, line.why) == ("download", COURSE, "grades")


def test_an_account_is_made_changed_and_shut(http: Http) -> None:
    http.principal = person(Role.ADMIN)
    assert post(http, "/admin/accounts", user="new", full_name=HOSTILE, password="short").status == 422
    assert http.room.store.accounts.find("new") is None
    made = post(http, "/admin/accounts", user="new", full_name="<script>x</script>", password="long enough it is")
    assert made.status == 303
    assert b"<script>x" not in http.ask("GET", "/admin").body
    for what in ("role", "disable", "unlock", "password", "end"):
        changed = post(
            http, "/admin/accounts/change", user="new", what=what, role="office", password="another one here"
        )
        assert changed.status == 303, what
    account = http.room.store.accounts.get("new")
    assert (account.role, account.disabled_at) == ("office", None)
    assert post(http, "/admin/accounts/change", user="park", what="role", role="member").status == 400


def test_the_token_of_a_device_is_shown_once(http: Http) -> None:
    http.principal = person(Role.ADMIN)
    shown = post(http, "/admin/devices", device="front-b101", room="B101", what="add").body.decode()
    (token,) = re.findall(r"rc1_[0-9]+_[A-Za-z0-9_-]{43}", shown)
    assert token not in http.ask("GET", "/admin/devices").body.decode()
    assert post(http, "/admin/devices/revoke", device="front-b101").status == 303
    assert post(http, "/admin/devices", device="front-b101", what="rotate").status == 200


def test_a_camera_is_added_without_its_password_being_shown_again(http: Http) -> None:
    http.principal = person(Role.ADMIN)
    asked = {"camera": "b101", "url": "http://10.0.3.7:8080/shot.jpg", "user": "viewer", "password": "sealed-away"}
    assert post(http, "/admin/cameras", **asked).status == 303
    page = http.ask("GET", "/admin/cameras").body
    assert b"10.0.3.7" in page
    assert b"sealed-away" not in page
    for url in ("javascript:alert(1)", "file:///etc/passwd", "http://", "10.0.3.0/24:8080"):
        assert post(http, "/admin/cameras", camera="x", url=url).status == 400
    assert post(http, "/admin/cameras/remove", camera="b101").status == 303


def test_a_sign_in_of_somebody_is_ended(http: Http) -> None:
    room, hashed = http.room, b"x" * 32
    user = room.store.accounts.add("lee", at=room.now, by="test")
    later: dict[str, Any] = {"at": room.now, "expires_at": room.now.replace(year=2027)}
    room.store.web_sessions.begin(hashed, user.id, lectern=True, address="10.0.0.1", agent=HOSTILE, **later)
    http.principal = person(Role.ADMIN)
    page = http.ask("GET", "/admin/sign-ins").body
    assert b"10.0.0.1" in page
    assert b"<script>alert" not in page
    number = room.store.web_sessions.listed()[0].id
    assert post(http, "/admin/sign-ins/end", kind="page", number=str(number)).status == 303
    assert room.store.web_sessions.listed() == []
    assert post(http, "/admin/sign-ins/end", kind="page", number="x" * 30).status == 303
