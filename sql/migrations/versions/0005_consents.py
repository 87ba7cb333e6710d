"""Under which text a consent was given, in which language and how; the texts as they were shown.

Revision 0005.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NEW = {
    "text_version": sa.Column("text_version", sa.String(16), server_default="", nullable=False),
    "language": sa.Column("language", sa.String(8), server_default="", nullable=False),
    "channel": sa.Column("channel", sa.String(16), server_default="paper", nullable=False),
}


def upgrade() -> None:
    # MySQL keeps what was made before an upgrade was broken off: it is there the next time.
    there = {each["name"] for each in sa.inspect(op.get_bind()).get_columns("consents")}
    for name, column in NEW.items():
        if name not in there:
            op.add_column("consents", column)
    op.create_table(
        "consent_texts",
        sa.Column("purpose", sa.String(64), nullable=False),
        sa.Column("version", sa.String(16), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("sha256", sa.LargeBinary(32).with_variant(mysql.VARBINARY(32), "mysql"), nullable=False),
        sa.Column("text", sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql"), nullable=False),
        sa.Column("first_shown_at", sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql"), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "version", "language", "sha256", name="pk_consent_texts"),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        if_not_exists=True,
    )
