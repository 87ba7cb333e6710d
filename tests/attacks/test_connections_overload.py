"""Connections that are all taken: whoever comes finds room, old clients are not misled, the log stays short."""

import logging
import socket
import threading
from collections.abc import Iterator

import pytest

from protocol.framing import encode_frame
from server.refusal_log import RefusalLog
from server.tcp import TcpServer
from tests.server.test_tcp import PATIENCE_S, SHORT_S, Echo, connect, listening, read_frames, read_to_end, wait_until

MARK = b"201511041ea0017_1"


def connect_from(server: TcpServer, address: str) -> socket.socket:
    """From another address of loopback."""
    return socket.create_connection(("127.0.0.1", server.port), PATIENCE_S, source_address=(address, 0))


def speak(client: socket.socket, word: bytes = b"a word") -> None:
    client.sendall(encode_frame(word))
    assert read_frames(client, 1) == [word]


@pytest.fixture
def crowd() -> Iterator[list[socket.socket]]:
    clients: list[socket.socket] = []
    yield clients
    for each in clients:
        each.close()


def test_a_machine_that_holds_every_connection_gives_one_to_whoever_comes(crowd: list[socket.socket]) -> None:
    with listening(Echo(), connections=8) as server:
        for _ in range(8):
            crowd.append(connect_from(server, "127.0.0.2"))
            speak(crowd[-1])
        for number in range(3, 6):
            crowd.append(connect_from(server, f"127.0.0.{number}"))
            speak(crowd[-1])
        for newcomer in crowd[8:]:
            speak(newcomer)  # none had to go for the next


def test_clients_that_say_a_word_a_minute_keep_nobody_out(crowd: list[socket.socket]) -> None:
    with listening(Echo(), connections=4, message_timeout_s=SHORT_S) as server:
        for _ in range(4):
            crowd.append(connect(server))
            speak(crowd[-1])
        wait_until(lambda: all((each.idle_s or 0) > SHORT_S for each in list(server._served)))
        crowd.append(connect(server))
        speak(crowd[-1])


def test_whoever_is_being_answered_keeps_their_connection(crowd: list[socket.socket]) -> None:
    echo = Echo()
    echo.go.clear()
    with listening(echo, connections=2) as server:
        for _ in range(2):
            crowd.append(connect_from(server, "127.0.0.2"))
            crowd[-1].sendall(encode_frame(b"a picture"))
        wait_until(lambda: [each.idle_s for each in list(server._served)] == [None, None])
        with connect_from(server, "127.0.0.3") as newcomer:
            newcomer.sendall(encode_frame(b"in"))
            assert read_to_end(newcomer) == encode_frame(b"busy")
        echo.go.set()
        for each in crowd:
            assert read_frames(each, 1) == [b"a picture"]


def test_a_flood_of_one_machine_does_not_keep_others_from_being_told(
    crowd: list[socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.connection.BUSY_WAIT_S", PATIENCE_S)
    echo = Echo()
    echo.go.clear()
    with listening(echo, connections=2) as server:
        for _ in range(2):
            crowd.append(connect_from(server, "127.0.0.2"))
            crowd[-1].sendall(encode_frame(b"a picture"))
        wait_until(lambda: [each.idle_s for each in list(server._served)] == [None, None])
        crowd += [connect_from(server, "127.0.0.2") for _ in range(2)]
        wait_until(lambda: len(server._turned_away) == 2)
        with pytest.raises(ConnectionResetError), connect_from(server, "127.0.0.2") as another:
            read_to_end(another)
        with connect_from(server, "127.0.0.3") as newcomer:
            newcomer.sendall(encode_frame(b"in"))
            assert read_to_end(newcomer) == encode_frame(b"busy")
        echo.go.set()
        for each in crowd[2:]:
            each.close()


def test_an_old_client_that_finds_no_place_is_reset_and_not_closed_in_order(
    crowd: list[socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.connection.BUSY_WAIT_S", SHORT_S)
    with listening(Echo(), connections=1) as server:
        crowd.append(connect(server))
        speak(crowd[-1])
        with connect(server) as old:
            old.sendall(MARK)
            with pytest.raises(ConnectionResetError):
                old.recv(1024)


def test_an_old_client_of_a_server_that_stops_is_reset(crowd: list[socket.socket]) -> None:
    with listening(Echo()) as server:
        crowd.append(connect(server))
        wait_until(lambda: server.served == 1)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        with pytest.raises(ConnectionResetError):
            crowd[-1].recv(1024)
        stopping.join(PATIENCE_S)


def test_refusals_that_are_alike_are_counted_and_told_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    now = 0.0
    refusals = RefusalLog(logging.getLogger("refusals"), lambda: now)
    for _ in range(34_345):
        refusals.note("10.0.0.1 snapshot busy", logging.INFO, "10.0.0.1:5000 snapshot busy 0.1 ms")
    refusals.note("10.0.0.2 mark closed", logging.INFO, "10.0.0.2:5000 mark closed 0.1 ms")
    now = 61.0
    refusals.look()
    assert caplog.messages == [
        "10.0.0.1:5000 snapshot busy 0.1 ms",
        "10.0.0.2:5000 mark closed 0.1 ms",
        "10.0.0.1 snapshot busy: 34344 more in 61 s",
    ]


def test_a_flood_of_many_kinds_of_refusals_is_counted_too(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    refusals = RefusalLog(logging.getLogger("refusals"), lambda: 0.0)
    for number in range(5_000):
        refusals.note(f"address {number}", logging.INFO, f"address {number}")
    refusals.flush()
    assert len(caplog.messages) < 300
    assert caplog.messages[-1] == "other refusals: 4743 more in 0 s"
