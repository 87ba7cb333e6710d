"""Find the cipher that fits this database."""

# The database keeps a constant sealed with the key, so that a wrong key is found before anything is done with it.

import threading
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from server.errors import SetupProblem
from server.store.database.cipher import Cipher, WrongKey, open_key
from server.store.database.tables import key_checks

_NAME: Final = "templates"
_PLAIN: Final = b"rollcall"
_PLACE: Final = b"key check"
AGAIN: Final = (
    "bring the right key back from a backup, or enrol the photographs again under a new one with "
    "`face_recog_server.py enrol --new-key`"
)


class KeyRoom:
    """Hands out the cipher. May be used from any thread; a lock guards what is kept."""

    def __init__(self, key_file: Path | None) -> None:
        self._path = key_file
        self._cipher: Cipher | None = None
        self._lock = threading.Lock()

    def cipher(self, connection: Connection) -> Cipher:
        """The cipher of the templates that are there. Raises SetupProblem: no key, or not theirs."""
        check = self._check(connection)
        if check is None:
            raise SetupProblem(f"The database holds templates but no check of their key: {AGAIN}.")
        return self._fitting(check)

    def cipher_to_write(self, connection: Connection) -> Cipher:
        """As `cipher`; makes the key file and the database's check where nothing was ever sealed."""
        check = self._check(connection)
        if check is not None:
            return self._fitting(check)
        cipher = open_key(self._file(), create=True)
        # Two processes that come here at once made one key file between them; one of the inserts fails and is retried.
        connection.execute(insert(key_checks), [{"name": _NAME, "sealed": cipher.seal(_PLAIN, place=_PLACE)}])
        return cipher

    def fits(self, connection: Connection) -> bool:
        """True: the key opens what is sealed; False: nothing is sealed yet. Raises SetupProblem: it does not."""
        check = self._check(connection)
        return check is not None and self._fitting(check) is not None

    def forget(self, connection: Connection) -> None:
        """Drop the database's check, so that another key may follow."""
        connection.execute(delete(key_checks))

    def _check(self, connection: Connection) -> bytes | None:
        return connection.scalar(select(key_checks.c.sealed).where(key_checks.c.name == _NAME))

    def _fitting(self, check: bytes) -> Cipher:
        with self._lock:
            if self._cipher is None or not _fits(self._cipher, check):
                self._cipher = self._opened(check)
            return self._cipher

    def _opened(self, check: bytes) -> Cipher:
        path = self._file()
        if not path.exists():
            raise SetupProblem(f"The key file {path} is missing, and the templates were sealed with it: {AGAIN}.")
        cipher = open_key(path, create=False)
        if not _fits(cipher, check):
            raise SetupProblem(f"The key in {path} is not the one that the templates were sealed with: {AGAIN}.")
        return cipher

    def _file(self) -> Path:
        if self._path is None:
            raise SetupProblem("Templates are sealed with a key, and no key file is set: name one with --key-file.")
        return self._path


def _fits(cipher: Cipher, check: bytes) -> bool:
    try:
        return cipher.open(check, place=_PLACE) == _PLAIN
    except WrongKey:
        return False
