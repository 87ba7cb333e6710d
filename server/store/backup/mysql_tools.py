"""Dump and fill a MySQL or MariaDB database by the tools that come with it."""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final

from sqlalchemy import URL, text
from sqlalchemy.exc import SQLAlchemyError

from server.errors import BadRequest, SetupProblem, Unavailable
from server.store.backup.archive import TableDigest
from server.store.database.engine import open_engine, parse_url

DUMPERS: Final = ("mariadb-dump", "mysqldump")
CLIENTS: Final = ("mariadb", "mysql")
# One transaction, one row a line in the order of its key: so that lines can be counted and compared.
_DUMP: Final = (
    "--single-transaction",
    "--no-tablespaces",
    "--hex-blob",
    "--default-character-set=utf8mb4",
    "--skip-extended-insert",
    "--order-by-primary",
    "--skip-comments",
    "--skip-lock-tables",
    "--skip-add-locks",
    "--no-autocommit",
    "--quick",
)
_MYSQL_ONLY: Final = ("--set-gtid-purged=OFF", "--column-statistics=0")
_INSERT: Final = re.compile(rb"INSERT INTO `([^`]+)` VALUES ")
_SAID: Final = 300


class DumpDigest:
    """Counts and hashes the rows of a dump that goes by, line by line."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, hashlib._Hash]] = {}

    def follow(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        for line in lines:
            if row := _INSERT.match(line):
                name = row[1].decode()
                rows, digest = self._found.get(name, (0, hashlib.sha256()))
                digest.update(line)
                self._found[name] = rows + 1, digest
            yield line

    def tables(self) -> dict[str, TableDigest]:
        """Tables without a row do not stand in it."""
        return {name: TableDigest(rows, digest.hexdigest()) for name, (rows, digest) in sorted(self._found.items())}


def require_tools() -> None:
    """Raises SetupProblem where the database's own tools are not installed."""
    _program(DUMPERS), _program(CLIENTS)


def dump(url: str) -> Iterator[bytes]:
    """The database as SQL, line by line, as of one moment. Raises SetupProblem and Unavailable."""
    parsed, program = parse_url(url), _program(DUMPERS)
    more = () if _is_mariadb(program) else _MYSQL_ONLY
    with _options(parsed) as options, tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [program, options, *_DUMP, *more, str(parsed.database)], stdout=subprocess.PIPE, stderr=said
        )
        try:
            assert process.stdout is not None  # noqa: S101  # it was asked for
            yield from process.stdout
        finally:
            process.stdout.close()  # type: ignore[union-attr]
            status = process.wait()
        if status != 0:
            raise Unavailable(f"{program} could not dump the database: {_told(said)}")


def fill(url: str, lines: Iterable[bytes]) -> None:
    """Run the SQL of a dump in an empty database. Raises BadRequest where it holds something, and Unavailable."""
    parsed, program = parse_url(url), _program(CLIENTS)
    if tables := _tables(parsed):
        raise BadRequest(
            f"The database {parsed.database} holds {len(tables)} tables already: restore into an empty one."
        )
    with _options(parsed) as options, tempfile.TemporaryFile() as said:
        arguments = [program, options, "--binary-mode", "--default-character-set=utf8mb4", str(parsed.database)]
        process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said)
        assert process.stdin is not None  # noqa: S101  # it was asked for
        try:
            with contextlib.suppress(BrokenPipeError):
                for line in lines:
                    process.stdin.write(line)
        except BaseException:
            process.kill()
            raise
        finally:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            status = process.wait()
        if status != 0:
            raise Unavailable(f"{program} could not fill the database: {_told(said)} Drop it, make it anew, try again.")


@contextlib.contextmanager
def scratch_database(url: str, name: str) -> Iterator[str]:
    """A database of that name on the server of the URL, dropped at the end: its URL. Raises Unavailable."""
    parsed = parse_url(url)
    _say(parsed, f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
    try:
        yield parsed.set(drivername="mysql", database=name, query={}).render_as_string(hide_password=False)
    finally:
        _say(parsed, f"DROP DATABASE `{name}`")


def _say(url: URL, statement: str) -> None:
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    except SQLAlchemyError as error:
        raise Unavailable(
            f"The server of the database refused a scratch database for the drill ({getattr(error, 'orig', error)}): "
            "allow the account to make and drop databases whose names begin with rollcall_drill_."
        ) from error
    finally:
        engine.dispose()


def _tables(url: URL) -> list[str]:
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return list(connection.scalars(text("SHOW TABLES")))
    except SQLAlchemyError as error:
        raise Unavailable(
            f"The database {url.database} cannot be reached ({getattr(error, 'orig', error)})."
        ) from error
    finally:
        engine.dispose()


def _program(names: tuple[str, ...]) -> str:
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        raise SetupProblem(
            f"Backups of MySQL and MariaDB are made by their own tools, and {' or '.join(names)} is not installed: "
            "install the package mariadb-client or mysql-client."
        )
    return found


def _is_mariadb(program: str) -> bool:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, errors="replace", check=False)
    return "mariadb" in said.stdout.lower()


@contextlib.contextmanager
def _options(url: URL) -> Iterator[str]:
    """The flag of a file with the way to the server: an argument would show the password to every user."""
    lines = [
        "[client]",
        "protocol=tcp",
        f"host={url.host}",
        f"port={url.port or 3306}",
        f"user={_quoted(url.username)}",
    ]
    lines += [f"password={_quoted(url.password)}"] if url.password else []
    descriptor, name = tempfile.mkstemp(prefix="rollcall-", suffix=".cnf")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        yield f"--defaults-file={name}"
    finally:
        Path(name).unlink(missing_ok=True)


def _quoted(value: object) -> str:
    plain = str(value or "").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _told(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read(_SAID).decode(errors="replace").strip()
