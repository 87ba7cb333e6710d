"""Keep the mails that tell people of something, from the moment that they are due until they are sent or put aside."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select, update

from server.domain.notices import MailState, Notice, NoticeKind
from server.store.database.columns import NAME_LENGTH, REASON_LENGTH
from server.store.database.tables import mails, notices, users
from server.store.identity.accounts import user_of
from server.store.identity.values import User
from server.store.topic import Topic, reads, removes, writes

# Between a mail that was sent late and the next one.
APART: Final = timedelta(hours=12)
_UNSETTLED: Final = (MailState.WAITING.value, MailState.HANDING.value)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it is kept. held_until: of a claim, which holds as long as that stays the same."""

    id: int
    user: User
    day: date
    made_at: datetime
    message_id: str
    state: MailState
    attempts: int
    due_at: datetime
    held_until: datetime | None
    settled_at: datetime | None
    problem: str


class MailStore(Topic):
    """The outbox: a mail is made once, held by one server process at a time, and settled once."""

    @reads
    def told(self, connection: Connection, user: int) -> frozenset[tuple[NoticeKind, str]]:
        """What an account was told of already: kinds, and about what."""
        return _told(connection, user)

    @writes
    def make(
        self, connection: Connection, user: int, found: Sequence[Notice], *, day: date, at: datetime, message_id: str
    ) -> bool:
        """Put a mail into the outbox that tells what the account was not told yet; False: there is nothing to tell.

        Nor is another made beside one that waits, or was sent shortly before, or is of that day.
        """
        # Two servers that make it at once wait for each other.
        connection.execute(select(users.c.id).where(users.c.id == user).with_for_update())
        told = _told(connection, user)
        new = {(each.kind, each.about[:NAME_LENGTH]): each for each in found}
        new = {key: each for key, each in new.items() if key not in told}
        if not new or _has_one(connection, user, day, at):
            return False
        row = {"user": user, "day": day, "made_at": at, "due_at": at, "message_id": message_id}
        number = int(connection.execute(insert(mails), row).lastrowid)
        rows = [
            {"mail": number, "user": user, "kind": kind.value, "about": about, "blanks": json.dumps(dict(each.blanks))}
            for (kind, about), each in new.items()
        ]
        connection.execute(insert(notices), rows)
        return True

    @writes
    def claim(self, connection: Connection, *, now: datetime, until: datetime) -> Mail | None:
        """Hold the mail that is due longest until that moment; None: none is due that nobody holds."""
        free = or_(mails.c.held_until.is_(None), mails.c.held_until <= now)
        due = (mails.c.state.in_(_UNSETTLED)) & (mails.c.due_at <= now) & free
        number = connection.scalar(select(mails.c.id).where(due).order_by(mails.c.due_at, mails.c.id).limit(1))
        if number is None:
            return None
        held = update(mails).where(mails.c.id == number, due).values(held_until=until)
        if not connection.execute(held).rowcount:
            return None
        return _read(connection, mails.c.id == number)[0]

    @reads
    def notices_of(self, connection: Connection, mail: int) -> list[Notice]:
        """In the order in which they were found."""
        rows = connection.execute(select(notices).where(notices.c.mail == mail).order_by(notices.c.id))
        return [_notice(row) for row in rows]

    @writes
    def handing(self, connection: Connection, mail: Mail) -> bool:
        """Remember that the mail server is given it from now on; False: somebody else holds it meanwhile."""
        return _change(connection, mail, state=MailState.HANDING)

    @writes
    def sent(self, connection: Connection, mail: Mail, *, at: datetime) -> bool:
        return _change(connection, mail, state=MailState.SENT, settled_at=at, held_until=None, problem="")

    @writes
    def put_off(self, connection: Connection, mail: Mail, problem: str, *, due_at: datetime) -> bool:
        """Try again at that moment, if nobody else holds it meanwhile."""
        attempts, state = mail.attempts + 1, MailState.WAITING
        return _change(
            connection, mail, state=state, attempts=attempts, due_at=due_at, held_until=None, problem=problem
        )

    @writes
    def put_aside(
        self, connection: Connection, mail: Mail, state: MailState, problem: str, *, at: datetime, address: bool = False
    ) -> bool:
        """Try never again. address: nor any other mail to the same address, until another is given."""
        changed = _change(connection, mail, state=state, settled_at=at, held_until=None, problem=problem)
        if changed and address:
            same = (users.c.id == mail.user.id) & (users.c.email == mail.user.email)
            connection.execute(update(users).where(same).values(email_refused_at=at))
        return changed

    @reads
    def listed(self, connection: Connection, limit: int) -> list[Mail]:
        """Those that are not settled first, then the newest."""
        query = _MAILS.order_by(mails.c.state.in_(_UNSETTLED).desc(), mails.c.id.desc()).limit(limit)
        return [_mail(row) for row in connection.execute(query)]

    @reads
    def counts(self, connection: Connection, *, since: datetime) -> Mapping[MailState, int]:
        """How many mails are in each state; of those that are settled, since that moment."""
        recent = or_(mails.c.settled_at.is_(None), mails.c.settled_at >= since)
        query = select(mails.c.state, func.count()).where(recent).group_by(mails.c.state)
        found = {MailState(state): int(count) for state, count in connection.execute(query)}
        return {state: found.get(state, 0) for state in MailState}

    @reads
    def of_student(self, connection: Connection, student: str) -> list[tuple[date, Notice]]:
        """What the accounts of a student were told, by the day of the mail."""
        query = select(notices, mails.c.day).join_from(notices, mails).join(users, mails.c.user == users.c.id)
        rows = connection.execute(query.where(users.c.student == student).order_by(notices.c.id))
        return [(row.day, _notice(row)) for row in rows]

    @removes
    def forget_student(self, connection: Connection, student: str) -> int:
        """Remove the addresses of a student's accounts, and what they were told; how many addresses."""
        theirs = select(users.c.id).where(users.c.student == student)
        for table in (notices, mails):
            connection.execute(delete(table).where(table.c.user.in_(theirs)))
        with_address = (users.c.student == student) & (users.c.email != "")
        return connection.execute(update(users).where(with_address).values(email="", email_refused_at=None)).rowcount

    @removes
    def forget_old(self, connection: Connection, *, before: datetime) -> int:
        """Remove mails that were settled before that moment; how many."""
        old = select(mails.c.id).where(mails.c.settled_at < before)
        # MySQL reads no table that it deletes from.
        numbers = list(connection.scalars(old))
        for table, column in ((notices, notices.c.mail), (mails, mails.c.id)):
            connection.execute(delete(table).where(column.in_(numbers)))
        return len(numbers)


