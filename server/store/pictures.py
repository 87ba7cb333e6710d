"""Keep what was recognised in pictures of class hours."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, insert, select

from protocol.error_texts import ServerText
from server.domain.attendance import THERE
from server.domain.timetable import HOURS_A_DAY
from server.errors import BadRequest
from server.store import rosters, templates
from server.store.database.cipher import Cipher, WrongKey
from server.store.database.columns import MODEL_LENGTH, WHO_LENGTH
from server.store.database.key_room import KeyRoom
from server.store.database.readable import UNREADABLE, readable, tell
from server.store.database.tables import hours, marks, pictures, sessions, sightings
from server.store.face_points import packed_points, unpacked_points
from server.store.identifiers import is_identifier, require_text
from server.store.topic import Topic, Transactions, reads, removes, writes
from server.store.values import RecordedPicture, Sighting

MOST_CANDIDATES: Final = 3
CANDIDATES: Final = msgspec.json.Decoder(list[tuple[str, float]])
# What of a sighting is sealed.
EMBEDDING: Final = "sighting"
POINTS: Final = "points of a sighting"
_BOX: Final = ("box_left", "box_top", "box_right", "box_bottom")
_PICTURE: Final = tuple(pictures.c[each.name] for each in fields(RecordedPicture))


class PictureStore(Topic):
    """Recorded pictures, and the faces in them that may be students'. Embeddings and landmarks are sealed.

    The pictures themselves never come here, and nothing of faces that may be nobody's.
    """

    def __init__(self, transactions: Transactions, keys: KeyRoom) -> None:
        super().__init__(transactions)
        self._keys = keys

    @writes
    def add(self, connection: Connection, picture: RecordedPicture, seen: Sequence[Sighting], *, now: datetime) -> int:
        """Keep a picture with its sightings; how many: 0 where that course, device and moment is there already.

        Erased students are left out, among the candidates too. Raises UnknownCourse, UnknownStudent, SetupProblem.
        """
        _require_storable(picture)
        _require_known(connection, picture.course, seen)
        if connection.scalar(_number(picture)) is not None:
            return 0
        # Another server that keeps the same picture at this moment makes this insert fail, and the next try finds it.
        connection.execute(insert(pictures), [{**asdict(picture), "recorded_at": now}])
        # An erasure may have come while the picture was recognised; none comes now.
        barred = templates.erased(connection) if seen else frozenset()
        kept = [each for each in seen if each.student not in barred]
        if kept:
            sealed = any(each.embedding is not None or each.points is not None for each in kept)
            cipher = self._keys.cipher_to_write(connection) if sealed else None
            number = connection.scalar(_number(picture))
            rows = [{"picture": number, **_sighting_row(picture, each, barred, cipher)} for each in kept]
            connection.execute(insert(sightings), rows)
        return len(kept)

    @reads
    def of_day(
        self,
        connection: Connection,
        course: str,
        day: date,
        *,
        hour: int | None = None,
        after: datetime | None = None,
    ) -> list[tuple[RecordedPicture, tuple[Sighting, ...]]]:
        """The pictures of a day with their sightings, by time; of one hour, or taken after a moment, where it is said.

        Those that can be read. Raises SetupProblem: wrong key.
        """
        of_hour = [] if hour is None else [pictures.c.hour == hour]
        newer = [] if after is None else [pictures.c.taken_at > after]
        which = [pictures.c.course == course, pictures.c.day == day, *of_hour, *newer]
        taken = _taken(connection, *which)
        query = select(sightings).join(pictures, sightings.c.picture == pictures.c.id).where(*which)
        query = query.order_by(sightings.c.id)
        # One of a picture that came between the two statements waits for the next reading.
        rows = [row for row in readable(connection, query, sightings.c.id) if row.picture in taken] if taken else []
        sealed = any(row.sealed is not None or row.sealed_points is not None for row in rows)
        cipher = self._keys.cipher(connection) if sealed else None
        found: dict[int, list[Sighting]] = {number: [] for number in taken}
        for row in rows:
            try:
                found[row.picture].append(open_sighting(taken[row.picture], row, cipher))
            except (WrongKey, *UNREADABLE):
                tell(sightings.name, str(row.id))
        return [(picture, tuple(found[number])) for number, picture in taken.items()]

    @reads
    def sightings_of(self, connection: Connection, student: str) -> int:
        """How many faces of recorded pictures are taken for this student's."""
        query = select(func.count()).select_from(sightings).where(sightings.c.student == student)
        return connection.scalar(query) or 0

    @reads
    def counts(self, connection: Connection, course: str, day: date) -> dict[int, tuple[int, int]]:
        """By hour, how many pictures and sightings there are; changes whenever `of_day` would."""
        table = pictures.c
        query = (
            select(table.hour, func.count(table.id.distinct()), func.count(sightings.c.id))
            .join_from(pictures, sightings, sightings.c.picture == table.id, isouter=True)
            .where(table.course == course, table.day == day)
            .group_by(table.hour)
        )
        return {hour: (taken, seen) for hour, taken, seen in connection.execute(query)}

    @removes
    def forget(self, connection: Connection, before: datetime, *, sparing: Collection[tuple[str, date]] = ()) -> int:
        """Remove pictures taken before, with their sightings; how many sightings. Proposals that were kept stay.

        sparing: courses and days whose pictures stay.
        """
        spared = [(pictures.c.course == course) & (pictures.c.day == day) for course, day in sparing]
        old = and_(pictures.c.taken_at < before, *(~each for each in spared))
        of_old = sightings.c.picture.in_(select(pictures.c.id).where(old))
        removed = connection.execute(delete(sightings).where(of_old)).rowcount
        connection.execute(delete(pictures).where(old))
        return removed

    @reads
    def confirmed(
        self, connection: Connection, course: str, model_id: str
    ) -> list[tuple[str, NDArray[np.float32], int]]:
        """Student, embedding and width of the face in pixels, of sightings by that model whose student was there.

        A mark that stands in that hour says so: present, late or left early.
        """
        query = (
            select(sightings)
            .join(pictures, sightings.c.picture == pictures.c.id)
            .join(sessions, (sessions.c.course == pictures.c.course) & (sessions.c.day == pictures.c.day))
            .join(hours, (hours.c.session == sessions.c.id) & (hours.c.number == pictures.c.hour))
            .join(marks, (marks.c.hour == hours.c.id) & (marks.c.student == sightings.c.student))
            .where(
                pictures.c.course == course,
                sightings.c.model_id == model_id,
                sightings.c.sealed.is_not(None),
                marks.c.state.in_(THERE),
            )
            .order_by(sightings.c.student, sightings.c.id)
        )
        rows = readable(connection, query, sightings.c.id)
        if not rows:
            return []
        taken, cipher = _taken(connection, pictures.c.course == course), self._keys.cipher(connection)
        found = []
        for row in rows:
            try:
                # The last row of a box is inside it.
                width = row.box_right - row.box_left + 1
                found.append((row.student, _opened(taken[row.picture], row, cipher), width))
            except (WrongKey, *UNREADABLE):
                tell(sightings.name, str(row.id))
        return found


