"""A URL that somebody else names is fetched only where the list allows it, whatever way it is written."""

import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import trustme

from cameras.allowed import AllowedCamera, CameraGuard, NotAllowed, parse_url, read_allowed
from cameras.errors import CameraLost
from cameras.snapshot import SnapshotReader
from tests.cameras.camera_servers import (
    PASSWORD,
    USER,
    Request,
    http_camera,
    jpeg,
    repeated,
    stream,
    with_basic,
    with_digest,
)

ALLOWED = ("http://192.168.0.10:8080/shot.jpg", "http://cam.example/snapshots/", "10.0.3.0/24:8080", "[fd00::/8]:8080")
NAMES = {
    "cam.example": ["192.168.0.7"],
    "rebound.example": ["192.168.0.10", "127.0.0.1"],
    "localhost": ["127.0.0.1"],
    "localtest.example": ["127.0.0.1"],
    "six.example": ["::ffff:127.0.0.1"],
    "nat.example": ["64:ff9b::7f00:1"],
    "room.example": ["10.0.3.9"],
    "mixed.example": ["10.0.3.9", "10.0.4.9"],
}
HOSTILE = (
    # the machine itself
    "http://127.0.0.1:8080/shot.jpg",
    "http://localhost:8080/shot.jpg",
    "http://127.1:8080/shot.jpg",
    "http://127.0.1:8080/shot.jpg",
    "http://2130706433:8080/shot.jpg",
    "http://0x7f000001:8080/shot.jpg",
    "http://0x7f.1:8080/shot.jpg",
    "http://0x7f.0x0.0x0.0x1:8080/shot.jpg",
    "http://0177.0.0.1:8080/shot.jpg",
    "http://017700000001:8080/shot.jpg",
    "http://127.0.0.1.:8080/shot.jpg",
    "http://0:8080/shot.jpg",
    "http://0.0.0.0:8080/shot.jpg",
    "http://[::1]:8080/shot.jpg",
    "http://[::]:8080/shot.jpg",
    "http://[0:0:0:0:0:0:0:1]:8080/shot.jpg",
    "http://[::ffff:127.0.0.1]:8080/shot.jpg",
    "http://[::ffff:7f00:1]:8080/shot.jpg",
    "http://[::127.0.0.1]:8080/shot.jpg",
    "http://[64:ff9b::7f00:1]:8080/shot.jpg",
    "http://[2002:7f00:1::]:8080/shot.jpg",
    "http://[2001::1]:8080/shot.jpg",
    "http://[fe80::1%25eth0]:8080/shot.jpg",
    "http://[fe80::1]:8080/shot.jpg",
    "http://１２７.0.0.1:8080/shot.jpg",
    "http://127。0。0。1:8080/shot.jpg",
    "http://①②⑦.0.0.1:8080/shot.jpg",
    "http://localtest.example:8080/shot.jpg",
    "http://six.example:8080/shot.jpg",
    "http://nat.example:8080/shot.jpg",
    "http://rebound.example:8080/shot.jpg",
    "http://mixed.example:8080/shot.jpg",
    # other machines, ports, schemes and paths
    "http://169.254.169.254/latest/meta-data/",
    "http://192.168.0.11:8080/shot.jpg",
    "http://192.168.0.10/shot.jpg",
    "http://192.168.0.10:8081/shot.jpg",
    "http://192.168.0.10:08080/shot.jpg",
    "http://192.168.0.10:0/shot.jpg",
    "http://192.168.0.10:99999/shot.jpg",
    "https://192.168.0.10:8080/shot.jpg",
    "http://192.168.0.10:8080/",
    "http://192.168.0.10:8080/shot.jpgx",
    "http://192.168.0.10:8080/shot.jpg?reboot=1",
    "http://192.168.0.10:8080/shot.jpg#x",
    "http://192.168.0.10:8080/shot.jpg/../admin",
    "http://192.168.0.10:8080/%73hot.jpg",
    "http://192.168.0.10:8080//shot.jpg",
    "http://cam.example/snapshots/../admin",
    "http://cam.example/snapshots/%2e%2e/admin",
    "http://cam.example/snapshots/..%2fadmin",
    "http://cam.example/snapshots",
    "http://cam.example./snapshots/1",
    "http://10.0.4.1:8080/shot.jpg",
    "http://10.0.3.1:80/shot.jpg",
    "http://10.0.3.1.nip.example:8080/shot.jpg",
    "http://10.0.3:8080/shot.jpg",
    # what two readers part differently
    "http://192.168.0.10:8080@127.0.0.1:8080/shot.jpg",
    "http://127.0.0.1:8080@192.168.0.10:8080/shot.jpg",
    "http://user:secret@192.168.0.10:8080/shot.jpg",
    "http://192.168.0.10:8080\\@127.0.0.1/shot.jpg",
    "http://127.0.0.1:8080/\\@192.168.0.10:8080/shot.jpg",
    "http://192.168.0.10:8080/shot.jpg\r\nHost: 127.0.0.1",
    "http://192.168.0.10:8080/shot.jpg HTTP/1.1\r\n\r\n",
    "http://192.168.0.10:8080/shot.jpg\x00",
    " http://192.168.0.10:8080/shot.jpg",
    "http://192.168.0.10:8080/shot.jpg\n",
    "HTTP://192.168.0.10:8080/shot.jpg",
    "http:/192.168.0.10:8080/shot.jpg",
    "http:192.168.0.10:8080/shot.jpg",
    "//192.168.0.10:8080/shot.jpg",
    "192.168.0.10:8080/shot.jpg",
    "http:///shot.jpg",
    "http://",
    "",
    "file:///etc/passwd",
    "gopher://192.168.0.10:8080/_x",
    "ftp://192.168.0.10/shot.jpg",
    "rtsp://192.168.0.10:8080/shot.jpg",
    "dict://192.168.0.10:8080/x",
    "data:image/jpeg;base64,AAAA",
    "javascript:alert(1)",
    "http://192.168.0.10:8080/shot.jpg" + "/x" * 2000,
)


