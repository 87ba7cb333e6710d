"""Keep people's accounts, who teaches which course, and who was given which right."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, or_, select, update

from server.access import Grant, Role
from server.errors import BadRequest
from server.store import access_log, rosters
from server.store.database.columns import NAME_LENGTH, WHO_LENGTH
from server.store.database.identity_tables import course_staff, role_history, users, web_sessions
from server.store.database.readable import made, readable
from server.store.identifiers import require_address, require_identifier, require_text
from server.store.identity.values import ACCOUNT_ROLES, RightChange, StaffEntry, User
from server.store.topic import Topic, reads, writes


class AccountStore(Topic):
    """People's accounts, what they teach, and the history of their rights. `by` stands in that and in the log."""

    @writes
    def add(
        self,
        connection: Connection,
        name: str,
        *,
        full_name: str = "",
        role: str = ACCOUNT_ROLES[0],
        student: str | None = None,
        at: datetime,
        by: str,
    ) -> User:
        """Make an account without a password. Raises BadRequest where the name is taken or cannot be one."""
        _require_storable(name, full_name, role, student)
        if _find(connection, users.c.name == name) is not None:
            raise BadRequest("There is an account '{name}' already: choose another name.", name=name)
        row = {"name": name, "full_name": full_name, "role": role, "student": student, "added_at": at}
        connection.execute(insert(users), row)
        _changed(connection, at, by, name, "", "", _described(role, student))
        access_log.write(connection, at, by, "add_user", detail=f"account {name}", subject=student or "")
        return _one(connection, name)

    @reads
    def get(self, connection: Connection, name: str) -> User:
        """Raises BadRequest where there is none."""
        return _one(connection, name)

    @reads
    def find(self, connection: Connection, name: str) -> User | None:
        return _find(connection, users.c.name == name)

    @reads
    def by_id(self, connection: Connection, number: int) -> User | None:
        return _find(connection, users.c.id == number)

    @reads
    def of_student(self, connection: Connection, student: str) -> list[User]:
        """The accounts that bear a student's number."""
        return [_user(row) for row in connection.execute(select(users).where(users.c.student == student))]

    @reads
    def listed(self, connection: Connection) -> list[User]:
        """By name."""
        return made(connection, select(users).order_by(users.c.name), _user, users.c.id)

    @writes
    def set_password(self, connection: Connection, name: str, password_hash: str, *, at: datetime, by: str) -> None:
        """Unlocks the account too, and ends its sessions on the pages."""
        user = _one(connection, name)
        _set(connection, user.id, password_hash=password_hash, failures=0, locked_until=None)
        connection.execute(delete(web_sessions).where(web_sessions.c.user == user.id))
        access_log.write(connection, at, by, "set_password", detail=f"account {name}")

    @writes
    def set_role(self, connection: Connection, name: str, role: str, *, at: datetime, by: str) -> None:
        user = _one(connection, name)
        _require_storable(name, user.full_name, role, user.student)
        _set(connection, user.id, role=role)
        if role != user.role:
            before = _described(user.role, user.student)
            _changed(connection, at, by, name, "", before, _described(role, user.student))
        access_log.write(connection, at, by, "set_role", detail=f"account {name}: {role}")

    @writes
    def disable(self, connection: Connection, name: str, *, at: datetime, by: str) -> None:
        """Their sessions on the pages end, and their address goes. Whether tokens hold is asked of the account."""
        user = _one(connection, name)
        _set(connection, user.id, disabled_at=at, email="", email_refused_at=None)
        connection.execute(delete(web_sessions).where(web_sessions.c.user == user.id))
        _changed(connection, at, by, name, "", _described(user.role, user.student), "disabled")
        access_log.write(connection, at, by, "disable_user", detail=f"account {name}")

    @writes
    def set_address(self, connection: Connection, name: str, email: str, *, at: datetime, by: str) -> None:
        """Write notices to that address from now on; "": to none. Raises BadRequest for what is no address."""
        user = _one(connection, name)
        require_address(email)
        _set(connection, user.id, email=email, email_refused_at=None)
        access_log.write(connection, at, by, "set_address", detail=f"account {name}", subject=user.student or "")

    @writes
    def set_notices(self, connection: Connection, number: int, *, language: str, wanted: bool) -> None:
        """Say in which language an account is written to, and whether it wants what it need not have."""
        _set(connection, number, language=language, notices=wanted)

    @writes
    def unlock(self, connection: Connection, name: str, *, at: datetime, by: str) -> None:
        """Let an account in again that was locked or disabled."""
        user = _one(connection, name)
        _set(connection, user.id, failures=0, locked_until=None, disabled_at=None)
        if user.disabled_at is not None:
            _changed(connection, at, by, name, "", "disabled", _described(user.role, user.student))
        access_log.write(connection, at, by, "unlock_user", detail=f"account {name}")

    @writes
    def count_failure(
        self, connection: Connection, number: int, *, most: int, locked_until: datetime, at: datetime, address: str
    ) -> int:
        """One more wrong password; with the `most`-th in a row the account is locked. How many they are."""
        query = select(users.c.failures, users.c.name).where(users.c.id == number).with_for_update()
        row = connection.execute(query).one()
        failures = int(row.failures) + 1
        locked = {"locked_until": locked_until} if failures >= most else {}
        _set(connection, number, failures=failures, **locked)
        access_log.write(connection, at, row.name, "wrong_password", detail=f"{failures} in a row", address=address)
        return failures

    @writes
    def forget_failures(self, connection: Connection, number: int) -> None:
        _set(connection, number, failures=0, locked_until=None)

    @writes
    def rehash(self, connection: Connection, number: int, password_hash: str) -> None:
        """Keep the same password by newer parameters."""
        _set(connection, number, password_hash=password_hash)

    @writes
    def set_letter_keys(self, connection: Connection, number: int, on: bool) -> None:
        """Whether single letters are keys on the pages that this account sees."""
        _set(connection, number, letter_keys=on)

    # -- who teaches what

    @writes
    def add_staff(self, connection: Connection, entry: StaffEntry, *, at: datetime, by: str) -> None:
        """Let them teach the course; one who does already gets this role, these grants and this end.

        Raises UnknownCourse, and BadRequest for an account that is not there or days that cannot be.
        """
        if entry.ends is not None and entry.ends <= entry.begins:
            raise BadRequest(
                "Nobody can teach from {begins} until before {ends}: give a later end.",
                begins=entry.begins,
                ends=entry.ends,
            )
        user = _one(connection, entry.user)
        rosters.require_course(connection, entry.course)
        before = _staff(connection, course_staff.c.course == entry.course, users.c.id == user.id, _on(entry.begins))
        if before:
            _end(connection, entry.course, user.id, entry.begins)
        row = {"course": entry.course, "user": user.id, "role": entry.role.value, "begins": entry.begins}
        row |= {"grants": ",".join(sorted(entry.grants)), "ends": entry.ends}
        connection.execute(insert(course_staff), row)
        old = _entry_described(before[0]) if before else ""
        _changed(connection, at, by, entry.user, entry.course, old, _entry_described(entry))
        access_log.write(
            connection, at, by, "add_staff", course=entry.course, detail=f"{entry.user}: {_entry_described(entry)}"
        )

    @writes
    def end_staff(self, connection: Connection, course: str, name: str, day: date, *, at: datetime, by: str) -> None:
        """They teach the course until before that day. Raises BadRequest where they do not."""
        user = _one(connection, name)
        before = _staff(connection, course_staff.c.course == course, users.c.id == user.id, _until_after(day))
        if not before:
            raise BadRequest(
                "{name} does not teach the course '{course}': look at its list of staff.", name=name, course=course
            )
        _end(connection, course, user.id, day)
        _changed(connection, at, by, name, course, _entry_described(before[0]), f"ended {day}")
        access_log.write(connection, at, by, "end_staff", course=course, detail=name)

    @reads
    def staff_of(self, connection: Connection, course: str) -> list[StaffEntry]:
        """Everybody who teaches, taught or will teach the course, by begin and name. Raises UnknownCourse."""
        rosters.require_course(connection, course)
        return _staff(connection, course_staff.c.course == course)

    @reads
    def taught_by(self, connection: Connection, number: int, day: date) -> list[StaffEntry]:
        """What an account teaches on that day."""
        return _staff(connection, users.c.id == number, _on(day))

    @reads
    def history(self, connection: Connection, name: str | None = None) -> list[RightChange]:
        """Rights that were given and taken, in their order; of one account or of all."""
        table = role_history.c
        query = select(table.changed_at, table.who, table.user, table.course, table.old_rights, table.new_rights)
        if name is not None:
            query = query.where(table.user == name)
        return [RightChange(*row) for row in readable(connection, query.order_by(table.id), table.id)]


