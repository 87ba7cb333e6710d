"""Name the tables and the types of their columns, for every dialect. Knows no connection and no rule."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    false,
)

from server.domain.attendance import Source, State
from server.domain.evidence import Reason
from server.domain.sessions import SessionState
from server.store.database.columns import (
    CANDIDATES_LENGTH,
    DETAIL_LENGTH,
    DIGEST_BYTES,
    KEY_BYTES,
    MODEL_LENGTH,
    NAME_LENGTH,
    PHOTO_NAME_LENGTH,
    REASON_LENGTH,
    SEALED_BYTES,
    WHO_LENGTH,
    Choice,
    Identifier,
    LongId,
    LongText,
    StateName,
    UtcDateTime,
    Who,
    binary,
    table,
)
from server.store.database.columns import metadata as metadata

students = table(
    "students",
    Column("number", Identifier, primary_key=True),
    Column("name", String(NAME_LENGTH), nullable=False),
)
courses = table(
    "courses",
    Column("code", Identifier, primary_key=True),
    Column("title", String(NAME_LENGTH), nullable=False, server_default=""),
    Column("room", Integer, ForeignKey("rooms.id"), index=True),
    Column("plan", LongText),
)
enrolments = table(
    "enrolments",
    Column("course", Identifier, ForeignKey("courses.code"), primary_key=True),
    Column("student", Identifier, ForeignKey("students.number"), primary_key=True, index=True),
    Column("begins", Date, primary_key=True),
    Column("ends", Date),
)
sessions = table(
    "sessions",
    Column("id", Integer, primary_key=True),
    Column("course", Identifier, ForeignKey("courses.code"), nullable=False),
    Column("day", Date, nullable=False, index=True),
    Column("makeup", Boolean, nullable=False, server_default=false()),
    Column("closes_at", UtcDateTime),
    Column("opened_at", UtcDateTime),
    Column("opened_by", Who, nullable=False, server_default=""),
    Column("changed_at", UtcDateTime),
    Column("changed_by", Who, nullable=False, server_default=""),
    Column("state", Choice(SessionState), nullable=False, server_default="draft"),
    UniqueConstraint("course", "day"),
)
session_history = table(
    "session_history",
    Column("id", LongId, primary_key=True),
    Column("session", Integer, ForeignKey("sessions.id"), nullable=False, index=True),
    Column("old_state", Choice(SessionState), nullable=False),
    Column("new_state", Choice(SessionState), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("who", Who, nullable=False),
    Column("why", String(REASON_LENGTH), nullable=False, server_default=""),
)
hours = table(
    "hours",
    Column("id", Integer, primary_key=True),
    Column("session", Integer, ForeignKey("sessions.id"), nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("starts_at", UtcDateTime),
    Column("ends_at", UtcDateTime),
    UniqueConstraint("session", "number"),
    CheckConstraint("number BETWEEN 1 AND 24", name="number"),
)
marks = table(
    "marks",
    Column("hour", Integer, ForeignKey("hours.id"), primary_key=True, autoincrement=False),
    Column("student", Identifier, ForeignKey("students.number"), primary_key=True, index=True),
    Column("state", Choice(State), nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("who", Who, nullable=False),
    Column("source", Choice(Source), nullable=False),
    Column("why", String(REASON_LENGTH), nullable=False, server_default=""),
)
mark_history = table(
    "mark_history",
    Column("id", LongId, primary_key=True),
    Column("hour", Integer, ForeignKey("hours.id"), nullable=False, index=True),
    Column("student", Identifier, ForeignKey("students.number"), nullable=False, index=True),
    Column("old_state", Choice(State)),
    Column("new_state", Choice(State), nullable=False),
    Column("stood", Boolean, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("who", Who, nullable=False),
    Column("why", String(REASON_LENGTH), nullable=False, server_default=""),
    Column("source", Choice(Source), nullable=False),
)
proposals = table(
    "proposals",
    Column("hour", Integer, ForeignKey("hours.id"), primary_key=True, autoincrement=False),
    Column("student", Identifier, ForeignKey("students.number"), primary_key=True, index=True),
    Column("state", Choice(State), nullable=False),
    Column("sure", Boolean, nullable=False),
    Column("reason", Choice(Reason), nullable=False),
    Column("first_seen", UtcDateTime),
    Column("last_seen", UtcDateTime),
    Column("seen", Integer, nullable=False),
    Column("looks", Integer, nullable=False),
    Column("minutes_late", Integer),
    Column("probability", Double),
    Column("proposed_at", UtcDateTime, nullable=False),
)
pictures = table(
    "pictures",
    Column("id", LongId, primary_key=True),
    Column("course", Identifier, ForeignKey("courses.code"), nullable=False),
    Column("day", Date, nullable=False),
    Column("hour", SmallInteger, nullable=False),
    Column("taken_at", UtcDateTime, nullable=False, index=True),
    Column("device", Who, nullable=False),
    Column("faces", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    UniqueConstraint("course", "device", "taken_at"),
    Index(None, "course", "day"),
)
sightings = table(
    "sightings",
    Column("id", LongId, primary_key=True),
    Column("picture", LongId, ForeignKey("pictures.id"), nullable=False, index=True),
    Column("student", Identifier, ForeignKey("students.number"), nullable=False, index=True),
    Column("verdict", StateName, nullable=False),
    Column("probability", Double),
    Column("candidates", String(CANDIDATES_LENGTH), nullable=False),
    Column("box_left", Integer, nullable=False),
    Column("box_top", Integer, nullable=False),
    Column("box_right", Integer, nullable=False),
    Column("box_bottom", Integer, nullable=False),
    Column("model_id", String(MODEL_LENGTH), nullable=False),
    Column("sealed", binary(SEALED_BYTES)),
)
calibrations = table(
    "calibrations",
    Column("course", Identifier, ForeignKey("courses.code"), primary_key=True),
    Column("model_id", String(MODEL_LENGTH), primary_key=True),
    Column("shift", Double, nullable=False),
    Column("students", Integer, nullable=False),
    Column("sightings", Integer, nullable=False),
    Column("calibrated_at", UtcDateTime, nullable=False),
    Column("who", Who, nullable=False),
)
terms = table(
    "terms",
    Column("name", String(WHO_LENGTH), primary_key=True),
    Column("begins", Date, nullable=False),
    Column("ends", Date, nullable=False),
)
# The course of a holiday or make-up day is "" for all courses, and may be one that no roster has named yet.
holidays = table(
    "holidays",
    Column("id", Integer, primary_key=True),
    Column("begins", Date, nullable=False, index=True),
    Column("ends", Date, nullable=False),
    Column("name", String(WHO_LENGTH), nullable=False),
    Column("course", Identifier, nullable=False, server_default=""),
)
makeups = table(
    "makeups",
    Column("day", Date, primary_key=True),
    Column("course", Identifier, primary_key=True, server_default=""),
    Column("weekday", SmallInteger, nullable=False),
    Column("name", String(WHO_LENGTH), nullable=False),
)
# No foreign key on the student: photographs may be enrolled before the roster that names their students.
templates = table(
    "templates",
    Column("id", Integer, primary_key=True),
    Column("student", Identifier, nullable=False),
    Column("photo_sha256", binary(32), nullable=False, index=True),
    Column("model_id", String(MODEL_LENGTH), nullable=False),
    Column("photo_name", String(PHOTO_NAME_LENGTH), nullable=False),
    Column("sealed", binary(32768), nullable=False),
    Column("enrolled_at", UtcDateTime, nullable=False),
    UniqueConstraint("student", "photo_sha256", "model_id"),
)
photo_verdicts = table(
    "photo_verdicts",
    Column("photo_sha256", binary(32), primary_key=True),
    Column("model_id", String(MODEL_LENGTH), primary_key=True),
    Column("student", Identifier, nullable=False, server_default="", index=True),
    Column("reason", String(REASON_LENGTH), nullable=False),
    Column("judged_at", UtcDateTime, nullable=False),
)
erasures = table(
    "erasures",
    Column("student", Identifier, primary_key=True),
    Column("erased_at", UtcDateTime, nullable=False),
    Column("who", Who, nullable=False),
)
# `token` is the client's idempotency key: bytes, because MySQL compares text with padding.
idempotency_keys = table(
    "idempotency_keys",
    Column("token", binary(KEY_BYTES), primary_key=True),
    Column("digest", binary(DIGEST_BYTES), nullable=False),
    Column("answer", LongText, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False, index=True),
)
counters = table(
    "counters",
    Column("name", String(64), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
key_checks = table(
    "key_checks",
    Column("name", String(64), primary_key=True),
    Column("sealed", binary(128), nullable=False),
)
rooms = table(
    "rooms",
    Column("id", Integer, primary_key=True),
    Column("name", String(WHO_LENGTH), nullable=False, unique=True),
)
devices = table(
    "devices",
    Column("id", Integer, primary_key=True),
    Column("name", Who, nullable=False, unique=True),
    Column("room", Integer, ForeignKey("rooms.id"), index=True),
    Column("token_hash", binary(64)),
    Column("added_at", UtcDateTime, nullable=False),
)
users = table(
    "users",
    Column("id", Integer, primary_key=True),
    Column("name", Who, nullable=False, unique=True),
    Column("full_name", String(NAME_LENGTH), nullable=False, server_default=""),
    Column("role", StateName, nullable=False),
    Column("password_hash", String(256)),
    Column("added_at", UtcDateTime, nullable=False),
)
consents = table(
    "consents",
    Column("id", LongId, primary_key=True),
    Column("student", Identifier, nullable=False, index=True),
    Column("purpose", String(64), nullable=False),
    Column("given", Boolean, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("who", Who, nullable=False),
)
access_log = table(
    "access_log",
    Column("id", LongId, primary_key=True),
    Column("happened_at", UtcDateTime, nullable=False, index=True),
    Column("who", Who, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(64), nullable=False, server_default="", index=True),
    Column("detail", String(DETAIL_LENGTH), nullable=False, server_default=""),
)
