"""Plans, a calendar, states of sessions with their history, pictures with their faces, proposals; views for an office.

Revision 0002.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

IDENTIFIER = sa.String(32)
LONG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
SEALED = sa.LargeBinary(1024).with_variant(mysql.VARBINARY(1024), "mysql")


# MySQL keeps what was made before an upgrade was broken off: each step finds it there the next time. Every table has a
# primary key, without which a cluster takes no rows.


def _create(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    return op.create_table(
        name, *parts, mysql_engine="InnoDB", mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin", if_not_exists=True
    )


def _create_index(name: str, table: str, columns: list[str]) -> None:
    if name not in {each["name"] for each in sa.inspect(op.get_bind()).get_indexes(table)}:
        op.create_index(name, table, columns)


def _columns(table: str) -> set[str]:
    """No names where there is no such table."""
    found = sa.inspect(op.get_bind())
    return {each["name"] for each in found.get_columns(table)} if found.has_table(table) else set()


def _add_column(table: str, column: sa.Column[object]) -> None:
    if column.name not in _columns(table):
        op.add_column(table, column)


def upgrade() -> None:
    # First, for an account that may make no views: MySQL takes none of the rest back.
    _create_view("view_enrolments")
    _add_plans()
    _add_states_of_sessions()
    _add_column("hours", sa.Column("starts_at", MOMENT))
    _add_column("hours", sa.Column("ends_at", MOMENT))
    _add_column("marks", sa.Column("why", sa.String(500), server_default="", nullable=False))
    _create_proposals()
    _make_pictures_of_sightings()
    _create_calibrations()
    _create_calendar()
    for view in ("view_marks", "view_history", "view_sessions"):
        _create_view(view)


def _create_view(name: str) -> None:
    op.execute(f"DROP VIEW IF EXISTS {name}")
    op.execute(f"CREATE VIEW {name} AS {VIEWS[name]}")


def _add_plans() -> None:
    if op.get_context().dialect.name == "sqlite":
        # A foreign key comes with its column there, and a table that others refer to cannot be made anew.
        op.execute("ALTER TABLE courses ADD COLUMN room INTEGER CONSTRAINT fk_courses_room REFERENCES rooms (id)")
    else:
        _add_column("courses", sa.Column("room", sa.Integer()))
    _create_index("ix_courses_room", "courses", ["room"])
    made = {each["name"] for each in sa.inspect(op.get_bind()).get_foreign_keys("courses")}
    if op.get_context().dialect.name != "sqlite" and "fk_courses_room" not in made:
        op.create_foreign_key("fk_courses_room", "courses", "rooms", ["room"], ["id"])
    _add_column("courses", sa.Column("plan", LONG_TEXT))


def _add_states_of_sessions() -> None:
    for column in (
        sa.Column("makeup", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("closes_at", MOMENT),
        sa.Column("opened_at", MOMENT),
        sa.Column("opened_by", sa.String(100), server_default="", nullable=False),
        sa.Column("changed_at", MOMENT),
        sa.Column("changed_by", sa.String(100), server_default="", nullable=False),
    ):
        _add_column("sessions", column)
    _renew_state()
    _create_index("ix_sessions_day", "sessions", ["day"])
    _create(
        "session_history",
        sa.Column("id", LONG_ID, nullable=False),
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("old_state", sa.String(16), nullable=False),
        sa.Column("new_state", sa.String(16), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("why", sa.String(500), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name="fk_session_history_session"),
        sa.PrimaryKeyConstraint("id", name="pk_session_history"),
    )
    _create_index("ix_session_history_session", "session_history", ["session"])


def _renew_state() -> None:
    # Another default needs another column on SQLite; the old states, open and closed, go into the new one. The new one
    # has a default that the old one had not, by which the two are told apart.
    states = {each["name"]: each["default"] for each in sa.inspect(op.get_bind()).get_columns("sessions")}
    if "new_state" not in states and "draft" in str(states["state"]):
        return
    _add_column("sessions", sa.Column("new_state", sa.String(16), server_default="draft", nullable=False))
    if "state" in states:
        op.execute("UPDATE sessions SET new_state = 'closed' WHERE state = 'closed'")
        op.drop_column("sessions", "state")
    op.execute("ALTER TABLE sessions RENAME COLUMN new_state TO state")


def _create_proposals() -> None:
    _create(
        "proposals",
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("student", IDENTIFIER, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("sure", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("first_seen", MOMENT),
        sa.Column("last_seen", MOMENT),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("minutes_late", sa.Integer()),
        sa.Column("probability", sa.Double()),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["hour"], ["hours.id"], name="fk_proposals_hour"),
        sa.ForeignKeyConstraint(["student"], ["students.number"], name="fk_proposals_student"),
        sa.PrimaryKeyConstraint("hour", "student", name="pk_proposals"),
    )
    _create_index("ix_proposals_student", "proposals", ["student"])


def _make_pictures_of_sightings() -> None:
    """The sightings of before become pictures with the faces that were known, without size and embedding."""
    if "taken_at" in _columns("sightings"):
        _put_sightings_away()
    _create_pictures()
    _create_sightings()
    if not _columns("sightings_before"):
        return
    op.execute("DELETE FROM sightings")
    op.execute("DELETE FROM pictures")
    op.execute(
        "INSERT INTO pictures (course, day, hour, taken_at, device, faces, width, height, recorded_at) "
        "SELECT course, MIN(day), MIN(hour), taken_at, device, COUNT(*), 0, 0, MIN(recorded_at) "
        "FROM sightings_before GROUP BY course, device, taken_at ORDER BY taken_at, course, device"
    )
    op.execute(
        "INSERT INTO sightings (picture, student, verdict, candidates, box_left, box_top, box_right, box_bottom, "
        "model_id) SELECT p.id, s.student, 'sure', JSON_ARRAY(JSON_ARRAY(s.student, s.distance)), s.box_left, "
        "s.box_top, s.box_right, s.box_bottom, s.model_id FROM sightings_before s JOIN pictures p "
        "ON p.course = s.course AND p.device = s.device AND p.taken_at = s.taken_at ORDER BY s.id"
    )
    op.drop_table("sightings_before")


def _put_sightings_away() -> None:
    op.execute("DROP TABLE IF EXISTS sightings_before")
    _create(
        "sightings_before",
        sa.Column("id", LONG_ID, nullable=False),
        sa.Column("student", IDENTIFIER, nullable=False),
        sa.Column("course", IDENTIFIER, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(f"box_{side}", sa.Integer(), nullable=False) for side in ("left", "top", "right", "bottom")),
        sa.Column("distance", sa.Double(), nullable=False),
        sa.Column("model_id", sa.String(128), nullable=False),
        sa.Column("device", sa.String(100), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sightings_before"),
    )
    op.execute(
        "INSERT INTO sightings_before SELECT id, student, course, taken_at, hour, day, box_left, box_top, box_right, "
        "box_bottom, distance, model_id, device, recorded_at FROM sightings"
    )
    op.drop_table("sightings")


def _create_pictures() -> None:
    _create(
        "pictures",
        sa.Column("id", LONG_ID, nullable=False),
        sa.Column("course", IDENTIFIER, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("device", sa.String(100), nullable=False),
        sa.Column("faces", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["course"], ["courses.code"], name="fk_pictures_course"),
        sa.PrimaryKeyConstraint("id", name="pk_pictures"),
        sa.UniqueConstraint("course", "device", "taken_at", name="uq_pictures_course_device_taken_at"),
    )
    _create_index("ix_pictures_course_day", "pictures", ["course", "day"])
    _create_index("ix_pictures_taken_at", "pictures", ["taken_at"])


def _create_sightings() -> None:
    _create(
        "sightings",
        sa.Column("id", LONG_ID, nullable=False),
        sa.Column("picture", LONG_ID, nullable=False),
        sa.Column("student", IDENTIFIER, nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("probability", sa.Double()),
        sa.Column("candidates", sa.String(500), nullable=False),
        sa.Column("box_left", sa.Integer(), nullable=False),
        sa.Column("box_top", sa.Integer(), nullable=False),
        sa.Column("box_right", sa.Integer(), nullable=False),
        sa.Column("box_bottom", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.String(128), nullable=False),
        sa.Column("sealed", SEALED),
        sa.ForeignKeyConstraint(["picture"], ["pictures.id"], name="fk_sightings_picture"),
        sa.ForeignKeyConstraint(["student"], ["students.number"], name="fk_sightings_student"),
        sa.PrimaryKeyConstraint("id", name="pk_sightings"),
    )
    _create_index("ix_sightings_picture", "sightings", ["picture"])
    _create_index("ix_sightings_student", "sightings", ["student"])


def _create_calibrations() -> None:
    _create(
        "calibrations",
        sa.Column("course", IDENTIFIER, nullable=False),
        sa.Column("model_id", sa.String(128), nullable=False),
        sa.Column("shift", sa.Double(), nullable=False),
        sa.Column("students", sa.Integer(), nullable=False),
        sa.Column("sightings", sa.Integer(), nullable=False),
        sa.Column("calibrated_at", MOMENT, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.ForeignKeyConstraint(["course"], ["courses.code"], name="fk_calibrations_course"),
        sa.PrimaryKeyConstraint("course", "model_id", name="pk_calibrations"),
    )


def _create_calendar() -> None:
    _create(
        "terms",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_terms"),
    )
    _create(
        "holidays",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("course", IDENTIFIER, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_holidays"),
    )
    _create_index("ix_holidays_begins", "holidays", ["begins"])
    _create(
        "makeups",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("course", IDENTIFIER, server_default="", nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("day", "course", name="pk_makeups"),
    )


VIEWS = {
    "view_marks": """
SELECT s.course, c.title, s.day, h.number AS hour, m.student, p.name, m.state, m.source, m.who, m.why, m.decided_at,
  s.state AS session_state
FROM marks m JOIN hours h ON m.hour = h.id JOIN sessions s ON h.session = s.id JOIN courses c ON s.course = c.code
  JOIN students p ON m.student = p.number""",
    "view_history": """
SELECT m.id, s.course, s.day, h.number AS hour, m.student, p.name, m.old_state, m.new_state, m.stood, m.source, m.who,
  m.why, m.decided_at, m.recorded_at
FROM mark_history m JOIN hours h ON m.hour = h.id JOIN sessions s ON h.session = s.id
  JOIN students p ON m.student = p.number""",
    "view_sessions": """
SELECT s.id, s.course, c.title, r.name AS room, s.day, s.state, s.makeup, s.closes_at, s.opened_at, s.opened_by,
  s.changed_at, s.changed_by
FROM sessions s JOIN courses c ON s.course = c.code LEFT JOIN rooms r ON c.room = r.id""",
    "view_enrolments": """
SELECT e.course, c.title, e.student, p.name, e.begins, e.ends
FROM enrolments e JOIN courses c ON e.course = c.code JOIN students p ON e.student = p.number""",
}
