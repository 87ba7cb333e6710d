"""The HTTP of 2019 and 2020 to the byte, as recorded from Flask 1.1.2, Flask-RESTful 0.3.8 and Flask-CORS 3.0.8."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_network
from typing import Any
from urllib.parse import quote

import pytest

from cameras.allowed import CameraGuard, read_allowed
from cameras.snapshot import SnapshotReader
from server.errors import Busy, NoFace, Unavailable, UnknownStudent
from server.http.seeds.application import SeedAccess, SeedApplication
from server.http.seeds.programs import Program, Seen
from server.services.cameras.identity import HITS, LIMIT_S, CameraIdentity
from server.services.cameras.looks import FRESH_S, KEPT_S, CameraLooks, SeenFace
from server.services.cameras.old_ids import OldIds, read_old_ids
from tests.cameras.camera_servers import CameraServer, http_camera
from tests.server.http.listening import Answer, listening, said

LANDMARKS = (
    *(312.12298583984375, 355.5, 330.25, 318.0, 350.75),
    *(210.10000610351562, 211.1999969482422, 240.3000030517578, 262.3999938964844, 263.5),
)
BOX = (287.0, 170.5, 381.25, 290.125)
PAGE = "http://localhost:3000"
HTML = "text/html; charset=utf-8"
DOCTYPE = b'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n'
FAILED = (
    DOCTYPE + b"<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1>\n<p>The server encountered an "
    b"internal error and was unable to complete your request. Either the server is overloaded or there is an error in "
    b"the application.</p>\n"
)
NOT_FOUND = (
    DOCTYPE + b"<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not found on the server. If "
    b"you entered the URL manually please check your spelling and try again.</p>\n"
)
NO_METHOD = (
    DOCTYPE + b"<title>405 Method Not Allowed</title>\n<h1>Method Not Allowed</h1>\n<p>The method is not allowed for "
    b"the requested URL.</p>\n"
)
HOME = (
    "<html><title>얼굴인식용 웹서버</title> <head><h1>[ 얼굴인식 웹서버 ]<br></h1></head><body><h3>서버가 정상 "
    "작동중입니다.</h3></body></html>"
).encode()


def face(student: str | None, score: float = 0.9, shift: float = 0.0) -> SeenFace:
    left, top, right, bottom = BOX
    xs = tuple(each + shift for each in LANDMARKS[:5])
    return SeenFace((left + shift, top, right + shift, bottom), (*xs, *LANDMARKS[5:]), score, student)


class Clock:
    """Seconds that pass when a test, or a pause, says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += seconds


class Room:
    """A camera, and what recognition finds in its pictures."""

    def __init__(self, camera: CameraServer) -> None:
        self.camera = camera
        self.clock = Clock()
        self.faces: Sequence[SeenFace] = (face("s-0"),)
        self.recognise: Callable[[bytes, str], Sequence[SeenFace]] = lambda picture, url: self.faces
        self.is_student: Callable[[str, bytes], bool] = lambda student, picture: student == "s-0"
        reader = SnapshotReader(CameraGuard([read_allowed(camera.url)]), deadline_s=2.0)
        looks = CameraLooks(reader.read, lambda picture, url: self.recognise(picture, url), self.clock)
        identity = CameraIdentity(
            reader.read,
            lambda student, picture: self.is_student(student, picture),
            monotonic=self.clock,
            pause=self.clock.pause,
        )
        ids = OldIds({"s-0": "0", "s-2": "2"}, {"0": "s-0", "박": "s-0", "2": "s-2"})
        self.noted: list[str] = []
        self.seen = Seen(looks, identity, ids, lambda address, camera: self.note(address, camera))

    def note(self, address: str, camera: str) -> None:
        self.noted.append(address)

    @property
    def ip(self) -> str:
        return f"ip={quote(self.camera.url, safe='')}"


@pytest.fixture
def room() -> Iterator[Room]:
    with http_camera(lambda request: request.give(b"a picture")) as camera:
        yield Room(camera)


class Served:
    """One listener for all tests, which answers as the program that is asked for just now."""

    def __init__(self) -> None:
        self.application: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        application = self.application or SeedApplication(Program.FACES, None, SeedAccess(clients=()))  # type: ignore[arg-type]
        await application(scope, receive, send)


served = Served()


@pytest.fixture(scope="module", autouse=True)
def _listening() -> Iterator[None]:
    with listening(served, threads=8) as listener:
        served.port = listener.port  # type: ignore[attr-defined]
        yield


