"""Sign-ins by identity providers, and whom they know by which number.

Revision 0012.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
HASH = sa.LargeBinary(32).with_variant(mysql.VARBINARY(32), "mysql")


# MySQL keeps what was made before an upgrade was broken off: it is there the next time.


def _create(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        name, *parts, mysql_engine="InnoDB", mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin", if_not_exists=True
    )


def _create_index(name: str, table: str, columns: list[str]) -> None:
    if name not in {each["name"] for each in sa.inspect(op.get_bind()).get_indexes(table)}:
        op.create_index(name, table, columns)


def upgrade() -> None:
    _create(
        "logins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state_hash", HASH, nullable=False),
        sa.Column("browser_hash", HASH, nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("verifier", sa.String(64), nullable=False),
        sa.Column("following", sa.String(500), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_logins"),
        sa.UniqueConstraint("state_hash", name="uq_logins_state_hash"),
    )
    _create_index("ix_logins_expires_at", "logins", ["expires_at"])
    _create(
        "identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("user", sa.Integer(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sa.UniqueConstraint("issuer", "subject", name="uq_identities_issuer_subject"),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name="fk_identities_user"),
    )
    _create_index("ix_identities_user", "identities", ["user"])
    _create(
        "spent_tokens",
        sa.Column("hash", HASH, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_spent_tokens"),
    )
    _create_index("ix_spent_tokens_expires_at", "spent_tokens", ["expires_at"])
