"""Keep the windows that ask who stands before them, until somebody approves or their minutes are over."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from server.errors import BadRequest
from server.store import access_log
from server.store.database.identity_tables import devices, pairings, rooms, users
from server.store.identity.accounts import user_of
from server.store.identity.values import Device, Pairing
from server.store.topic import Topic, reads, writes


class PairingStore(Topic):
    """Pairings that are not over. A secret is known by its hash."""

    @writes
    def begin(
        self,
        connection: Connection,
        code: str,
        secret_hash: bytes,
        device: int,
        *,
        address: str,
        at: datetime,
        expires_at: datetime,
        most: int,
    ) -> None:
        """Raises BadRequest where the device has so many open ones already; a code twice raises IntegrityError."""
        connection.execute(delete(pairings).where(pairings.c.expires_at <= at))
        waiting = select(func.count()).where(pairings.c.device == device, pairings.c.user.is_(None))
        if (connection.scalar(waiting) or 0) >= most:
            raise BadRequest("This window asked for too many codes: use the one it shows, or wait some minutes.")
        row = {"code": code, "secret_hash": secret_hash, "device": device, "address": address}
        connection.execute(insert(pairings), row | {"created_at": at, "expires_at": expires_at})

    @reads
    def by_code(self, connection: Connection, code: str, *, now: datetime) -> Pairing | None:
        return _find(connection, pairings.c.code == code, pairings.c.expires_at > now)

    @reads
    def by_secret(self, connection: Connection, secret_hash: bytes, *, now: datetime) -> Pairing | None:
        return _find(connection, pairings.c.secret_hash == secret_hash, pairings.c.expires_at > now)

    @writes
    def approve(
        self,
        connection: Connection,
        number: int,
        user: int,
        *,
        token_expires_at: datetime,
        at: datetime,
        by: str,
        address: str,
    ) -> bool:
        """False where somebody has approved it already."""
        fresh = (pairings.c.id == number) & pairings.c.user.is_(None)
        values = {"user": user, "token_expires_at": token_expires_at}
        approved = connection.execute(update(pairings).where(fresh).values(values)).rowcount > 0
        if approved:
            found = _find(connection, pairings.c.id == number)
            where = f"device {found.device.name}, room {found.device.room}" if found else ""
            access_log.write(connection, at, by, "approve_pairing", detail=where, address=address)
        return approved

    @writes
    def give(self, connection: Connection, number: int, token: int) -> None:
        """Remember which token was handed out for it."""
        connection.execute(update(pairings).where(pairings.c.id == number).values(token=token))

    @writes
    def drop(self, connection: Connection, number: int) -> None:
        connection.execute(delete(pairings).where(pairings.c.id == number))


def _find(connection: Connection, *which: ColumnElement[bool]) -> Pairing | None:
    theirs = [column.label(f"user_{column.name}") for column in users.c]
    named = [devices.c.name.label("device_name"), devices.c.registered_at, rooms.c.name.label("room_name")]
    query = select(pairings, *named, *theirs).join_from(pairings, devices, pairings.c.device == devices.c.id)
    query = query.join(rooms, devices.c.room == rooms.c.id, isouter=True)
    query = query.join(users, pairings.c.user == users.c.id, isouter=True).where(*which)
    row = connection.execute(query).one_or_none()
    return None if row is None else _pairing(row)


def _pairing(row: Row[Any]) -> Pairing:
    return Pairing(
        id=row.id,
        code=row.code,
        device=Device(row.device, row.device_name, row.room_name or "", row.registered_at),
        address=row.address,
        expires_at=row.expires_at,
        user=None if row.user is None else user_of(row, "user_"),
        token_expires_at=row.token_expires_at,
        token=row.token,
    )
