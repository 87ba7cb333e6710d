"""Addresses of accounts, and notices by mail with the outbox that they are sent from.

Revision 0017.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
LONG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


# MySQL keeps what was made before an upgrade was broken off: it is there the next time.


def _create(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        name, *parts, mysql_engine="InnoDB", mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin", if_not_exists=True
    )


def _create_index(name: str, table: str, columns: list[str]) -> None:
    if name not in {each["name"] for each in sa.inspect(op.get_bind()).get_indexes(table)}:
        op.create_index(name, table, columns)


def _add(*columns: sa.Column[object]) -> None:
    there = {each["name"] for each in sa.inspect(op.get_bind()).get_columns("users")}
    for column in columns:
        if column.name not in there:
            op.add_column("users", column)


def upgrade() -> None:
    _add(
        sa.Column("email", sa.String(254), server_default="", nullable=False),
        sa.Column("email_refused_at", MOMENT),
        sa.Column("language", sa.String(8), server_default="", nullable=False),
        sa.Column("notices", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    _create(
        "mails",
        sa.Column("id", LONG_ID, nullable=False),
        sa.Column("user", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("held_until", MOMENT),
        sa.Column("settled_at", MOMENT),
        sa.Column("problem", sa.String(500), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mails"),
        sa.UniqueConstraint("user", "day", name="uq_mails_user_day"),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name="fk_mails_user"),
    )
    _create_index("ix_mails_state_due_at", "mails", ["state", "due_at"])
    _create(
        "notices",
        sa.Column("id", LONG_ID, nullable=False),
        sa.Column("mail", LONG_ID, nullable=False),
        sa.Column("user", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("blanks", LONG_TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("user", "kind", "about", name="uq_notices_user_kind_about"),
        sa.ForeignKeyConstraint(["mail"], ["mails.id"], name="fk_notices_mail"),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name="fk_notices_user"),
    )
    _create_index("ix_notices_mail", "notices", ["mail"])
