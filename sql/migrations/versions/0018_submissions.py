"""What was counted and answered when a class day was submitted: heads by hour, and that both of two were there.

Revision 0018.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
LONG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MYSQL = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


def _create_index(name: str, table: str, column: str) -> None:
    if name not in {each["name"] for each in sa.inspect(op.get_bind()).get_indexes(table)}:
        op.create_index(name, table, [column])


def upgrade() -> None:
    # MySQL keeps what was made before an upgrade was broken off: it is there the next time.
    op.create_table(
        "head_counts",
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at_least", sa.Integer(), nullable=False),
        sa.Column("at_most", sa.Integer()),
        sa.Column("counted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("hour", name="pk_head_counts"),
        sa.ForeignKeyConstraint(["hour"], ["hours.id"], name="fk_head_counts_hour"),
        if_not_exists=True,
        **MYSQL,
    )
    op.create_table(
        "both_there",
        sa.Column("id", LONG_ID, nullable=False),
        sa.Column("pair", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("student", sa.String(32), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_both_there"),
        sa.ForeignKeyConstraint(["hour"], ["hours.id"], name="fk_both_there_hour"),
        sa.ForeignKeyConstraint(["student"], ["students.number"], name="fk_both_there_student"),
        if_not_exists=True,
        **MYSQL,
    )
    _create_index("ix_both_there_hour", "both_there", "hour")
    _create_index("ix_both_there_student", "both_there", "student")