_THEIRS: Final = tuple(column.label(f"user_{column.name}") for column in users.c)
_MAILS: Final = select(mails, *_THEIRS).join_from(mails, users)


def _told(connection: Connection, user: int) -> frozenset[tuple[NoticeKind, str]]:
    rows = connection.execute(select(notices.c.kind, notices.c.about).where(notices.c.user == user))
    return frozenset((NoticeKind(kind), about) for kind, about in rows)


def _has_one(connection: Connection, user: int, day: date, at: datetime) -> bool:
    waits, of_now = mails.c.state.in_(_UNSETTLED), mails.c.settled_at > at - APART
    query = select(mails.c.id).where(mails.c.user == user, or_(mails.c.day == day, waits, of_now)).limit(1)
    return connection.scalar(query) is not None


def _change(connection: Connection, mail: Mail, **values: Any) -> bool:
    """Only as long as the claim holds, so that who was slow changes nothing that another has done."""
    state = values.pop("state").value
    if "problem" in values:
        values["problem"] = "".join(each if each.isprintable() else " " for each in values["problem"])[:REASON_LENGTH]
    which = (mails.c.id == mail.id) & (mails.c.held_until == mail.held_until) & mails.c.state.in_(_UNSETTLED)
    return connection.execute(update(mails).where(which).values(state=state, **values)).rowcount > 0


def _read(connection: Connection, *which: ColumnElement[bool]) -> list[Mail]:
    return [_mail(row) for row in connection.execute(_MAILS.where(*which).order_by(mails.c.id))]


def _mail(row: Row[Any]) -> Mail:
    return Mail(
        id=row.id,
        user=user_of(row, "user_"),
        day=row.day,
        made_at=row.made_at,
        message_id=row.message_id,
        state=MailState(row.state),
        attempts=row.attempts,
        due_at=row.due_at,
        held_until=row.held_until,
        settled_at=row.settled_at,
        problem=row.problem,
    )


def _notice(row: Row[Any]) -> Notice:
    return Notice(NoticeKind(row.kind), row.about, json.loads(row.blanks))
