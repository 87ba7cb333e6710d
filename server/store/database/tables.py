"""Name the tables and the types of their columns, for every dialect. Knows no connection and no rule."""

import sqlalchemy as sa

from server.domain.attendance import Source, State
from server.domain.evidence import Reason
from server.domain.sessions import SessionState
from server.store.database.columns import (
    CANDIDATES_LENGTH,
    DIGEST_BYTES,
    KEY_BYTES,
    MODEL_LENGTH,
    NAME_LENGTH,
    ORIGIN_LENGTH,
    PHOTO_NAME_LENGTH,
    POINTS_BYTES,
    REASON_LENGTH,
    RECORD_LENGTH,
    SEALED_BYTES,
    WHO_LENGTH,
    Enumeration,
    Identifier,
    LongBytes,
    LongId,
    LongText,
    StateName,
    UtcDateTime,
    Who,
    binary,
    table,
)
from server.store.database.columns import metadata as metadata
from server.store.database.identity_tables import access_chains as access_chains
from server.store.database.identity_tables import access_log as access_log
from server.store.database.identity_tables import devices as devices
from server.store.database.identity_tables import rooms as rooms
from server.store.database.identity_tables import users as users

students = table(
    "students",
    sa.Column("number", Identifier, primary_key=True),
    sa.Column("name", sa.String(NAME_LENGTH), nullable=False),
)
courses = table(
    "courses",
    sa.Column("code", Identifier, primary_key=True),
    sa.Column("title", sa.String(NAME_LENGTH), nullable=False, server_default=""),
)
plans = table(
    "plans",
    sa.Column("course", Identifier, sa.ForeignKey("courses.code"), primary_key=True),
    sa.Column("begins", sa.Date, primary_key=True),
    sa.Column("title", sa.String(NAME_LENGTH), nullable=False, server_default=""),
    sa.Column("room", sa.Integer, sa.ForeignKey("rooms.id"), index=True),
    sa.Column("plan", LongText),
    sa.Column("set_at", UtcDateTime),
    sa.Column("set_by", Who, nullable=False, server_default=""),
)
enrolments = table(
    "enrolments",
    sa.Column("course", Identifier, sa.ForeignKey("courses.code"), primary_key=True),
    sa.Column("student", Identifier, sa.ForeignKey("students.number"), primary_key=True, index=True),
    sa.Column("begins", sa.Date, primary_key=True),
    sa.Column("ends", sa.Date),
    sa.Column("moved_from", Identifier, sa.ForeignKey("courses.code"), index=True),
)
sessions = table(
    "sessions",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("course", Identifier, sa.ForeignKey("courses.code"), nullable=False),
    sa.Column("day", sa.Date, nullable=False, index=True),
    sa.Column("makeup", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("closes_at", UtcDateTime),
    sa.Column("opened_at", UtcDateTime),
    sa.Column("opened_by", Who, nullable=False, server_default=""),
    sa.Column("changed_at", UtcDateTime),
    sa.Column("changed_by", Who, nullable=False, server_default=""),
    sa.Column("state", Enumeration(SessionState), nullable=False, server_default="draft"),
    sa.UniqueConstraint("course", "day"),
)
session_history = table(
    "session_history",
    sa.Column("id", LongId, primary_key=True),
    sa.Column("session", sa.Integer, sa.ForeignKey("sessions.id"), nullable=False, index=True),
    sa.Column("old_state", Enumeration(SessionState), nullable=False),
    sa.Column("new_state", Enumeration(SessionState), nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("who", Who, nullable=False),
    sa.Column("why", sa.String(REASON_LENGTH), nullable=False, server_default=""),
    sa.Column("origin", sa.String(ORIGIN_LENGTH), nullable=False, server_default=""),
)
hours = table(
    "hours",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("session", sa.Integer, sa.ForeignKey("sessions.id"), nullable=False),
    sa.Column("number", sa.SmallInteger, nullable=False),
    sa.Column("starts_at", UtcDateTime),
    sa.Column("ends_at", UtcDateTime),
    sa.UniqueConstraint("session", "number"),
    sa.CheckConstraint("number BETWEEN 1 AND 24", name="number"),
)
marks = table(
    "marks",
    sa.Column("hour", sa.Integer, sa.ForeignKey("hours.id"), primary_key=True, autoincrement=False),
    sa.Column("student", Identifier, sa.ForeignKey("students.number"), primary_key=True, index=True),
    sa.Column("state", Enumeration(State), nullable=False),
    sa.Column("decided_at", UtcDateTime, nullable=False),
    sa.Column("recorded_at", UtcDateTime, nullable=False),
    sa.Column("who", Who, nullable=False),
    sa.Column("source", Enumeration(Source), nullable=False),
    sa.Column("why", sa.String(REASON_LENGTH), nullable=False, server_default=""),
)
mark_history = table(
    "mark_history",
    sa.Column("id", LongId, primary_key=True),
    sa.Column("hour", sa.Integer, sa.ForeignKey("hours.id"), nullable=False, index=True),
    sa.Column("student", Identifier, sa.ForeignKey("students.number"), nullable=False, index=True),
    sa.Column("old_state", Enumeration(State)),
    sa.Column("new_state", Enumeration(State), nullable=False),
    sa.Column("stood", sa.Boolean, nullable=False),
    sa.Column("decided_at", UtcDateTime, nullable=False),
    sa.Column("recorded_at", UtcDateTime, nullable=False),
    sa.Column("who", Who, nullable=False),
    sa.Column("why", sa.String(REASON_LENGTH), nullable=False, server_default=""),
    sa.Column("source", Enumeration(Source), nullable=False),
    sa.Column("origin", sa.String(ORIGIN_LENGTH), nullable=False, server_default=""),
)
proposals = table(
    "proposals",
    sa.Column("hour", sa.Integer, sa.ForeignKey("hours.id"), primary_key=True, autoincrement=False),
    sa.Column("student", Identifier, sa.ForeignKey("students.number"), primary_key=True, index=True),
    sa.Column("state", Enumeration(State), nullable=False),
    sa.Column("sure", sa.Boolean, nullable=False),
    sa.Column("reason", Enumeration(Reason), nullable=False),
    sa.Column("first_seen", UtcDateTime),
    sa.Column("last_seen", UtcDateTime),
    sa.Column("seen", sa.Integer, nullable=False),
    sa.Column("looks", sa.Integer, nullable=False),
    sa.Column("minutes_late", sa.Integer),
    sa.Column("probability", sa.Double),
    sa.Column("proposed_at", UtcDateTime, nullable=False),
)
pictures = table(
    "pictures",
    sa.Column("id", LongId, primary_key=True),
    sa.Column("course", Identifier, sa.ForeignKey("courses.code"), nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("hour", sa.SmallInteger, nullable=False),
    sa.Column("taken_at", UtcDateTime, nullable=False, index=True),
    sa.Column("device", Who, nullable=False),
    sa.Column("faces", sa.Integer, nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("recorded_at", UtcDateTime, nullable=False),
    sa.Column("faces_taken", sa.Integer),
    sa.UniqueConstraint("course", "device", "taken_at"),
    sa.Index(None, "course", "day"),
)
sightings = table(
    "sightings",
    sa.Column("id", LongId, primary_key=True),
    sa.Column("picture", LongId, sa.ForeignKey("pictures.id"), nullable=False, index=True),
    sa.Column("student", Identifier, sa.ForeignKey("students.number"), nullable=False, index=True),
    sa.Column("verdict", StateName, nullable=False),
    sa.Column("probability", sa.Double),
    sa.Column("candidates", sa.String(CANDIDATES_LENGTH), nullable=False),
    sa.Column("box_left", sa.Integer, nullable=False),
    sa.Column("box_top", sa.Integer, nullable=False),
    sa.Column("box_right", sa.Integer, nullable=False),
    sa.Column("box_bottom", sa.Integer, nullable=False),
    sa.Column("model_id", sa.String(MODEL_LENGTH), nullable=False),
    sa.Column("sealed", binary(SEALED_BYTES)),
    sa.Column("sealed_points", binary(POINTS_BYTES)),
)
calibrations = table(
    "calibrations",
    sa.Column("course", Identifier, sa.ForeignKey("courses.code"), primary_key=True),
    sa.Column("model_id", sa.String(MODEL_LENGTH), primary_key=True),
    sa.Column("shift", sa.Double, nullable=False),
    sa.Column("students", sa.Integer, nullable=False),
    sa.Column("sightings", sa.Integer, nullable=False),
    sa.Column("calibrated_at", UtcDateTime, nullable=False),
    sa.Column("who", Who, nullable=False),
)
terms = table(
    "terms",
    sa.Column("name", sa.String(WHO_LENGTH), primary_key=True),
    sa.Column("begins", sa.Date, nullable=False),
    sa.Column("ends", sa.Date, nullable=False),
)
# The course of a holiday or make-up day is "" for all courses, and may be one that no roster has named yet.
holidays = table(
    "holidays",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("begins", sa.Date, nullable=False, index=True),
    sa.Column("ends", sa.Date, nullable=False),
    sa.Column("name", sa.String(WHO_LENGTH), nullable=False),
    sa.Column("course", Identifier, nullable=False, server_default=""),
)
makeups = table(
    "makeups",
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("course", Identifier, primary_key=True, server_default=""),
    sa.Column("weekday", sa.SmallInteger, nullable=False),
    sa.Column("name", sa.String(WHO_LENGTH), nullable=False),
)
# No foreign key on the student: photographs may be enrolled before the roster that names their students.
templates = table(
    "templates",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("student", Identifier, nullable=False),
    sa.Column("photo_sha256", binary(32), nullable=False, index=True),
    sa.Column("model_id", sa.String(MODEL_LENGTH), nullable=False),
    sa.Column("photo_name", sa.String(PHOTO_NAME_LENGTH), nullable=False),
    sa.Column("sealed", binary(32768), nullable=False),
    sa.Column("enrolled_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("student", "photo_sha256", "model_id"),
)
photo_verdicts = table(
    "photo_verdicts",
    sa.Column("photo_sha256", binary(32), primary_key=True),
    sa.Column("model_id", sa.String(MODEL_LENGTH), primary_key=True),
    sa.Column("student", Identifier, nullable=False, server_default="", index=True),
    sa.Column("reason", sa.String(REASON_LENGTH), nullable=False),
    sa.Column("judged_at", UtcDateTime, nullable=False),
)
erasures = table(
    "erasures",
    sa.Column("student", Identifier, primary_key=True),
    sa.Column("erased_at", UtcDateTime, nullable=False),
    sa.Column("who", Who, nullable=False),
)
# `token` is the client's idempotency key: bytes, because MySQL compares text with padding.
idempotency_keys = table(
    "idempotency_keys",
    sa.Column("token", binary(KEY_BYTES), primary_key=True),
    sa.Column("digest", binary(DIGEST_BYTES), nullable=False),
    sa.Column("answer", LongText, nullable=False),
    sa.Column("recorded_at", UtcDateTime, nullable=False, index=True),
)
counters = table(
    "counters",
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)
# By name and without foreign keys: what was renamed is not there any more.
renamings = table(
    "renamings",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", StateName, nullable=False),
    sa.Column("old", Identifier, nullable=False),
    sa.Column("new", Identifier, nullable=False),
    sa.Column("who", Who, nullable=False),
    sa.Column("renamed_at", UtcDateTime, nullable=False),
)
key_checks = table(
    "key_checks",
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("sealed", binary(128), nullable=False),
)
cameras = table(
    "cameras",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", Who, nullable=False, unique=True),
    sa.Column("url", sa.String(500), nullable=False),
    sa.Column("user", sa.String(WHO_LENGTH), nullable=False, server_default=""),
    sa.Column("sealed_password", binary(1024)),
    sa.Column("added_at", UtcDateTime, nullable=False),
)
room_checks = table(
    "room_checks",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("room", sa.Integer, sa.ForeignKey("rooms.id"), nullable=False, index=True),
    sa.Column("camera", Who, nullable=False, server_default=""),
    sa.Column("checked_at", UtcDateTime, nullable=False),
    sa.Column("who", Who, nullable=False),
    sa.Column("result", LongText, nullable=False),
    sa.Column("scene", LongBytes, nullable=False),
)
# What was counted and answered when a class day was submitted. The two rows of a pair, counted by hour, are two
# students who were both there, though the camera took them for one.
head_counts = table(
    "head_counts",
    sa.Column("hour", sa.Integer, sa.ForeignKey("hours.id"), primary_key=True, autoincrement=False),
    sa.Column("at_least", sa.Integer, nullable=False),
    sa.Column("at_most", sa.Integer),
    sa.Column("counted_at", UtcDateTime, nullable=False),
)
both_there = table(
    "both_there",
    sa.Column("id", LongId, primary_key=True),
    sa.Column("pair", sa.Integer, nullable=False),
    sa.Column("hour", sa.Integer, sa.ForeignKey("hours.id"), nullable=False, index=True),
    sa.Column("student", Identifier, sa.ForeignKey("students.number"), nullable=False, index=True),
    sa.Column("answered_at", UtcDateTime, nullable=False),
    sa.Column("who", Who, nullable=False),
)
consents = table(
    "consents",
    sa.Column("id", LongId, primary_key=True),
    sa.Column("student", Identifier, nullable=False, index=True),
    sa.Column("purpose", sa.String(64), nullable=False),
    sa.Column("given", sa.Boolean, nullable=False),
    sa.Column("decided_at", UtcDateTime, nullable=False),
    sa.Column("who", Who, nullable=False),
    sa.Column("text_version", StateName, nullable=False, server_default=""),
    sa.Column("language", sa.String(8), nullable=False, server_default=""),
    sa.Column("channel", StateName, nullable=False, server_default="paper"),
    sa.Column("receipt", LongText),
)
consent_texts = table(
    "consent_texts",
    sa.Column("purpose", sa.String(64), primary_key=True),
    sa.Column("version", StateName, primary_key=True),
    sa.Column("language", sa.String(8), primary_key=True),
    sa.Column("sha256", binary(32), primary_key=True),
    sa.Column("text", LongText, nullable=False),
    sa.Column("first_shown_at", UtcDateTime, nullable=False),
)
# Day and hour rather than the hour's row: a session that holds nothing may still be discarded.
appeals = table(
    "appeals",
    sa.Column("id", LongId, primary_key=True),
    sa.Column("student", Identifier, sa.ForeignKey("students.number"), nullable=False, index=True),
    sa.Column("course", Identifier, sa.ForeignKey("courses.code"), nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("hour", sa.SmallInteger, nullable=False),
    sa.Column("filed_at", UtcDateTime, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("text", LongText, nullable=False),
    sa.Column("state", StateName, nullable=False, server_default="open"),
    sa.Column("note", LongText),
    sa.Column("noted_by", Who, nullable=False, server_default=""),
    sa.Column("answer", LongText),
    sa.Column("answered_by", Who, nullable=False, server_default=""),
    sa.Column("answered_at", UtcDateTime),
    sa.Index(None, "course", "state"),
)
absences = table(
    "absences",
    sa.Column("id", LongId, primary_key=True),
    sa.Column("student", Identifier, sa.ForeignKey("students.number"), nullable=False, index=True),
    sa.Column("course", Identifier, sa.ForeignKey("courses.code"), nullable=False),
    sa.Column("begins", sa.Date, nullable=False),
    sa.Column("ends", sa.Date, nullable=False),
    sa.Column("reason", LongText, nullable=False),
    sa.Column("filed_at", UtcDateTime, nullable=False),
    sa.Column("sealed_proof", LongBytes),
    sa.Column("proof_type", sa.String(64), nullable=False, server_default=""),
    sa.Column("proof_destroyed_at", UtcDateTime),
    sa.Column("state", StateName, nullable=False, server_default="open"),
    sa.Column("answer", LongText),
    sa.Column("answered_by", Who, nullable=False, server_default=""),
    sa.Column("answered_at", UtcDateTime),
    sa.Index(None, "course", "state"),
)
# At most one mail a day to an account; a notice is in one, and told once.
mails = table(
    "mails",
    sa.Column("id", LongId, primary_key=True),
    sa.Column("user", sa.Integer, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("message_id", sa.String(NAME_LENGTH), nullable=False),
    sa.Column("state", StateName, nullable=False, server_default="waiting"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("held_until", UtcDateTime),
    sa.Column("settled_at", UtcDateTime),
    sa.Column("problem", sa.String(REASON_LENGTH), nullable=False, server_default=""),
    sa.UniqueConstraint("user", "day"),
    sa.Index(None, "state", "due_at"),
)
notices = table(
    "notices",
    sa.Column("id", LongId, primary_key=True),
    sa.Column("mail", LongId, sa.ForeignKey("mails.id"), nullable=False, index=True),
    sa.Column("user", sa.Integer, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("kind", StateName, nullable=False),
    sa.Column("about", sa.String(NAME_LENGTH), nullable=False),
    sa.Column("blanks", LongText, nullable=False),
    sa.UniqueConstraint("user", "kind", "about"),
)
zones = table(
    "zones",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("room", sa.Integer, sa.ForeignKey("rooms.id"), nullable=False, index=True),
    sa.Column("camera", Who, nullable=False, server_default=""),
    sa.Column("points", sa.String(1000), nullable=False),
    sa.Column("added_at", UtcDateTime, nullable=False),
)
# Of what a person said: that this face is not this student's. Until `ends` its owner is not proposed as the student.
vetoes = table(
    "vetoes",
    sa.Column("id", LongId, primary_key=True),
    sa.Column("course", Identifier, sa.ForeignKey("courses.code"), nullable=False),
    sa.Column("student", Identifier, sa.ForeignKey("students.number"), nullable=False, index=True),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("hour", sa.SmallInteger, nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("who", Who, nullable=False),
    sa.Column("ends", sa.Date, nullable=False),
    sa.Column("model_id", sa.String(MODEL_LENGTH), nullable=False),
    sa.Column("sealed", binary(SEALED_BYTES)),
    sa.Index(None, "course", "model_id"),
)
# What the server does by itself; `pending` of clock_steps is the step for which nothing is forgotten.
duties = table(
    "duties",
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("ran_at", UtcDateTime, nullable=False),
)
clock_steps = table(
    "clock_steps",
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("by_s", sa.Double, nullable=False),
    sa.Column("noticed_at", UtcDateTime, nullable=False),
    sa.Column("waited_s", sa.Double, nullable=False),
)
# Records that cannot be read, out of the way of those that can, as they were: sealed, with whatever referred to them.
set_aside = table(
    "set_aside",
    sa.Column("id", LongId, primary_key=True),
    sa.Column("source", sa.String(64), nullable=False),
    sa.Column("record", sa.String(RECORD_LENGTH), nullable=False),
    sa.Column("student", Identifier, nullable=False, server_default="", index=True),
    sa.Column("sealed", LongBytes, nullable=False),
    sa.Column("set_aside_at", UtcDateTime, nullable=False),
    sa.Column("who", Who, nullable=False),
)
