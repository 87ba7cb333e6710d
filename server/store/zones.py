"""Keep the zones of rooms' pictures that are never looked at."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select

from server.domain.zones import Point, Zone
from server.errors import BadRequest, SetupProblem
from server.store import access_log
from server.store.database.columns import WHO_LENGTH
from server.store.database.readable import made
from server.store.database.tables import devices, plans, rooms, zones
from server.store.identifiers import require_text
from server.store.topic import Topic, reads, writes


class ZoneStore(Topic):
    """Zones by the room that its courses' plans and its devices name."""

    @writes
    def add(
        self, connection: Connection, room: str, camera: str, points: Sequence[Point], *, at: datetime, by: str
    ) -> int:
        """Its number. Raises BadRequest for a room that no plan and no device names."""
        require_text(camera, WHO_LENGTH, "name of the camera")
        number = connection.scalar(select(rooms.c.id).where(rooms.c.name == room))
        if number is None:
            raise BadRequest(f"No course and no device has the room {room[:100]!r}: write it as `course show` does.")
        row = {"room": number, "camera": camera, "points": msgspec.json.encode(points).decode(), "added_at": at}
        added = int(connection.execute(insert(zones), row).lastrowid)
        access_log.write(connection, at, by, "add_zone", detail=f"zone {added} of room {room}")
        return added

    @writes
    def remove(self, connection: Connection, number: int, *, at: datetime, by: str) -> None:
        """Raises BadRequest where there is none."""
        if not connection.execute(delete(zones).where(zones.c.id == number)).rowcount:
            raise BadRequest(f"There is no zone {number}: see `zone list`.")
        access_log.write(connection, at, by, "remove_zone", detail=f"zone {number}")

    @reads
    def listed(self, connection: Connection) -> list[Zone]:
        """By room, then by number."""
        query = select(zones, rooms.c.name.label("room_name")).join(rooms, zones.c.room == rooms.c.id)
        return made(connection, query.order_by(rooms.c.name, zones.c.id), _zone, zones.c.id)

    @reads
    def of_picture(
        self, connection: Connection, *, course: str | None, day: date, cameras: Collection[str]
    ) -> list[Zone]:
        """Those of the rooms in which a picture may have been taken: of its camera, and of its course on that day.

        Raises SetupProblem where one of them cannot be read: what it covers must not be looked at.
        cameras: the names and addresses that its sender is known by.
        """
        where = select(zones.c.id, zones.c.room, zones.c.camera)
        found = connection.execute(where).all()
        if not found:
            return []
        here = set(connection.scalars(select(devices.c.room).where(devices.c.name.in_(sorted(cameras)))))
        if course is not None:
            begun = select(plans.c.room).where(plans.c.course == course, plans.c.begins <= day)
            here.add(connection.scalar(begun.order_by(plans.c.begins.desc()).limit(1)))
        wanted = [row.id for row in found if row.room in here and row.camera in {"", *cameras}]
        query = select(zones, rooms.c.name.label("room_name")).join(rooms, zones.c.room == rooms.c.id)
        zones_here = made(connection, query.where(zones.c.id.in_(wanted)), _zone, zones.c.id)
        if lost := set(wanted) - {each.number for each in zones_here}:
            number = min(lost)
            raise SetupProblem(
                f"Zone {number} cannot be read, so no picture of its room is looked at: remove it by `zone remove "
                f"{number}`, and add it again."
            )
        return zones_here


def _zone(row: Row[Any]) -> Zone:
    points = msgspec.json.decode(row.points, type=tuple[Point, ...])
    return Zone(number=row.id, room=row.room_name, camera=row.camera, points=points)