def user_of(row: Row[tuple[object, ...]], prefix: str = "") -> User:
    """From a row that has the columns of users, each name with this prefix."""
    names = [column.name for column in users.c]
    return User(**{name: row._mapping[prefix + name] for name in names})


def _user(row: Row[tuple[object, ...]]) -> User:
    return user_of(row)


def _find(connection: Connection, which: ColumnElement[bool]) -> User | None:
    row = connection.execute(select(users).where(which)).one_or_none()
    return None if row is None else _user(row)


def _one(connection: Connection, name: str) -> User:
    found = _find(connection, users.c.name == name)
    if found is None:
        raise BadRequest("There is no account '{name}': look at the list of accounts.", name=name[:40])
    return found


def _set(connection: Connection, number: int, **values: object) -> None:
    connection.execute(update(users).where(users.c.id == number).values(**values))


def _require_storable(name: str, full_name: str, role: str, student: str | None) -> None:
    require_text(name, WHO_LENGTH, "name of the account")
    require_text(full_name, NAME_LENGTH, "person's name")
    if not name or name != name.strip() or not name.isprintable():
        raise BadRequest("An account's name has printable characters and no space at either end: choose another one.")
    if role not in ACCOUNT_ROLES:
        raise BadRequest(
            "There is no role '{role}': it is one of {roles}.", role=role[:40], roles=", ".join(ACCOUNT_ROLES)
        )
    if student is not None:
        require_identifier(student, "student number")


