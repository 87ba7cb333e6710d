"""Name the tables of accounts, devices, sign-ins and the access log."""

import sqlalchemy as sa

from server.store.database.columns import (
    DETAIL_LENGTH,
    NAME_LENGTH,
    REASON_LENGTH,
    WHO_LENGTH,
    Identifier,
    LongId,
    StateName,
    UtcDateTime,
    Who,
    binary,
    table,
)

ADDRESS_LENGTH = 64
HASH_BYTES = 32
# OpenID Connect gives a subject 255 characters; the two stand in one index.
ISSUER_LENGTH = 200
SUBJECT_LENGTH = 255
PLATFORM_LENGTH = 2 * ISSUER_LENGTH + 1
PLACE_LENGTH = 1000
EMAIL_LENGTH = 254  # RFC 5321, section 4.5.3.1.3

rooms = table(
    "rooms",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(WHO_LENGTH), nullable=False, unique=True),
)
devices = table(
    "devices",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", Who, nullable=False, unique=True),
    sa.Column("room", sa.Integer, sa.ForeignKey("rooms.id"), index=True),
    sa.Column("added_at", UtcDateTime, nullable=False),
    sa.Column("registered_at", UtcDateTime),
)
users = table(
    "users",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", Who, nullable=False, unique=True),
    sa.Column("full_name", sa.String(NAME_LENGTH), nullable=False, server_default=""),
    sa.Column("role", StateName, nullable=False),
    sa.Column("password_hash", sa.String(256)),
    sa.Column("added_at", UtcDateTime, nullable=False),
    sa.Column("student", Identifier, index=True),
    sa.Column("disabled_at", UtcDateTime),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("locked_until", UtcDateTime),
    # "": nobody writes to them; refused: the mail server said that it never will take one for this address.
    sa.Column("email", sa.String(EMAIL_LENGTH), nullable=False, server_default=""),
    sa.Column("email_refused_at", UtcDateTime),
    sa.Column("language", sa.String(8), nullable=False, server_default=""),
    sa.Column("notices", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("letter_keys", sa.Boolean, nullable=False, server_default="1"),
)
course_staff = table(
    "course_staff",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("course", Identifier, sa.ForeignKey("courses.code"), nullable=False),
    sa.Column("user", sa.Integer, sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("role", StateName, nullable=False),
    sa.Column("grants", sa.String(64), nullable=False, server_default=""),
    sa.Column("begins", sa.Date, nullable=False),
    sa.Column("ends", sa.Date),
    sa.UniqueConstraint("course", "user", "begins"),
)
# By name and without foreign keys: it outlives the accounts and courses that it tells of.
role_history = table(
    "role_history",
    sa.Column("id", LongId, primary_key=True),
    sa.Column("changed_at", UtcDateTime, nullable=False, index=True),
    sa.Column("who", Who, nullable=False),
    sa.Column("user", Who, nullable=False, index=True),
    sa.Column("course", Identifier, nullable=False, server_default=""),
    sa.Column("old_rights", sa.String(WHO_LENGTH), nullable=False),
    sa.Column("new_rights", sa.String(WHO_LENGTH), nullable=False),
)
web_sessions = table(
    "web_sessions",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("token_hash", binary(HASH_BYTES), nullable=False, unique=True),
    sa.Column("user", sa.Integer, sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("lectern", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
    sa.Column("address", sa.String(ADDRESS_LENGTH), nullable=False, server_default=""),
    sa.Column("agent", sa.String(NAME_LENGTH), nullable=False, server_default=""),
    sa.Column("idp_sid", sa.String(NAME_LENGTH), nullable=False, server_default="", index=True),
)
# Sign-ins by an identity provider that have begun. state_hash, browser_hash: SHA-256 of 256 random bits.
logins = table(
    "logins",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("state_hash", binary(HASH_BYTES), nullable=False, unique=True),
    sa.Column("browser_hash", binary(HASH_BYTES), nullable=False),
    sa.Column("nonce", sa.String(64), nullable=False),
    sa.Column("verifier", sa.String(64), nullable=False),
    sa.Column("following", sa.String(REASON_LENGTH), nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
)
# Whom an identity provider knows by which number.
identities = table(
    "identities",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("issuer", sa.String(ISSUER_LENGTH), nullable=False),
    sa.Column("subject", sa.String(SUBJECT_LENGTH), nullable=False),
    sa.Column("user", sa.Integer, sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("added_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("issuer", "subject"),
)
# Where a learning platform answers who is on a course's list, as its last launch said. platform: issuer, client id.
course_places = table(
    "course_places",
    sa.Column("course", Identifier, sa.ForeignKey("courses.code"), primary_key=True),
    sa.Column("platform", sa.String(PLATFORM_LENGTH), nullable=False),
    sa.Column("url", sa.String(PLACE_LENGTH), nullable=False),
    sa.Column("link", sa.String(SUBJECT_LENGTH), nullable=False, server_default=""),
    sa.Column("launched_at", UtcDateTime, nullable=False),
)
# Tokens of providers that count once, until they have run out.
spent_tokens = table(
    "spent_tokens",
    sa.Column("hash", binary(HASH_BYTES), primary_key=True),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
)
# kind: device, pairing (a person on a device). hash: SHA-256 of a token of 256 random bits.
tokens = table(
    "tokens",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", StateName, nullable=False),
    sa.Column("hash", binary(HASH_BYTES), nullable=False),
    sa.Column("device", sa.Integer, sa.ForeignKey("devices.id"), index=True),
    sa.Column("user", sa.Integer, sa.ForeignKey("users.id"), index=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime),
    sa.Column("last_used_at", UtcDateTime),
    sa.Column("revoked_at", UtcDateTime),
    sa.Column("revoked_by", Who, nullable=False, server_default=""),
)
pairings = table(
    "pairings",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", StateName, nullable=False, unique=True),
    sa.Column("secret_hash", binary(HASH_BYTES), nullable=False, unique=True),
    sa.Column("device", sa.Integer, sa.ForeignKey("devices.id"), nullable=False, index=True),
    sa.Column("address", sa.String(ADDRESS_LENGTH), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
    sa.Column("user", sa.Integer, sa.ForeignKey("users.id"), index=True),
    sa.Column("token_expires_at", UtcDateTime),
    sa.Column("token", sa.Integer, sa.ForeignKey("tokens.id"), index=True),
)
access_chains = table(
    "access_chains",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("writer", sa.String(64), nullable=False),
    sa.Column("day", sa.Date, nullable=False, index=True),
    sa.Column("length", sa.Integer, nullable=False),
    sa.Column("head", binary(HASH_BYTES), nullable=False),
    sa.Column("closed", sa.Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("writer", "day"),
)
access_log = table(
    "access_log",
    sa.Column("id", LongId, primary_key=True),
    sa.Column("happened_at", UtcDateTime, nullable=False, index=True),
    sa.Column("who", Who, nullable=False),
    sa.Column("action", sa.String(64), nullable=False),
    sa.Column("subject", sa.String(64), nullable=False, server_default="", index=True),
    sa.Column("detail", sa.String(DETAIL_LENGTH), nullable=False, server_default=""),
    sa.Column("address", sa.String(ADDRESS_LENGTH), nullable=False, server_default=""),
    sa.Column("device", Who, nullable=False, server_default=""),
    sa.Column("course", Identifier, nullable=False, server_default=""),
    sa.Column("subjects", sa.Integer, nullable=False, server_default="0"),
    sa.Column("why", sa.String(REASON_LENGTH), nullable=False, server_default=""),
    # NULL: from before lines were chained.
    sa.Column("chain", sa.Integer, sa.ForeignKey("access_chains.id")),
    sa.Column("number", sa.Integer),
    sa.Column("hash", binary(HASH_BYTES)),
    sa.Index(None, "chain", "number"),
)
# With its key an erased student's lines lose the one thing that says whose they are.
subject_keys = table(
    "subject_keys",
    sa.Column("student", Identifier, primary_key=True),
    sa.Column("secret", binary(HASH_BYTES), nullable=False),
)
