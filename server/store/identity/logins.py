"""Keep sign-ins by identity providers that have begun, and whom a provider knows by which number."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from server.store import access_log
from server.store.database.identity_tables import course_places, identities, logins, spent_tokens, users, web_sessions
from server.store.database.statements import insert_new, insert_or_replace
from server.store.database.tables import courses
from server.store.identity.accounts import user_of
from server.store.identity.values import CoursePlace, Login, User
from server.store.topic import Topic, reads, writes


class LoginStore(Topic):
    """Sign-ins that have begun, identities, and tokens that count once."""

    @writes
    def begin(
        self, connection: Connection, state_hash: bytes, login: Login, *, now: datetime, expires_at: datetime
    ) -> None:
        connection.execute(delete(logins).where(logins.c.expires_at <= now))
        row = {"nonce": login.nonce, "verifier": login.verifier, "following": login.following}
        hashes = {"state_hash": state_hash, "browser_hash": login.browser_hash}
        connection.execute(insert(logins), {**row, **hashes, "expires_at": expires_at})

    @writes
    def take(self, connection: Connection, state_hash: bytes, *, now: datetime) -> Login | None:
        """A sign-in that has begun, once: it is over with this."""
        row = connection.execute(select(logins).where(logins.c.state_hash == state_hash)).one_or_none()
        if row is None or connection.execute(delete(logins).where(logins.c.id == row.id)).rowcount == 0:
            return None
        if row.expires_at <= now:
            return None
        return Login(row.browser_hash, row.nonce, row.verifier, row.following)

    @writes
    def spend(self, connection: Connection, token_hash: bytes, *, now: datetime, expires_at: datetime) -> bool:
        """Whether a token comes for the first time. expires_at: when nobody takes it any more."""
        connection.execute(delete(spent_tokens).where(spent_tokens.c.expires_at <= now))
        if connection.scalar(select(spent_tokens.c.hash).where(spent_tokens.c.hash == token_hash)) is not None:
            return False
        connection.execute(insert(spent_tokens), {"hash": token_hash, "expires_at": expires_at})
        return True

    @writes
    def keep_place(self, connection: Connection, place: CoursePlace, *, at: datetime) -> None:
        """The last launch stands; of a course that is not there nothing is kept."""
        if connection.scalar(select(courses.c.code).where(courses.c.code == place.course)) is None:
            return
        row = {"course": place.course, "platform": place.platform, "url": place.url, "link": place.link}
        insert_or_replace(
            connection, course_places, [{**row, "launched_at": at}], "platform", "url", "link", "launched_at"
        )

    @reads
    def places(self, connection: Connection) -> list[CoursePlace]:
        """By course."""
        return [_place(row) for row in connection.execute(select(course_places).order_by(course_places.c.course))]

    @writes
    def place(self, connection: Connection, course: str, *, at: datetime, by: str) -> CoursePlace | None:
        """Where the list of a course is to be asked for, with a line in the access log."""
        row = connection.execute(select(course_places).where(course_places.c.course == course)).one_or_none()
        if row is None:
            return None
        access_log.write(connection, at, by, "ask_platform", course=course, detail="who is on the list")
        return _place(row)

    @reads
    def user_of(self, connection: Connection, issuer: str, subject: str) -> User | None:
        """Whom a provider knows by this number."""
        query = select(users).join_from(identities, users)
        query = query.where(identities.c.issuer == issuer, identities.c.subject == subject)
        row = connection.execute(query).one_or_none()
        return None if row is None else user_of(row)

    @reads
    def is_known_to(self, connection: Connection, issuer: str, user: int) -> bool:
        """Whether a provider knows the account by any number."""
        query = select(identities.c.id).where(identities.c.issuer == issuer, identities.c.user == user)
        return connection.execute(query).first() is not None

    @writes
    def link(self, connection: Connection, issuer: str, subject: str, user: User, *, at: datetime) -> None:
        """From now on whoever the provider calls so is this account; one who is somebody's already stays theirs."""
        row = {"issuer": issuer, "subject": subject, "user": user.id, "added_at": at}
        insert_new(connection, identities, [row])
        access_log.write(connection, at, user.name, "link_identity", detail=f"account {user.name} at {issuer}"[:200])

    @writes
    def unlink(self, connection: Connection, user: User, *, at: datetime, by: str) -> int:
        """Nobody whom a provider knows is this account any more, and its sessions end; how many it was known by."""
        connection.execute(delete(web_sessions).where(web_sessions.c.user == user.id))
        found = connection.execute(delete(identities).where(identities.c.user == user.id)).rowcount
        access_log.write(connection, at, by, "unlink_identity", detail=f"account {user.name}")
        return found


def _place(row: Row[Any]) -> CoursePlace:
    return CoursePlace(row.course, row.platform, row.url, row.link)