@contextmanager
def program(room: Room, name: str, **access: Any) -> Iterator[Callable[..., Answer]]:
    served.application = SeedApplication(Program(name), room.seen, SeedAccess(**{"clients": (), **access}))

    def ask(line: str, *headers: str, body: bytes = b"") -> Answer:
        lines = [f"{line} HTTP/1.1", "Host: anything.example:1219", "Connection: close", *headers, "", ""]
        return said(served.port, "\r\n".join(lines).encode() + body)  # type: ignore[attr-defined]

    yield ask


def test_boxes_and_landmarks_are_written_as_flask_writes_them(room: Room) -> None:
    with program(room, "1219") as ask:
        answer = ask(f"GET /modelfr?{room.ip}", f"Origin: {PAGE}")
    assert answer.body == (
        b'{"box":[{"landmarks":[312.12298583984375,355.5,330.25,318.0,350.75,210.10000610351562,211.1999969482422,'
        b'240.3000030517578,262.3999938964844,263.5],"x1":287.0,"x2":381.25,"y1":170.5,"y2":290.125}]}\n'
    )
    assert (answer.status, answer.headers["content-length"]) == (200, "197")
    del answer.headers["date"], answer.headers["connection"]
    assert answer.headers == {
        "content-type": "application/json",
        "content-length": "197",
        "access-control-allow-origin": PAGE,
        "vary": "Origin",
    }


def test_nobody_in_view_is_an_empty_list(room: Room) -> None:
    room.faces = ()
    with program(room, "1219") as ask:
        assert ask(f"GET /modelfr?{room.ip}").body == b'{"box":[]}\n'
        assert ask(f"GET /modelat?{room.ip}").body == b'{"id":[]}\n'
    with program(room, "1121") as ask:
        assert ask(f"GET /modelat?{room.ip}").body == b'{"id": []}\n'


def test_ids_come_by_the_detectors_score_and_unknown_faces_are_left_out(room: Room) -> None:
    room.faces = (face("s-0", 0.7), face("s-9"), face(None), face("s-2", 0.8), face("s-0", 0.9))
    with program(room, "1219") as ask:
        assert ask(f"GET /modelat?{room.ip}").body == b'{"id":["0","2","0"]}\n'
    with program(room, "1121") as ask:
        assert ask(f"GET /modelat?{room.ip}").body == b'{"id": ["0", "2"]}\n'


@pytest.mark.parametrize("brackets", ["[{}]", "{}"])
def test_a_face_is_named_by_the_landmarks_that_were_answered(room: Room, brackets: str) -> None:
    room.faces = (face("s-2", shift=200.0), face("s-0"))
    landmarks = quote(brackets.format(",".join(map(str, LANDMARKS))))
    with program(room, "1219") as ask:
        ask(f"GET /modelfr?{room.ip}")
        asked = len(room.camera.asked)
        assert ask(f"GET /modelin?{room.ip}&landmark={landmarks}").body == b'{"id":["0"]}\n'
        assert len(room.camera.asked) == asked, "the picture was fetched again"
        room.clock.now += KEPT_S + 1
        assert ask(f"GET /modelin?{room.ip}&landmark={landmarks}").body == b'{"id":["0"]}\n'
        assert len(room.camera.asked) == asked + 1


@pytest.mark.parametrize("landmark", ["", "null", "1,2,3", "[1,2,3,4,5,6,7,8,9,nan]", "x", ",".join(["9999"] * 10)])
def test_landmarks_of_nobody_are_unknown(room: Room, landmark: str) -> None:
    with program(room, "1219") as ask:
        answer = ask(f"GET /modelin?{room.ip}&landmark={quote(landmark)}")
        assert (answer.status, answer.body) == (200, b'{"id":["Unknown"]}\n')
        assert ask(f"GET /modelin?{room.ip}").body == b'{"id":["Unknown"]}\n'


@pytest.mark.parametrize(
    "ip", ["", "?ip=", "?ip=http:///shot.jpg", "?ip=http://127.0.0.1:1/shot.jpg", "?ip=file:///etc/passwd"]
)
@pytest.mark.parametrize("path", ["/modelfr", "/modelat"])
def test_a_camera_that_is_away_or_not_allowed_is_the_page_of_an_error(room: Room, path: str, ip: str) -> None:
    with program(room, "1219") as ask:
        answer = ask(f"GET {path}{ip}", f"Origin: {PAGE}")
    assert (answer.status, answer.headers["content-type"], answer.body) == (500, HTML, FAILED)
    assert (answer.headers["content-length"], answer.headers["access-control-allow-origin"]) == ("290", PAGE)
    assert room.camera.asked == []


