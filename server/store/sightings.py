"""Students seen in pictures. Runs inside its caller's transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from server.errors import UnknownStudent
from server.store import rosters, templates
from server.store.base import OneSighting
from server.store.chunks import chunks
from server.store.identifiers import require_text
from server.store.tables import MODEL_LENGTH, WHO_LENGTH, sightings
from server.store.upserts import insert_new

Key = tuple[str, str, datetime, int]
"""Student, course, moment of the picture, hour: one sighting each."""


def add(connection: Connection, seen: Sequence[OneSighting], *, now: datetime) -> int:
    """Keep sightings but those of erased students; how many were new. Raises UnknownStudent, UnknownCourse."""
    _require_known(connection, seen)
    barred = templates.erased(connection) if seen else frozenset()
    # An erasure may have come while the picture was recognised.
    wanted = {_key(each): each for each in reversed(seen) if each.student not in barred}
    new = [_row(wanted[key], now) for key in wanted.keys() - _existing(connection, wanted.keys())]
    if new:
        connection.execute(insert_new(connection.dialect.name, sightings), new)
    return len(new)


def _key(seen: OneSighting) -> Key:
    return seen.student, seen.course, seen.taken_at, seen.hour


def _existing(connection: Connection, keys: Collection[Key]) -> set[Key]:
    table = sightings.c
    found: set[Key] = set()
    for piece in chunks(keys):
        query = select(table.student, table.course, table.taken_at, table.hour).where(
            table.student.in_({student for student, _, _, _ in piece}),
            table.taken_at.in_({taken_at for _, _, taken_at, _ in piece}),
        )
        found |= {(row.student, row.course, row.taken_at, row.hour) for row in connection.execute(query)}
    return found


def _require_known(connection: Connection, seen: Sequence[OneSighting]) -> None:
    known = rosters.names(connection, {each.student for each in seen})
    courses = rosters.existing_courses(connection, {each.course for each in seen})
    for each in seen:
        require_text(each.device, WHO_LENGTH, "name of the device")
        require_text(each.model_id, MODEL_LENGTH, "name of the model")
        if each.course not in courses:
            raise rosters.unknown_course(each.course)
        if each.student not in known:
            raise UnknownStudent(f"No student has the number {each.student[:40]!r}: import a roster that names them.")


def _row(seen: OneSighting, now: datetime) -> dict[str, object]:
    left, top, right, bottom = seen.box
    return {
        "student": seen.student, "course": seen.course, "taken_at": seen.taken_at, "hour": seen.hour, "day": seen.day,
        "box_left": left, "box_top": top, "box_right": right, "box_bottom": bottom,
        "distance": float(seen.distance), "model_id": seen.model_id, "device": seen.device, "recorded_at": now,
    }
