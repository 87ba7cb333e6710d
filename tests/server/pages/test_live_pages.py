"""The picture of the class is for who decides about its faces, while it is on, and for nobody else by any way."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from server.access import NOBODY, Grant, Kind, Principal, Role, Teaching
from server.recognition import decode_image
from server.recognition.images.shown import for_screen
from server.services.class_day.live_pictures import LivePictures
from tests.photographs import jpeg, small
from tests.server.classroom import COURSE, classroom, seoul
from tests.server.http.campus import Http, http_of
from tests.server.pages.asking import ASSISTANT, FORM, OTHER_PROFESSOR, PROFESSOR, follow, page, send, student

LOOK_ALIKE = 8
MARKING = replace(ASSISTANT, teaches=(Teaching(COURSE, Role.ASSISTANT, frozenset({Grant.MARK})),))
OFFICE = Principal(kind=Kind.USER, id=93, name="office", roles=frozenset({Role.OFFICE}))
OFFICER = Principal(kind=Kind.USER, id=94, name="officer", roles=frozenset({Role.PRIVACY_OFFICER}))
DEVICE = Principal(
    kind=Kind.DEVICE,
    id=95,
    name="front",
    device="front",
    roles=frozenset({Role.DEVICE}),
    room_courses=frozenset({COURSE}),
    course_now=COURSE,
)
LIVE, PICTURE = "/sessions/1/live", "/sessions/1/live/picture"


@contextmanager
def live_class(folder: Path, seconds: float = 30.0) -> Iterator[tuple[Http, LivePictures]]:
    """A picture of everybody but the last, and of somebody who is taken for the first."""
    with classroom(str(folder / "a.sqlite"), folder) as room:
        faces = room.recogniser._people.faces
        faces[LOOK_ALIKE] = faces[0] + 0.42 * (faces[LOOK_ALIKE] - faces[0])
        room.set_course()
        live = LivePictures(seconds, lambda data: b"\xff\xd8" + data)
        room.services = replace(room.services, live=live)
        room.dispatcher._services = room.services
        room.look("10:31", LOOK_ALIKE, 1, 2, 3, 4)
        with http_of(room, folder / "knowns") as http:
            http.principal = PROFESSOR
            yield http, live


@pytest.fixture
def http(tmp_path: Path) -> Iterator[Http]:
    with live_class(tmp_path) as (http, _):
        yield http


def shown(http: Http) -> int:
    return int(re.findall(r'data-picture="(\d+)"', page(http, LIVE))[0])


def test_a_button_lies_over_every_face_and_leads_to_the_students_sheet(http: Http) -> None:
    html = page(http, LIVE)
    assert html.count('<rect class="seat sure"') == 5
    number = shown(http)
    found = http.ask("GET", PICTURE, picture=number)
    assert (found.status, found.headers["content-type"], found.body) == (200, "image/jpeg", b"\xff\xd88 1 2 3 4")
    assert found.headers["cache-control"] == "no-store"
    (path,) = re.findall(rf'href="(/sessions/1/student\?[^"]*student={http.room.students[1]})" class="face"', html)
    assert "This is not 이바다" in page(http, path.replace("&amp;", "&"))
    assert http.ask("GET", LIVE, part="live", after=number).status == 204, "there is nothing newer"
    http.room.look("10:32", 1)
    assert http.ask("GET", LIVE, part="live", after=number).status == 200
    assert http.ask("GET", PICTURE, picture=number).status == 404


def test_looking_is_logged_once_an_hour(http: Http) -> None:
    for _ in range(3):
        http.ask("GET", PICTURE, picture=shown(http))
    lines = [each for each in http.room.store.access_log.lines(courses=[COURSE]) if each.action == "see_picture"]
    assert [(each.who, each.detail) for each in lines] == [("prof.kim", "session 1")]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (NOBODY, 401),
        (OTHER_PROFESSOR, 404),
        (ASSISTANT, 403),
        (replace(PROFESSOR, ended=seoul("10:00")), 401),
        (OFFICE, 403),
        (OFFICER, 403),
        (DEVICE, 403),
        (None, 403),
    ],
    ids=["not signed in", "another's", "assistant", "expired", "office", "officer", "device", "student"],
)
def test_nobody_else_sees_it_touches_a_face_or_says_anything_of_it(
    http: Http, who: Principal | None, status: int
) -> None:
    number = shown(http)
    http.ask("GET", PICTURE, picture=number)
    http.principal = who or student(http.room, 0)
    asked = [
        http.ask("GET", PICTURE, picture=number),
        http.ask("GET", f"{LIVE}/face", picture=number, face=0),
        http.ask("GET", LIVE, part="live"),
        send(http, "/sessions/1/veto", student=http.room.students[0], hour=3, picture=number, face=0),
        http.ask("POST", "/v1/vetoes", {"session": 1, "student": http.room.students[0], "hour": 3}),
        http.ask("GET", "/v1/vetoes", course=COURSE),
    ]
    for answer in asked:
        assert answer.status in {status, 303 if status == 401 else status, 403 if status == 404 else status}
        assert b"\xff\xd8" not in answer.body
        assert "이바다".encode() not in answer.body
    assert http.room.services.vetoes.of_courses(None) == []


def test_an_assistant_sees_it_where_the_course_lets_them_mark(http: Http) -> None:
    http.principal = MARKING
    assert http.ask("GET", PICTURE, picture=shown(http)).status == 200


def test_a_device_or_a_token_gets_no_page(http: Http) -> None:
    """Pages take a browser's cookie alone; a token that is stolen from a lectern shows no picture."""
    number = shown(http)
    http.principal = None
    http.ask("GET", PICTURE, picture=number, headers={"Authorization": "Bearer rc1_1_stolen"})
    assert http.presented[-1].token is None


