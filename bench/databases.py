"""Databases to measure on: SQLite in a folder, and a throw-away instance of the system's own MySQL or MariaDB."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Final

from tests.databases import ThrowAwayServer, new_database, program


@contextmanager
def sqlite(count: int) -> Iterator[list[str]]:
    """Paths of so many database files that are not there yet."""
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as folder:
        yield [str(Path(folder) / f"{number}.sqlite") for number in range(count)]


@contextmanager
def mysql(count: int) -> Iterator[list[str]]:
    """URLs of so many empty databases of one server, which is stopped at the end."""
    binary = program("mariadbd", "mysqld")
    assert binary, "no MySQL-compatible server is installed: `make setup-test` installs one"
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as folder:
        server = ThrowAwayServer(binary, Path(folder))
        try:
            with ExitStack() as stack:
                yield [stack.enter_context(new_database(server.url)) for _ in range(count)]
        finally:
            server.stop()


KINDS: Final[dict[str, Callable[[int], AbstractContextManager[list[str]]]]] = {"SQLite": sqlite, "MySQL": mysql}
