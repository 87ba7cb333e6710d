"""Keep the cameras that clients may name by URL, their passwords sealed."""

import logging
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select

from server.errors import BadRequest
from server.store import access_log
from server.store.database.cipher import Cipher, WrongKey
from server.store.database.columns import WHO_LENGTH
from server.store.database.key_room import KeyRoom
from server.store.database.readable import readable
from server.store.database.tables import cameras
from server.store.identifiers import require_text
from server.store.topic import Topic, Transactions, reads, writes
from server.store.values import NamedCamera

log = logging.getLogger(__name__)

MOST_PASSWORD: Final = 200


class CameraStore(Topic):
    """A camera's password is sealed for its name and URL: moved to another row it opens nothing."""

    def __init__(self, transactions: Transactions, keys: KeyRoom) -> None:
        super().__init__(transactions)
        self._keys = keys

    @writes
    def put(self, connection: Connection, camera: NamedCamera, *, at: datetime, by: str) -> None:
        """Add a camera, or replace the one of its name. Raises BadRequest, SetupProblem (key)."""
        for text, what in ((camera.name, "name of the camera"), (camera.user, "user name")):
            require_text(text, WHO_LENGTH, what)
        if not camera.name or len(camera.password) > MOST_PASSWORD:
            raise BadRequest("A camera has a name, and a password of {most} characters at most.", most=MOST_PASSWORD)
        sealed = None
        if camera.user:
            cipher = self._keys.cipher_to_write(connection)
            sealed = cipher.seal(camera.password.encode(), place=place(camera.name, camera.url))
        connection.execute(delete(cameras).where(cameras.c.name == camera.name))
        row = {"name": camera.name, "url": camera.url, "user": camera.user, "sealed_password": sealed, "added_at": at}
        connection.execute(insert(cameras), row)
        access_log.write(connection, at, by, "put_camera", detail=f"camera {camera.name}")

    @writes
    def remove(self, connection: Connection, name: str, *, at: datetime, by: str) -> None:
        """Raises BadRequest where none has this name."""
        if not connection.execute(delete(cameras).where(cameras.c.name == name)).rowcount:
            raise BadRequest("No camera is called '{name}': look at the list of cameras.", name=name[:100])
        access_log.write(connection, at, by, "remove_camera", detail=f"camera {name}")

    @reads
    def listed(self, connection: Connection) -> list[NamedCamera]:
        """By name, without their passwords."""
        rows = connection.execute(select(cameras).order_by(cameras.c.name))
        return [NamedCamera(row.name, row.url, row.user) for row in rows]

    @reads
    def opened(self, connection: Connection) -> list[NamedCamera]:
        """With their passwords. One whose password cannot be opened is left out. Raises SetupProblem: no key."""
        rows = readable(connection, select(cameras).order_by(cameras.c.name), cameras.c.name)
        cipher = self._keys.cipher(connection) if any(row.sealed_password for row in rows) else None
        return [found for row in rows if (found := _opened(row, cipher)) is not None]


def _opened(row: Row[Any], cipher: Cipher | None) -> NamedCamera | None:
    password = ""
    if cipher is not None and row.sealed_password:
        try:
            password = cipher.open(bytes(row.sealed_password), place=place(row.name, row.url)).decode()
        except (WrongKey, UnicodeDecodeError):
            log.warning("the password of camera %r cannot be opened, so it is not asked: add it again", row.name)
            return None
    return NamedCamera(row.name, row.url, row.user, password)


def place(name: str, url: str) -> bytes:
    """For what a camera's password is sealed."""
    return f"camera\0{name}\0{url}".encode()
