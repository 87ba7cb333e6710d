"""Cameras that clients may name by URL, their passwords sealed.

Revision 0011.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
SEALED = sa.LargeBinary().with_variant(mysql.VARBINARY(1024), "mysql")


def upgrade() -> None:
    if "cameras" in sa.inspect(op.get_bind()).get_table_names():
        return
    op.create_table(
        "cameras",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("user", sa.String(100), server_default="", nullable=False),
        sa.Column("sealed_password", SEALED),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.UniqueConstraint("name", name="uq_cameras_name"),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
