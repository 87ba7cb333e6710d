"""A server that hangs up, says nothing or talks nonsense: the window goes on, and tells what waits."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from client.api import Api
from client.transport import TcpTransport
from protocol.framing import Frame, FrameDecoder, encode_frame
from tests.client.window.classroom import COURSE, NAMES, SURE, Room
from tests.client.window.stage import Hands, Stage

FIRST_CHECK = list(NAMES)[SURE]
TIMEOUT_S = 2.0
NONSENSE = {
    "html": b"HTTP/1.1 200 OK\r\n\r\n<html>hello</html>",
    "no message": encode_frame(b'{"type":"surprise","id":2}'),
    "broken JSON": encode_frame(b'{"type":'),
    "half a frame": encode_frame(b'{"type":"welcome","id":1,"version":"1"}')[:20],
}


class Fickle:
    """Answers as the room does until `mood` is another: "closes", "stalls", or bytes to answer with."""

    def __init__(self, room: Room) -> None:
        self.mood: str | bytes = "answers"
        self._room = room
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.asked_by: set[threading.Thread] = set()
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def api(self) -> Api:
        fickle = self

        class Transport(TcpTransport):
            def exchange(self, *requests: Any, **more: Any) -> list[Frame]:
                fickle.asked_by.add(threading.current_thread())
                return super().exchange(*requests, **more)

        return Api(Transport("127.0.0.1", self.port, TIMEOUT_S), "room 301")

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for stream in list(self._open):
            with suppress(OSError):  # one that has just ended
                stream.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                stream, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(stream,))
            self._open.add(stream)
            self._threads.append(thread)
            thread.start()

    def _serve(self, stream: socket.socket) -> None:
        decoder = FrameDecoder()
        with stream:
            try:
                while (data := stream.recv(65536)) and self.mood != "closes":
                    decoder.receive(data)
                    while (frame := decoder.next_frame()) is not None and self.mood != "stalls":
                        stream.sendall(self.mood if isinstance(self.mood, bytes) else self._room(frame))
            except OSError:
                pass
            finally:
                self._open.discard(stream)


@pytest.fixture
def fickle() -> Iterator[Fickle]:
    server = Fickle(Room())
    yield server
    server.close()


@pytest.mark.parametrize("mood", ["closes", "stalls", *NONSENSE])
def test_the_window_goes_on_and_sends_when_the_server_is_itself_again(
    stage: Stage, fickle: Fickle, mood: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("client.window.session_controller.REFRESH_MS", 200)
    hands = opened(stage, fickle)
    fickle.mood = NONSENSE.get(mood, mood)
    hands.press("s")
    hands.press("l")
    hands.wait(lambda: hands.window.status.text_of("server") == "Server: away, trying again")
    hands.wait(lambda: hands.window.status.text_of("outbox") == "Outbox: 2 waiting on this PC")
    assert hands.state_of(FIRST_CHECK) == "late"
    assert threading.main_thread() not in fickle.asked_by, "the window's own thread waited for the server"
    fickle.mood = "answers"
    hands.wait_until_sent()
    assert hands.state_of(FIRST_CHECK) == "late"
    assert fickle._room.marks[FIRST_CHECK, 1] == ("late", "professor")


def test_a_window_whose_server_says_nothing_closes_and_keeps_what_was_decided(stage: Stage, fickle: Fickle) -> None:
    hands = opened(stage, fickle)
    fickle.mood = "stalls"
    hands.press("s")
    hands.window.close()
    hands.wait(lambda: hands.outbox.waiting() == 1)


def opened(stage: Stage, fickle: Fickle) -> Hands:
    hands = stage.window(fickle.api, course=COURSE)
    hands.open()
    return hands
