"""The one clock that is handed to whatever needs the time."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, UTC-aware."""
    return datetime.now(UTC)
