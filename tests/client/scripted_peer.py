"""A server for the client's tests: a real socket whose connections follow a script, and a classroom that answers."""

import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import ClassVar

import pytest

from protocol.framing import Frame, FrameDecoder
from protocol.messages import (
    Candidate,
    Error,
    Face,
    Faces,
    Hello,
    Info,
    Limits,
    Mark,
    Marked,
    MarkedItem,
    MarkItem,
    Marks,
    Message,
    OpenSession,
    Problem,
    Received,
    Roster,
    RosterEntry,
    RosterList,
    ServerInfo,
    SessionInfo,
    SessionShown,
    SetSession,
    Snapshot,
    Welcome,
    ZoneList,
    Zones,
    decode_request,
    encode,
)
from settings.version import VERSION

DEADLINE_S = 60.0
"""What no step of a script may take; it ends a test that would hang, and no test waits for it."""

SERVER_TIME = datetime(2024, 5, 2, 0, 55, tzinfo=UTC)
SERVER_INFO = ServerInfo(
    version="1",
    engine="dlib",
    detector="hog",
    model_id="m",
    min_face_px=40,
    students=3,
    now=SERVER_TIME,
    timezone="Asia/Seoul",
    limits=Limits(
        header_bytes=1, payload_bytes=1, image_pixels=1, connections=64, message_timeout_s=10.0, idle_timeout_s=60.0
    ),
)

Script = Callable[["Wire"], None]


class Wire:
    """The server's end of one connection."""

    def __init__(self, stream: socket.socket) -> None:
        stream.settimeout(DEADLINE_S)
        self.stream = stream
        self._decoder = FrameDecoder()

    def read(self, count: int = 1) -> list[Received[Message]]:
        """The next `count` requests."""
        return [decode_request(self.read_frame()) for _ in range(count)]

    def read_frame(self) -> Frame:
        while (frame := self._decoder.next_frame()) is None:
            data = self.stream.recv(65536)
            assert data, "the client hung up before it had sent what the script expects"
            self._decoder.receive(data)
        return frame

    def write(self, data: bytes) -> None:
        self.stream.sendall(data)

    def wait_for_end(self) -> None:
        """Until the client hangs up."""
        try:
            while self.stream.recv(65536):
                pass
        except ConnectionError:
            pass


class Peer:
    """Listens on loopback; connection n follows the n-th script. A script that fails, fails the test.

    port: where to listen, for a server that was away; 0: a free one.
    """

    def __init__(self, *scripts: Script, port: int = 0) -> None:
        self._scripts = scripts
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.settimeout(DEADLINE_S)
        self._thread = threading.Thread(target=self._serve)
        self._failure: BaseException | None = None
        self.port: int = self._listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"

    def __enter__(self) -> "Peer":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._thread.join(DEADLINE_S)
        self._listener.close()
        if self._failure is not None and error is None:
            raise self._failure

    def stop_listening(self) -> None:
        """A further connection is refused, for a script that is the last."""
        self._listener.close()

    def _serve(self) -> None:
        try:
            for script in self._scripts:
                stream, _ = self._listener.accept()
                with stream:
                    script(Wire(stream))
        except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - raised again by the test's own thread
            self._failure = error


class Classroom:
    """Answers every request as a server with three students would, and remembers what was asked."""

    names: ClassVar = {"201511041": "홍길동", "201511042": "Kim [bold]Ada[/bold]", "201511043": "이순신"}
    """Names that a terminal could take for markup, and wide ones."""
    states: ClassVar = {"201511042": {"2": "late", "10": "absent"}}

    def __init__(self, course: str = "ea0017_1") -> None:
        self.course = course
        self.version = VERSION
        self.asked: list[Message] = []
        self.refusals: list[Error | None] = []
        self.strangers: set[str] = set()
        self.session: int | None = None
        self.hour: int | None = None
        self.faces = (
            Face(
                box=(40, 30, 140, 130),
                score=1.2,
                verdict="sure",
                student="201511041",
                name="홍길동",
                candidates=(Candidate(student="201511041", name="홍길동", distance=0.31),),
            ),
            Face(
                box=(240, 30, 320, 110),
                score=1.0,
                verdict="check",
                student="201511042",
                name="Kim",
                candidates=(Candidate(student="201511042", name="Kim", distance=0.44),),
            ),
            Face(box=(400, 30, 450, 80), score=0.8, verdict="unknown"),
        )

    def __call__(self, frame: Frame) -> bytes:
        """One frame's answer."""
        request = decode_request(frame)
        return encode(self.answer(request.message), request.id)

    def serve(self, wire: Wire) -> None:
        """A script: answers until the client hangs up."""
        decoder = FrameDecoder()
        while data := wire.stream.recv(65536):
            decoder.receive(data)
            while (frame := decoder.next_frame()) is not None:
                wire.write(self(frame))

    def answer(self, request: Message) -> Message:
        """The reply; to anything but Hello the next of `refusals` instead, where that is not None."""
        self.asked.append(request)
        if isinstance(request, Hello):
            return Welcome(version=self.version, device=request.device)
        refusal = self.refusals.pop(0) if self.refusals else None
        return refusal or self._do(request)

    def _do(self, request: Message) -> Message:
        match request:
            case Roster():
                return self._roster(request)
            case Mark() if request.student in self.strangers:
                return Error(code="not_enrolled", text=f"Student {request.student} is not enrolled.")
            case Mark():
                return Marked(marks=(self._recorded(request),))
            case Marks():
                return self._batch(request)
            case OpenSession() | SetSession():
                return SessionShown(session=self._session(request))
            case Snapshot():
                return Faces(width=640, height=360, faces=self.faces, recorded=2 if request.record else 0)
            case Zones():
                return ZoneList(zones=())
            case _:
                assert isinstance(request, Info)
                return SERVER_INFO

    def _roster(self, request: Roster) -> Message:
        if request.course != self.course:
            return Error(code="unknown_course", text=f"There is no course {request.course}.")
        students = [
            RosterEntry(student=student, name=name, states=self.states.get(student, {}))
            for student, name in self.names.items()
        ]
        return RosterList(
            course=self.course, date="2024-05-02", students=tuple(students), session=self.session, hour=self.hour
        )

    def _batch(self, request: Marks) -> Message:
        refused = tuple(
            Problem(row=row, student=item.student, code="not_enrolled", text=f"Student {item.student} is not enrolled.")
            for row, item in enumerate(request.marks)
            if item.student in self.strangers
        )
        if refused and not request.partial:
            return Error(code=refused[0].code, text=refused[0].text, problems=refused)
        recorded = tuple(self._recorded(item) for item in request.marks if item.student not in self.strangers)
        return Marked(marks=recorded, refused=refused)

    def _session(self, request: OpenSession | SetSession) -> SessionInfo:
        state = request.state if isinstance(request, SetSession) else "draft"
        return SessionInfo(
            session=self.session or 1, course=self.course, title="", date="2024-05-02", state=state, hours=()
        )

    def _recorded(self, item: Mark | MarkItem) -> MarkedItem:
        return MarkedItem(
            student=item.student,
            course=item.course,
            date="2024-05-02",
            hour=item.hour or 1,
            state=item.state,
            changed=True,
        )
