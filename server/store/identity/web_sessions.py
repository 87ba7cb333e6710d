"""Keep who is signed in to the pages, by the hash of each cookie's token."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from server.store import access_log
from server.store.database.columns import NAME_LENGTH
from server.store.database.identity_tables import users, web_sessions
from server.store.identity.accounts import user_of
from server.store.identity.values import WebSession
from server.store.topic import Topic, reads, writes


class WebSessionStore(Topic):
    """Sessions of the pages; any server process answers for any of them."""

    @writes
    def begin(
        self,
        connection: Connection,
        token_hash: bytes,
        user: int,
        *,
        lectern: bool,
        at: datetime,
        expires_at: datetime,
        address: str,
        agent: str,
        idp_sid: str = "",
    ) -> None:
        """idp_sid: the identity provider's number of its own session, which it may end."""
        row = {"token_hash": token_hash, "user": user, "lectern": lectern, "created_at": at, "seen_at": at}
        row |= {"expires_at": expires_at, "address": address, "agent": agent[:NAME_LENGTH], "idp_sid": idp_sid}
        connection.execute(insert(web_sessions), row)
        name = connection.scalar(select(users.c.name).where(users.c.id == user)) or ""
        access_log.write(connection, at, name, "sign_in", address=address)

    @reads
    def find(self, connection: Connection, token_hash: bytes) -> WebSession | None:
        return next(iter(_read(connection, web_sessions.c.token_hash == token_hash)), None)

    @writes
    def seen(self, connection: Connection, number: int, *, at: datetime) -> None:
        connection.execute(update(web_sessions).where(web_sessions.c.id == number).values(seen_at=at))

    @reads
    def of_user(self, connection: Connection, user: int) -> list[WebSession]:
        """Oldest first."""
        return _read(connection, web_sessions.c.user == user)

    @reads
    def listed(self, connection: Connection) -> list[WebSession]:
        return _read(connection)

    @writes
    def end(self, connection: Connection, number: int, *, at: datetime, by: str) -> bool:
        """False where it was over."""
        return _end(connection, web_sessions.c.id == number, at, by) > 0

    @writes
    def end_of_user(self, connection: Connection, user: int, *, at: datetime, by: str) -> int:
        """How many they were."""
        return _end(connection, web_sessions.c.user == user, at, by)

    @writes
    def end_of_provider(self, connection: Connection, idp_sid: str) -> int:
        """Those that began with this session of an identity provider; how many they were."""
        if not idp_sid:
            return 0
        return connection.execute(delete(web_sessions).where(web_sessions.c.idp_sid == idp_sid)).rowcount

    @writes
    def forget_old(self, connection: Connection, *, now: datetime) -> None:
        connection.execute(delete(web_sessions).where(web_sessions.c.expires_at <= now))


def _end(connection: Connection, which: ColumnElement[bool], at: datetime, by: str) -> int:
    whose = select(users.c.name).join_from(web_sessions, users).where(which).distinct()
    names = connection.scalars(whose).all()
    for name in names:
        access_log.write(connection, at, by, "end_sign_in", detail=f"account {name}")
    return connection.execute(delete(web_sessions).where(which)).rowcount if names else 0


def _read(connection: Connection, *which: ColumnElement[bool]) -> list[WebSession]:
    theirs = [column.label(f"user_{column.name}") for column in users.c]
    query = select(web_sessions, *theirs).join_from(web_sessions, users).where(*which).order_by(web_sessions.c.id)
    return [_session(row) for row in connection.execute(query)]


def _session(row: Row[Any]) -> WebSession:
    return WebSession(
        id=row.id,
        user=user_of(row, "user_"),
        lectern=row.lectern,
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        address=row.address,
        agent=row.agent,
    )
