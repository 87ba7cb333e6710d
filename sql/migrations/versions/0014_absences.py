"""Requests for official absence, with proofs that are destroyed when their time is over.

Revision 0014.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql")
LONG_BYTES = sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
LONG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _create_index(name: str, table: str, columns: list[str]) -> None:
    if name not in {each["name"] for each in sa.inspect(op.get_bind()).get_indexes(table)}:
        op.create_index(name, table, columns)


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("id", LONG_ID, nullable=False),
        sa.Column("student", sa.String(32), nullable=False),
        sa.Column("course", sa.String(32), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("reason", LONG_TEXT, nullable=False),
        sa.Column("filed_at", MOMENT, nullable=False),
        sa.Column("sealed_proof", LONG_BYTES),
        sa.Column("proof_type", sa.String(64), server_default="", nullable=False),
        sa.Column("proof_destroyed_at", MOMENT),
        sa.Column("state", sa.String(16), server_default="open", nullable=False),
        sa.Column("answer", LONG_TEXT),
        sa.Column("answered_by", sa.String(100), server_default="", nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_absences"),
        sa.ForeignKeyConstraint(["student"], ["students.number"], name="fk_absences_student"),
        sa.ForeignKeyConstraint(["course"], ["courses.code"], name="fk_absences_course"),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        if_not_exists=True,
    )
    _create_index("ix_absences_student", "absences", ["student"])
    _create_index("ix_absences_course_state", "absences", ["course", "state"])
