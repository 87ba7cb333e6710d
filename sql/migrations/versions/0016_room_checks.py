"""What the camera of a room was found to be able to do.

Revision 0016.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql")
BYTES = sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql")


def upgrade() -> None:
    # MySQL keeps what was made before an upgrade was broken off: it is there the next time.
    op.create_table(
        "room_checks",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("room", sa.Integer(), sa.ForeignKey("rooms.id", name="fk_room_checks_room"), nullable=False),
        sa.Column("camera", sa.String(100), server_default="", nullable=False),
        sa.Column("checked_at", MOMENT, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("result", TEXT, nullable=False),
        sa.Column("scene", BYTES, nullable=False),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        if_not_exists=True,
    )
    if "ix_room_checks_room" not in {each["name"] for each in sa.inspect(op.get_bind()).get_indexes("room_checks")}:
        op.create_index("ix_room_checks_room", "room_checks", ["room"])
