"""What students ask to be looked at again, and the receipts of withdrawn consents.

Revision 0013.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
LONG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _create_index(name: str, table: str, columns: list[str]) -> None:
    if name not in {each["name"] for each in sa.inspect(op.get_bind()).get_indexes(table)}:
        op.create_index(name, table, columns)


def upgrade() -> None:
    # MySQL keeps what was made before an upgrade was broken off: it is there the next time.
    if "receipt" not in {each["name"] for each in sa.inspect(op.get_bind()).get_columns("consents")}:
        op.add_column("consents", sa.Column("receipt", LONG_TEXT))
    op.create_table(
        "appeals",
        sa.Column("id", LONG_ID, nullable=False),
        sa.Column("student", sa.String(32), nullable=False),
        sa.Column("course", sa.String(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("filed_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("text", LONG_TEXT, nullable=False),
        sa.Column("state", sa.String(16), server_default="open", nullable=False),
        sa.Column("note", LONG_TEXT),
        sa.Column("noted_by", sa.String(100), server_default="", nullable=False),
        sa.Column("answer", LONG_TEXT),
        sa.Column("answered_by", sa.String(100), server_default="", nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_appeals"),
        sa.ForeignKeyConstraint(["student"], ["students.number"], name="fk_appeals_student"),
        sa.ForeignKeyConstraint(["course"], ["courses.code"], name="fk_appeals_course"),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        if_not_exists=True,
    )
    _create_index("ix_appeals_student", "appeals", ["student"])
    _create_index("ix_appeals_course_state", "appeals", ["course", "state"])
