"""More pictures than can be recognised: nobody is worked for who has gone, and nobody gets all of the recogniser."""

import contextlib
import gc
import socket
import threading
import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from protocol import legacy, messages
from server.connection import ConnectionLimits, has_hung_up
from server.errors import BadImage, Busy
from server.services.class_day.fair_order import Sender
from server.services.class_day.work_queue import WorkQueue
from server.tcp import TcpServer
from tests.server.classroom import COURSE, Classroom, classroom
from tests.server.http.campus import http_of
from tests.server.http.listening import connected as connected_to
from tests.server.http.listening import parsed, read_all, request_of

PATIENCE_S = 60.0
GREEDY = Sender("10.0.0.1", "greedy")
HONEST = Sender("10.0.0.2", "honest")


class Held:
    """A queue whose one worker is held by a first job, so that others gather behind it."""

    def __init__(self, **settings: float) -> None:
        self.queue = WorkQueue("test", workers=1, **{"most_waiting": 100, **settings})  # type: ignore[arg-type]
        self.done: list[str] = []
        self.refused: list[str] = []
        self._go, self._threads = threading.Event(), []
        begun = threading.Event()

        def hold() -> None:
            begun.set()
            assert self._go.wait(PATIENCE_S)

        self._start(lambda: self.queue.run(hold, Sender("the first")))
        assert begun.wait(PATIENCE_S)

    def _start(self, act: Callable[[], object]) -> threading.Thread:
        thread = threading.Thread(target=act)
        thread.start()
        self._threads.append(thread)
        return thread

    def bring(self, sender: Sender, name: str) -> threading.Thread:
        """A picture of that name; it waits, or was refused, when this returns."""
        before = self.queue.waiting + len(self.refused)

        def run() -> None:
            try:
                self.queue.run(lambda: self.done.append(name), sender)
            except Busy:
                self.refused.append(name)

        thread = self._start(run)
        while self.queue.waiting + len(self.refused) == before:
            threading.Event().wait(0.001)
        return thread

    def release(self) -> None:
        """Let the worker go on until nothing waits."""
        self._go.set()
        for thread in self._threads:
            thread.join(PATIENCE_S)
        assert self.queue.close(PATIENCE_S)


def test_one_that_waits_of_everybody_comes_before_a_second_of_anybody() -> None:
    held = Held()
    for number in range(5):
        held.bring(GREEDY, f"greedy {number}")
    held.bring(HONEST, "honest 0")
    held.bring(Sender("10.0.0.3"), "another 0")
    held.bring(HONEST, "honest 1")
    held.release()
    assert held.done[:5] == ["greedy 0", "honest 0", "another 0", "greedy 1", "honest 1"]


def test_a_machine_that_calls_itself_by_many_names_has_one_share() -> None:
    held = Held()
    for number in range(6):
        held.bring(Sender("10.0.0.1", f"name {number}"), f"greedy {number}")
    for number in range(2):
        held.bring(Sender("10.0.0.2", f"honest {number}"), f"honest {number}")
    held.release()
    assert held.done[:4] == ["greedy 0", "honest 0", "greedy 1", "honest 1"]


def test_who_had_their_turn_longest_ago_comes_first_also_after_they_were_refused() -> None:
    held = Held()
    for name in ("one", "two"):
        held.bring(Sender("10.0.0.1", name), f"{name} first")
    held.bring(Sender("10.0.0.1", "one"), "one again")
    held.bring(Sender("10.0.0.1", "three"), "three first")
    held.release()
    assert held.done == ["one first", "two first", "three first", "one again"]


def test_where_there_is_no_room_the_one_with_the_most_waiting_gives_way() -> None:
    held = Held(most_waiting=4)
    for number in range(4):
        held.bring(GREEDY, f"greedy {number}")
    held.bring(HONEST, "honest")
    while not held.refused:
        threading.Event().wait(0.001)
    assert held.refused == ["greedy 3"]
    held.release()
    assert "honest" in held.done


def test_who_hung_up_is_skipped() -> None:
    held = Held()
    gone = [Sender(f"10.0.0.{number}", is_there=lambda: False) for number in range(17)]
    for number, sender in enumerate(gone):
        held.bring(sender, f"gone {number}")
    held.bring(HONEST, "honest")
    held.release()
    assert held.done == ["honest"]


def test_what_could_no_longer_be_answered_in_time_is_dropped_before_it_begins() -> None:
    held = Held(patience_s=0.3)
    held.bring(HONEST, "late")
    while not held.refused:
        threading.Event().wait(0.001)
    held.release()
    assert (held.done, held.refused) == ([], ["late"])


