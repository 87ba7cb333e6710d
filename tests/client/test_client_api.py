"""The calls of the client: what is sent, what is given back, and every way in which an answer can be wrong."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

import pytest

from client.api import Api
from client.errors import BadReply, Refused, Unreachable, UsageError
from client.numbered_requests import HELLO_ID, NO_ID
from client.transport import LoopbackTransport, TcpTransport
from protocol.errors import ERROR_CODES, RETRY_CODES
from protocol.framing import Frame, encode_frame
from protocol.messages import (
    Error,
    Hello,
    Info,
    Mark,
    Marked,
    MarkedItem,
    MarkItem,
    Message,
    Roster,
    RosterList,
    Snapshot,
    Welcome,
    decode_request,
    encode,
)
from settings.version import VERSION
from tests.client.scripted_peer import DEADLINE_S, SERVER_INFO, Classroom, Peer, Wire

NOW = datetime(2024, 5, 2, 1, 0, tzinfo=UTC)
COURSE = "ea0017_1"
STUDENT = "201511041"


def api_of(handler: Callable[[Frame], bytes]) -> Api:
    return Api(LoopbackTransport(handler), "room 301", lambda: NOW)


def answering(*replies: Message | bytes, id: int | None = None) -> Callable[[Frame], bytes]:
    """A handler that welcomes, then gives these answers in turn, under the request's number unless `id` is another."""
    left = list(replies)

    def handle(frame: Frame) -> bytes:
        asked = decode_request(frame)
        if asked.id == HELLO_ID:
            return encode(Welcome(version="1"), HELLO_ID)
        reply = left.pop(0)
        return reply if isinstance(reply, bytes) else encode(reply, asked.id if id is None else id)

    return handle


def test_the_device_introduces_itself_once_a_connection() -> None:
    classroom = Classroom()
    api = api_of(classroom)
    api.info()
    api.info()
    assert classroom.asked == [Hello(device="room 301", version=VERSION), Info(), Info()]


def test_the_introduction_costs_no_round_trip() -> None:
    def answer_behind_both(wire: Wire) -> None:
        hello, roster = wire.read(2)
        wire.write(encode(Welcome(version="1"), hello.id))
        wire.write(encode(RosterList(course=COURSE, date="2024-05-02", students=()), roster.id))
        wire.wait_for_end()

    with Peer(answer_behind_both) as peer, closing(TcpTransport("127.0.0.1", peer.port, DEADLINE_S)) as transport:
        assert Api(transport, "room 301").roster(COURSE).students == ()


def test_hello_by_itself_is_sent_once() -> None:
    classroom = Classroom()
    assert api_of(classroom).hello() == Welcome(version=VERSION, device="room 301")
    assert classroom.asked == [Hello(device="room 301", version=VERSION)]


def test_info_and_roster_are_handed_over_typed() -> None:
    api = api_of(Classroom())
    assert api.info() == SERVER_INFO
    assert [entry.student for entry in api.roster(COURSE).students] == list(Classroom.names)


def test_a_mark_carries_its_time_and_a_key_of_its_own() -> None:
    classroom = Classroom()
    api = api_of(classroom)
    assert api.mark(STUDENT, COURSE, state="late", hour=2).state == "late"
    api.mark(STUDENT, COURSE)
    marks = [asked for asked in classroom.asked if isinstance(asked, Mark)]
    assert [mark.at for mark in marks] == [NOW, NOW]
    assert [mark.hour for mark in marks] == [2, None]
    assert len({mark.key for mark in marks}) == 2


def test_the_key_of_a_repetition_is_the_one_that_was_given() -> None:
    classroom = Classroom()
    items = [MarkItem(student=STUDENT, course=COURSE)]
    api_of(classroom).marks(items, key="k1")
    assert classroom.asked[-1].key == "k1"
    assert classroom.asked[-1].marks == tuple(items)


