"""When the server's duties ran, steps of its clock, and a place for records that cannot be read.

Revision 0004.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LONG_BYTES = sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql")
LONG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")


def _create(name: str, *parts: sa.schema.SchemaItem) -> None:
    # MySQL keeps what was made before an upgrade was broken off: it is there the next time.
    op.create_table(
        name, *parts, mysql_engine="InnoDB", mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin", if_not_exists=True
    )


def _create_index(name: str, table: str, columns: list[str]) -> None:
    if name not in {each["name"] for each in sa.inspect(op.get_bind()).get_indexes(table)}:
        op.create_index(name, table, columns)


def upgrade() -> None:
    _create(
        "duties",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("ran_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_duties"),
    )
    _create(
        "clock_steps",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("by_s", sa.Double(), nullable=False),
        sa.Column("noticed_at", MOMENT, nullable=False),
        sa.Column("waited_s", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_clock_steps"),
    )
    _create(
        "set_aside",
        sa.Column("id", LONG_ID, nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("record", sa.String(600), nullable=False),
        sa.Column("student", sa.String(32), server_default="", nullable=False),
        sa.Column("sealed", LONG_BYTES, nullable=False),
        sa.Column("set_aside_at", MOMENT, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_set_aside"),
    )
    _create_index("ix_set_aside_student", "set_aside", ["student"])