def _on(day: date) -> ColumnElement[bool]:
    return (course_staff.c.begins <= day) & _until_after(day)


def _until_after(day: date) -> ColumnElement[bool]:
    return or_(course_staff.c.ends.is_(None), course_staff.c.ends > day)


def _staff(connection: Connection, *which: ColumnElement[bool]) -> list[StaffEntry]:
    table = course_staff.c
    query = select(table.id, table.course, users.c.name, table.role, table.grants, table.begins, table.ends)
    query = query.join_from(course_staff, users).where(*which).order_by(table.begins, users.c.name, table.course)
    return made(connection, query, _entry, table.id)


def _entry(row: Row[Any]) -> StaffEntry:
    return StaffEntry(row.course, row.name, Role(row.role), _grants(row.grants), row.begins, row.ends)


def _grants(text: str) -> frozenset[Grant]:
    return frozenset(Grant(each) for each in text.split(",") if each)


def _end(connection: Connection, course: str, user: int, day: date) -> None:
    """What would have begun later goes."""
    theirs = (course_staff.c.course == course) & (course_staff.c.user == user)
    connection.execute(delete(course_staff).where(theirs, course_staff.c.begins >= day))
    connection.execute(update(course_staff).where(theirs, _until_after(day)).values(ends=day))


def _described(role: str, student: str | None) -> str:
    return f"{role}, student" if student is not None else role


def _entry_described(entry: StaffEntry) -> str:
    grants = f" ({', '.join(sorted(entry.grants))})" if entry.grants else ""
    until = f" until {entry.ends}" if entry.ends else ""
    return f"{entry.role}{grants}{until}"


def _changed(connection: Connection, at: datetime, by: str, user: str, course: str, old: str, new: str) -> None:
    require_text(by, WHO_LENGTH, "name of who does this")
    row = {"changed_at": at, "who": by, "user": user, "course": course, "old_rights": old, "new_rights": new}
    connection.execute(insert(role_history), row)
