"""Network cameras by HTTP, against real servers: both kinds of answer, both kinds of password, and hostile ones."""

import threading
from collections.abc import Callable, Iterator
from itertools import chain

import pytest

from cameras.opening import find_source, open_camera
from cameras.picture import MAX_PICTURE_BYTES
from cameras.settings import CameraSettings
from tests.cameras.camera_servers import (
    DEADLINE_S,
    PASSWORD,
    USER,
    Answer,
    CameraServer,
    Request,
    http_camera,
    jpeg,
    repeated,
    stream,
    with_basic,
    with_digest,
)
from tests.cameras.waits import Watched

KNOWN = CameraSettings(user=USER, password=PASSWORD, interval_s=0.01)
QUOTED = "room%20301:s3cr%3At%2F%40%3F"


def watched(server: CameraServer, settings: CameraSettings = KNOWN) -> Watched:
    return Watched(find_source(server.url, settings))


def problem_of(answer: Answer, settings: CameraSettings = KNOWN) -> str:
    """What a camera is said to be wrong with that answers like this."""
    with http_camera(answer) as server, watched(server, settings) as seen:
        assert seen.waits.next_pause() == 1
        assert seen.camera.state == "lost"
        return seen.camera.text


def test_a_url_that_answers_with_a_picture_is_asked_again_and_again() -> None:
    greys = iter(range(10, 250, 20))
    with (
        http_camera(lambda request: request.give(jpeg(next(greys, 250)))) as server,
        open_camera(server.url, KNOWN) as camera,
    ):
        first = camera.next_frame(0, DEADLINE_S)
        later = camera.next_frame(first.number + 1, DEADLINE_S)
        assert first.image.shape == (48, 64, 3)
        assert later.image.mean() > first.image.mean()
        assert camera.state == "live"


@pytest.mark.parametrize("length", [True, False], ids=["with lengths", "without"])
@pytest.mark.parametrize("boundary", ["frame", '"frame"', "--frame"])
def test_an_mjpeg_stream_is_known_by_its_content_type(length: bool, boundary: str) -> None:
    def answer(request: Request) -> None:
        stream(request, chain([jpeg(10)], repeated(jpeg(200))), length=length, boundary=boundary)

    with http_camera(answer) as server, open_camera(server.url, KNOWN) as camera:
        assert camera.next_frame(3, DEADLINE_S).image.mean() == pytest.approx(200, abs=2)
        assert len(server.asked) == 1


@pytest.mark.parametrize("protected", [with_basic, with_digest])
def test_user_and_password_are_given_as_the_camera_asks(protected: Callable[[bytes], Answer]) -> None:
    with http_camera(protected(jpeg(90))) as server, open_camera(server.url, KNOWN) as camera:
        assert camera.next_frame(2, DEADLINE_S).image.mean() == pytest.approx(90, abs=2)
        assert server.asked[0].authorization == ""


def test_a_camera_that_offers_digest_never_gets_the_password_itself() -> None:
    with http_camera(with_digest(jpeg())) as server, open_camera(server.url, KNOWN) as camera:
        camera.next_frame(2, DEADLINE_S)
        assert {each.authorization.partition(" ")[0] for each in server.asked} == {"", "Digest"}


def test_a_password_in_the_url_works_and_is_shown_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    with http_camera(with_basic(jpeg())) as server:
        url = server.url.replace("://", f"://{QUOTED}@") + "?pwd=also-secret"
        with open_camera(url, CameraSettings(interval_s=0.01)) as camera:
            assert camera.next_frame(1, DEADLINE_S).number > 1
            shown = camera.text + camera.name + repr(camera) + repr(KNOWN) + "".join(capfd.readouterr())
            threads = "".join(thread.name for thread in threading.enumerate())
    assert server.asked[-1].path == "/shot.jpg?pwd=also-secret"
    for secret in ("s3cr", "also-secret"):
        assert secret not in shown + threads


@pytest.mark.parametrize("protected", [with_basic, with_digest])
def test_a_wrong_password_is_told_without_it(protected: Callable[[bytes], Answer]) -> None:
    text = problem_of(protected(jpeg()), CameraSettings(user=USER, password="wrong one"))
    assert "refuses the user name or the password (HTTP 401)" in text
    assert "ROLLCALL_CAMERA_PASSWORD" in text
    assert "wrong one" not in text


def test_without_a_password_a_camera_that_wants_one_says_so() -> None:
    assert "refuses the user name or the password" in problem_of(with_basic(jpeg()), CameraSettings())


def test_a_camera_that_goes_away_is_found_again_when_it_is_back() -> None:
    with http_camera(lambda request: stream(request, repeated(jpeg(50)))) as server:
        port = server.server_port
        seen = watched(server)
        assert seen.camera.next_frame(0, DEADLINE_S).image.mean() == pytest.approx(50, abs=2)
    with seen:
        assert seen.waits.next_pause() == 1
        assert seen.camera.state == "lost"
        seen.waits.end()
        assert seen.waits.next_pause() == 2
        assert "cannot be reached" in seen.camera.text
        before = seen.camera._frame.number
        with http_camera(lambda request: stream(request, repeated(jpeg(150))), port):
            seen.waits.end()
            assert seen.camera.next_frame(before, DEADLINE_S).image.mean() == pytest.approx(150, abs=2)
            assert seen.camera.state == "live"


def test_a_body_without_an_end_is_cut_off() -> None:
    def endless(request: Request) -> None:
        request.begin("image/jpeg")
        while True:
            request.wfile.write(bytes(1024 * 1024))

    assert f"sends more than {MAX_PICTURE_BYTES} bytes for one picture" in problem_of(endless)