def _number(picture: RecordedPicture) -> Select[tuple[int]]:
    table = pictures.c
    return select(table.id).where(
        table.course == picture.course, table.device == picture.device, table.taken_at == picture.taken_at
    )


def _require_storable(picture: RecordedPicture) -> None:
    require_text(picture.device, WHO_LENGTH, "name of the device")
    if not 1 <= picture.hour <= HOURS_A_DAY:
        raise BadRequest(ServerText.NO_SUCH_HOUR, hour=picture.hour, most=HOURS_A_DAY)


def _require_known(connection: Connection, course: str, seen: Sequence[Sighting]) -> None:
    rosters.require_course(connection, course)
    rosters.hold_students(connection, {each.student for each in seen})
    for each in seen:
        require_text(each.model_id, MODEL_LENGTH, "name of the model")


def _sighting_row(
    picture: RecordedPicture, seen: Sighting, barred: Collection[str], cipher: Cipher | None
) -> dict[str, object]:
    near = [each for each in seen.candidates if each[0] not in barred and is_identifier(each[0])]
    sealed = points = None
    if cipher is not None and seen.embedding is not None:
        where = place(picture, seen.student, seen.model_id, seen.box)
        sealed = cipher.seal(templates.packed_alone(seen.embedding), place=where)
    if cipher is not None and seen.points is not None:
        where = place(picture, seen.student, seen.model_id, seen.box, POINTS)
        points = cipher.seal(packed_points(seen.points, seen.box), place=where)
    who = {"student": seen.student, "verdict": seen.verdict, "probability": seen.probability}
    face = {"model_id": seen.model_id, **dict(zip(_BOX, seen.box, strict=True))}
    return {
        **who,
        "candidates": encoded(near[:MOST_CANDIDATES]),
        **face,
        "sealed": sealed,
        "sealed_points": points,
    }


def encoded(candidates: Sequence[tuple[str, float]]) -> str:
    return msgspec.json.encode([(student, float(distance)) for student, distance in candidates]).decode()


def place(
    picture: RecordedPicture | Row[Any],
    student: str,
    model_id: str,
    within: tuple[int, int, int, int],
    what: str = EMBEDDING,
) -> bytes:
    """For what a sighting's embedding is sealed, or its landmarks (POINTS)."""
    # None of these holds a control character: no two rows have the same place, nor one with a template.
    moment = picture.taken_at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = (what, picture.course, picture.device, moment, student, model_id, ",".join(map(str, within)))
    return "\0".join(parts).encode()


def _taken(connection: Connection, *which: ColumnElement[bool]) -> dict[int, RecordedPicture]:
    """Pictures by row id, in the order of time."""
    query = select(pictures.c.id, *_PICTURE).where(*which).order_by(pictures.c.taken_at, pictures.c.id)
    return {number: RecordedPicture(*taken) for number, *taken in readable(connection, query, pictures.c.id)}


def open_sighting(picture: RecordedPicture, row: Row[Any], cipher: Cipher | None) -> Sighting:
    """The sighting in a row of its table. Raises WrongKey, or one of UNREADABLE."""
    near = CANDIDATES.decode(row.candidates)
    embedding = None if cipher is None or row.sealed is None else _opened(picture, row, cipher)
    points = None
    if cipher is not None and row.sealed_points is not None:
        where = place(picture, row.student, row.model_id, box(row), POINTS)
        points = unpacked_points(cipher.open(row.sealed_points, place=where), box(row))
    return Sighting(row.student, row.verdict, row.probability, tuple(near), box(row), embedding, row.model_id, points)


def box(row: Row[Any]) -> tuple[int, int, int, int]:
    return row.box_left, row.box_top, row.box_right, row.box_bottom


def _opened(picture: RecordedPicture, row: Row[Any], cipher: Cipher) -> NDArray[np.float32]:
    where = place(picture, row.student, row.model_id, box(row))
    return templates.unpacked_alone(cipher.open(row.sealed, place=where))
