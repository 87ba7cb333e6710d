"""Tell the time: the one clock that is handed to whatever needs one."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)
