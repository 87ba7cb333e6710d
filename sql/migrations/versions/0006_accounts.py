"""Accounts, who teaches what, devices with tokens, sign-ins, and an access log whose lines hold each other.

Revision 0006.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

IDENTIFIER = sa.String(32)
LONG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
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


def _has_column(table: str, column: str) -> bool:
    return column in {each["name"] for each in sa.inspect(op.get_bind()).get_columns(table)}


def _add_column(table: str, column: sa.Column[Any]) -> None:
    if not _has_column(table, column.name):
        op.add_column(table, column)


def _text(name: str, length: int, *, default: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), server_default="" if default else None, nullable=False)


def _reference(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=f"fk_{table}_{column}")


def upgrade() -> None:
    _change_users_and_devices()
    _create_staff()
    _create_sign_ins()
    _create_chains()


def _change_users_and_devices() -> None:
    if _has_column("devices", "token_hash"):
        op.drop_column("devices", "token_hash")
    _add_column("devices", sa.Column("registered_at", MOMENT))
    for column in (
        sa.Column("student", IDENTIFIER),
        sa.Column("disabled_at", MOMENT),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", MOMENT),
    ):
        _add_column("users", column)
    _create_index("ix_users_student", "users", ["student"])


def _create_staff() -> None:
    _create(
        "course_staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course", IDENTIFIER, nullable=False),
        sa.Column("user", sa.Integer(), nullable=False),
        _text("role", 16, default=False),
        _text("grants", 64),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_course_staff"),
        sa.UniqueConstraint("course", "user", "begins", name="uq_course_staff_course_user_begins"),
        _reference("course_staff", "course", "courses.code"),
        _reference("course_staff", "user", "users.id"),
    )
    _create_index("ix_course_staff_user", "course_staff", ["user"])
    _create(
        "role_history",
        sa.Column("id", LONG_ID, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        _text("who", 100, default=False),
        _text("user", 100, default=False),
        _text("course", 32),
        _text("old_rights", 100, default=False),
        _text("new_rights", 100, default=False),
        sa.PrimaryKeyConstraint("id", name="pk_role_history"),
    )
    _create_index("ix_role_history_changed_at", "role_history", ["changed_at"])
    _create_index("ix_role_history_user", "role_history", ["user"])


def _create_sign_ins() -> None:
    _create(
        "web_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", HASH, nullable=False),
        sa.Column("user", sa.Integer(), nullable=False),
        sa.Column("lectern", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        _text("address", 64),
        _text("agent", 200),
        _text("idp_sid", 200),
        sa.PrimaryKeyConstraint("id", name="pk_web_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_web_sessions_token_hash"),
        _reference("web_sessions", "user", "users.id"),
    )
    for column in ("user", "expires_at", "idp_sid"):
        _create_index(f"ix_web_sessions_{column}", "web_sessions", [column])
    _create(
        "tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("kind", 16, default=False),
        sa.Column("hash", HASH, nullable=False),
        sa.Column("device", sa.Integer()),
        sa.Column("user", sa.Integer()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.Column("last_used_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        _text("revoked_by", 100),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        _reference("tokens", "device", "devices.id"),
        _reference("tokens", "user", "users.id"),
    )
    for column in ("device", "user"):
        _create_index(f"ix_tokens_{column}", "tokens", [column])
    _create(
        "pairings",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("code", 16, default=False),
        sa.Column("secret_hash", HASH, nullable=False),
        sa.Column("device", sa.Integer(), nullable=False),
        _text("address", 64, default=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("user", sa.Integer()),
        sa.Column("token_expires_at", MOMENT),
        sa.Column("token", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_pairings"),
        sa.UniqueConstraint("code", name="uq_pairings_code"),
        sa.UniqueConstraint("secret_hash", name="uq_pairings_secret_hash"),
        _reference("pairings", "device", "devices.id"),
        _reference("pairings", "user", "users.id"),
        _reference("pairings", "token", "tokens.id"),
    )
    for column in ("device", "expires_at", "user", "token"):
        _create_index(f"ix_pairings_{column}", "pairings", [column])


def _create_chains() -> None:
    _create(
        "access_chains",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("writer", 64, default=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("head", HASH, nullable=False),
        sa.Column("closed", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access_chains"),
        sa.UniqueConstraint("writer", "day", name="uq_access_chains_writer_day"),
    )
    _create_index("ix_access_chains_day", "access_chains", ["day"])
    for column in (
        _text("address", 64),
        _text("device", 100),
        _text("course", 32),
        sa.Column("subjects", sa.Integer(), server_default="0", nullable=False),
        _text("why", 500),
    ):
        _add_column("access_log", column)
    if op.get_context().dialect.name == "sqlite":
        # A foreign key comes with its column there.
        reference = "CONSTRAINT fk_access_log_chain REFERENCES access_chains (id)"
        op.execute(f"ALTER TABLE access_log ADD COLUMN chain INTEGER {reference}")
    else:
        _add_column("access_log", sa.Column("chain", sa.Integer()))
    _add_column("access_log", sa.Column("number", sa.Integer()))
    _add_column("access_log", sa.Column("hash", HASH))
    _create_index("ix_access_log_chain_number", "access_log", ["chain", "number"])
    if op.get_context().dialect.name != "sqlite":
        keys = {each["name"] for each in sa.inspect(op.get_bind()).get_foreign_keys("access_log")}
        if "fk_access_log_chain" not in keys:
            op.create_foreign_key("fk_access_log_chain", "access_log", "access_chains", ["chain"], ["id"])
    _create(
        "subject_keys",
        sa.Column("student", IDENTIFIER, nullable=False),
        sa.Column("secret", HASH, nullable=False),
        sa.PrimaryKeyConstraint("student", name="pk_subject_keys"),
    )
