"""A camera's password goes to that camera only, as it asks: every usual digest, and no other host, log or process."""

import hashlib
import logging
import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from cameras.opening import find_source, open_camera
from cameras.settings import CameraSettings
from tests.cameras.camera_servers import DEADLINE_S, PASSWORD, USER, Answer, Request, http_camera, jpeg
from tests.cameras.waits import Watched

KNOWN = CameraSettings(user=USER, password=PASSWORD, interval_s=0.01)
REALM = "camera"
HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


def wanting(algorithm: str = "MD5", qop: str = "auth", *, once: bool = False) -> Answer:
    """A camera that wants a digest (RFC 7616). once: each nonce counts once and is stale then."""
    nonces: set[str] = set()

    def hashed(*parts: str) -> str:
        return HASHES.get(algorithm.removesuffix("-sess"), hashlib.md5)(":".join(parts).encode()).hexdigest()

    def expected(given: dict[str, str], path: str) -> str:
        secret, asked = hashed(USER, REALM, PASSWORD), hashed("GET", path)
        if algorithm.endswith("-sess"):
            secret = hashed(secret, given["nonce"], given["cnonce"])
        between = (given["nonce"], given["nc"], given["cnonce"], "auth") if qop else (given["nonce"],)
        return hashed(secret, *between, asked)

    def answer(request: Request) -> None:
        given = dict(re.findall(r'(\w+)="?([^",]*)"?', request.headers["Authorization"] or ""))
        if given.get("nonce") in nonces and given["response"] == expected(given, request.path):
            nonces.difference_update({given["nonce"]} if once else ())
            request.give(jpeg(90))
            return
        nonce = secrets.token_hex(8)
        nonces.add(nonce)
        asked = f'Digest realm="{REALM}", nonce="{nonce}", algorithm={algorithm}' + (f', qop="{qop}"' if qop else "")
        request.give(b"", status=401, WWW_Authenticate=asked + (", stale=true" if given else ""))

    return answer


@pytest.mark.parametrize(
    "wants",
    [
        wanting("MD5"),
        wanting("MD5-sess"),
        wanting("SHA-256"),
        wanting("SHA-256-sess"),
        wanting(qop=""),
        wanting(qop="auth,auth-int"),
        wanting(once=True),
    ],
    ids=["MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "without qop", "auth-int too", "stale nonces"],
)
def test_every_usual_digest_is_spoken(wants: Answer) -> None:
    with http_camera(wants) as server, open_camera(server.url, KNOWN) as camera:
        assert camera.next_frame(2, DEADLINE_S).image.mean() == pytest.approx(90, abs=2)
        assert PASSWORD not in "".join(each.authorization for each in server.asked)


@pytest.mark.parametrize("wants", [wanting(qop="auth-int"), wanting("TIGER")], ids=["auth-int alone", "no algorithm"])
def test_a_digest_that_is_not_known_is_told_and_no_password_sent_instead(wants: Answer) -> None:
    with http_camera(wants) as server, Watched(find_source(server.url, KNOWN)) as seen:
        assert seen.waits.next_pause() == 1
        assert "in a way that is not known here" in seen.camera.text
        assert {each.authorization for each in server.asked} == {""}


@pytest.mark.parametrize("challenge", ["Digest", "Digest realm", "Digest realm=x"])
def test_a_challenge_that_is_none_is_told(challenge: str) -> None:
    def answer(request: Request) -> None:
        request.give(b"", status=401, WWW_Authenticate=challenge)

    with http_camera(answer) as server, Watched(find_source(server.url, KNOWN)) as seen:
        assert seen.waits.next_pause() == 1
        assert "failed" not in seen.camera.text
        assert {each.authorization for each in server.asked} == {""}


def test_a_digest_that_is_offered_in_one_line_with_basic_is_chosen() -> None:
    wants = wanting()

    def answer(request: Request) -> None:
        send = request.send_header

        def in_one_line(name: str, value: str) -> None:
            send(name, f'Basic realm="c, d", {value}' if name == "WWW-Authenticate" else value)

        request.send_header = in_one_line
        wants(request)

    with http_camera(answer) as server, open_camera(server.url, KNOWN) as camera:
        assert camera.next_frame(1, DEADLINE_S).number > 1
        assert {each.authorization.partition(" ")[0] for each in server.asked} == {"", "Digest"}


def redirecting(to: str) -> Answer:
    return lambda request: request.give(b"", status=302, Location=to)


def redirecting_once_it_has_the_password(to: str) -> Answer:
    def answer(request: Request) -> None:
        if request.headers["Authorization"]:
            redirecting(to)(request)
        else:
            request.give(b"", status=401, WWW_Authenticate='Basic realm="camera"')

    return answer


@pytest.mark.parametrize("redirects", [redirecting, redirecting_once_it_has_the_password])
def test_no_other_host_is_asked_where_a_camera_sends_us_there(redirects: Callable[[str], Answer]) -> None:
    with (
        http_camera(lambda request: request.give(jpeg())) as other,
        http_camera(redirects(other.url)) as server,
        Watched(find_source(server.url, KNOWN)) as seen,
    ):
        assert seen.waits.next_pause() == 1
        assert "HTTP status 302" in seen.camera.text
        assert other.asked == []


def test_nothing_of_it_is_logged_even_where_everything_is(caplog: pytest.LogCaptureFixture) -> None:
    with (
        caplog.at_level(logging.DEBUG),
        http_camera(wanting()) as server,
        open_camera(server.url.replace("://", "://room:geheim@") + "?pwd=also-secret", KNOWN) as camera,
    ):
        camera.next_frame(0, 0.2)
    assert "geheim" not in caplog.text
    assert "also-secret" not in caplog.text


def test_what_is_no_file_is_no_picture_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").mkdir()
    (tmp_path / "b.jpg").write_bytes(jpeg(70)[:200])
    (tmp_path / "c.jpg").write_bytes(jpeg(120))
    with open_camera(str(tmp_path), KNOWN) as camera:
        assert camera.next_frame(0, DEADLINE_S).image.mean() == pytest.approx(120, abs=2)