def test_what_takes_long_is_refused_as_soon_as_there_is_no_longer_time_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.services.class_day.work_queue.LEAST_WAIT_S", 0.1)
    held = Held(patience_s=PATIENCE_S)
    with held.queue._lock:
        held.queue._order.end(HONEST, PATIENCE_S - 0.2)  # their pictures take nearly all of the time
    latest = held.bring(HONEST, "long")
    latest.join(PATIENCE_S / 2)
    assert held.refused == ["long"], "it was told at once, not after all of the patience"
    held.release()


def test_a_sender_with_time_waits_for_its_turn_though_all_places_are_taken() -> None:
    held = Held(most_waiting=1, patience_s=PATIENCE_S)
    held.bring(GREEDY, "greedy")
    held.bring(Sender("10.0.0.9", has_time=True), "of 2019")
    assert held.refused == []
    held.release()
    assert sorted(held.done) == ["greedy", "of 2019"]


def test_a_sender_with_time_is_told_at_last() -> None:
    held = Held(turn_patience_s=0.1)
    held.bring(Sender("10.0.0.9", has_time=True), "of 2019").join(PATIENCE_S)
    assert held.refused == ["of 2019"]
    held.release()


class Image(bytearray):
    """A picture's bytes that can be watched."""


@pytest.mark.parametrize("fails", [False, True], ids=["recognised", "refused"])
def test_a_pictures_bytes_are_forgotten_with_its_answer(fails: bool) -> None:
    queue = WorkQueue("test", workers=1, most_waiting=2)
    image = Image(b"a picture")
    watched = weakref.ref(image)

    def look(picture: bytes) -> int:
        if fails:
            raise BadImage("half a picture")
        return len(picture)

    gc.disable()  # a cycle would keep it until somebody collects
    try:
        with contextlib.suppress(BadImage):
            queue.run(lambda picture=image: look(picture))
        del image
        for _ in range(1000):
            if watched() is None:
                break
            threading.Event().wait(0.001)
        assert watched() is None
    finally:
        gc.enable()
        queue.close()