def test_when_the_class_is_over_there_is_none(http: Http) -> None:
    number = shown(http)
    http.room.now = seoul("12:26")
    assert http.ask("GET", PICTURE, picture=number).status == 404
    assert "There is no picture of this moment" in page(http, LIVE)
    assert "/sessions/1/live" not in page(http, "/sessions/1")


def test_when_it_is_submitted_there_is_none(http: Http) -> None:
    number = shown(http)
    http.room.set_state(1, "submitted")
    http.room.set_state(1, "draft", why="again")
    assert http.ask("GET", PICTURE, picture=number).status == 404


def test_where_it_is_off_there_is_no_way_to_it(tmp_path: Path) -> None:
    with live_class(tmp_path, seconds=0) as (http, live):
        assert "/sessions/1/live" not in page(http, "/sessions/1")
        for path in (LIVE, f"{PICTURE}?picture=1"):
            answer = http.ask("GET", path, headers={"Accept-Language": "en"})
            assert answer.status == 403
            assert b"switched off" in answer.body
        assert live._kept == {}


def test_another_server_says_that_it_has_none_and_where_to_look(http: Http) -> None:
    number = shown(http)
    other = LivePictures(30.0)
    mine = http.room.services.live
    mine._kept, other._kept = other._kept, mine._kept
    html = page(http, LIVE)
    assert "goes to no other" in html
    assert "/sessions/1/seats" in html
    assert http.ask("GET", PICTURE, picture=number).status == 404


def test_who_is_erased_in_the_middle_of_the_class_has_no_name_in_it(http: Http) -> None:
    assert "이바다" in page(http, LIVE)
    http.room.store.erasures.erase(http.room.students[1], at=http.room.now, by="office")
    html = page(http, LIVE)
    assert "이바다" not in html
    assert html.count('<rect class="seat unknown"') == 1


def test_this_is_not_them_is_kept_from_the_touched_face_and_can_be_taken_back(http: Http) -> None:
    room, number = http.room, shown(http)
    http.ask("GET", PICTURE, picture=number)
    form = {"student": room.students[0], "hour": 3, "picture": number, "face": 0}
    html = follow(http, send(http, "/sessions/1/veto", **form))
    assert "until" in html
    room.look("10:32", LOOK_ALIKE, 1)
    assert page(http, LIVE).count('<rect class="seat unknown"') == 1
    (veto,) = http.ask("GET", "/v1/vetoes", course=COURSE).json["vetoes"]
    assert (veto["student"], veto["by"], veto["void"]) == (room.students[0], "prof.kim", False)
    assert set(veto) == {"veto", "course", "student", "date", "hour", "at", "by", "ends", "void"}, "no face leaves"
    follow(http, send(http, "/sessions/1/veto/end", veto=veto["veto"], hour=3))
    room.look("10:33", LOOK_ALIKE, 1)
    assert page(http, LIVE).count('<rect class="seat sure"') == 2


