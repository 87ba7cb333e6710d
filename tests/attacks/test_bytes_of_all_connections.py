"""Many large messages at once: what all connections together hold is bounded, and nobody else is shut out by it."""

import os
import random
import socket
import tracemalloc

import pytest

from protocol.error_texts import ServerText
from protocol.errors import FrameError
from protocol.framing import FrameDecoder, encode_frame
from protocol.legacy import LegacyDecoder, LegacySnapshot
from server.connection import Peer
from server.receive_budget import FREE_BYTES, ReceiveBudget
from tests.server.test_tcp import Echo, connect, listening, read_frames, read_to_end, wait_until

MIB = 1024 * 1024


class Turned(Echo):
    """Says which of the reasons for `busy` it is."""

    def busy(self, peer: Peer, text: str = ServerText.CONNECTIONS_FULL) -> bytes:
        return encode_frame(text.encode())


class Waiter:
    """A connection that may be told to give way."""

    def __init__(self) -> None:
        self.told = False

    def give_way(self) -> None:
        self.told = True


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def begun(server: object, payload: int) -> socket.socket:
    """A connection that has sent all of a message but its last byte."""
    client = connect(server)  # type: ignore[arg-type]
    client.sendall(encode_frame(b"picture", bytes(payload))[:-1])
    return client


def test_a_message_beyond_the_budget_is_told_busy_and_a_mark_is_answered_beside_it() -> None:
    with (
        listening(Turned(), held_bytes=2 * MIB) as server,
        begun(server, MIB) as one,
        begun(server, MIB) as two,
    ):
        wait_until(lambda: server.budget.held > MIB)
        with connect(server) as third:
            third.sendall(encode_frame(b"picture", bytes(2 * MIB)))
            assert read_frames(third, 1) == [ServerText.BYTES_WAIT.encode()]
        with connect(server) as mark:
            mark.sendall(encode_frame(b"mark"))
            assert read_frames(mark, 1) == [b"mark"]
        for client in (one, two):
            client.sendall(b"\0")
            assert read_frames(client, 1) == [b"picture"]
        wait_until(lambda: server.budget.held == 0)


def test_an_image_of_2019_beyond_the_budget_is_unknown_and_its_bytes_are_let_go() -> None:
    image = b"BM" + (3 * MIB).to_bytes(4, "little") + bytes(3 * MIB - 6)
    with listening(Turned(), held_bytes=2 * MIB) as server, connect(server) as client:
        client.sendall(image[:-1])
        assert read_to_end(client) == b"Unknown"
        wait_until(lambda: server.budget.held == 0)


def test_who_hangs_up_in_the_middle_gives_the_room_back() -> None:
    with listening(Turned(), held_bytes=2 * MIB) as server:
        with begun(server, MIB):
            wait_until(lambda: server.budget.held > MIB // 2)
        wait_until(lambda: server.budget.held == 0)


def test_a_message_that_waits_for_its_answer_counts_until_it_has_it() -> None:
    echo = Turned()
    echo.go.clear()
    with listening(echo, held_bytes=2 * MIB) as server, connect(server) as client:
        client.sendall(encode_frame(b"picture", bytes(MIB)))
        assert echo.entered.wait(60)
        assert server.budget.held == MIB - FREE_BYTES
        echo.go.set()
        assert read_frames(client, 1) == [b"picture"]
        wait_until(lambda: server.budget.held == 0)


def test_the_slowest_gives_way_to_the_next() -> None:
    clock, slow, other, fast = Clock(), Waiter(), Waiter(), Waiter()
    budget = ReceiveBudget(2 * MIB, clock)
    assert budget.hold(slow, MIB, arriving=True)
    clock.now = 1
    assert budget.hold(other, MIB, arriving=True)
    clock.now = 2.5
    assert not budget.hold(fast, 2 * MIB, arriving=True, patience_s=0)
    assert (slow.told, other.told, fast.told) == (True, False, False)
    budget.release(slow)
    assert budget.hold(fast, MIB, arriving=True, patience_s=0)


def test_who_asks_and_is_the_slowest_is_refused() -> None:
    clock, slow, other = Clock(), Waiter(), Waiter()
    budget = ReceiveBudget(MIB, clock)
    assert budget.hold(slow, MIB, arriving=True)
    clock.now = 9
    assert budget.hold(other, FREE_BYTES + 1000, arriving=True)
    assert not budget.hold(slow, 2 * MIB, arriving=True, patience_s=0)
    assert not other.told


def test_whole_messages_that_wait_for_their_answers_never_give_way() -> None:
    clock, waits = Clock(), Waiter()
    budget = ReceiveBudget(MIB, clock)
    assert budget.hold(waits, MIB, arriving=True)
    assert budget.hold(waits, MIB, arriving=False)
    clock.now = 100
    assert not budget.hold(Waiter(), 2 * MIB, arriving=True, patience_s=0)
    assert not waits.told


@pytest.mark.parametrize("piece", [100, 65_536, 200_000])
def test_sixteen_mebibytes_that_have_come_are_held_in_sixteen(piece: int) -> None:
    whole = encode_frame(b"picture", bytes(16 * MIB))[:-1]
    decoder = FrameDecoder()
    tracemalloc.start()
    try:
        for at in range(0, len(whole), piece):
            decoder.receive(whole[at : at + piece])
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert held < 17 * MIB


def test_frames_come_out_whole_however_their_pieces_lie() -> None:
    chance = random.Random(5)
    frames = [(os.urandom(chance.randrange(300)), os.urandom(chance.randrange(200_000))) for _ in range(30)]
    stream = b"".join(encode_frame(*each) for each in frames)
    decoder, at, got = FrameDecoder(), 0, []
    while at < len(stream):
        size = chance.choice([1, 7, 60_000, 65_536, 150_000])
        decoder.receive(stream[at : at + size])
        got += [(each.header, each.payload) for each in decoder.next_frames()]
        at += size
    assert got == frames
    assert not decoder.in_frame
    decoder.receive(b"\xa7")
    with pytest.raises(FrameError, match="1 of 12 bytes"):
        decoder.receive_eof()


def test_an_image_of_2019_is_held_once() -> None:
    image = b"BM" + (8 * MIB).to_bytes(4, "little") + bytes(8 * MIB - 6)
    decoder = LegacyDecoder()
    for at in range(0, len(image), 65_536):
        decoder.receive(image[at : at + 65_536])
    message = decoder.next_message()
    assert isinstance(message, LegacySnapshot)
    assert message.image == image
    assert decoder.held == 0
