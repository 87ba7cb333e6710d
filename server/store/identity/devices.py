"""Keep registered devices, and tokens by the hash of each."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, insert, select, update

from server.errors import BadRequest
from server.store import access_log
from server.store.database.columns import WHO_LENGTH
from server.store.database.identity_tables import devices, rooms, tokens, users
from server.store.database.statements import insert_new
from server.store.identifiers import require_text
from server.store.identity.accounts import user_of
from server.store.identity.values import Device, Token
from server.store.topic import Topic, reads, writes

DEVICE, PAIRING = "device", "pairing"

_DEVICES = select(devices, rooms.c.name.label("room_name")).join_from(
    devices, rooms, devices.c.room == rooms.c.id, isouter=True
)


class DeviceStore(Topic):
    """Devices that have, or had, a token, and the tokens of devices and pairings."""

    @writes
    def register(self, connection: Connection, name: str, room: str, *, at: datetime, by: str) -> Device:
        """Make the device, or take one that a course's file names; it stands in this room from now on."""
        for text, what in ((name, "name of the device"), (room, "name of the room")):
            require_text(text, WHO_LENGTH, what)
            if not text or text != text.strip() or not text.isprintable():
                raise BadRequest("The name has printable characters and no space at either end: choose another one.")
        insert_new(connection, rooms, [{"name": room}])
        number = connection.execute(select(rooms.c.id).where(rooms.c.name == room)).scalar_one()
        insert_new(connection, devices, [{"name": name, "added_at": at}])
        found = update(devices).where(devices.c.name == name)
        connection.execute(found.values(room=number, registered_at=at))
        access_log.write(connection, at, by, "add_device", detail=f"device {name}, room {room}")
        return _one(connection, name)

    @reads
    def get(self, connection: Connection, name: str) -> Device:
        """Raises BadRequest where none of this name is registered."""
        return _one(connection, name)

    @reads
    def listed(self, connection: Connection) -> list[tuple[Device, list[Token]]]:
        """Registered devices by name, with their own tokens, oldest first."""
        found = [_device(row) for row in connection.execute(_registered().order_by(devices.c.name))]
        theirs = _tokens(connection, tokens.c.kind == DEVICE)
        return [(each, [token for token in theirs if token.device == each]) for each in found]

    @writes
    def add_token(
        self,
        connection: Connection,
        kind: str,
        hash: bytes,
        *,
        device: int,
        user: int | None = None,
        expires_at: datetime | None,
        at: datetime,
    ) -> int:
        """The token's id."""
        row = {"kind": kind, "hash": hash, "device": device, "user": user, "created_at": at, "expires_at": expires_at}
        return int(connection.execute(insert(tokens), row).lastrowid)

    @reads
    def token(self, connection: Connection, number: int) -> Token | None:
        return next(iter(_tokens(connection, tokens.c.id == number)), None)

    @reads
    def pairings(self, connection: Connection, *, now: datetime) -> list[Token]:
        """Of people who are signed in on a window just now."""
        alive = (tokens.c.expires_at > now) & tokens.c.revoked_at.is_(None)
        return _tokens(connection, tokens.c.kind == PAIRING, alive)

    @writes
    def used(self, connection: Connection, number: int, *, at: datetime) -> None:
        connection.execute(update(tokens).where(tokens.c.id == number).values(last_used_at=at))

    @writes
    def revoke(self, connection: Connection, device: int, *, at: datetime, by: str, besides: int | None = None) -> int:
        """End every token that a device has, also of who is signed in there, but one; how many they were."""
        alive = (tokens.c.device == device) & tokens.c.revoked_at.is_(None)
        if besides is not None:
            alive &= (tokens.c.id != besides) & (tokens.c.kind == DEVICE)
        ended = connection.execute(update(tokens).where(alive).values(revoked_at=at, revoked_by=by)).rowcount
        name = connection.scalar(select(devices.c.name).where(devices.c.id == device))
        action = "revoke_device" if besides is None else "rotate_device"
        access_log.write(connection, at, by, action, detail=f"device {name}")
        return ended

    @writes
    def revoke_token(self, connection: Connection, number: int, *, at: datetime, by: str) -> bool:
        """End one token; False where it was ended before."""
        alive = (tokens.c.id == number) & tokens.c.revoked_at.is_(None)
        ended = connection.execute(update(tokens).where(alive).values(revoked_at=at, revoked_by=by)).rowcount > 0
        if ended:
            access_log.write(connection, at, by, "revoke_token", detail=f"token {number}")
        return ended

    @writes
    def end_token(self, connection: Connection, number: int, *, at: datetime) -> None:
        """It runs out now: what was decided under it before may still be delivered."""
        alive = (tokens.c.id == number) & (tokens.c.expires_at > at)
        connection.execute(update(tokens).where(alive).values(expires_at=at))


def _registered() -> Select[Any]:
    return _DEVICES.where(devices.c.registered_at.is_not(None))


def _one(connection: Connection, name: str) -> Device:
    row = connection.execute(_registered().where(devices.c.name == name)).one_or_none()
    if row is None:
        raise BadRequest("No device '{name}' is registered: look at the list of devices, or add it.", name=name[:40])
    return _device(row)


def _device(row: Row[Any]) -> Device:
    return Device(row.id, row.name, row.room_name or "", row.registered_at)


def _tokens(connection: Connection, *which: ColumnElement[bool]) -> list[Token]:
    theirs = [column.label(f"user_{column.name}") for column in users.c]
    table = [devices.c.name.label("device_name"), devices.c.registered_at, rooms.c.name.label("room_name")]
    query = select(tokens, *table, *theirs).join_from(tokens, devices, tokens.c.device == devices.c.id, isouter=True)
    query = query.join(rooms, devices.c.room == rooms.c.id, isouter=True)
    query = query.join(users, tokens.c.user == users.c.id, isouter=True).where(*which).order_by(tokens.c.id)
    return [_token(row) for row in connection.execute(query)]


def _token(row: Row[Any]) -> Token:
    device = None
    if row.device is not None:
        device = Device(row.device, row.device_name, row.room_name or "", row.registered_at)
    return Token(
        id=row.id,
        kind=row.kind,
        hash=row.hash,
        device=device,
        user=None if row.user is None else user_of(row, "user_"),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
