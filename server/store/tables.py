"""The tables of the database, for every dialect: names and types only. Knows no connection and no rule.

Identifiers are compared by code point on both databases: `utf8mb4_bin` on MySQL, SQLite's BINARY. MySQL's collation
ignores spaces at the end, so identifiers that begin or end with white space are refused before they get here.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine


class UtcDateTime(TypeDecorator[datetime]):
    """Zone-aware in Python, UTC without a zone in the database, to the microsecond.

    MySQL's plain DATETIME rounds to whole seconds, which makes 23:59:59.7 the next day.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(mysql.DATETIME(fsp=6) if dialect.name == "mysql" else DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.replace(tzinfo=UTC)


def _binary(length: int) -> LargeBinary:
    return LargeBinary(length).with_variant(mysql.VARBINARY(length), "mysql")


NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
ID_LENGTH = 32
WHO_LENGTH = 100
NAME_LENGTH = 200
MODEL_LENGTH = 128
PHOTO_NAME_LENGTH = 512
REASON_LENGTH = 500
CANDIDATES_LENGTH = 500
SEALED_BYTES = 1024
KEY_BYTES = 256
DIGEST_BYTES = 64
DETAIL_LENGTH = 1000

Identifier = String(ID_LENGTH)
Who = String(WHO_LENGTH)
StateName = String(16)
LongId = BigInteger().with_variant(Integer(), "sqlite")
LongText = Text().with_variant(mysql.MEDIUMTEXT(), "mysql")

metadata = MetaData(naming_convention=NAMING)


def _table(name: str, *parts: SchemaItem) -> Table:
    return Table(
        name, metadata, *parts, mysql_engine="InnoDB", mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin"
    )


