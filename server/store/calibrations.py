"""By how much a course's threshold is shifted, for each model. Runs inside its caller's transaction."""

import math
from datetime import datetime

from sqlalchemy import Connection, select

from server.errors import Internal
from server.store import access_log, rosters
from server.store.database.columns import MODEL_LENGTH, WHO_LENGTH
from server.store.database.tables import calibrations
from server.store.database.upserts import insert_or_replace
from server.store.identifiers import require_text

_KNOWN = ("shift", "students", "sightings", "calibrated_at", "who")


def keep(
    connection: Connection,
    course: str,
    model_id: str,
    shift: float,
    *,
    students: int,
    sightings: int,
    at: datetime,
    by: str,
) -> None:
    """Keep the course's shift and from how much it is known. Raises UnknownCourse."""
    require_text(model_id, MODEL_LENGTH, "name of the model")
    require_text(by, WHO_LENGTH, "name of who does this")
    if not math.isfinite(shift):
        raise Internal(f"A threshold cannot be shifted by {shift}.")
    rosters.require_course(connection, course)
    row = {
        "course": course,
        "model_id": model_id,
        "shift": float(shift),
        "students": students,
        "sightings": sightings,
        "calibrated_at": at,
        "who": by,
    }
    connection.execute(insert_or_replace(connection.dialect.name, calibrations, *_KNOWN), [row])
    known = f"course {course}: shift {shift:.4f} from {sightings} sightings of {students} students"
    access_log.write(connection, at, by, "recalibrated", detail=known)


def shift_of(connection: Connection, course: str, model_id: str) -> float:
    """The course's shift; 0.0: none."""
    table = calibrations.c
    shift = connection.scalar(select(table.shift).where(table.course == course, table.model_id == model_id))
    return 0.0 if shift is None else shift
