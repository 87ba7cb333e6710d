"""What waits goes out in order and leaves once it is acknowledged, whatever the server does instead."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from client.api import Api
from client.errors import BadReply, ClientError, Kept, OutboxError, Refused, Unreachable
from client.outbox import Delivery, EntryOutcome, Outbox, OutboxSender, Post, Situation
from client.transport import LoopbackTransport, TcpTransport
from protocol.framing import Frame, encode_frame
from protocol.messages import (
    Confirm,
    ConfirmItem,
    Error,
    Hello,
    Mark,
    Marked,
    MarkedItem,
    MarkItem,
    Marks,
    Message,
    OpenSession,
    Problem,
    SetSession,
    Welcome,
    decode_request,
    encode,
)
from tests.client.scripted_peer import DEADLINE_S, SERVER_INFO, Classroom, Peer, Wire
from tests.ports import closed_port

SERVER = "here:20060"
COURSE = "ea0017_1"
BUSY = Error(code="busy", text="Too much to do.", retry=True)
STALL_S = 1.0
"""After so long a server that stalls is given up; one that does not has answered long before."""
CLOSED = Error(code="closed", text="The session is closed.")


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with closing(Outbox(tmp_path / "outbox.sqlite", SERVER)) as outbox:
        yield outbox


@pytest.fixture
def classroom() -> Classroom:
    return Classroom()


def mark(student: object, *, session: int | None = None, **more: object) -> Mark:
    return Mark(student=str(student), course=COURSE, key=f"k{student}", session=session, **more)


def sender(outbox: Outbox, handler: Callable[[Frame], bytes]) -> OutboxSender:
    return OutboxSender(outbox, Api(LoopbackTransport(handler), "room 301"))


def delivered(outbox: Outbox, handler: Callable[[Frame], bytes]) -> list[EntryOutcome]:
    return [outcome for outcomes in sender(outbox, handler).deliver() for outcome in outcomes]


def sent(classroom: Classroom) -> list[Message]:
    return [each for each in classroom.asked if not isinstance(each, Hello)]


def students(messages: list[Message]) -> list[str]:
    return [
        item.student for message in messages for item in (message.marks if isinstance(message, Marks) else (message,))
    ]


def answering(reply: Message | bytes) -> Callable[[Frame], bytes]:
    """Welcomes, then gives this answer to everything."""

    def handle(frame: Frame) -> bytes:
        asked = decode_request(frame)
        if isinstance(asked.message, Hello):
            return encode(Welcome(version="1"), asked.id)
        return reply if isinstance(reply, bytes) else encode(reply, asked.id)

    return handle


# -- what is sent


def test_everything_goes_out_in_the_order_in_which_it_was_decided(outbox: Outbox, classroom: Classroom) -> None:
    messages = [
        OpenSession(course=COURSE, key="a", date="2026-03-02"),
        mark(1),
        mark(2),
        SetSession(session=1, state="submitted", key="b"),
        mark(3, session=4),
    ]
    numbers = [outbox.add(message) for message in messages]
    assert [outcome.number for outcome in delivered(outbox, classroom)] == numbers
    assert [type(message) for message in sent(classroom)] == [OpenSession, Mark, Mark, SetSession, Mark]
    assert outbox.entries() == []


def test_each_entry_travels_as_it_was_kept_under_its_own_key(outbox: Outbox, classroom: Classroom) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    marks = [
        mark(1, session=7, state="late", hour=3, by="김하늘", why="bus", at=at),
        mark(2, session=7, at=at),
        mark(3, at=at, source="roll_call"),
    ]
    for each in marks:
        outbox.add(each)
    outcomes = delivered(outbox, classroom)
    assert sent(classroom) == marks
    assert [outcome.message for outcome in outcomes] == marks
    assert [[item.student for item in outcome.reply.marks] for outcome in outcomes] == [["1"], ["2"], ["3"]]


def test_marks_that_an_older_client_sent_together_and_got_no_answer_to_are_delivered(
    outbox: Outbox, classroom: Classroom
) -> None:
    for student in (1, 2, 3):
        outbox.add(mark(student))
    with closing(sqlite3.connect(outbox.path)) as file, file:
        file.execute("UPDATE entries SET sent_key = 'of the batch' WHERE number < 3")
    assert [outcome.number for outcome in delivered(outbox, classroom)] == [1, 2, 3]
    assert [each.key for each in sent(classroom)] == ["k1", "k2", "k3"]
    assert outbox.entries() == []


def test_what_was_sent_once_is_sent_again_exactly_so_whatever_was_added_meanwhile(
    outbox: Outbox, classroom: Classroom
) -> None:
    outbox.add(mark(1))
    outbox.add(mark(2))
    classroom.refusals = [BUSY]
    with pytest.raises(Refused, match="Too much"):
        delivered(outbox, classroom)
    outbox.add(mark(3))
    delivered(outbox, classroom)
    first, again, *others = sent(classroom)
    assert first == again
    assert students(others) == ["2", "3"]


def test_at_first_one_goes_alone_and_then_more_and_more(outbox: Outbox) -> None:
    exchanges: list[int] = []

    class Counting(LoopbackTransport):
        def exchange(self, requests, **more):
            exchanges.append(len(requests))
            return super().exchange(requests, **more)

    for number in range(1, 12):
        outbox.add(SetSession(session=number, state="submitted", key=f"k{number}"))
    list(OutboxSender(outbox, Api(Counting(Classroom()), "room 301")).deliver())
    assert exchanges == [1, 4, 6]


# -- what the server is told of it


def test_a_connection_begins_by_saying_how_much_waits_and_for_how_long(tmp_path: Path, classroom: Classroom) -> None:
    now = [datetime(2026, 3, 2, 9, tzinfo=UTC)]
    with closing(Outbox(tmp_path / "kept.sqlite", SERVER, lambda: now[0])) as outbox:
        assert outbox.unsent() == (0, 0)
        for number in (1, 2, 3):
            outbox.add(mark(number))
            now[0] += timedelta(seconds=20.5)
        delivered(outbox, classroom)
        assert outbox.unsent() == (0, 0)
    hello = classroom.asked[0]
    assert isinstance(hello, Hello)
    assert (hello.waiting, hello.oldest_s) == (3, 61)


def test_after_a_refusal_for_now_the_next_try_says_it_anew_and_a_clock_set_back_says_nought(
    tmp_path: Path, classroom: Classroom
) -> None:
    now = [datetime(2026, 3, 2, 9, tzinfo=UTC)]
    with closing(Outbox(tmp_path / "kept.sqlite", SERVER, lambda: now[0])) as outbox:
        outbox.add(mark(1))
        classroom.refusals = [BUSY, BUSY]
        sending = sender(outbox, classroom)
        for moved_s in (100, -500, 0):
            now[0] += timedelta(seconds=moved_s)
            with suppress(Refused):
                list(sending.deliver())
    told = [(each.waiting, each.oldest_s) for each in classroom.asked if isinstance(each, Hello)]
    assert told == [(1, 100), (1, 0), (1, 0)]


# -- what the server refuses


def test_what_is_refused_is_put_aside_with_the_reason_and_the_others_go_on(
    outbox: Outbox, classroom: Classroom
) -> None:
    for session in (1, 2, 1):
        outbox.add(mark(session, session=session))
    classroom.refusals = [None, CLOSED]
    outcomes = delivered(outbox, classroom)
    assert [outcome.refusal and outcome.refusal.sentence.text for outcome in outcomes] == [
        None,
        "The session is closed.",
        None,
    ]
    (aside,) = outbox.entries()
    assert (aside.number, aside.code, aside.text) == (2, "closed", "The session is closed.")


DEFECT = Error(code="internal", text="Its log says why.")


def test_an_entry_that_the_server_fails_at_waits_while_those_behind_it_go(outbox: Outbox, classroom: Classroom) -> None:
    for student in (201511041, 201511042, 201511043):
        outbox.add(mark(student))
    classroom.refusals = [None, DEFECT, None]
    with pytest.raises(Refused, match="Its log says why"):
        delivered(outbox, classroom)
    assert [(entry.number, entry.code, entry.text) for entry in outbox.entries()] == [(2, "internal", "")]
    assert (outbox.waiting(), outbox.refused()) == (1, 0)
    assert [outcome.number for outcome in delivered(outbox, classroom)] == [2], "it is tried again"


def test_an_entry_that_the_server_fails_at_may_be_discarded(outbox: Outbox, classroom: Classroom) -> None:
    outbox.add(mark(201511041))
    classroom.refusals = [DEFECT]
    with pytest.raises(Refused):
        delivered(outbox, classroom)
    outbox.discard(1)
    assert outbox.entries() == []


@pytest.mark.parametrize("code", ["internal", "unauthorised", "unavailable", "of_a_newer_server"])
def test_only_a_refusal_of_the_content_is_final_for_a_command(outbox: Outbox, classroom: Classroom, code: str) -> None:
    classroom.refusals = [Error(code=code, text="Later.")]
    post = Post(outbox, Api(LoopbackTransport(classroom), "room 301"))
    with pytest.raises(Kept, match="Later"):
        post.deliver(post.keep(mark(201511041)))
    assert outbox.waiting() == 1


def test_a_command_tries_again_with_growing_pauses_while_the_server_asks_for_later(
    outbox: Outbox, classroom: Classroom
) -> None:
    classroom.refusals = [BUSY, BUSY]
    rested: list[float] = []
    post = Post(outbox, Api(LoopbackTransport(classroom), "room 301"), (1.0, 2.0, 4.0), rested.append)
    assert post.deliver(post.keep(mark(201511041)))
    assert rested == [1.0, 2.0]


def test_of_marks_that_go_together_only_the_refused_one_is_put_aside(outbox: Outbox, classroom: Classroom) -> None:
    classroom.strangers = {"2"}
    for student in (1, 2, 3):
        outbox.add(mark(student))
    outcomes = delivered(outbox, classroom)
    assert [outcome.reply is not None for outcome in outcomes] == [True, False, True]
    (aside,) = outbox.entries()
    assert aside.message().student == "2"
    assert aside.text == "Student 2 is not enrolled."


def test_of_a_partial_batch_the_refused_rows_are_put_aside_under_a_new_key(
    outbox: Outbox, classroom: Classroom
) -> None:
    classroom.strangers = {"2", "4"}
    rows = tuple(MarkItem(student=str(each), course=COURSE) for each in (1, 2, 3, 4))
    outbox.add(Marks(marks=rows, key="roll", partial=True))
    (outcome,) = delivered(outbox, classroom)
    assert [item.student for item in outcome.reply.marks] == ["1", "3"]
    (aside,) = outbox.entries()
    left = aside.message()
    assert [item.student for item in left.marks] == ["2", "4"]
    assert left.key != "roll"
    assert "Student 2 is not enrolled. Student 4 is not enrolled." in aside.text


def test_an_entry_that_cannot_be_read_is_put_aside_and_told(outbox: Outbox, classroom: Classroom) -> None:
    outbox.add(mark(1))
    outbox.add(mark(2))
    with closing(sqlite3.connect(outbox.path)) as file, file:
        file.execute("UPDATE entries SET message = x'00' WHERE number = 1")
    outcomes = delivered(outbox, classroom)
    assert {outcome.number: outcome.refusal is None for outcome in outcomes} == {1: False, 2: True}
    assert students(sent(classroom)) == ["2"]


# -- what the server does instead of answering

NOT_MINE = MarkedItem(student="9", course=COURSE, date="2024-05-02", hour=1, state="present", changed=True)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (BUSY, Refused),
        (Error(code="unavailable", text="Later.", retry=True), Refused),
        (encode(Error(code="bad_request", text="Too slow."), 0), Refused),
        (SERVER_INFO, BadReply),
        (Marked(marks=()), BadReply),
        (Marked(marks=(NOT_MINE,)), BadReply),
        (Marked(marks=(NOT_MINE, NOT_MINE)), BadReply),
        (Marked(marks=(), refused=(Problem(row=7, student="9", code="closed", text=""),)), BadReply),
        (encode_frame(b"no json"), BadReply),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", BadReply),
    ],
    ids=[
        "busy",
        "unavailable",
        "of the connection",
        "other type",
        "too few",
        "of another",
        "too many",
        "no such row",
        "no JSON",
        "no frame",
    ],
)
def test_what_is_no_acknowledgement_leaves_everything_where_it_was(
    outbox: Outbox, reply: Message | bytes, error: type[ClientError]
) -> None:
    for session in (1, 2):
        outbox.add(mark(session, session=session))
    with pytest.raises(error):
        delivered(outbox, answering(reply))
    assert [(entry.number, entry.text) for entry in outbox.entries()] == [(1, ""), (2, "")]


def test_a_server_that_is_away_leaves_everything_where_it_was(outbox: Outbox) -> None:
    outbox.add(mark(1))
    with closing(TcpTransport("127.0.0.1", closed_port(), 5.0)) as transport:
        sender = OutboxSender(outbox, Api(transport, "room 301"))
        with pytest.raises(Unreachable, match="Nothing listens"):
            list(sender.deliver())
    assert outbox.waiting() == 1


def answer(count: int, classroom: Classroom, then: Callable[[Wire], object]) -> Callable[[Wire], None]:
    """A script: answers so many requests, the introduction included, reads another, and does something else."""

    def script(wire: Wire) -> None:
        for _ in range(count):
            wire.write(classroom(wire.read_frame()))
        wire.read_frame()
        then(wire)

    return script


@pytest.mark.parametrize(
    "misdeed",
    [
        lambda wire: None,
        lambda wire: wire.write(b"\xa7RC1"),
        lambda wire: wire.write(b"\x00" * 70_000),
        Wire.wait_for_end,
    ],
    ids=["hangs up", "hangs up inside a frame", "answers nonsense", "stalls"],
)
def test_a_server_that_fails_in_the_middle_gets_the_rest_again_and_nothing_twice(
    outbox: Outbox, classroom: Classroom, misdeed: Callable[[Wire], object]
) -> None:
    for session in range(1, 7):
        outbox.add(mark(session, session=session))
    scripts = [answer(1 + done, classroom, misdeed) for done in (0, 1, 2)]
    with (
        Peer(*scripts, classroom.serve) as peer,
        closing(TcpTransport("127.0.0.1", peer.port, STALL_S)) as transport,
    ):
        sender = OutboxSender(outbox, Api(transport, "room 301"))
        for _ in [*scripts, classroom]:
            with suppress(Unreachable, BadReply):
                list(sender.deliver())
    assert outbox.entries() == []
    recorded = dict.fromkeys(each.key for each in sent(classroom))
    assert list(recorded) == [f"k{session}" for session in range(1, 7)]


def test_what_was_acknowledged_before_a_server_stalled_is_not_sent_again(outbox: Outbox, classroom: Classroom) -> None:
    for session in (1, 2):
        outbox.add(mark(session, session=session))
    with (
        Peer(answer(2, classroom, Wire.wait_for_end)) as peer,
        closing(TcpTransport("127.0.0.1", peer.port, STALL_S)) as transport,
        pytest.raises(Unreachable),
    ):
        list(OutboxSender(outbox, Api(transport, "room 301")).deliver())
    assert [entry.number for entry in outbox.entries()] == [2]


def test_who_sends_elsewhere_is_not_disturbed(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.outbox.sender.TURN_S", 0)
    outbox.add(mark(1))
    with outbox.sending(0), pytest.raises(OutboxError, match="Another program is sending"):
        delivered(outbox, Classroom())


# -- one command's way


def post(outbox: Outbox, handler: Callable[[Frame], bytes]) -> Post:
    return Post(outbox, Api(LoopbackTransport(handler), "room 301"))


def test_what_another_program_sent_meanwhile_has_no_answer_here(outbox: Outbox, classroom: Classroom) -> None:
    mine = post(outbox, classroom)
    number = mine.keep(mark(1))
    delivered(outbox, classroom)
    assert mine.deliver(number) is None
    assert len(sent(classroom)) == 1


def test_what_was_refused_when_another_program_sent_it_is_told_here(outbox: Outbox, classroom: Classroom) -> None:
    mine = post(outbox, classroom)
    number = mine.keep(mark(1))
    classroom.refusals = [CLOSED]
    delivered(outbox, classroom)
    with pytest.raises(Refused, match="The session is closed") as caught:
        mine.deliver(number)
    assert caught.value.code == "closed"


def test_what_waited_goes_first_and_what_of_it_is_refused_is_told_apart(outbox: Outbox, classroom: Classroom) -> None:
    outbox.add(mark(1, session=1))
    mine = post(outbox, classroom)
    number = mine.keep(mark(2, session=2))
    classroom.refusals = [CLOSED]
    assert [item.student for item in mine.deliver(number).marks] == ["2"]
    assert [outcome.number for outcome in mine.refused] == [1]


def test_an_answer_counts_though_what_was_added_behind_could_not_be_sent(outbox: Outbox, classroom: Classroom) -> None:
    mine = post(outbox, classroom)
    number = mine.keep(mark(1, session=1))
    outbox.add(mark(2, session=2))
    classroom.refusals = [None, BUSY]
    assert mine.deliver(number) is not None
    assert outbox.waiting() == 1


# -- the thread


class Listener:
    """Remembers what a delivery tells, and waits for it."""

    def __init__(self) -> None:
        self.outcomes: list[EntryOutcome] = []
        self.situations: list[Situation] = []
        self._changed = threading.Condition()

    def heard(self, outcome: EntryOutcome) -> None:
        with self._changed:
            self.outcomes.append(outcome)
            self._changed.notify_all()

    def told(self, situation: Situation) -> None:
        with self._changed:
            self.situations.append(situation)
            self._changed.notify_all()

    def wait(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, DEADLINE_S)

    def wait_for_trouble(self) -> None:
        self.wait(lambda: bool(self.situations and self.situations[-1].trouble))


@pytest.fixture
def listener() -> Listener:
    return Listener()


def delivery(outbox: Outbox, listener: Listener, port: int) -> Delivery:
    return Delivery(
        outbox, lambda: Api(TcpTransport("127.0.0.1", port, DEADLINE_S), "room 301"), listener.heard, listener.told
    )


def delivery_in_trouble(outbox: Outbox, listener: Listener, port: int) -> Delivery:
    """It has a mark to send, and has found nobody who listens."""
    sender = delivery(outbox, listener, port)
    sender.start()
    sender.add(mark(1))
    listener.wait_for_trouble()
    return sender


def test_what_waits_from_before_and_what_is_added_is_sent_by_itself(
    outbox: Outbox, classroom: Classroom, listener: Listener
) -> None:
    outbox.add(mark(1))
    with Peer(classroom.serve) as peer:
        sender = delivery(outbox, listener, peer.port)
        sender.start()
        listener.wait(lambda: len(listener.outcomes) == 1)
        assert sender.add(mark(2)) == 2
        listener.wait(lambda: len(listener.outcomes) == 2)
        sender.close()
    assert [outcome.message.student for outcome in listener.outcomes] == ["1", "2"]
    assert listener.situations[-1] == Situation(0)


def test_while_the_server_is_away_it_says_so_and_counts_and_goes_on_when_it_is_back(
    outbox: Outbox, classroom: Classroom, listener: Listener
) -> None:
    port = closed_port()
    sender = delivery_in_trouble(outbox, listener, port)
    sender.add(mark(2))
    listener.wait(lambda: listener.situations[-1].waiting == 2)
    assert "Nothing listens" in listener.situations[-1].trouble.text
    with Peer(classroom.serve, port=port):
        sender.send_now()
        listener.wait(lambda: listener.situations[-1] == Situation(0))
        sender.close()
    assert students(sent(classroom)) == ["1", "2"]


def test_an_end_in_a_pause_comes_at_once_and_what_waits_stays(outbox: Outbox, listener: Listener) -> None:
    outbox.add(mark(1))
    sender = delivery(outbox, listener, closed_port())
    sender.start()
    listener.wait_for_trouble()
    sender.close()
    assert outbox.waiting() == 1


def test_an_end_that_comes_while_the_thread_forgets_why_it_woke_is_heeded(outbox: Outbox, listener: Listener) -> None:
    class Slow(threading.Event):
        def clear(self) -> None:
            clearing.set()
            assert self.wait(DEADLINE_S)
            super().clear()

    clearing = threading.Event()
    outbox.add(mark(1))
    sender = delivery(outbox, listener, closed_port())
    sender._urgent = Slow()
    sender.start()
    assert clearing.wait(DEADLINE_S)
    sender.close()
    sender._thread.join(DEADLINE_S)
    assert listener.situations == [], "nothing was begun"


def test_an_outbox_that_fails_does_not_end_the_thread(outbox: Outbox, classroom: Classroom, listener: Listener) -> None:
    with Peer(classroom.serve) as peer:
        sender = delivery(outbox, listener, peer.port)
        original, outbox.waiting = outbox.waiting, broken
        sender.start()
        listener.wait_for_trouble()
        outbox.waiting = original
        sender.add(mark(1))
        sender.send_now()
        listener.wait(lambda: len(listener.outcomes) == 1)
        sender.close()


def broken() -> int:
    raise OutboxError("The disk is gone.")


def test_confirmations_are_acknowledged_by_their_students(outbox: Outbox) -> None:
    items = (ConfirmItem(student="9", hour=1, state="present"),)
    outbox.add(Confirm(session=3, items=items, key="k", partial=True))
    (outcome,) = delivered(outbox, answering(Marked(marks=(NOT_MINE,))))
    assert outcome.reply == Marked(marks=(NOT_MINE,))


def test_what_another_program_has_sent_is_told_to_who_added_it(
    outbox: Outbox, classroom: Classroom, listener: Listener
) -> None:
    sender = delivery_in_trouble(outbox, listener, closed_port())
    with Peer(classroom.serve) as peer:
        another = Api(TcpTransport("127.0.0.1", peer.port, DEADLINE_S), "the other program")
        list(OutboxSender(outbox, another).deliver())
        another.hang_up()
    sender.send_now()
    listener.wait(lambda: bool(listener.outcomes))
    sender.close()
    (outcome,) = listener.outcomes
    assert (outcome.number, outcome.message, outcome.reply, outcome.refusal) == (1, mark(1), None, None)