def test_a_snapshot_carries_the_image_and_the_time_it_was_taken() -> None:
    classroom = Classroom()
    faces = api_of(classroom).snapshot(b"image", course=COURSE, record=True)
    assert faces.recorded == 2
    assert classroom.asked[-1] == Snapshot(course=COURSE, taken_at=NOW, record=True)


def hang_up_on_the_second(wire: Wire) -> None:
    hello, info = wire.read(2)
    wire.write(encode(Welcome(version="1"), hello.id) + encode(SERVER_INFO, info.id))
    wire.read()


def test_a_snapshot_that_records_nothing_is_sent_again_where_an_old_connection_had_ended() -> None:
    peer = Peer(hang_up_on_the_second, Classroom().serve)
    with peer, closing(TcpTransport("127.0.0.1", peer.port, DEADLINE_S)) as transport:
        api = Api(transport, "room 301")
        api.info()
        assert len(api.snapshot(b"image", course=COURSE).faces) == 3


def test_a_snapshot_that_records_is_never_sent_twice() -> None:
    classroom = Classroom()
    peer = Peer(hang_up_on_the_second, classroom.serve)
    with peer, closing(TcpTransport("127.0.0.1", peer.port, DEADLINE_S)) as transport:
        api = Api(transport, "room 301")
        api.info()
        with pytest.raises(Unreachable):
            api.snapshot(b"image", course=COURSE, record=True)
        api.info()
    assert classroom.asked == [Hello(device="room 301", version=VERSION), Info()]


@pytest.mark.parametrize("code", [*ERROR_CODES, "a_code_of_a_newer_server"])
def test_every_error_code_is_a_refusal_with_its_code_and_text(code: str) -> None:
    retry = code in RETRY_CODES
    api = api_of(answering(Error(code=code, text="So it is.", retry=retry)))
    with pytest.raises(Refused, match=r"So it is\.") as caught:
        api.roster(COURSE)
    assert (caught.value.code, caught.value.retry) == (code, retry)


def test_a_refusal_without_a_text_still_says_something() -> None:
    with pytest.raises(Refused, match="busy"):
        api_of(answering(Error(code="busy", text="", retry=True))).roster(COURSE)


def test_an_error_that_answers_no_single_message_is_a_refusal() -> None:
    with pytest.raises(Refused, match="Full"):
        api_of(answering(Error(code="busy", text="Full.", retry=True), id=NO_ID)).roster(COURSE)


def test_one_connection_too_many_is_told_busy() -> None:
    def turn_away(wire: Wire) -> None:
        wire.read_frame()
        wire.write(encode(Error(code="busy", text="Full.", retry=True), NO_ID))

    with (
        Peer(turn_away) as peer,
        closing(TcpTransport("127.0.0.1", peer.port, DEADLINE_S)) as transport,
        pytest.raises(Refused, match="Full") as caught,
    ):
        Api(transport, "room 301").roster(COURSE)
    assert caught.value.retry


def test_a_refused_introduction_is_told() -> None:
    with pytest.raises(Refused, match="No token") as caught:
        api_of(lambda _: encode(Error(code="unauthorised", text="No token."), HELLO_ID)).roster(COURSE)
    assert caught.value.code == "unauthorised"


def test_a_connection_that_ends_behind_the_welcome_is_unreachable() -> None:
    def only_welcome(wire: Wire) -> None:
        hello, _ = wire.read(2)
        wire.write(encode(Welcome(version="1"), hello.id))

    with (
        Peer(only_welcome) as peer,
        closing(TcpTransport("127.0.0.1", peer.port, DEADLINE_S)) as transport,
        pytest.raises(Unreachable, match="ended the connection"),
    ):
        Api(transport, "room 301").roster(COURSE)


OTHER = MarkedItem(student="999", course=COURSE, date="2024-05-02", hour=1, state="present", changed=True)


