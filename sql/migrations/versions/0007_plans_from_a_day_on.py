"""A course's plans, each from a day on; enrolments whose hours came along from another course.

Revision 0007.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

IDENTIFIER = sa.String(32)
LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
SINCE_EVER = date(1970, 1, 1)

VIEWS = {
    "view_marks": """
SELECT s.course, COALESCE(NULLIF(q.title, ''), c.title) AS title, s.day, h.number AS hour, m.student, p.name, m.state,
  m.source, m.who, m.why, m.decided_at, s.state AS session_state
FROM marks m JOIN hours h ON m.hour = h.id JOIN sessions s ON h.session = s.id JOIN courses c ON s.course = c.code
  JOIN students p ON m.student = p.number LEFT JOIN plans q ON q.course = s.course
  AND q.begins = (SELECT MAX(x.begins) FROM plans x WHERE x.course = s.course AND x.begins <= s.day)""",
    "view_sessions": """
SELECT s.id, s.course, COALESCE(NULLIF(q.title, ''), c.title) AS title, r.name AS room, s.day, s.state, s.makeup,
  s.closes_at, s.opened_at, s.opened_by, s.changed_at, s.changed_by
FROM sessions s JOIN courses c ON s.course = c.code LEFT JOIN plans q ON q.course = s.course
  AND q.begins = (SELECT MAX(x.begins) FROM plans x WHERE x.course = s.course AND x.begins <= s.day)
  LEFT JOIN rooms r ON q.room = r.id""",
    "view_enrolments": """
SELECT e.course, COALESCE(NULLIF(q.title, ''), c.title) AS title, e.student, p.name, e.begins, e.ends
FROM enrolments e JOIN courses c ON e.course = c.code JOIN students p ON e.student = p.number
  LEFT JOIN plans q ON q.course = e.course AND q.begins = (SELECT MAX(x.begins) FROM plans x
    WHERE x.course = e.course AND x.begins < COALESCE(e.ends, '9999-12-31'))""",
}

courses = sa.table("courses", *map(sa.column, ("code", "title", "room", "plan")))
enrolments = sa.table("enrolments", sa.column("begins", sa.Date), sa.column("ends", sa.Date))
sessions = sa.table("sessions", sa.column("course"), sa.column("day", sa.Date))
terms = sa.table("terms", sa.column("begins", sa.Date), sa.column("ends", sa.Date))


def upgrade() -> None:
    # First, for an account that may drop no views. MySQL keeps what was done before an upgrade was broken off:
    # each step looks whether it was.
    for name in VIEWS:
        op.execute(f"DROP VIEW IF EXISTS {name}")
    plans = _create_plans()
    if _has("courses", "room"):
        _keep_plans(plans)
        _keep_lists_that_went_on()
    _leave_the_plan_out_of_courses()
    _add_moved_from()
    for name, query in VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {query}")


def _create_plans() -> sa.Table:
    made = op.create_table(
        "plans",
        sa.Column("course", IDENTIFIER, nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("title", sa.String(200), server_default="", nullable=False),
        sa.Column("room", sa.Integer()),
        sa.Column("plan", LONG_TEXT),
        sa.Column("set_at", MOMENT),
        sa.Column("set_by", sa.String(100), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["course"], ["courses.code"], name="fk_plans_course"),
        sa.ForeignKeyConstraint(["room"], ["rooms.id"], name="fk_plans_room"),
        sa.PrimaryKeyConstraint("course", "begins", name="pk_plans"),
        if_not_exists=True,
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    _create_index("ix_plans_room", "plans", ["room"])
    return made


def _has(table: str, column: str) -> bool:
    return column in {each["name"] for each in sa.inspect(op.get_bind()).get_columns(table)}


def _create_index(name: str, table: str, columns: list[str]) -> None:
    if name not in _indexes(table):
        op.create_index(name, table, columns)


def _indexes(table: str) -> set[str | None]:
    return {each["name"] for each in sa.inspect(op.get_bind()).get_indexes(table)}


def _foreign_keys(table: str) -> set[str | None]:
    return {each["name"] for each in sa.inspect(op.get_bind()).get_foreign_keys(table)}


def _keep_plans(plans: sa.Table) -> None:
    """A course's plan so far begins with the first term, or with its first session where that was earlier."""
    connection = op.get_bind()
    first_term = connection.scalar(sa.select(sa.func.min(terms.c.begins)))
    first_days = dict(
        connection.execute(sa.select(sessions.c.course, sa.func.min(sessions.c.day)).group_by(sessions.c.course)).all()
    )
    was_set = sa.or_(courses.c.plan.is_not(None), courses.c.room.is_not(None))
    rows: list[dict[str, Any]] = [
        {
            "course": row.code,
            "begins": min(first_term, first_days.get(row.code, first_term)) if first_term else SINCE_EVER,
            "title": row.title,
            "room": row.room,
            "plan": row.plan,
        }
        for row in connection.execute(sa.select(courses).where(was_set))
    ]
    op.execute(sa.delete(plans))
    if rows:
        op.bulk_insert(plans, rows)


def _keep_lists_that_went_on() -> None:
    """Open enrolments held from one term to the next; from now on they end with theirs, but for those that did not."""
    connection = op.get_bind()
    newest = connection.scalar(sa.select(sa.func.max(sessions.c.day)))
    today = datetime.now(UTC).date()
    begun = terms.c.begins <= (max(newest, today) if newest else today)
    last = connection.execute(sa.select(terms).where(begun).order_by(terms.c.begins.desc()).limit(1)).one_or_none()
    if last is None:
        return
    over_before = connection.scalar(sa.select(sa.func.max(terms.c.ends)).where(terms.c.ends < last.begins))
    if over_before is None:
        return
    of_earlier_terms = enrolments.c.begins.between(SINCE_EVER + timedelta(days=1), over_before)
    lasting = sa.update(enrolments).where(enrolments.c.ends.is_(None), of_earlier_terms)
    connection.execute(lasting.values(ends=last.ends + timedelta(days=1)))


def _leave_the_plan_out_of_courses() -> None:
    if op.get_context().dialect.name != "sqlite" and "fk_courses_room" in _foreign_keys("courses"):
        op.drop_constraint("fk_courses_room", "courses", type_="foreignkey")
    if "ix_courses_room" in _indexes("courses"):
        op.drop_index("ix_courses_room", "courses")
    for column in ("room", "plan"):
        if _has("courses", column):
            op.drop_column("courses", column)


def _add_moved_from() -> None:
    if op.get_context().dialect.name == "sqlite":
        # A foreign key comes with its column there.
        op.execute(
            "ALTER TABLE enrolments ADD COLUMN moved_from VARCHAR(32) "
            "CONSTRAINT fk_enrolments_moved_from REFERENCES courses (code)"
        )
    elif not _has("enrolments", "moved_from"):
        op.add_column("enrolments", sa.Column("moved_from", IDENTIFIER))
    _create_index("ix_enrolments_moved_from", "enrolments", ["moved_from"])
    key = "fk_enrolments_moved_from"
    if op.get_context().dialect.name != "sqlite" and key not in _foreign_keys("enrolments"):
        op.create_foreign_key(key, "enrolments", "courses", ["moved_from"], ["code"])
