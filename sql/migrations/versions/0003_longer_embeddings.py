"""Room for embeddings of up to 1024 numbers, for families of networks beside dlib's.

Revision 0003.
"""

from alembic import op
from sqlalchemy.dialects import mysql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BEFORE_AND_NOW = {"templates": (8192, 32768, False), "sightings": (1024, 8192, True)}
"""Bytes of the column `sealed`, and whether it may be empty."""


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        return  # a BLOB has no length there
    for table, (before, now, nullable) in BEFORE_AND_NOW.items():
        op.alter_column(
            table,
            "sealed",
            existing_type=mysql.VARBINARY(before),
            type_=mysql.VARBINARY(now),
            existing_nullable=nullable,
        )
