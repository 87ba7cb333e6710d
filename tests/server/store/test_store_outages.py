"""A database that goes away, comes back, cuts a connection or prefers another transaction."""

import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymysql
import pytest
from sqlalchemy import event, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, PendingRollbackError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from server.errors import Internal, SetupProblem, Unavailable
from server.store import Store, open_store
from server.store.database.failures import Kind, kind_of, translate
from tests.databases import WORDS, ThrowAwayServer, connect, new_database, upgrade
from tests.server.store.store_values import STUDENTS, enrol, mark, record, recorded, request, states

PATIENCE_S = 60.0
UPSERT = "INSERT INTO marks"


@contextmanager
def opened(url: str) -> Iterator[Store]:
    store = open_store(url, key_file=None)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def before_upserts(store: Store, act: Any) -> Iterator[list[str]]:
    """Call `act` with the number of the database's connection before each upsert of marks; the upserts so far."""
    seen: list[str] = []

    def look(connection: Any, cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith(UPSERT):
            seen.append(statement)
            act(connection.connection.dbapi_connection.thread_id(), len(seen))

    event.listen(store._database.engine, "before_cursor_execute", look)
    yield seen
    event.remove(store._database.engine, "before_cursor_execute", look)


def count(store: Store, table: str) -> int:
    return store._database.read(lambda c: c.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar())


@pytest.mark.skipif("system" not in WORDS, reason="ROLLCALL_TEST_MYSQL names no server that a test may stop")
@pytest.mark.parametrize("kill", [False, True], ids=["stopped", "killed"])
def test_a_restart_of_the_database_is_survived(throw_away_server: ThrowAwayServer, kill: bool) -> None:
    with new_database(throw_away_server.url) as url:
        upgrade(url)
        with opened(url) as store:
            enrol(store)
            first = record(store, request(key="k"))
            throw_away_server.stop(kill=kill)
            try:
                for act in (
                    lambda: record(store, request(key="l")),
                    lambda: store.rosters.names(["1"]),
                    store.health.check_schema,
                ):
                    with pytest.raises(Unavailable) as caught:
                        act()
                    assert caught.value.retry
            finally:
                throw_away_server.start()
            assert record(store, request(key="k")) == first == [(recorded(mark()),)]
            other = mark(STUDENTS[1])
            assert record(store, request(other)) == [(recorded(other),)]


def test_a_connection_that_is_cut_in_the_middle_is_not_noticed(mysql_url: str) -> None:
    admin = connect(make_url(mysql_url))

    def cut(connection: int, upserts: int) -> None:
        if upserts == 1:
            with admin.cursor() as cursor:
                cursor.execute(f"KILL {connection}")

    with admin, opened(mysql_url) as store:
        enrol(store)
        with before_upserts(store, cut) as upserts:
            assert record(store, request(key="k")) == [(recorded(mark()),)]
        assert len(upserts) == 2
        assert count(store, "mark_history") == 1


def test_a_connection_that_is_always_cut_is_given_up(mysql_url: str) -> None:
    admin = connect(make_url(mysql_url))

    def cut(connection: int, upserts: int) -> None:
        with admin.cursor() as cursor:
            cursor.execute(f"KILL {connection}")

    with admin, opened(mysql_url) as store:
        enrol(store)
        with before_upserts(store, cut) as upserts, pytest.raises(Unavailable):
            record(store, request(key="k"))
        assert len(upserts) == 3
        assert states(store) == {}
        assert record(store, request(key="k")) == [(recorded(mark()),)]


def test_a_deadlock_is_tried_again(mysql_url: str) -> None:
    """Another transaction holds the mark and asks for the hour that ours holds; having done more, it is spared."""
    waiting, over = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def stand_in_the_way() -> None:
        with other.cursor() as cursor:
            cursor.execute("SELECT id FROM hours FOR UPDATE")
            other.rollback()

    def ask_for_the_hour() -> None:
        assert waiting.wait(PATIENCE_S)
        try:
            stand_in_the_way()
        except BaseException as problem:  # noqa: BLE001  # whatever it is, the test has to see it
            failed.append(problem)
        over.set()

    def tell(connection: int, upserts: int) -> None:
        if upserts == 1:
            waiting.set()
        else:
            assert over.wait(PATIENCE_S)

    other = connect(make_url(mysql_url), autocommit=False)
    with other, opened(mysql_url) as store:
        enrol(store)
        record(store, request(mark()))
        with other.cursor() as cursor:
            ballast = [(f"ballast {number}",) for number in range(200)]
            cursor.executemany("INSERT INTO students VALUES (%s, '')", ballast)
            cursor.execute("SELECT hour FROM marks WHERE student = %s FOR UPDATE", (STUDENTS[0],))
        asking = threading.Thread(target=ask_for_the_hour)
        asking.start()
        with before_upserts(store, tell) as upserts:
            assert record(store, request(key="k")) == [(recorded(mark(), changed=False),)]
        asking.join(PATIENCE_S)
        assert failed == []
        assert len(upserts) == 2
        assert count(store, "mark_history") == 2


class CuttingProxy:
    """Passes bytes to a server and back; once `armed`, cuts the connection instead of passing the next answer."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.armed = threading.Event()
        self.cut = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(PATIENCE_S)

    def _accept(self) -> None:
        while True:
            try:
                client = self._listener.accept()[0]
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(client,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server:
            back = threading.Thread(target=self._pass_back, args=(server, client))
            back.start()
            while data := _received(client):
                server.sendall(data)
            server.shutdown(socket.SHUT_RDWR)
            back.join(PATIENCE_S)

    def _pass_back(self, server: socket.socket, client: socket.socket) -> None:
        while data := _received(server):
            if self.armed.is_set() and not self.cut.is_set():
                self.cut.set()
                client.shutdown(socket.SHUT_RDWR)
                return
            client.sendall(data)


def _received(peer: socket.socket) -> bytes:
    try:
        return peer.recv(65536)
    except OSError:
        return b""


def test_a_commit_whose_answer_is_lost_is_not_done_twice(mysql_url: str) -> None:
    target = make_url(mysql_url)
    proxy = CuttingProxy(target.host or "", target.port or 3306)
    try:
        through = target.set(host="127.0.0.1", port=proxy.port).render_as_string(hide_password=False)
        with opened(through) as store:
            enrol(store)
            record(store, request(mark(STUDENTS[1])))
            event.listen(store._database.engine, "commit", lambda _: proxy.armed.set())
            assert record(store, request(key="k")) == [(recorded(mark()),)]
            assert proxy.cut.is_set()
            assert count(store, "mark_history") == 2
    finally:
        proxy.close()


def test_a_writer_that_holds_sqlite_too_long_makes_it_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    upgrade(str(path))
    with opened(str(path)) as store:
        enrol(store)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        store._database.engine.dispose()
        event.listen(store._database.engine, "connect", lambda each, _: each.execute("PRAGMA busy_timeout = 1"))
        with pytest.raises(Unavailable, match="locked"):
            record(store, request())
        assert states(store) == {}
        other.execute("ROLLBACK")
        other.close()
        assert record(store, request()) == [(recorded(mark()),)]


def mysql_error(number: int) -> DBAPIError:
    return OperationalError("SELECT 1", {}, pymysql.err.OperationalError(number, "as the server says"))


def sqlite_error(name: str, text: str = "as SQLite says") -> DBAPIError:
    cause = sqlite3.OperationalError(text)
    cause.sqlite_errorname = name
    return OperationalError("SELECT 1", {}, cause)


UNREADABLE = OperationalError("SELECT 1", {}, sqlite3.OperationalError("Could not decode to UTF-8 column"))
# No space, too many connections, read only, a cluster that takes no writes, short of memory, one that is not known.
PASSES = (1021, 1026, 1114, 1226, 1203, 1290, 1792, 1047, 1180, 3098, 3100, 3101, 1037, 1135, 1317, 3024, 9999)
# A password, a lock, a name, a right, a table that is gone, a table that is damaged.
IS_MENDED = (1045, 1862, 3118, 4151, 1049, 1130, 1142, 1143, 1227, 1146, 1932, 1034, 1194)


@pytest.mark.parametrize(
    ("error", "kind", "becomes"),
    [
        (sqlite_error("SQLITE_BUSY_RECOVERY"), Kind.AWAY, Unavailable),
        (sqlite_error("SQLITE_PROTOCOL"), Kind.AWAY, Unavailable),
        (sqlite_error("SQLITE_NOTADB"), Kind.SETUP, SetupProblem),
        (sqlite_error("SQLITE_CORRUPT_VTAB"), Kind.SETUP, SetupProblem),
        (sqlite_error("SQLITE_INTERRUPT"), Kind.AWAY, Unavailable),
        (sqlite_error("SQLITE_ERROR"), Kind.DEFECT, Internal),
        (UNREADABLE, Kind.SETUP, SetupProblem),
        (OperationalError("SELECT 1", {}, pymysql.err.InterfaceError(0, "")), Kind.LOST, Unavailable),
        (PendingRollbackError("it was taken away"), Kind.LOST, Unavailable),
        (sqlite_error("SQLITE_ERROR", "table marks has no column named why"), Kind.SETUP, SetupProblem),
        (StatementError("while binding", "SELECT 1", {}, MemoryError()), Kind.AWAY, Unavailable),
        (StatementError("while binding", "SELECT 1", {}, TypeError()), Kind.DEFECT, Internal),
        (mysql_error(1213), Kind.CONFLICT, Unavailable),
        (mysql_error(1205), Kind.CONFLICT, Unavailable),
        (mysql_error(2006), Kind.LOST, Unavailable),
        (mysql_error(2013), Kind.LOST, Unavailable),
        (mysql_error(2003), Kind.AWAY, Unavailable),
        (mysql_error(1040), Kind.AWAY, Unavailable),
        (mysql_error(1045), Kind.SETUP, SetupProblem),
        (mysql_error(1146), Kind.SETUP, SetupProblem),
        (mysql_error(1064), Kind.DEFECT, Internal),
        *((mysql_error(number), Kind.AWAY, Unavailable) for number in PASSES),
        *((mysql_error(number), Kind.SETUP, SetupProblem) for number in IS_MENDED),
        (PoolTimeout(), Kind.AWAY, Unavailable),
        (IntegrityError("", {}, pymysql.err.IntegrityError(1062, "twice")), Kind.CONFLICT, Internal),
        (IntegrityError("", {}, pymysql.err.IntegrityError(1452, "no parent")), Kind.CONFLICT, Unavailable),
    ],
)
def test_a_failure_is_known_for_what_it_is(error: Any, kind: Kind, becomes: type[Exception]) -> None:
    assert kind_of(error) is kind
    translated = translate(error, kind, "the name")
    assert type(translated) is becomes
    assert "the name" in str(translated)
