"""Network cameras for tests: real servers on loopback that answer by HTTP or RTSP as a script says."""

import base64
import hashlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

import cv2
import numpy as np

DEADLINE_S = 60.0
"""What no step may take; it ends a test that would hang, and no test waits for it."""

USER, PASSWORD = "room 301", "s3cr:t/@?"
BOUNDARY = "frame"

Answer = Callable[["Request"], None]


def jpeg(grey: int = 128, width: int = 64, height: int = 48) -> bytes:
    """A picture of one colour."""
    return cv2.imencode(".jpg", np.full((height, width, 3), grey, np.uint8))[1].tobytes()


class Request(BaseHTTPRequestHandler):
    """One request to a camera; the server's script answers."""

    protocol_version = "HTTP/1.1"
    server: "CameraServer"

    def do_GET(self) -> None:
        self.server.asked.append(Asked(self.path, self.headers["Authorization"] or ""))
        self.server.connections.append(self.connection)
        self.server.answer(self)

    def log_message(self, *_: object) -> None:
        pass

    def give(self, body: bytes, kind: str = "image/jpeg", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def begin(self, kind: str) -> None:
        """An answer without a length, which lasts as long as the connection."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()


@dataclass(frozen=True)
class Asked:
    path: str
    authorization: str


class CameraServer(ThreadingHTTPServer):
    """asked: every request so far, which may have come by one connection."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, answer: Answer, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Request)
        self.answer = answer
        self.asked: list[Asked] = []
        self.connections: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self.server_port}/shot.jpg"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is what these tests are about."""


@contextmanager
def http_camera(answer: Answer, port: int = 0) -> Iterator[CameraServer]:
    """A camera that answers until the end of the block; what it still sends then is cut off."""
    with CameraServer(answer, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(DEADLINE_S)
            for connection in server.connections:
                cut(connection)


def cut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def stream(request: Request, pictures: Iterator[bytes], *, length: bool = True, boundary: str = BOUNDARY) -> None:
    """Answer with an MJPEG stream of these pictures, as fast as they are taken."""
    request.begin(f"multipart/x-mixed-replace; boundary={boundary}")
    for picture in pictures:
        size = f"Content-Length: {len(picture)}\r\n" if length else ""
        request.wfile.write(f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\n{size}\r\n".encode() + picture + b"\r\n")


def repeated(picture: bytes, pause_s: float = 0.005) -> Iterator[bytes]:
    """The same picture without end, not so fast that it keeps a core busy."""
    pause = threading.Event()
    while not pause.wait(pause_s):
        yield picture


def with_basic(picture: bytes) -> Answer:
    """A camera that wants user and password in the plain."""
    expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    def answer(request: Request) -> None:
        if request.headers["Authorization"] == expected:
            request.give(picture)
        else:
            request.give(b"", status=401, WWW_Authenticate='Basic realm="camera"')

    return answer


def with_digest(picture: bytes) -> Answer:
    """A camera that wants a digest (RFC 7616, MD5, qop auth), and offers basic beside it."""
    realm, nonce = "camera", "0123456789abcdef"

    def is_right(request: Request) -> bool:
        given = dict(re.findall(r'(\w+)="?([^",]*)"?', request.headers["Authorization"] or ""))
        if not (request.headers["Authorization"] or "").startswith("Digest ") or given.get("nonce") != nonce:
            return False
        secret = md5(f"{USER}:{realm}:{PASSWORD}")
        asked = md5(f"GET:{request.path}")
        return given["response"] == md5(f"{secret}:{nonce}:{given['nc']}:{given['cnonce']}:auth:{asked}")

    def answer(request: Request) -> None:
        if is_right(request):
            request.give(picture)
            return
        request.send_response(401)
        request.send_header("WWW-Authenticate", 'Basic realm="camera"')
        request.send_header("WWW-Authenticate", f'Digest realm="{realm}", nonce="{nonce}", qop="auth", algorithm=MD5')
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def write_video(path: Path, greys: list[int], code: str = "MJPG", rate: float = 25.0) -> Path:
    """A video of pictures of one colour each, 320x240."""
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*code), rate, (320, 240))
    assert writer.isOpened()
    for grey in greys:
        writer.write(np.full((240, 320, 3), grey, np.uint8))
    writer.release()
    return path


@dataclass
class RtspCamera:
    """An RTSP server (RFC 2326) that sends an MPEG transport stream between its answers (10.12, RFC 2250)."""

    video: bytes
    url: str = ""
    passwords: list[str] = field(default_factory=list)

    def serve(self, listener: socket.socket) -> None:
        try:
            while True:
                connection, _ = listener.accept()
                with connection:
                    self._talk(connection)
        except OSError:
            return

    def _talk(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as lines:
            while request := lines.readline():
                headers = list(iter(lines.readline, b"\r\n"))
                method = request.split()[0].decode()
                connection.sendall(self._answer(method, b"".join(headers).decode()))
                if method == "PLAY":
                    self._play(connection)

    def _answer(self, method: str, headers: str) -> bytes:
        number = re.search(r"CSeq: (\d+)", headers)[1]
        given = re.search(r"Authorization: Basic (\S+)", headers)
        body, more = "", ""
        if method != "OPTIONS" and not given:
            return f'RTSP/1.0 401 Unauthorized\r\nCSeq: {number}\r\nWWW-Authenticate: Basic realm="c"\r\n\r\n'.encode()
        if given:
            self.passwords.append(base64.b64decode(given[1]).decode())
        if method == "DESCRIBE":
            body = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=c\r\nt=0 0\r\nm=video 0 RTP/AVP 33\r\na=control:t\r\n"
            more = "Content-Type: application/sdp\r\n"
        if method == "SETUP":
            more = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n"
        return f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\n{more}Content-Length: {len(body)}\r\n\r\n{body}".encode()

    def _play(self, connection: socket.socket) -> None:
        packets = [self.video[at : at + 1316] for at in range(0, len(self.video), 1316)]
        for number in count():
            place = number % len(packets)
            header = b"\x80\x21" + (number & 0xFFFF).to_bytes(2, "big") + (number * 90).to_bytes(4, "big") + b"cams"
            packet = header + packets[place]
            connection.sendall(b"$\0" + len(packet).to_bytes(2, "big") + packet)


@contextmanager
def rtsp_camera(video: Path) -> Iterator[RtspCamera]:
    """A camera that plays a transport stream again and again to whoever gives any password."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        camera = RtspCamera(video.read_bytes(), f"rtsp://127.0.0.1:{listener.getsockname()[1]}/live")
        thread = threading.Thread(target=camera.serve, args=(listener,), daemon=True)
        thread.start()
        yield camera
        cut(listener)
    thread.join(DEADLINE_S)
