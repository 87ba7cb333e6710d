"""Where learning platforms answer who is on a course's list.

Revision 0019.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")


def upgrade() -> None:
    # MySQL keeps what was made before an upgrade was broken off: it is there the next time.
    op.create_table(
        "course_places",
        sa.Column("course", sa.String(32), nullable=False),
        sa.Column("platform", sa.String(401), nullable=False),
        sa.Column("url", sa.String(1000), nullable=False),
        sa.Column("link", sa.String(255), server_default="", nullable=False),
        sa.Column("launched_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("course", name="pk_course_places"),
        sa.ForeignKeyConstraint(["course"], ["courses.code"], name="fk_course_places_course"),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        if_not_exists=True,
    )
