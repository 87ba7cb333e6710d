"""Marks a second by eight connections: through our server, and the same statements of each mark straight to the
database, one transaction a mark. What the statements are is read off the store while it records the same marks once.
"""

import queue
import socket
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, event

from protocol import messages
from protocol.framing import FrameDecoder
from server.domain.attendance import Mark, Source, State
from server.domain.ledger import MarkAnswer, MarkRequest
from server.store import RosterLine, Store, open_store

T = TypeVar("T")
C = TypeVar("C")

CONNECTIONS: Final = 8
STUDENTS: Final = 100
HOURS: Final = 20
LOT: Final = 400
COURSE: Final = "bench-01"
FIRST_TO_COME: Final = "000000000"
"""A student who is marked in every hour beforehand, so that the day's session and hours are there for everybody."""
DAY: Final = date(2026, 3, 2)
PATIENCE_MS: Final = 120_000
"""SQLite lets waiting writers poll, and one of eight may be unlucky for long; it is not to give up."""
MOMENT: Final = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def prepare(store: Store) -> None:
    """Tables and roster, nothing marked."""
    store.health.upgrade()
    students = [FIRST_TO_COME, *sorted({student for student, _ in marks()})]
    roster = [RosterLine(each, f"Student {each}", COURSE) for each in students]
    store.rosters.change(roster, at=MOMENT, by="bench", day=MOMENT.date())


def marks() -> list[tuple[str, int]]:
    """Student and hour of every mark that is measured."""
    return [(f"{number:09d}", hour) for hour in range(1, HOURS + 1) for number in range(1, STUDENTS + 1)]


def rates(port: int, read_from: str, write_to: str, key_file: Path) -> tuple[float, float]:
    """Marks a second through the prepared server on `port`, and straight to database `write_to`: medians of lots.

    The statements are those that the store issues on database `read_from`; both databases must be empty, and the same
    sequence of marks makes the same row numbers in them. The lots take turns, so that whatever else the machine does
    strikes both ways alike. A connection sends its next mark when the one before is acknowledged.
    """
    with _prepared(read_from, key_file) as (store, _):
        transactions = [_read_off(store, student, hour) for student, hour in marks()]
    through, straight = [], []
    with (
        _prepared(write_to, key_file) as (_, engine),
        clients_of(port) as clients,
        _driver_connections(engine) as connections,
    ):
        for first in range(0, len(transactions), LOT):
            through.append(rate(marks()[first : first + LOT], clients, acknowledge))
            straight.append(rate(transactions[first : first + LOT], connections, _commit))
    return statistics.median(through), statistics.median(straight)


def rate(work: Sequence[T], connections: Sequence[C], do: Callable[[C, T], None]) -> float:
    """Pieces of work done a second by connections that take the next piece as they become free, a thread each."""
    waiting: queue.SimpleQueue[T] = queue.SimpleQueue()
    for each in work:
        waiting.put(each)

    def serve(connection: C) -> None:
        with suppress(queue.Empty):
            while True:
                do(connection, waiting.get_nowait())

    started = time.perf_counter()
    with ThreadPoolExecutor(len(connections)) as threads:
        for done in [threads.submit(serve, connection) for connection in connections]:
            done.result()
    return len(work) / (time.perf_counter() - started)


# ---- through the server


@contextmanager
def clients_of(port: int) -> Iterator[list[socket.socket]]:
    """Connections to a server whose session and hours are there."""
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    for client in clients:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for hour in range(1, HOURS + 1):
        acknowledge(clients[0], (FIRST_TO_COME, hour))
    try:
        yield clients
    finally:
        for client in clients:
            client.close()


def acknowledge(client: socket.socket, mark: tuple[str, int]) -> None:
    student, hour = mark
    message = messages.Mark(student=student, course=COURSE, key=f"bench-{student}-{hour}", hour=hour)
    client.sendall(messages.encode(message, hour))
    decoder = FrameDecoder()
    while (frame := decoder.next_frame()) is None:
        decoder.receive(client.recv(65536))
    reply = messages.decode_reply(frame).message
    assert isinstance(reply, messages.Marked), reply


# ---- straight to the database


Transaction = list[tuple[str, Any]]
"""The statements of one mark with their parameters, as the driver gets them."""


@contextmanager
def _prepared(url: str, key_file: Path) -> Iterator[tuple[Store, Engine]]:
    """A store whose session and hours are there, and the engine under it."""
    store = open_store(url, key_file=key_file)
    engines: list[Engine] = []
    with _watching(lambda connection, _statement, _parameters: engines.append(connection.engine)):
        prepare(store)
        for hour in range(1, HOURS + 1):
            store.marks.record([_request(FIRST_TO_COME, hour)], now=MOMENT)
    try:
        yield store, engines[-1]
    finally:
        store.close()


def _request(student: str, hour: int) -> MarkRequest:
    mark = Mark(student, COURSE, DAY, hour, State.PRESENT, MOMENT, "bench", Source.PROFESSOR)
    return MarkRequest((mark,), key=f"bench-{student}-{hour}", digest=f"{student}-{hour}".encode().ljust(32))


def _read_off(store: Store, student: str, hour: int) -> Transaction:
    transaction: Transaction = []
    with _watching(lambda _, statement, parameters: transaction.append((statement, parameters))):
        outcome = store.marks.record([_request(student, hour)], now=MOMENT)[0]
    assert isinstance(outcome, MarkAnswer), outcome
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


@contextmanager
def _driver_connections(engine: Engine) -> Iterator[list[Any]]:
    """Connections of the driver, set as the store sets them."""
    connections = [engine.raw_connection() for _ in range(CONNECTIONS)]
    for connection in connections:
        if engine.dialect.name == "sqlite":
            connection.cursor().execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
    try:
        yield connections
    finally:
        for connection in connections:
            connection.close()


def _commit(connection: Any, transaction: Transaction) -> None:
    cursor = connection.cursor()
    for statement, parameters in transaction:
        (cursor.executemany if isinstance(parameters, list) else cursor.execute)(statement, parameters)
    connection.commit()