def names(host: str, port: int) -> Sequence[str]:
    if host not in NAMES:
        raise socket.gaierror("not known")
    return NAMES[host]


def guard(*allowed: str, resolve: Callable[[str, int], Sequence[str]] = names) -> CameraGuard:
    return CameraGuard([read_allowed(each) for each in allowed], resolve)


@pytest.mark.parametrize("url", HOSTILE)
def test_a_url_that_the_list_does_not_mean_is_refused(url: str) -> None:
    with pytest.raises(NotAllowed):
        guard(*ALLOWED).pinned(url, 5.0)


def test_there_are_sixty_of_them_and_no_two_alike() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) > 60


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://192.168.0.10:8080/shot.jpg", "192.168.0.10"),
        ("http://cam.example/snapshots/1.jpg", "192.168.0.7"),
        ("http://cam.example:80/snapshots/room/1.jpg", "192.168.0.7"),
        ("http://10.0.3.9:8080/any?action=snapshot", "10.0.3.9"),
        ("http://room.example:8080/", "10.0.3.9"),
        ("http://[fd00::7]:8080/shot.jpg", "fd00::7"),
        ("http://[::ffff:10.0.3.9]:8080/shot.jpg", "10.0.3.9"),
    ],
)
def test_a_url_that_the_list_means_is_pinned_to_its_address(url: str, address: str) -> None:
    assert guard(*ALLOWED).pinned(url, 5.0).addresses == (address,)


def test_an_entry_with_a_query_allows_that_query_alone() -> None:
    entry = guard("http://192.168.0.10:8090/?action=snapshot")
    assert entry.pinned("http://192.168.0.10:8090/?action=snapshot", 5.0).url.target == "/?action=snapshot"
    for other in ("http://192.168.0.10:8090/?action=reboot", "http://192.168.0.10:8090/"):
        with pytest.raises(NotAllowed):
            entry.pinned(other, 5.0)


@pytest.mark.parametrize("text", ["", "cam", "http://", "10.0.3.0/24", "10.0.3.0/33:80", "10.0.3.0/24:0", "*:80"])
def test_an_entry_that_cannot_be_read_says_what_to_write(text: str) -> None:
    with pytest.raises((ValueError, NotAllowed)):
        read_allowed(text)


def test_an_address_of_this_machine_is_allowed_where_the_list_names_it() -> None:
    assert guard("http://127.0.0.1:8080/").pinned("http://127.0.0.1:8080/shot.jpg", 5.0).addresses == ("127.0.0.1",)


