"""The first tables.

Revision 0001.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

IDENTIFIER = sa.String(32)
LONG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")


def _binary(length: int) -> sa.LargeBinary:
    return sa.LargeBinary(length).with_variant(mysql.VARBINARY(length), "mysql")


# MySQL keeps what was made before an upgrade was broken off: each step finds it there the next time.


def _create(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    return op.create_table(
        name, *parts, mysql_engine="InnoDB", mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin", if_not_exists=True
    )


def _create_index(name: str, table: str, columns: list[str]) -> None:
    if name not in {each["name"] for each in sa.inspect(op.get_bind()).get_indexes(table)}:
        op.create_index(name, table, columns)


def upgrade() -> None:
    _create_people_and_courses()
    _create_hours()
    _create_marks()
    _create_sightings()
    _create_templates()
    _create_small_tables()
    _create_accounts()
    _create_logs()


def _create_people_and_courses() -> None:
    _create(
        "students",
        sa.Column("number", IDENTIFIER, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_students"),
    )
    _create(
        "courses",
        sa.Column("code", IDENTIFIER, nullable=False),
        sa.Column("title", sa.String(200), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_courses"),
    )
    _create(
        "enrolments",
        sa.Column("course", IDENTIFIER, nullable=False),
        sa.Column("student", IDENTIFIER, nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date()),
        sa.ForeignKeyConstraint(["course"], ["courses.code"], name="fk_enrolments_course"),
        sa.ForeignKeyConstraint(["student"], ["students.number"], name="fk_enrolments_student"),
        sa.PrimaryKeyConstraint("course", "student", "begins", name="pk_enrolments"),
    )
    _create_index("ix_enrolments_student", "enrolments", ["student"])


def _create_hours() -> None:
    _create(
        "sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course", IDENTIFIER, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(16), server_default="open", nullable=False),
        sa.ForeignKeyConstraint(["course"], ["courses.code"], name="fk_sessions_course"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("course", "day", name="uq_sessions_course_day"),
    )
    _create(
        "hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 24", name="number"),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name="fk_hours_session"),
        sa.PrimaryKeyConstraint("id", name="pk_hours"),
        sa.UniqueConstraint("session", "number", name="uq_hours_session_number"),
    )


def _create_marks() -> None:
    _create(
        "marks",
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("student", IDENTIFIER, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["hour"], ["hours.id"], name="fk_marks_hour"),
        sa.ForeignKeyConstraint(["student"], ["students.number"], name="fk_marks_student"),
        sa.PrimaryKeyConstraint("hour", "student", name="pk_marks"),
    )
    _create_index("ix_marks_student", "marks", ["student"])
    _create(
        "mark_history",
        sa.Column("id", LONG_ID, nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("student", IDENTIFIER, nullable=False),
        sa.Column("old_state", sa.String(16)),
        sa.Column("new_state", sa.String(16), nullable=False),
        sa.Column("stood", sa.Boolean(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("why", sa.String(500), server_default="", nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["hour"], ["hours.id"], name="fk_mark_history_hour"),
        sa.ForeignKeyConstraint(["student"], ["students.number"], name="fk_mark_history_student"),
        sa.PrimaryKeyConstraint("id", name="pk_mark_history"),
    )
    _create_index("ix_mark_history_hour", "mark_history", ["hour"])
    _create_index("ix_mark_history_student", "mark_history", ["student"])
    _create(
        "idempotency_keys",
        sa.Column("token", _binary(256), nullable=False),
        sa.Column("digest", _binary(64), nullable=False),
        sa.Column("answer", sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql"), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_idempotency_keys"),
    )
    _create_index("ix_idempotency_keys_recorded_at", "idempotency_keys", ["recorded_at"])


def _create_sightings() -> None:
    _create(
        "sightings",
        sa.Column("id", LONG_ID, nullable=False),
        sa.Column("student", IDENTIFIER, nullable=False),
        sa.Column("course", IDENTIFIER, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("box_left", sa.Integer(), nullable=False),
        sa.Column("box_top", sa.Integer(), nullable=False),
        sa.Column("box_right", sa.Integer(), nullable=False),
        sa.Column("box_bottom", sa.Integer(), nullable=False),
        sa.Column("distance", sa.Double(), nullable=False),
        sa.Column("model_id", sa.String(128), nullable=False),
        sa.Column("device", sa.String(100), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["course"], ["courses.code"], name="fk_sightings_course"),
        sa.ForeignKeyConstraint(["student"], ["students.number"], name="fk_sightings_student"),
        sa.PrimaryKeyConstraint("id", name="pk_sightings"),
        sa.UniqueConstraint("student", "course", "taken_at", "hour", name="uq_sightings_student_course_taken_at_hour"),
    )
    _create_index("ix_sightings_course", "sightings", ["course"])


def _create_templates() -> None:
    _create(
        "templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("student", IDENTIFIER, nullable=False),
        sa.Column("photo_sha256", _binary(32), nullable=False),
        sa.Column("model_id", sa.String(128), nullable=False),
        sa.Column("photo_name", sa.String(512), nullable=False),
        sa.Column("sealed", _binary(8192), nullable=False),
        sa.Column("enrolled_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_templates"),
        sa.UniqueConstraint("student", "photo_sha256", "model_id", name="uq_templates_student_photo_sha256_model_id"),
    )
    _create_index("ix_templates_photo_sha256", "templates", ["photo_sha256"])
    _create(
        "photo_verdicts",
        sa.Column("photo_sha256", _binary(32), nullable=False),
        sa.Column("model_id", sa.String(128), nullable=False),
        sa.Column("student", IDENTIFIER, server_default="", nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("judged_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("photo_sha256", "model_id", name="pk_photo_verdicts"),
    )
    _create_index("ix_photo_verdicts_student", "photo_verdicts", ["student"])
    _create(
        "erasures",
        sa.Column("student", IDENTIFIER, nullable=False),
        sa.Column("erased_at", MOMENT, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("student", name="pk_erasures"),
    )


def _create_small_tables() -> None:
    counters = _create(
        "counters",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )
    counted = sa.select(sa.func.count()).select_from(counters).where(counters.c.name == "template_revision")
    if op.get_bind().scalar(counted) == 0:
        op.bulk_insert(counters, [{"name": "template_revision", "value": 0}])
    _create(
        "key_checks",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("sealed", _binary(128), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_key_checks"),
    )


def _create_accounts() -> None:
    _create(
        "rooms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rooms"),
        sa.UniqueConstraint("name", name="uq_rooms_name"),
    )
    _create(
        "devices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("room", sa.Integer()),
        sa.Column("token_hash", _binary(64)),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["room"], ["rooms.id"], name="fk_devices_room"),
        sa.PrimaryKeyConstraint("id", name="pk_devices"),
        sa.UniqueConstraint("name", name="uq_devices_name"),
    )
    _create_index("ix_devices_room", "devices", ["room"])
    _create(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("full_name", sa.String(200), server_default="", nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String(256)),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("name", name="uq_users_name"),
    )


def _create_logs() -> None:
    _create(
        "consents",
        sa.Column("id", LONG_ID, nullable=False),
        sa.Column("student", IDENTIFIER, nullable=False),
        sa.Column("purpose", sa.String(64), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    _create_index("ix_consents_student", "consents", ["student"])
    _create(
        "access_log",
        sa.Column("id", LONG_ID, nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(64), server_default="", nullable=False),
        sa.Column("detail", sa.String(1000), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access_log"),
    )
    _create_index("ix_access_log_happened_at", "access_log", ["happened_at"])
    _create_index("ix_access_log_subject", "access_log", ["subject"])