def test_the_boards_sheet_says_it_without_a_picture_and_so_does_v1(http: Http) -> None:
    room = http.room
    sheet = page(http, "/sessions/1/student", student=room.students[0], hour=3)
    assert "This is not 김하늘" in sheet
    assert "This is not" not in page(http, "/sessions/1/student", student=room.students[5], hour=3)
    made = http.ask("POST", "/v1/vetoes", {"session": 1, "student": room.students[0], "hour": 3})
    assert made.status == 200, made.body
    assert http.ask("POST", "/v1/vetoes", {"session": 1, "student": room.students[0], "hour": 3}).status == 400
    assert http.ask("DELETE", f"/v1/vetoes/{made.json['veto']}").status == 200
    assert http.ask("DELETE", f"/v1/vetoes/{made.json['veto']}").status == 400


def test_of_another_course_nothing_is_taken_back(http: Http) -> None:
    made = http.ask("POST", "/v1/vetoes", {"session": 1, "student": http.room.students[0], "hour": 3})
    http.principal = OTHER_PROFESSOR
    assert http.ask("DELETE", f"/v1/vetoes/{made.json['veto']}").status == 403
    assert send(http, "/sessions/1/veto/end", veto=made.json["veto"], hour=3).status in {403, 404}
    assert len(http.room.services.vetoes.of_courses(None)) == 1


@pytest.mark.parametrize(
    "form",
    [{"hour": "x"}, {"hour": "٣"}, {"hour": ""}, {"hour": "9" * 40}, {"hour": 3, "student": "<script>"}, {"hour": 24}],
)
def test_a_form_that_no_page_sends_changes_nothing(http: Http, form: dict[str, Any]) -> None:
    answer = send(http, "/sessions/1/veto", **{"student": http.room.students[0], **form})
    assert answer.status in {400, 404, 409}
    assert b"<script>" not in answer.body
    assert http.room.services.vetoes.of_courses(None) == []


def test_an_unknown_face_leads_to_whom_it_is_most_like_and_never_to_an_outsider(http: Http) -> None:
    http.room.look("10:33", 15)
    number = shown(http)
    html = page(http, f"{LIVE}/face", picture=number, face=0)
    assert "Who of the class is most alike" in html
    assert html.count("/sessions/1/student?") >= 3
    assert http.ask("GET", f"{LIVE}/face", picture=number + 1, face=0).status == 400


def test_the_privacy_officer_lists_them_removes_one_and_sees_that_it_was_destroyed(http: Http) -> None:
    room = http.room
    made = http.ask("POST", "/v1/vetoes", {"session": 1, "student": room.students[0], "hour": 3})
    http.principal = OFFICER
    assert room.students[0] in page(http, "/vetoes")
    assert send(http, "/vetoes", veto="x").status == 400
    assert room.students[0] not in follow(http, send(http, "/vetoes", veto=made.json["veto"]))
    assert "a face that was not a student" in page(http, "/erasures")
    for who in (PROFESSOR, OFFICE, student(room, 0)):
        http.principal = who
        assert http.ask("GET", "/vetoes").status == 403
        assert http.ask("POST", "/vetoes", b"veto=1", FORM).status == 403


def test_the_student_is_told_of_it_and_of_who_looked(http: Http) -> None:
    http.ask("GET", PICTURE, picture=shown(http))
    http.ask("POST", "/v1/vetoes", {"session": 1, "student": http.room.students[0], "hour": 3})
    http.principal = student(http.room, 0)
    html = page(http, "/my/data")
    assert "Faces of which was said that they are not mine: 1" in html
    assert "looked at the picture of the class that was on" in html
    told = http.ask("GET", "/my/data", file="json").json
    assert [each["course"] for each in told["vetoes"]] == [COURSE]
    assert "prof.kim" not in str(told)


def test_a_real_picture_is_shown_as_a_jpeg_of_pixels_alone(tmp_path: Path) -> None:
    file = io.BytesIO(jpeg(small("obama.jpg")))
    render = partial(for_screen, decode=decode_image)
    with live_class(tmp_path) as (http, live):
        live._render = lambda _data: render(file.getvalue())
        found = http.ask("GET", PICTURE, picture=shown(http))
    assert decode_image(found.body).shape == decode_image(file.getvalue()).shape


def test_nothing_of_it_is_in_the_database_or_on_disk(tmp_path: Path) -> None:
    with live_class(tmp_path) as (http, _):
        http.ask("GET", PICTURE, picture=shown(http))
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"8 1 2 3 4" not in path.read_bytes(), path
