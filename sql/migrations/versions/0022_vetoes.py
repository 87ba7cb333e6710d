"""Faces of which somebody said that they are not a student's.

Revision 0022.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
LONG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SEALED = sa.LargeBinary(8192).with_variant(mysql.VARBINARY(8192), "mysql")


def _create_index(name: str, columns: list[str]) -> None:
    if name not in {each["name"] for each in sa.inspect(op.get_bind()).get_indexes("vetoes")}:
        op.create_index(name, "vetoes", columns)


def upgrade() -> None:
    # MySQL keeps what was made before an upgrade was broken off: it is there the next time.
    op.create_table(
        "vetoes",
        sa.Column("id", LONG_ID, nullable=False),
        sa.Column("course", sa.String(32), nullable=False),
        sa.Column("student", sa.String(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("model_id", sa.String(128), nullable=False),
        sa.Column("sealed", SEALED),
        sa.PrimaryKeyConstraint("id", name="pk_vetoes"),
        sa.ForeignKeyConstraint(["course"], ["courses.code"], name="fk_vetoes_course"),
        sa.ForeignKeyConstraint(["student"], ["students.number"], name="fk_vetoes_student"),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        if_not_exists=True,
    )
    _create_index("ix_vetoes_student", ["student"])
    _create_index("ix_vetoes_course_model_id", ["course", "model_id"])
