"""Photographs that are destroyed once templates were made of them.

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


def upgrade() -> None:
    # MySQL keeps what was made before an upgrade was broken off: it is there the next time.
    if "photo_destroyed_at" not in {each["name"] for each in sa.inspect(op.get_bind()).get_columns("templates")}:
        op.add_column("templates", sa.Column("photo_destroyed_at", MOMENT))