def test_errors_of_the_program_with_tiles_are_json(room: Room) -> None:
    with program(room, "1121") as ask:
        answer = ask("GET /modelat")
        assert (answer.status, answer.headers["content-type"]) == (500, "application/json")
        assert answer.body == b'{"message": "Internal Server Error"}\n'
        refused = ask("POST /modelat")
    assert (refused.status, refused.headers["allow"]) == (405, "HEAD, OPTIONS, GET")
    assert refused.body == b'{"message": "The method is not allowed for the requested URL."}\n'


@pytest.mark.parametrize(
    ("name", "line", "status", "body"),
    [
        ("1219", "GET /nix", 404, NOT_FOUND),
        ("1219", "GET /", 404, NOT_FOUND),
        ("1219", "GET /modelfr/", 404, NOT_FOUND),
        ("1219", "DELETE /nix", 404, NOT_FOUND),
        ("1219", "POST /modelfr", 405, NO_METHOD),
        ("1219", "OPTIONS /modelfr", 200, b""),
        ("1219", "HEAD /modelfr?ip=x", 500, b""),
        ("1121", "GET /modelfr", 404, NOT_FOUND),
        ("80", "GET /", 200, HOME),
        ("80", "POST /", 405, NO_METHOD),
        ("80", "GET /facerec/", 404, NOT_FOUND),
        ("80", "OPTIONS /facerec", 200, b""),
    ],
)
def test_what_is_no_question_is_answered_as_there(room: Room, name: str, line: str, status: int, body: bytes) -> None:
    with program(room, name) as ask:
        answer = ask(line)
    assert (answer.status, answer.headers["content-type"], answer.body) == (status, HTML, body)
    assert ("access-control-allow-origin" in answer.headers) == (name != "80")
    assert ("allow" in answer.headers) == (status == 405 or line.startswith("OPTIONS"))


def test_a_preflight_is_answered_as_by_flask_cors(room: Room) -> None:
    with program(room, "1219") as ask:
        answer = ask(
            "OPTIONS /modelfr",
            f"Origin: {PAGE}",
            "Access-Control-Request-Method: GET",
            "Access-Control-Request-Headers: X-A",
        )
    found = {name: value for name, value in answer.headers.items() if name.startswith(("access", "vary", "allow"))}
    assert found == {
        "allow": "HEAD, OPTIONS, GET",
        "access-control-allow-origin": PAGE,
        "access-control-allow-headers": "X-A",
        "access-control-allow-methods": "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT",
        "vary": "Origin",
    }


def test_a_page_of_another_origin_than_the_list_names_may_not_read(room: Room) -> None:
    with program(room, "1219", origins=[PAGE]) as ask:
        assert ask(f"GET /modelat?{room.ip}", f"Origin: {PAGE}").headers["access-control-allow-origin"] == PAGE
        assert "access-control-allow-origin" not in ask(f"GET /modelat?{room.ip}", "Origin: http://x.example").headers
        assert "access-control-allow-origin" not in ask(f"GET /modelat?{room.ip}").headers


def test_who_is_on_no_list_is_told_nothing(room: Room) -> None:
    application = SeedApplication(Program.FACES, room.seen, SeedAccess(clients=[ip_network("10.0.3.0/24")]))
    assert application._is_client("10.0.3.9")
    assert application._is_client("::ffff:10.0.3.9")
    assert application._is_client("127.0.0.1")
    assert not application._is_client("10.0.4.9")
    assert not application._is_client("nonsense")


def test_all_who_ask_at_once_share_one_recognition(room: Room) -> None:
    begun, may_end = threading.Event(), threading.Event()
    rounds: list[bytes] = []

    def recognise(picture: bytes, url: str) -> Sequence[SeenFace]:
        rounds.append(picture)
        begun.set()
        may_end.wait(20)
        return [face("s-0")]

    room.recognise = recognise
    answers: list[bytes] = []
    with program(room, "1219") as ask:
        asking = [
            threading.Thread(target=lambda: answers.append(ask(f"GET /modelat?{room.ip}").body)) for _ in range(6)
        ]
        asking[0].start()
        begun.wait(20)
        for each in asking[1:]:
            each.start()
        may_end.set()
        for each in asking:
            each.join()
    assert answers == [b'{"id":["0"]}\n'] * 6
    assert len(rounds) == len(room.camera.asked) == 1


def test_a_busy_server_answers_by_what_it_saw_last(room: Room) -> None:
    def busy(picture: bytes, url: str) -> Sequence[SeenFace]:
        raise Busy("too much")

    with program(room, "1219") as ask:
        first = ask(f"GET /modelfr?{room.ip}").body
        room.recognise = busy
        room.clock.now += FRESH_S + 0.1
        assert ask(f"GET /modelfr?{room.ip}").body == first
        room.clock.now += KEPT_S + 1
        answer = ask(f"GET /modelfr?{room.ip}")
    assert (answer.status, answer.body) == (200, b'{"box":[]}\n')