@pytest.mark.parametrize(
    ("reply", "id", "what"),
    [
        (Marked(marks=()), None, "answered 1 mark"),
        (Marked(marks=(OTHER,)), None, "answered 1 mark"),
        (SERVER_INFO, None, "'info' where 'marked'"),
        (Marked(marks=(OTHER,)), 77, "message 77"),
        (Error(code="busy", text="Not yours."), 77, "message 77"),
        (encode_frame(b"no json"), None, "cannot be understood"),
        (encode_frame(b"[" * 200_000), None, "cannot be understood"),
        (encode_frame(b'{"type":"marked","id":2,"marks":7}'), None, "cannot be understood"),
        (encode_frame(b'{"type":"dance","id":2}'), None, "cannot be understood"),
        (encode_frame(b'{"type":"marked","marks":[]}'), None, "cannot be understood"),
    ],
    ids=[
        "too few",
        "of another",
        "other type",
        "other number",
        "error of another",
        "no JSON",
        "nested",
        "wrong field",
        "unknown type",
        "no number",
    ],
)
def test_an_answer_that_does_not_fit_is_a_bad_reply(reply: Message | bytes, id: int | None, what: str) -> None:
    with pytest.raises(BadReply, match=what):
        api_of(answering(reply, id=id)).mark(STUDENT, COURSE)


def test_answers_out_of_order_are_a_bad_reply() -> None:
    def swapped(wire: Wire) -> None:
        hello, roster = wire.read(2)
        wire.write(encode(RosterList(course=COURSE, date="2024-05-02", students=()), roster.id))
        wire.write(encode(Welcome(version="1"), hello.id))
        wire.wait_for_end()

    with (
        Peer(swapped) as peer,
        closing(TcpTransport("127.0.0.1", peer.port, DEADLINE_S)) as transport,
        pytest.raises(BadReply),
    ):
        Api(transport, "room 301").roster(COURSE)


def test_after_a_bad_reply_the_next_call_begins_a_new_connection() -> None:
    def wrong_number(wire: Wire) -> None:
        hello, info = wire.read(2)
        wire.write(encode(Welcome(version="1"), hello.id) + encode(SERVER_INFO, info.id + 1))
        wire.wait_for_end()

    classroom = Classroom()
    with (
        Peer(wrong_number, classroom.serve) as peer,
        closing(TcpTransport("127.0.0.1", peer.port, DEADLINE_S)) as transport,
    ):
        api = Api(transport, "room 301")
        with pytest.raises(BadReply):
            api.info()
        api.info()
    assert classroom.asked == [Hello(device="room 301", version=VERSION), Info()]


@pytest.mark.parametrize(
    "call",
    [
        lambda api: api.mark("", COURSE),
        lambda api: api.mark("1" * 33, COURSE),
        lambda api: api.mark("2015\n11041", COURSE),
        lambda api: api.mark(STUDENT, COURSE, hour=25),
        lambda api: api.marks([]),
        lambda api: api.marks([MarkItem(student=STUDENT, course=COURSE)] * 2001),
        lambda api: api.roster(" "),
        lambda api: api.snapshot(b"", course=COURSE),
        lambda api: api.snapshot(b"x" * (16 * 1024 * 1024 + 1), course=COURSE),
    ],
    ids=[
        "no student",
        "long student",
        "line break",
        "hour 25",
        "no marks",
        "2001 marks",
        "blank course",
        "no image",
        "large image",
    ],
)
def test_what_cannot_be_meant_is_not_sent(call: Callable[[Api], object]) -> None:
    classroom = Classroom()
    with pytest.raises(UsageError, match="cannot be sent"):
        call(api_of(classroom))
    assert classroom.asked == []


def test_a_course_code_is_sent_as_it_is() -> None:
    classroom = Classroom("'; DROP TABLE marks; --")
    api_of(classroom).roster(classroom.course)
    assert classroom.asked[-1] == Roster(course="'; DROP TABLE marks; --")
