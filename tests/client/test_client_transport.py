"""The transport against a server that does as it should, and one that does anything else."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from client.errors import BadReply, Unreachable
from client.transport import LoopbackTransport, TcpTransport, explain_failure
from protocol.framing import MAGIC, MAX_REPLY_HEADER_BYTES, Frame, encode_frame
from tests.client.scripted_peer import DEADLINE_S, Peer, Wire
from tests.ports import closed_port

SHORT_S = 0.2
"""How long an answer may take where the test is that none comes."""


def frame(text: str) -> bytes:
    return encode_frame(text.encode())


@contextlib.contextmanager
def connected(peer: Peer, timeout_s: float = DEADLINE_S) -> Iterator[TcpTransport]:
    with peer, closing(TcpTransport("127.0.0.1", peer.port, timeout_s)) as transport:
        yield transport


def echo(wire: Wire) -> None:
    """Answer each frame with its own header until the client hangs up."""
    try:
        while True:
            wire.write(encode_frame(wire.read_frame().header))
    except AssertionError:
        return


def echo_once(wire: Wire) -> None:
    wire.write(encode_frame(wire.read_frame().header))


def texts(frames: list[Frame]) -> list[str]:
    return [each.header.decode() for each in frames]


def test_requests_are_answered_in_order() -> None:
    with connected(Peer(echo)) as transport:
        assert texts(transport.exchange([frame("a"), frame("b"), frame("c")])) == ["a", "b", "c"]


def test_all_requests_are_sent_before_the_first_is_answered() -> None:
    def answer_behind_all(wire: Wire) -> None:
        headers = [wire.read_frame().header for _ in range(60)]
        wire.write(b"".join(encode_frame(header) for header in headers))
        wire.wait_for_end()

    with connected(Peer(answer_behind_all)) as transport:
        sent = [str(number) for number in range(60)]
        assert texts(transport.exchange([frame(text) for text in sent])) == sent


def test_neither_side_blocks_when_questions_and_answers_are_larger_than_every_buffer() -> None:
    text = "x" * 200_000
    with connected(Peer(echo)) as transport:
        assert texts(transport.exchange([frame(text)] * 200)) == [text] * 200


@pytest.mark.parametrize(("more", "taken"), [(0, True), (1, False)])
def test_an_answer_may_be_as_long_as_a_replys_header_and_no_longer(more: int, taken: bool) -> None:
    def long(wire: Wire) -> None:
        wire.read_frame()
        with contextlib.suppress(OSError):
            wire.write(encode_frame(bytes(MAX_REPLY_HEADER_BYTES + more), max_header_bytes=2 * MAX_REPLY_HEADER_BYTES))
            wire.wait_for_end()

    with connected(Peer(long)) as transport:
        if taken:
            assert [len(each.header) for each in transport.exchange([frame("a")])] == [MAX_REPLY_HEADER_BYTES]
        else:
            with pytest.raises(BadReply):
                transport.exchange([frame("a")])


def test_the_connection_is_kept_for_the_next_exchange() -> None:
    with connected(Peer(echo)) as transport:
        assert texts(transport.exchange([frame("a")])) == ["a"]
        assert texts(transport.exchange([frame("b")])) == ["b"]


def test_the_opening_goes_in_front_on_a_new_connection_only() -> None:
    with connected(Peer(echo)) as transport:
        assert texts(transport.exchange([frame("a")], opening=frame("hello"))) == ["hello", "a"]
        assert texts(transport.exchange([frame("b")], opening=frame("hello"))) == ["b"]


@pytest.mark.parametrize("repeatable", [True, False])
def test_a_connection_that_the_server_has_ended_meanwhile_is_made_anew(repeatable: bool) -> None:
    ended = threading.Event()

    def answer_and_end(wire: Wire) -> None:
        echo_once(wire)
        wire.stream.shutdown(socket.SHUT_WR)
        ended.set()
        wire.wait_for_end()

    with connected(Peer(answer_and_end, echo)) as transport:
        transport.exchange([frame("a")])
        assert ended.wait(DEADLINE_S)
        answers = transport.exchange([frame("b")], opening=frame("hello"), repeatable=repeatable)
        assert texts(answers) == ["hello", "b"]


def answer_then_hang_up_on_the_next(wire: Wire) -> None:
    echo_once(wire)
    wire.read_frame()


def test_what_may_be_repeated_is_sent_again_when_an_old_connection_ends_unanswered() -> None:
    with connected(Peer(answer_then_hang_up_on_the_next, echo)) as transport:
        transport.exchange([frame("a")])
        assert texts(transport.exchange([frame("b")])) == ["b"]


def test_what_may_not_be_repeated_is_not_sent_again() -> None:
    with connected(Peer(answer_then_hang_up_on_the_next)) as transport:
        transport.exchange([frame("a")])
        with pytest.raises(Unreachable, match="hung up"):
            transport.exchange([frame("b")], repeatable=False)


def test_it_is_tried_once_again_and_no_more() -> None:
    def hang_up(wire: Wire) -> None:
        wire.read_frame()

    with connected(Peer(answer_then_hang_up_on_the_next, hang_up)) as transport:
        transport.exchange([frame("a")])
        with pytest.raises(Unreachable, match="hung up"):
            transport.exchange([frame("b")])


def test_a_new_connection_that_ends_unanswered_is_not_tried_again() -> None:
    with connected(Peer(lambda wire: None)) as transport, pytest.raises(Unreachable, match="hung up"):
        transport.exchange([frame("a")])


def test_answers_before_the_server_ends_the_connection_are_handed_over() -> None:
    def refuse(wire: Wire) -> None:
        wire.read_frame()
        wire.write(frame("busy"))
        wire.stream.shutdown(socket.SHUT_WR)
        wire.wait_for_end()

    with connected(Peer(refuse, echo)) as transport:
        assert texts(transport.exchange([frame("a"), frame("b")])) == ["busy"]
        assert texts(transport.exchange([frame("c")])) == ["c"], "the ended connection is not used again"


def test_a_refusal_is_read_though_the_server_takes_no_more_of_the_request() -> None:
    def refuse_at_once(wire: Wire) -> None:
        wire.write(frame("busy"))
        wire.stream.shutdown(socket.SHUT_WR)
        wire.wait_for_end()

    with connected(Peer(refuse_at_once)) as transport:
        big = encode_frame(b"{}", b"x" * 16_000_000)
        assert texts(transport.exchange([frame("hello"), big])) == ["busy"]


def test_a_silent_server_is_given_up_after_the_timeout() -> None:
    with connected(Peer(Wire.wait_for_end), SHORT_S) as transport, pytest.raises(Unreachable, match=r"within 0\.2 s"):
        transport.exchange([frame("a")])


def test_a_server_that_reads_nothing_is_given_up_after_the_timeout() -> None:
    given_up = threading.Event()

    def read_nothing(wire: Wire) -> None:
        assert given_up.wait(DEADLINE_S)

    with connected(Peer(read_nothing), SHORT_S) as transport:
        with pytest.raises(Unreachable, match=r"within 0\.2 s"):
            transport.exchange([encode_frame(b"{}", b"x" * 16_000_000)])
        given_up.set()


def test_the_deadline_holds_for_a_whole_answer_that_trickles_in() -> None:
    def trickle(wire: Wire) -> None:
        never = threading.Event()
        with contextlib.suppress(ConnectionError):
            for byte in frame("x" * 1000):
                wire.write(bytes([byte]))
                never.wait(SHORT_S / 10)

    with connected(Peer(trickle), SHORT_S) as transport, pytest.raises(Unreachable, match=r"within 0\.2 s"):
        transport.exchange([frame("a")])


def test_after_a_timeout_a_late_answer_is_not_taken_for_the_next_one() -> None:
    with connected(Peer(Wire.wait_for_end, echo), SHORT_S) as transport:
        with pytest.raises(Unreachable):
            transport.exchange([frame("a")])
        transport._timeout_s = DEADLINE_S
        assert texts(transport.exchange([frame("b")])) == ["b"]


def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next_one() -> None:
    def answer_twice(wire: Wire) -> None:
        header = wire.read_frame().header
        wire.write(encode_frame(header) * 2)
        wire.wait_for_end()

    with connected(Peer(answer_twice, echo)) as transport:
        assert texts(transport.exchange([frame("a")]))[0] == "a"
        assert texts(transport.exchange([frame("b")])) == ["b"]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46",
        b"Unknown",
        MAGIC + b"\xff\xff\xff\xff" + b"\0\0\0\0",
        MAGIC + b"\0\0\0\x02" + b"\0\0\0\x01",
    ],
    ids=["HTTP", "TLS", "the form of 2019", "a header of 4 GiB", "a payload"],
)
def test_an_answer_that_is_no_frame_is_told_at_once(answer: bytes) -> None:
    def nonsense(wire: Wire) -> None:
        wire.read_frame()
        wire.write(answer)
        wire.wait_for_end()

    with connected(Peer(nonsense)) as transport, pytest.raises(BadReply, match="is not a Rollcall server"):
        transport.exchange([frame("a")])


def test_an_answer_cut_off_in_the_middle_is_no_answer() -> None:
    def cut_off(wire: Wire) -> None:
        wire.read_frame()
        wire.write(frame("a whole answer")[:-3])
        wire.stream.shutdown(socket.SHUT_WR)
        wire.wait_for_end()

    with connected(Peer(cut_off)) as transport, pytest.raises(Unreachable, match="hung up"):
        transport.exchange([frame("a")])


def test_a_request_that_was_half_answered_is_not_sent_again() -> None:
    def answer_one_and_a_half(wire: Wire) -> None:
        echo_once(wire)
        wire.read_frame()
        wire.write(frame("a whole answer")[:-3])

    with connected(Peer(answer_one_and_a_half, echo)) as transport:
        transport.exchange([frame("a")])
        with pytest.raises(Unreachable, match="hung up"):
            transport.exchange([frame("b")])
        assert texts(transport.exchange([frame("c")])) == ["c"]


def test_a_server_that_is_away_is_named() -> None:
    port = closed_port()
    transport = TcpTransport("127.0.0.1", port, 5.0)
    with pytest.raises(Unreachable, match=f"Nothing listens at 127.0.0.1:{port}"):
        transport.exchange([frame("a")])


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 64 + ".invalid", "a..b"])
def test_a_name_that_is_not_found_is_named(host: str) -> None:
    with pytest.raises(Unreachable, match="was not found"):
        TcpTransport(host, 20060, 5.0).exchange([frame("a")])


@pytest.mark.parametrize(
    "error",
    [
        socket.gaierror(),
        UnicodeError(),
        TimeoutError(),
        ConnectionRefusedError(),
        ConnectionResetError(),
        BrokenPipeError(),
        OSError(101, "Network is unreachable"),
        OSError(),
    ],
    ids=repr,
)
def test_every_failure_of_a_socket_is_one_sentence_that_names_the_server(error: Exception) -> None:
    text = explain_failure(error, "[::1]:20060", 3.0).text
    assert "[::1]:20060" in text
    assert text.endswith(".")
    assert "\n" not in text


def test_an_address_of_ipv6_is_shown_in_brackets() -> None:
    assert TcpTransport("::1", 20060, 1.0).address == "[::1]:20060"


def test_the_loopback_hands_each_frame_to_its_handler() -> None:
    transport = LoopbackTransport(lambda asked: encode_frame(asked.header + b"!"))
    assert texts(transport.exchange([frame("a"), frame("b")], opening=frame("hello"))) == ["hello!", "a!", "b!"]
    assert texts(transport.exchange([frame("c")], opening=frame("hello"))) == ["c!"]
    transport.close()
    assert texts(transport.exchange([frame("d")], opening=frame("hello"))) == ["hello!", "d!"]
