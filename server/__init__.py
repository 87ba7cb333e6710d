"""The Rollcall server: pictures in, attendance in the database, answers out."""

__version__ = "0.1.0"