def test_a_resolver_that_hangs_holds_nobody() -> None:
    hanging = threading.Event()
    held = guard("http://cam.example/", resolve=lambda host, port: [str(hanging.wait(30))])
    with pytest.raises(NotAllowed):
        held.pinned("http://cam.example/1", 0.05)
    hanging.set()
    held.close()


def test_a_name_that_changes_between_look_and_connection_is_asked_once() -> None:
    asked: list[str] = []

    def changing(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["192.0.2.1"]

    with http_camera(lambda request: request.give(jpeg())) as camera:
        network = f"127.0.0.0/8:{camera.server_port}"
        reader = SnapshotReader(guard(network, resolve=changing))
        assert reader.read(f"http://cam.example:{camera.server_port}/shot.jpg") == jpeg()
    assert asked == ["cam.example"]


def reader_of(url: str, **more: Any) -> SnapshotReader:
    return SnapshotReader(CameraGuard([read_allowed(url, **more)]), deadline_s=2.0)


def test_a_redirect_is_not_followed() -> None:
    with http_camera(lambda request: request.give(jpeg())) as elsewhere:

        def redirect(request: Request) -> None:
            request.give(b"", status=302, Location=elsewhere.url)

        with http_camera(redirect) as camera, pytest.raises(CameraLost):
            reader_of(camera.url).read(camera.url)
        assert elsewhere.asked == []


def test_no_error_has_a_byte_of_the_answer() -> None:
    secret = b"root:x:0:0"

    def answer(request: Request) -> None:
        request.give(secret, "text/plain", 500, X_Secret="root:x")

    with http_camera(answer) as camera, pytest.raises(CameraLost) as caught:
        reader_of(camera.url).read(camera.url)
    assert "root" not in str(caught.value)


@pytest.mark.parametrize("pace", ["head", "body"])
def test_a_camera_that_trickles_is_given_up_at_one_deadline(pace: str) -> None:
    ended = threading.Event()

    def trickle(request: Request) -> None:
        request.close_connection = True
        request.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"Content-Length: 1000\r\n\r\n" if pace == "body" else b"X: "))
        while not ended.wait(0.02):
            request.wfile.write(b"x")
            request.wfile.flush()

    with http_camera(trickle) as camera:
        reader = SnapshotReader(CameraGuard([read_allowed(camera.url)]), deadline_s=0.3)
        with pytest.raises(CameraLost):
            reader.read(camera.url)
        ended.set()


def test_an_endless_picture_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cameras.snapshot.MAX_PICTURE_BYTES", 100_000)
    with http_camera(lambda request: request.give(b"x" * 100_001)) as camera, pytest.raises(CameraLost):
        reader_of(camera.url).read(camera.url)


def test_of_a_stream_the_first_picture_is_taken() -> None:
    with http_camera(lambda request: stream(request, repeated(jpeg(90)))) as camera:
        assert reader_of(camera.url).read(camera.url) == jpeg(90)


@pytest.mark.parametrize("asking", [with_basic, with_digest])
def test_a_password_is_sent_as_the_camera_asks_and_only_to_its_entry(asking: Callable[..., Any]) -> None:
    with http_camera(asking(jpeg())) as camera:
        assert reader_of(camera.url, user=USER, password=PASSWORD).read(camera.url) == jpeg()
        with pytest.raises(CameraLost):
            reader_of(camera.url).read(camera.url)
    assert PASSWORD not in repr(AllowedCamera("x", user=USER, password=PASSWORD))


def test_the_certificate_must_be_of_the_name_and_not_of_the_address(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("cam.example").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with http_camera(lambda request: request.give(jpeg())) as camera:
        camera.socket = context.wrap_socket(camera.socket, server_side=True)
        network = f"127.0.0.0/8:{camera.server_port}"
        reader = SnapshotReader(guard(network, resolve=lambda host, port: ["127.0.0.1"]), verify=trusting)
        assert reader.read(f"https://cam.example:{camera.server_port}/shot.jpg") == jpeg()
        with pytest.raises(CameraLost):
            reader.read(f"https://other.example:{camera.server_port}/shot.jpg")


def test_a_url_is_made_anew_of_its_parts() -> None:
    assert parse_url("http://cam.example:80/a/b?c=%20").text == "http://cam.example/a/b?c=%20"
    assert parse_url("http://[FD00::0007]:8080".lower()).text == "http://[fd00::7]:8080/"
