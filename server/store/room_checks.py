"""Keep what a room's camera was found to be able to do."""

from datetime import datetime

from sqlalchemy import Connection, Row, delete, func, insert, select

from server.errors import BadRequest
from server.store import access_log
from server.store.database.columns import WHO_LENGTH
from server.store.database.readable import made
from server.store.database.statements import insert_new
from server.store.database.tables import room_checks, rooms
from server.store.identifiers import require_text
from server.store.topic import Topic, reads, writes
from server.store.values import KeptRoomCheck

_CHECKS = select(room_checks, rooms.c.name.label("room_name")).join(rooms, room_checks.c.room == rooms.c.id)


class RoomCheckStore(Topic):
    """Of each camera of a room every check, with what it saw in so few points that nobody is known by them."""

    @writes
    def add(self, connection: Connection, check: KeptRoomCheck, *, by: str) -> None:
        """Raises BadRequest for a name that cannot be kept."""
        for text, what in ((check.room, "name of the room"), (check.camera, "name of the camera")):
            require_text(text, WHO_LENGTH, what)
        if not check.room:
            raise BadRequest("A room has a name: give it by --room.")
        insert_new(connection, rooms, [{"name": check.room}])
        room = connection.execute(select(rooms.c.id).where(rooms.c.name == check.room)).scalar_one()
        kept = {"camera": check.camera, "checked_at": check.checked_at, "who": by}
        connection.execute(insert(room_checks), {"room": room, **kept, "result": check.result, "scene": check.scene})
        access_log.write(connection, check.checked_at, by, "check_room", detail=f"room {check.room}")

    @reads
    def latest(self, connection: Connection) -> list[KeptRoomCheck]:
        """Of each camera the last one, by room and camera."""
        query = _CHECKS.order_by(rooms.c.name, room_checks.c.camera, room_checks.c.id)
        found = made(connection, query, _check, room_checks.c.id)
        return list({(each.room, each.camera): each for each in found}.values())

    @writes
    def forget_old(self, connection: Connection, *, before: datetime) -> int:
        """Remove checks from before that moment, but of each camera the last one; how many."""
        table = room_checks.c
        last = list(connection.scalars(select(func.max(table.id)).group_by(table.room, table.camera)))
        old = delete(room_checks).where(table.checked_at < before, table.id.not_in(last))
        return connection.execute(old).rowcount

    @reads
    def of_camera(self, connection: Connection, room: str, camera: str, before: datetime) -> KeptRoomCheck | None:
        """The last one before a moment; None: there is none."""
        query = _CHECKS.where(rooms.c.name == room, room_checks.c.camera == camera, room_checks.c.checked_at < before)
        last = query.order_by(room_checks.c.id.desc()).limit(1)
        return next(iter(made(connection, last, _check, room_checks.c.id)), None)


def _check(row: Row[tuple[object, ...]]) -> KeptRoomCheck:
    return KeptRoomCheck(row.room_name, row.camera, row.checked_at, row.result, bytes(row.scene), row.who)