students = _table(
    "students",
    Column("number", Identifier, primary_key=True),
    Column("name", String(NAME_LENGTH), nullable=False),
)
courses = _table(
    "courses",
    Column("code", Identifier, primary_key=True),
    Column("title", String(NAME_LENGTH), nullable=False, server_default=""),
    Column("room", Integer, ForeignKey("rooms.id"), index=True),
    Column("plan", LongText),
)
enrolments = _table(
    "enrolments",
    Column("course", Identifier, ForeignKey("courses.code"), primary_key=True),
    Column("student", Identifier, ForeignKey("students.number"), primary_key=True, index=True),
    Column("begins", Date, primary_key=True),
    Column("ends", Date),
)
sessions = _table(
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
    Column("state", StateName, nullable=False, server_default="draft"),
    UniqueConstraint("course", "day"),
)
session_history = _table(
    "session_history",
    Column("id", LongId, primary_key=True),
    Column("session", Integer, ForeignKey("sessions.id"), nullable=False, index=True),
    Column("old_state", StateName, nullable=False),
    Column("new_state", StateName, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("who", Who, nullable=False),
    Column("why", String(REASON_LENGTH), nullable=False, server_default=""),
)
hours = _table(
    "hours",
    Column("id", Integer, primary_key=True),
    Column("session", Integer, ForeignKey("sessions.id"), nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("starts_at", UtcDateTime),
    Column("ends_at", UtcDateTime),
    UniqueConstraint("session", "number"),
    CheckConstraint("number BETWEEN 1 AND 24", name="number"),
)
marks = _table(
    "marks",
    Column("hour", Integer, ForeignKey("hours.id"), primary_key=True, autoincrement=False),
    Column("student", Identifier, ForeignKey("students.number"), primary_key=True, index=True),
    Column("state", StateName, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("who", Who, nullable=False),
    Column("source", StateName, nullable=False),
    Column("why", String(REASON_LENGTH), nullable=False, server_default=""),
)
mark_history = _table(
    "mark_history",
    Column("id", LongId, primary_key=True),
    Column("hour", Integer, ForeignKey("hours.id"), nullable=False, index=True),
    Column("student", Identifier, ForeignKey("students.number"), nullable=False, index=True),
    Column("old_state", StateName),
    Column("new_state", StateName, nullable=False),
    Column("stood", Boolean, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("who", Who, nullable=False),
    Column("why", String(REASON_LENGTH), nullable=False, server_default=""),
    Column("source", StateName, nullable=False),
)
proposals = _table(
    "proposals",
    Column("hour", Integer, ForeignKey("hours.id"), primary_key=True, autoincrement=False),
    Column("student", Identifier, ForeignKey("students.number"), primary_key=True, index=True),
    Column("state", StateName, nullable=False),
    Column("sure", Boolean, nullable=False),
    Column("reason", StateName, nullable=False),
    Column("first_seen", UtcDateTime),
    Column("last_seen", UtcDateTime),
    Column("seen", Integer, nullable=False),
    Column("looks", Integer, nullable=False),
    Column("minutes_late", Integer),
    Column("probability", Double),
    Column("proposed_at", UtcDateTime, nullable=False),
)
pictures = _table(
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
sightings = _table(
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
    Column("sealed", _binary(SEALED_BYTES)),
)
calibrations = _table(
    "calibrations",
    Column("course", Identifier, ForeignKey("courses.code"), primary_key=True),
    Column("model_id", String(MODEL_LENGTH), primary_key=True),
    Column("shift", Double, nullable=False),
    Column("students", Integer, nullable=False),
    Column("sightings", Integer, nullable=False),
    Column("calibrated_at", UtcDateTime, nullable=False),
    Column("who", Who, nullable=False),
)
terms = _table(
    "terms",
    Column("name", String(WHO_LENGTH), primary_key=True),
    Column("begins", Date, nullable=False),
    Column("ends", Date, nullable=False),
)
# The course of a holiday or make-up day is "" for all courses, and may be one that no roster has named yet.
holidays = _table(
    "holidays",
    Column("id", Integer, primary_key=True),
    Column("begins", Date, nullable=False, index=True),
    Column("ends", Date, nullable=False),
    Column("name", String(WHO_LENGTH), nullable=False),
    Column("course", Identifier, nullable=False, server_default=""),
)
makeups = _table(
    "makeups",
    Column("day", Date, primary_key=True),
    Column("course", Identifier, primary_key=True, server_default=""),
    Column("weekday", SmallInteger, nullable=False),
    Column("name", String(WHO_LENGTH), nullable=False),
)
# No foreign key on the student: photographs may be enrolled before the roster that names their students.
templates = _table(
    "templates",
    Column("id", Integer, primary_key=True),
    Column("student", Identifier, nullable=False),
    Column("photo_sha256", _binary(32), nullable=False, index=True),
    Column("model_id", String(MODEL_LENGTH), nullable=False),
    Column("photo_name", String(PHOTO_NAME_LENGTH), nullable=False),
    Column("sealed", _binary(8192), nullable=False),
    Column("enrolled_at", UtcDateTime, nullable=False),
    UniqueConstraint("student", "photo_sha256", "model_id"),
)
photo_verdicts = _table(
    "photo_verdicts",
    Column("photo_sha256", _binary(32), primary_key=True),
    Column("model_id", String(MODEL_LENGTH), primary_key=True),
    Column("student", Identifier, nullable=False, server_default="", index=True),
    Column("reason", String(REASON_LENGTH), nullable=False),
    Column("judged_at", UtcDateTime, nullable=False),
)
erasures = _table(
    "erasures",
    Column("student", Identifier, primary_key=True),
    Column("erased_at", UtcDateTime, nullable=False),
    Column("who", Who, nullable=False),
)
# `token` is the client's idempotency key: bytes, because MySQL compares text with padding.
idempotency_keys = _table(
    "idempotency_keys",
    Column("token", _binary(KEY_BYTES), primary_key=True),
    Column("digest", _binary(DIGEST_BYTES), nullable=False),
    Column("answer", LongText, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False, index=True),
)
counters = _table(
    "counters",
    Column("name", String(64), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
key_checks = _table(
    "key_checks",
    Column("name", String(64), primary_key=True),
    Column("sealed", _binary(128), nullable=False),
)
rooms = _table(
    "rooms",
    Column("id", Integer, primary_key=True),
    Column("name", String(WHO_LENGTH), nullable=False, unique=True),
)
devices = _table(
    "devices",
    Column("id", Integer, primary_key=True),
    Column("name", Who, nullable=False, unique=True),
    Column("room", Integer, ForeignKey("rooms.id"), index=True),
    Column("token_hash", _binary(64)),
    Column("added_at", UtcDateTime, nullable=False),
)
users = _table(
    "users",
    Column("id", Integer, primary_key=True),
    Column("name", Who, nullable=False, unique=True),
    Column("full_name", String(NAME_LENGTH), nullable=False, server_default=""),
    Column("role", StateName, nullable=False),
    Column("password_hash", String(256)),
    Column("added_at", UtcDateTime, nullable=False),
)
consents = _table(
    "consents",
    Column("id", LongId, primary_key=True),
    Column("student", Identifier, nullable=False, index=True),
    Column("purpose", String(64), nullable=False),
    Column("given", Boolean, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("who", Who, nullable=False),
)
access_log = _table(
    "access_log",
    Column("id", LongId, primary_key=True),
    Column("happened_at", UtcDateTime, nullable=False, index=True),
    Column("who", Who, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(64), nullable=False, server_default="", index=True),
    Column("detail", String(DETAIL_LENGTH), nullable=False, server_default=""),
)
