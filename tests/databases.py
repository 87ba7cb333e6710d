"""Databases for tests: SQLite in a temporary folder, and every MySQL that ROLLCALL_TEST_MYSQL names.

The variable holds URLs of servers (`mysql://user:password@host:port/`), separated by spaces; the word `system`, its
default, is a throw-away instance of this machine's own mariadbd or mysqld. Each session makes databases with random
names there and drops them.
"""

import os
import secrets
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pymysql
import pytest
from sqlalchemy import URL, make_url

from server.store import open_store
from server.store.database.tables import counters, metadata
from tests.ports import closed_port

WORDS = os.environ.get("ROLLCALL_TEST_MYSQL", "system").split()
NAMES = ["system" if word == "system" else f"mysql{number}" for number, word in enumerate(WORDS)]
PATIENCE_S = 120.0
SYSTEM_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/usr/libexec"])
EVERY_DATABASE = ["sqlite", *NAMES]


def program(*names: str) -> str | None:
    """The first of these programs that is installed, in the system's own folders too."""
    return next((found for name in names if (found := shutil.which(name, path=SYSTEM_PATH))), None)


class ThrowAwayServer:
    """The machine's own MySQL-compatible server on a free port with its data in a folder; can be stopped and started.

    Root has no password. Nothing of the system's own configuration or data is read or touched.
    """

    def __init__(self, binary: str, folder: Path) -> None:
        self._binary = binary
        self._folder = folder
        version = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=PATIENCE_S)
        self._mariadb = "mariadb" in version.stdout.lower()
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self.port = closed_port()
        self._install()
        self.start()

    @property
    def url(self) -> URL:
        return URL.create("mysql", "root", host="127.0.0.1", port=self.port)

    def start(self) -> None:
        """Start on the same port and wait until it answers."""
        ready, log = threading.Event(), []
        self._process = subprocess.Popen(
            [
                self._binary,
                *self._common(),
                f"--port={self.port}",
                "--bind-address=127.0.0.1",
                f"--socket={self._folder / 's'}",
                f"--pid-file={self._folder / 'pid'}",
                *([] if self._mariadb else ["--mysqlx=OFF"]),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        self._reader = threading.Thread(target=_follow, args=(self._process.stderr, ready, log))
        self._reader.start()
        assert ready.wait(PATIENCE_S), "".join(log[-20:])
        assert self._process.poll() is None, "".join(log[-20:])

    def stop(self, *, kill: bool = False) -> None:
        assert self._process is not None
        assert self._reader is not None
        (self._process.kill if kill else self._process.terminate)()
        self._process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        self._process.stderr.close()

    def _common(self) -> list[str]:
        user = ["--user=root"] if os.geteuid() == 0 else []
        # A starting MariaDB clears its folder for temporary tables, which /tmp would share with every other server.
        temporary = self._folder / "tmp"
        temporary.mkdir(exist_ok=True)
        return ["--no-defaults", *user, f"--datadir={self._folder / 'data'}", f"--tmpdir={temporary}"]

    def _install(self) -> None:
        command = [self._binary, *self._common(), "--initialize-insecure"]
        if self._mariadb:
            installer = program("mariadb-install-db", "mysql_install_db")
            assert installer, "mariadbd is installed without mariadb-install-db"
            command = [
                installer,
                *self._common(),
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--skip-name-resolve",
            ]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE_S * 3,
            env={**os.environ, "PATH": SYSTEM_PATH},
        )
        assert done.returncode == 0, done.stdout + done.stderr


def _follow(stream: Any, ready: threading.Event, log: list[str]) -> None:
    for line in stream:
        log.append(line)
        if "ready for connections" in line:
            ready.set()
    ready.set()


def connect(url: URL, **more: Any) -> Any:
    """A plain connection of the driver to a server or database."""
    return pymysql.connect(
        host=url.host,
        port=url.port or 3306,
        user=url.username,
        password=url.password or "",
        database=url.database,
        charset="utf8mb4",
        **more,
    )


@contextmanager
def new_database(server: URL) -> Iterator[str]:
    """A database with a random name, dropped at the end: its URL, with the password."""
    name = f"rollcall_test_{secrets.token_hex(8)}"
    _say(server, f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    try:
        yield server.set(drivername="mysql", database=name).render_as_string(hide_password=False)
    finally:
        _say(server, f"DROP DATABASE {name}")


def _say(server: URL, statement: str) -> None:
    connection = connect(server.set(database=None))
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)


def empty(url: str) -> None:
    """Remove every row of a MySQL database with our tables, as if they had just been made."""
    connection = connect(make_url(url), autocommit=False)
    with connection, connection.cursor() as cursor:
        cursor.execute("SET foreign_key_checks = 0")
        for table in metadata.tables.values():
            cursor.execute(f"UPDATE {table} SET value = 0" if table is counters else f"DELETE FROM {table}")
        connection.commit()


class Servers:
    """The MySQL servers of a test session. The throw-away one is started when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: ThrowAwayServer | None = None

    def throw_away(self) -> ThrowAwayServer:
        """The instance behind the word `system`; skips where no server is installed."""
        binary = program("mariadbd", "mysqld")
        if binary is None:
            pytest.skip("no MySQL-compatible server (mariadbd or mysqld) is installed")
        if self._started is None:
            self._started = ThrowAwayServer(binary, self._folder)
        return self._started

    def url(self, name: str) -> URL:
        """The URL of the server that a name of NAMES stands for, without a database."""
        word = WORDS[NAMES.index(name)]
        return self.throw_away().url if word == "system" else make_url(word).set(database=None)

    def close(self) -> None:
        if self._started is not None:
            self._started.stop()


@pytest.fixture(scope="session")
def mysql_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    servers = Servers(tmp_path_factory.mktemp("server"))
    yield servers
    servers.close()


@pytest.fixture
def throw_away_server(mysql_servers: Servers) -> ThrowAwayServer:
    """This machine's own server, that a test may stop and has to start again."""
    return mysql_servers.throw_away()


@pytest.fixture(scope="session")
def _kept_databases(mysql_servers: Servers) -> Iterator[Callable[[str], str]]:
    """One database with tables a server, for the whole session: to make them takes a second."""
    with ExitStack() as stack:
        made: dict[str, str] = {}

        def find(name: str) -> str:
            if name not in made:
                made[name] = stack.enter_context(new_database(mysql_servers.url(name)))
                upgrade(made[name])
            return made[name]

        yield find


def upgrade(url: str) -> None:
    store = open_store(url, key_file=None)
    try:
        store.health.upgrade()
    finally:
        store.close()


@pytest.fixture(scope="session")
def _sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    upgrade(str(path))
    return path


@pytest.fixture(params=EVERY_DATABASE)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with our tables and no rows: the test is run on SQLite and on each MySQL."""
    if request.param == "sqlite":
        path = tmp_path / "rollcall.sqlite"
        shutil.copy(request.getfixturevalue("_sqlite_with_tables"), path)
        return str(path)
    return _emptied(request, request.param)


@pytest.fixture(params=NAMES)
def mysql_url(request: pytest.FixtureRequest) -> str:
    """As database_url, on each MySQL alone."""
    return _emptied(request, request.param)


@pytest.fixture(params=NAMES)
def mysql_server(request: pytest.FixtureRequest) -> URL:
    """Each MySQL server, to make databases in with new_database."""
    return request.getfixturevalue("mysql_servers").url(request.param)


def _emptied(request: pytest.FixtureRequest, name: str) -> str:
    url = request.getfixturevalue("_kept_databases")(name)
    empty(url)
    return url
