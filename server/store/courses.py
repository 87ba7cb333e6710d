"""Courses with their plans, the rooms they meet in and the devices there. Runs inside its caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, update

from server.domain.identifiers import unknown_course
from server.errors import BadRequest
from server.store import access_log
from server.store.database.columns import NAME_LENGTH, WHO_LENGTH
from server.store.database.tables import courses, devices, rooms
from server.store.database.upserts import insert_new, insert_or_replace
from server.store.identifiers import require_identifier, require_text
from server.store.values import Course

_COURSES = (
    select(courses, rooms.c.name)
    .join_from(courses, rooms, courses.c.room == rooms.c.id, isouter=True)
    .order_by(courses.c.code)
)


def keep(connection: Connection, course: Course, *, at: datetime, by: str) -> None:
    """Make the course or replace what is known of it; see Store.set_course."""
    _require_storable(course)
    dialect = connection.dialect.name
    room = _room(connection, course.room) if course.room else None
    if room is not None and course.devices:
        _stand_in(connection, room, course.devices, at)
    row = {"code": course.code, "title": course.title, "room": room, "plan": course.plan or None}
    connection.execute(insert_or_replace(dialect, courses, "title", "room", "plan"), [row])
    access_log.write(connection, at, by, "set_course", detail=f"course {course.code}")


def _require_storable(course: Course) -> None:
    require_identifier(course.code, "course code")
    require_text(course.title, NAME_LENGTH, "title of the course")
    require_text(course.room, WHO_LENGTH, "name of the room")
    for device in course.devices:
        require_text(device, WHO_LENGTH, "name of the device")
    if course.devices and not course.room:
        raise BadRequest(f"The course {course.code!r} names devices but no room: say in which room they stand.")


def _room(connection: Connection, name: str) -> int:
    connection.execute(insert_new(connection.dialect.name, rooms), [{"name": name}])
    return int(connection.execute(select(rooms.c.id).where(rooms.c.name == name)).scalar_one())


def _stand_in(connection: Connection, room: int, names: Sequence[str], at: datetime) -> None:
    """Let these devices stand in the room, and no others."""
    connection.execute(update(devices).where(devices.c.room == room).values(room=None))
    rows = [{"name": name, "room": room, "added_at": at} for name in dict.fromkeys(names)]
    connection.execute(insert_or_replace(connection.dialect.name, devices, "room"), rows)


def one(connection: Connection, code: str) -> Course:
    """The course. Raises UnknownCourse."""
    found = _read(connection, courses.c.code == code)
    if not found:
        raise unknown_course(code)
    return found[0]


def listed(connection: Connection) -> list[Course]:
    """Every course, by code."""
    return _read(connection)


def of_device(connection: Connection, device: str) -> list[Course]:
    """The courses in the room where this device stands, by code."""
    return _read(connection, courses.c.room.in_(select(devices.c.room).where(devices.c.name == device)))


def _read(connection: Connection, *which: ColumnElement[bool]) -> list[Course]:
    rows = connection.execute(_COURSES.where(*which)).all()
    standing = _devices(connection, {row.room for row in rows if row.room is not None})
    return [_course(row, standing) for row in rows]


def _devices(connection: Connection, wanted: set[int]) -> dict[int, tuple[str, ...]]:
    """The devices of these rooms by name, room by room."""
    found: dict[int, tuple[str, ...]] = {}
    table = devices.c
    query = select(table.room, table.name).where(table.room.in_(sorted(wanted))).order_by(table.name)
    for row in connection.execute(query) if wanted else ():
        found[row.room] = (*found.get(row.room, ()), row.name)
    return found


def _course(row: Row[Any], standing: Mapping[int, tuple[str, ...]]) -> Course:
    return Course(row.code, row.title, row.name or "", standing.get(row.room, ()), row.plan or "")