@contextmanager
def connected() -> Iterator[tuple[socket.socket, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
        with client, server:
            yield client, server


def test_a_client_that_hung_up_is_seen_without_reading_what_it_sent() -> None:
    with connected() as (client, server):
        client.sendall(b"more")
        assert not has_hung_up(server, by_end=True)
        client.close()
        while not has_hung_up(server, by_end=True):
            threading.Event().wait(0.001)
        assert server.recv(10) == b"more"


def test_an_old_client_may_end_what_it_sends_and_waits_on() -> None:
    with connected() as (client, server):
        client.shutdown(socket.SHUT_WR)
        while not has_hung_up(server, by_end=True):
            threading.Event().wait(0.001)
        assert not has_hung_up(server, by_end=False)


class HeldRecogniser:
    """Takes the place of the classroom's: each picture waits until it is let through."""

    def __init__(self, room: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
        self.looked: list[bytes] = []
        self.entered, self.go = threading.Semaphore(0), threading.Semaphore(0)
        real = room.recogniser.look

        def look(image: Any) -> Any:
            self.looked.append(bytes(image[0]))
            self.entered.release()
            assert self.go.acquire(timeout=PATIENCE_S)
            return real(image)

        monkeypatch.setattr(room.recogniser, "look", look)


@contextmanager
def served(room: Classroom) -> Iterator[TcpServer]:
    server = TcpServer("127.0.0.1", 0, room.wire, ConnectionLimits())
    server.listen()
    server.start()
    try:
        yield server
    finally:
        assert server.stop()


def send(server: TcpServer, data: bytes) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", server.port), PATIENCE_S)
    client.sendall(data)
    return client


def wait_until(condition: Callable[[], bool]) -> None:
    while not condition():
        threading.Event().wait(0.001)


def test_a_running_server_does_not_look_at_the_pictures_of_clients_that_hung_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with classroom(str(tmp_path / "rollcall.sqlite"), tmp_path) as room, served(room) as server:
        held = HeldRecogniser(room, monkeypatch)
        queue = room.recognition._queue
        first = send(server, messages.encode(messages.Snapshot(course=COURSE), 1, b"0"))
        assert held.entered.acquire(timeout=PATIENCE_S)
        gone = [send(server, messages.encode(messages.Snapshot(course=COURSE), 1, b"1")) for _ in range(3)]
        # Behind the picture there is more that nobody has read: the end is seen all the same.
        gone[0].sendall(messages.encode(messages.Info(), 2))
        wait_until(lambda: queue.waiting == 3)
        for client in gone:
            client.close()
        honest = send(server, messages.encode(messages.Snapshot(course=COURSE), 1, b"2"))
        wait_until(lambda: any(each.sender.is_there() for each in list(queue._jobs)))
        held.go.release(9)
        for client in (first, honest):
            assert client.recv(65536)
            client.close()
        assert held.looked == [b"0", b"2"]


def test_a_running_server_does_not_look_at_the_pictures_of_http_clients_that_hung_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        classroom(str(tmp_path / "rollcall.sqlite"), tmp_path) as room,
        http_of(room, tmp_path / "knowns") as http,
    ):
        held, queue = HeldRecogniser(room, monkeypatch), room.recognition._queue

        def send_by_http(image: bytes) -> socket.socket:
            client = connected_to(http.port)
            headers = ("Content-Type: image/jpeg", "Rollcall: 1")
            client.sendall(request_of("POST", f"/v1/snapshots?course={COURSE}", *headers, body=image))
            return client

        first = send_by_http(b"0")
        assert held.entered.acquire(timeout=PATIENCE_S)
        # As many are let in at once, and who has gone gives their place to somebody else.
        gone = send_by_http(b"1")
        wait_until(lambda: queue.waiting == 1)
        gone.close()
        wait_until(lambda: queue.waiting == 0)
        honest = send_by_http(b"2")
        wait_until(lambda: queue.waiting == 1)
        held.go.release(9)
        for client in (first, honest):
            assert parsed(read_all(client)).status == 200
            client.close()
        assert held.looked == [b"0", b"2"]


class Overloaded:
    """Clients that each send a picture, and the next as soon as they are answered; the time is what pictures take.

    A picture ends only when everybody else has one waiting, so that what comes out is no matter of luck.
    """

    def __init__(self, clients: int, takes_s: float) -> None:
        self.now = 0.0
        self.answered: Counter[int] = Counter()
        self.waited: list[float] = []
        self.busy = 0
        self._clients, self._takes_s = clients, takes_s
        self._is_over = threading.Event()
        self._queue = WorkQueue("test", workers=1, most_waiting=clients, clock=lambda: self.now)

    def run(self, until_s: float) -> None:
        threads = [threading.Thread(target=self._send, args=(number,)) for number in range(self._clients)]
        for thread in threads:
            thread.start()
        wait_until(lambda: self.now >= until_s)
        self._is_over.set()
        for thread in threads:
            thread.join(PATIENCE_S)
        assert self._queue.close(PATIENCE_S)

    def _send(self, number: int) -> None:
        sender = Sender(f"10.0.0.{number}")
        while not self._is_over.is_set():
            began = self.now
            try:
                self._queue.run(self._look, sender)
            except Busy:
                self.busy += 1
            else:
                self._note(number, self.now - began)

    def _note(self, number: int, waited_s: float) -> None:
        if not self._is_over.is_set():  # behind the end nobody waits for the others any more
            self.answered[number] += 1
            self.waited.append(waited_s)

    def _look(self) -> None:
        wait_until(lambda: self._queue.waiting >= self._clients - 1 or self._is_over.is_set())
        self.now += self._takes_s


@pytest.mark.parametrize(("clients", "takes_s"), [(9, 5.5), (2, 22.0), (24, 2.7)])
def test_under_overload_every_picture_that_is_looked_at_is_answered_in_time(clients: int, takes_s: float) -> None:
    overloaded, pictures = Overloaded(clients, takes_s), 60
    overloaded.run(until_s=pictures * takes_s)
    answered = sum(overloaded.answered.values())
    assert answered >= 0.9 * pictures, "as many as one client alone would get"
    assert max(overloaded.waited) <= 30, "what a client waits for an answer"
    assert set(overloaded.answered) == set(range(clients)), "everybody gets some"


def test_an_old_client_waits_for_its_turn_where_a_new_one_is_told_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with classroom(str(tmp_path / "rollcall.sqlite"), tmp_path) as room:
        held = HeldRecogniser(room, monkeypatch)
        queue = room.recognition._queue
        answers: list[object] = []

        def ask(act: Callable[[], object]) -> threading.Thread:
            thread = threading.Thread(target=lambda: answers.append(act()))
            thread.start()
            return thread

        threads = [ask(lambda: room.ask(messages.Snapshot(course=COURSE), b"0"))]
        assert held.entered.acquire(timeout=PATIENCE_S)
        threads += [ask(lambda: room.ask(messages.Snapshot(course=COURSE), b"1")) for _ in range(4)]
        wait_until(lambda: queue.waiting == 4)
        threads.append(ask(lambda: room.legacy(legacy.LegacySnapshot(b"2"))))
        wait_until(lambda: queue.waiting == 5)
        assert room.ask(messages.Snapshot(course=COURSE), b"3").code == "busy"
        assert answers == []
        held.go.release(9)
        for thread in threads:
            thread.join(PATIENCE_S)
        assert room.students[2].encode() in answers
