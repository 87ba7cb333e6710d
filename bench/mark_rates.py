"""Marks a second by eight connections: through our server, and the same statements of each mark straight to the
database, one transaction a mark. What the statements are is read off the store while it records the same marks once.
"""

import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, event

from protocol import messages
from protocol.framing import FrameDecoder
from server.domain.attendance import Mark, Source, State
from server.store import open_store
from server.store.base import MarkRequest, RosterRow, Store

T = TypeVar("T")

CONNECTIONS: Final = 8
STUDENTS: Final = 100
HOURS: Final = 20
COURSE: Final = "bench-01"
FIRST_TO_COME: Final = "000000000"
"""A student who is marked in every hour beforehand, so that the day's session and hours are there for everybody."""
DAY: Final = date(2026, 3, 2)
PATIENCE_MS: Final = 120_000
"""SQLite lets waiting writers poll, and one of eight may be unlucky for long; it is not to give up."""
MOMENT: Final = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def marks() -> list[tuple[str, int]]:
    """Student and hour of every mark that is measured."""
    return [(f"{number:09d}", hour) for hour in range(1, HOURS + 1) for number in range(1, STUDENTS + 1)]


def prepare(store: Store) -> None:
    """Tables and roster, nothing marked."""
    store.upgrade()
    students = [FIRST_TO_COME, *sorted({student for student, _ in marks()})]
    store.import_roster([RosterRow(each, f"Student {each}", COURSE) for each in students], at=MOMENT, by="bench")


# ---- through the server


def through_server(port: int) -> float:
    """Marks acknowledged a second, each connection waiting for its answer before it sends the next mark."""
    work: queue.SimpleQueue[tuple[str, int]] = queue.SimpleQueue()
    for each in marks():
        work.put(each)
    connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    for connection, hour in zip(connections, range(1, HOURS + 1), strict=False):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _acknowledged(connection, FrameDecoder(), FIRST_TO_COME, hour)
    for hour in range(CONNECTIONS + 1, HOURS + 1):
        _acknowledged(connections[0], FrameDecoder(), FIRST_TO_COME, hour)

    def send(connection: socket.socket) -> None:
        decoder = FrameDecoder()
        for student, hour in _until_empty(work):
            _acknowledged(connection, decoder, student, hour)

    rate = len(marks()) / _together(send, connections)
    for connection in connections:
        connection.close()
    return rate


def _acknowledged(connection: socket.socket, decoder: FrameDecoder, student: str, hour: int) -> None:
    mark = messages.Mark(student=student, course=COURSE, key=f"bench-{student}-{hour}", hour=hour)
    connection.sendall(messages.encode(mark, hour))
    while (frame := decoder.next_frame()) is None:
        decoder.receive(connection.recv(65536))
    reply = messages.decode_reply(frame).message
    assert isinstance(reply, messages.Marked), reply


# ---- straight to the database


@dataclass
class Transaction:
    """The statements of one mark, as the driver gets them."""

    statements: list[tuple[str, Any]] = field(default_factory=list)


def straight(read_from: str, write_to: str, key_file: Path) -> float:
    """Marks committed a second by the statements that the store issues on database `read_from`, replayed on another.

    Both must be empty. The same sequence of marks makes the same row numbers in both.
    """
    with _prepared(read_from, key_file) as (store, _):
        transactions = [_read_off(store, student, hour) for student, hour in marks()]
    with _prepared(write_to, key_file) as (_, engine):
        return _replay(engine, transactions)


@contextmanager
def _prepared(url: str, key_file: Path) -> Iterator[tuple[Store, Engine]]:
    """A store whose session and hours are there, and the engine under it."""
    store = open_store(url, key_file=key_file)
    engines: list[Engine] = []
    with _watching(lambda connection, _statement, _parameters: engines.append(connection.engine)):
        prepare(store)
        for hour in range(1, HOURS + 1):
            store.record([_request(FIRST_TO_COME, hour)], now=MOMENT)
    try:
        yield store, engines[-1]
    finally:
        store.close()


def _request(student: str, hour: int) -> MarkRequest:
    mark = Mark(student, COURSE, DAY, hour, State.PRESENT, MOMENT, "bench", Source.PROFESSOR)
    return MarkRequest((mark,), key=f"bench-{student}-{hour}", digest=f"{student}-{hour}".encode().ljust(32))


def _read_off(store: Store, student: str, hour: int) -> Transaction:
    transaction = Transaction()
    with _watching(lambda _, statement, parameters: transaction.statements.append((statement, parameters))):
        outcome = store.record([_request(student, hour)], now=MOMENT)[0]
    assert isinstance(outcome, tuple), outcome
    return transaction


@contextmanager
def _watching(seen: Callable[[Connection, str, Any], None]) -> Iterator[None]:
    """Hand every statement of every engine to `seen`, as text and parameters of the driver."""

    def before(connection: Connection, _: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        seen(connection, statement, list(parameters) if many else parameters)

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", before)


def _replay(engine: Engine, transactions: Sequence[Transaction]) -> float:
    work: queue.SimpleQueue[Transaction] = queue.SimpleQueue()
    for each in transactions:
        work.put(each)
    connections = [engine.raw_connection() for _ in range(CONNECTIONS)]

    def commit_all(connection: Any) -> None:
        cursor = connection.cursor()
        if engine.dialect.name == "sqlite":
            cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        for transaction in _until_empty(work):
            for statement, parameters in transaction.statements:
                if isinstance(parameters, list):
                    cursor.executemany(statement, parameters)
                else:
                    cursor.execute(statement, parameters)
            connection.commit()

    seconds = _together(commit_all, connections)
    for connection in connections:
        connection.close()
    return len(transactions) / seconds


# ---- both


def _until_empty(work: "queue.SimpleQueue[T]") -> Iterator[T]:
    while True:
        try:
            yield work.get_nowait()
        except queue.Empty:
            return


def _together(work: Callable[[Any], None], connections: Sequence[Any]) -> float:
    """Seconds until `work` is done with every connection, each on a thread of its own."""
    failures: list[BaseException] = []

    def guarded(connection: Any) -> None:
        try:
            work(connection)
        except BaseException as error:  # noqa: BLE001 - it is raised again below
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(connection,)) for connection in connections]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return time.perf_counter() - started