@pytest.mark.parametrize("start", [b"", b"--frame\r\nContent-Type: image/jpeg\r\n\r\n"], ids=["no header", "no end"])
def test_a_stream_without_pictures_is_cut_off(start: bytes) -> None:
    def endless(request: Request) -> None:
        request.begin("multipart/x-mixed-replace; boundary=frame")
        request.wfile.write(start)
        while True:
            request.wfile.write(bytes(1024 * 1024))

    assert "sends" in problem_of(endless)


def test_a_picture_too_large_to_be_sent_is_refused_before_it_is_decoded() -> None:
    header = jpeg(width=64, height=48).replace(
        bytes((0, 48, 0, 64)), (5000).to_bytes(2, "big") + (6000).to_bytes(2, "big")
    )
    assert "has 6000 x 5000 pixels" in problem_of(lambda request: request.give(header))


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"<html>log in</html>", "text/html", "answers with text/html, which is neither a picture nor an MJPEG stream"),
        (b"no picture", "image/jpeg", "is no JPEG, PNG, GIF, BMP or WebP picture"),
        (jpeg(width=640, height=480)[:2000], "image/jpeg", "is damaged"),
        (b"", "image/jpeg", "is no JPEG"),
    ],
)
def test_what_is_no_picture_is_told(body: bytes, kind: str, words: str) -> None:
    assert words in problem_of(lambda request: request.give(body, kind))


def test_a_wrong_path_is_told() -> None:
    text = problem_of(lambda request: request.give(b"", status=404))
    assert "answers with HTTP status 404: is the path right" in text


def test_a_damaged_picture_in_a_stream_is_passed_over() -> None:
    def pictures() -> Iterator[bytes]:
        while True:
            yield jpeg(width=640, height=480)[:2000]
            yield from (jpeg(70) for _ in range(3))

    with http_camera(lambda request: stream(request, pictures())) as server, open_camera(server.url) as camera:
        assert camera.next_frame(5, DEADLINE_S).image.shape == (48, 64, 3)


def test_a_stream_of_damaged_pictures_is_lost() -> None:
    settings = CameraSettings(frames_per_second=1000)
    assert "is damaged" in problem_of(lambda request: stream(request, repeated(jpeg(width=640)[:900])), settings)


def test_closing_comes_back_while_the_camera_keeps_silent() -> None:
    let_go = threading.Event()
    arrived = threading.Event()

    def silent(request: Request) -> None:
        arrived.set()
        let_go.wait(DEADLINE_S)

    with http_camera(silent) as server:
        camera = open_camera(server.url)
        assert arrived.wait(DEADLINE_S)
        closer = threading.Thread(target=camera.close)
        closer.start()
        closer.join(DEADLINE_S)
        assert not closer.is_alive()
        assert not let_go.is_set()
        let_go.set()


def written(kind: str | None, before: bytes, behind: bytes = b"\r\n", *, cut: int = 0) -> Answer:
    """A camera that streams pictures of one grey with this around each; kind: its Content-Type, None for none."""

    def answer(request: Request) -> None:
        request.close_connection = True
        request.send_response(200)
        if kind is not None:
            request.send_header("Content-Type", kind)
        request.end_headers()
        for picture in repeated(jpeg(130)[: -cut or None]):
            request.wfile.write(before + picture + behind)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        written(None, b"--frame\r\nContent-Type: image/jpeg\r\n\r\n"),
        written(None, b"Content-Type: image/jpeg\r\nContent-Length: 5\r\n\r\n", b"\r\n--frame\r\n"),
        written(None, b"", b""),
        written("video/x-motion-jpeg", b"--frame\r\n\r\n"),
        written("video/x-motion-jpeg", b"", b""),
        written("video/mjpeg", b"", b"", cut=2),
        written("image/jpeg", b"", b""),
        written("application/octet-stream", b"--frame\r\n\r\n", cut=2),
        written("multipart/x-mixed-replace", b"--frame\r\nContent-Length: 999999\r\n\r\n"),
        written("multipart/x-mixed-replace; boundary=other", b"--frame\r\n\r\n", cut=2),
        written("multipart/mixed; boundary=", b"\r\nContent-Length: 0\r\n\r\n"),
    ],
)
def test_a_stream_is_read_however_its_camera_writes_it(answer: Answer) -> None:
    with http_camera(answer) as server, open_camera(server.url, KNOWN) as camera:
        assert camera.next_frame(3, DEADLINE_S).image.mean() == pytest.approx(130, abs=2)
        assert len(server.asked) == 1


def test_a_single_picture_without_a_length_is_asked_for_again() -> None:
    def answer(request: Request) -> None:
        request.begin("image/jpeg")
        request.wfile.write(jpeg(60))

    with http_camera(answer) as server, open_camera(server.url, KNOWN) as camera:
        camera.next_frame(3, DEADLINE_S)
        assert len(server.asked) >= 3
        assert camera.state == "live"


@pytest.mark.parametrize(
    ("kind", "start"),
    [("video/mp4", b"\0\0\0 ftypisom"), ("application/vnd.apple.mpegurl", b"#EXTM3U"), ("text/html", b"<html>")],
)
def test_a_stream_of_another_kind_is_named_with_what_may_serve(kind: str, start: bytes) -> None:
    text = problem_of(lambda request: request.give(start, kind))
    assert f"answers with {kind}" in text
    assert "RTSP address" in text
    assert "snapshot" in text
