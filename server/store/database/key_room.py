"""Find the keys that fit this database."""

# The database keeps a constant sealed with each of its keys, so that a wrong key is found before anything is done with
# it. While a key is changed there are two; what is sealed then is sealed with the newer one.

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from server.errors import SetupProblem
from server.store.database.cipher import FIRST_KEY, Cipher, WrongKey
from server.store.database.key_file import Keys, add_key, destroy_keys, read_keys
from server.store.database.tables import key_checks

_NAME: Final = "templates"
_PLAIN: Final = b"rollcall"
_PLACE: Final = b"key check"
# How long a key is remembered that the database has no more: a transaction that began before may have rows under it.
RETIRED_S: Final = 60.0
AGAIN: Final = (
    "bring the right key back from a backup, or enrol the photographs again under a new one with "
    "`face_recog_server.py enrol --new-key`"
)

Checks = Mapping[int, bytes]  # by the key's number: the constant that it sealed


class KeyRoom:
    """Hands out the cipher. May be used from any thread; a lock guards what is kept."""

    def __init__(self, key_file: Path | None) -> None:
        self._path = key_file
        self._cipher: Cipher | None = None
        self._checks: Checks = {}
        self._keys: Keys = {}
        self._retired: Keys = {}
        self._retired_at = 0.0
        self._lock = threading.Lock()

    def cipher(self, connection: Connection) -> Cipher:
        """The cipher of the templates that are there. Raises SetupProblem: no key, or not theirs."""
        checks = self._checks_of(connection)
        if not checks:
            raise SetupProblem(f"The database holds templates but no check of their key: {AGAIN}.")
        return self._fitting(checks)

    def cipher_to_write(self, connection: Connection) -> Cipher:
        """As `cipher`; makes the key file and the database's check where nothing was ever sealed."""
        # Shared with others who write, and kept from whoever takes the older key away until this is committed.
        checks = self._checks_of(connection, shared=True)
        if checks:
            return self._fitting(checks)
        keys = read_keys(self._file(), create=True)
        # Two processes that come here at once made one key file between them; one of the inserts fails and is retried.
        return self._begin(connection, keys, max(keys))

    def fits(self, connection: Connection) -> bool:
        """True: the keys open what is sealed; False: nothing is sealed yet. Raises SetupProblem: they do not."""
        checks = self._checks_of(connection)
        return bool(checks) and self._fitting(checks) is not None

    def forget(self, connection: Connection) -> None:
        """Drop the database's checks, so that another key may follow."""
        connection.execute(delete(key_checks))

    def numbers(self, connection: Connection) -> tuple[list[int], list[int]]:
        """Of the keys that the database has, and of those in the file. Raises SetupProblem."""
        return sorted(self._checks_of(connection)), sorted(read_keys(self._file()))

    def prepare(self, connection: Connection) -> int:
        """Put the next key into the file, unless it is there; its number. Nothing is sealed with it yet."""
        newest = self._hold(connection)
        keys = read_keys(self._file())
        if max(keys) <= newest:
            add_key(self._file(), newest + 1)
        return newest + 1

    def begin_next(self, connection: Connection) -> None:
        """Seal with the next key from now on; it is made where nobody prepared it."""
        number = self.prepare(connection)
        self._begin(connection, read_keys(self._file()), number)

    def end_older(self, connection: Connection) -> int:
        """Drop the checks of all keys but the newest, whose number this is. To be called when nothing is sealed by
        them, with `hold` before that was found out.
        """
        newest = self._hold(connection)
        connection.execute(delete(key_checks).where(key_checks.c.name != _name(newest)))
        return newest

    def hold(self, connection: Connection) -> None:
        """Keep others from sealing until this transaction ends, after those who do."""
        self._hold(connection)

    def destroy_older(self, number: int) -> None:
        """Leave the key of this number alone in the file and in memory."""
        destroy_keys(self._file(), but=number)
        with self._lock:
            self._cipher, self._retired = None, {}

    def _begin(self, connection: Connection, keys: Keys, number: int) -> Cipher:
        cipher = Cipher(keys, number=number)
        row = {"name": _name(number), "sealed": cipher.seal(_PLAIN, place=_PLACE)}
        connection.execute(insert(key_checks), [row])
        return cipher

    def _hold(self, connection: Connection) -> int:
        """Number of the newest key. Raises SetupProblem."""
        connection.execute(select(key_checks.c.name).with_for_update())
        return self.cipher(connection).number

    def _checks_of(self, connection: Connection, *, shared: bool = False) -> Checks:
        query = select(key_checks.c.name, key_checks.c.sealed)
        rows = connection.execute(query.with_for_update(read=True) if shared else query)
        return {_number(row.name): bytes(row.sealed) for row in rows}

    def _fitting(self, checks: Checks) -> Cipher:
        with self._lock:
            expired = bool(self._retired) and time.monotonic() - self._retired_at > RETIRED_S
            if self._cipher is None or checks != self._checks or expired:
                self._cipher = self._opened(checks)
                self._checks = checks
            return self._cipher

    def _opened(self, checks: Checks) -> Cipher:
        path = self._file()
        newest = max(checks)
        if all(_fits(self._keys.get(number), number, check) for number, check in checks.items()):
            keys = self._keys
        elif not path.exists():
            raise SetupProblem(f"The key file {path} is missing, and the templates were sealed with it: {AGAIN}.")
        else:
            keys = read_keys(path)
        for number, check in checks.items():
            if not _fits(keys.get(number), number, check):
                raise SetupProblem(_wrong(path, number, keys))
        self._retire({number: key for number, key in self._keys.items() if number not in checks and number < newest})
        self._keys = {number: keys[number] for number in checks}
        return Cipher({**self._retired, **self._keys}, number=newest, more=lambda: _read_now(path))

    def _retire(self, keys: Keys) -> None:
        if keys:
            self._retired, self._retired_at = keys, time.monotonic()
        elif time.monotonic() - self._retired_at > RETIRED_S:
            self._retired = {}

    def _file(self) -> Path:
        if self._path is None:
            raise SetupProblem("Templates are sealed with a key, and no key file is set: name one with --key-file.")
        return self._path


def _read_now(path: Path) -> Keys:
    try:
        return read_keys(path)
    except SetupProblem:
        return {}


def _name(number: int) -> str:
    return _NAME if number == FIRST_KEY else f"{_NAME} {number}"


def _number(name: str) -> int:
    _, _, number = name.partition(" ")
    return int(number) if number.isdigit() else FIRST_KEY


def _wrong(path: Path, number: int, keys: Keys) -> str:
    if number in keys or number == FIRST_KEY:
        return f"The key in {path} is not the one that the templates were sealed with: {AGAIN}."
    return (
        f"The key file {path} has no key {number}, with which templates are sealed since `key rotate` was run on "
        "another machine: copy the key file from there."
    )


def _fits(key: bytes | None, number: int, check: bytes) -> bool:
    try:
        return key is not None and Cipher({number: key}, number=number).open(check, place=_PLACE) == _PLAIN
    except WrongKey:
        return False