def facerec(room: Room, username: str) -> str:
    stream = room.camera.url.removeprefix("http://")
    return f"GET /facerec?username={quote(username)}&stream_url={quote(stream, safe='')}"


def test_a_student_is_verified_one_to_one_and_korean_is_escaped(room: Room) -> None:
    with program(room, "80") as ask:
        answer = ask(facerec(room, "박"))
    stream = room.camera.url.removeprefix("http://").encode()
    assert answer.body == b'{"username": "\\ubc15", "stream_url": "' + stream + b'", "face_rec": "True"}\n'
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert len(room.camera.asked) == HITS


def test_somebody_else_is_false_before_the_client_gives_up(room: Room) -> None:
    began = room.clock.now
    with program(room, "80") as ask:
        assert b'"face_rec": "False"' in ask(facerec(room, "2")).body
    assert room.clock.now - began <= LIMIT_S < 20


def test_frames_without_a_face_and_a_camera_that_misses_one_do_not_end_it(room: Room) -> None:
    frames = iter([NoFace("none"), True, Busy("later"), True, True])

    def is_student(student: str, picture: bytes) -> bool:
        found = next(frames)
        if isinstance(found, Exception):
            raise found
        return found

    room.is_student = is_student
    with program(room, "80") as ask:
        assert b'"face_rec": "True"' in ask(facerec(room, "0")).body


def test_who_is_not_known_is_false_and_who_has_no_photograph_too(room: Room) -> None:
    def unknown(student: str, picture: bytes) -> bool:
        raise UnknownStudent("no photograph")

    room.is_student = unknown
    with program(room, "80") as ask:
        assert b'"face_rec": "False"' in ask(facerec(room, "nobody")).body
        assert room.camera.asked == []
        assert b'"face_rec": "False"' in ask(facerec(room, "0")).body


@pytest.mark.parametrize(
    "line", ["GET /facerec", "GET /facerec?username=0", "GET /facerec?username=0&stream_url=127.0.0.1:1/"]
)
def test_a_verification_without_its_camera_is_an_error(room: Room, line: str) -> None:
    with program(room, "80") as ask:
        answer = ask(line)
    assert (answer.status, answer.body) == (500, b'{"message": "Internal Server Error"}\n')


def test_the_names_may_come_in_a_json_body_of_a_get(room: Room) -> None:
    stream = room.camera.url.removeprefix("http://")
    body = f'{{"username": "0", "stream_url": "{stream}"}}'.encode()
    with program(room, "80") as ask:
        answer = ask("GET /facerec", "Content-Type: application/json", f"Content-Length: {len(body)}", body=body)
    assert b'"face_rec": "True"' in answer.body


def test_one_camera_is_verified_once_at_a_time(room: Room) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def is_student(student: str, picture: bytes) -> bool:
        begun.set()
        return may_end.wait(20)

    room.is_student = is_student
    answers: list[Answer] = []
    with program(room, "80") as ask:
        asking = threading.Thread(target=lambda: answers.append(ask(facerec(room, "0"))))
        asking.start()
        begun.wait(20)
        second = ask(facerec(room, "0"))
        may_end.set()
        asking.join()
    assert (second.status, answers[0].status) == (500, 200)


def test_the_table_of_old_ids_is_read_both_ways_and_checked() -> None:
    ids = read_old_ids(b"student,id\n201511041,0\n201511042, 1\n", "ids.csv")
    assert (ids.id_of("201511041"), ids.student_of("1"), ids.id_of("x")) == ("0", "201511042", None)
    assert (OldIds().id_of("7"), OldIds().student_of("7")) == ("7", "7")


@pytest.mark.parametrize("text", ["201511041", "a,0\na,1", "a,0\nb,0", "a,", ",1", "a,0,1", "a,\x07"])
def test_a_table_that_says_two_things_is_refused(text: str) -> None:
    with pytest.raises(Exception, match=r"ids\.csv"):
        read_old_ids(text.encode(), "ids.csv")


def test_whoever_is_told_whose_faces_they_are_is_logged_and_without_the_line_told_nothing(room: Room) -> None:
    def away(address: str, camera: str) -> None:
        raise Unavailable("the database is away")

    with program(room, "1219") as ask:
        ask(f"GET /modelfr?{room.ip}")
        assert room.noted == []
        ask(f"GET /modelat?{room.ip}")
        assert room.noted == ["127.0.0.1"]
        room.note = away  # type: ignore[method-assign]
        assert ask(f"GET /modelat?{room.ip}").status == 500
