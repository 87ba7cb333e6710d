"""Log who did what to whose data."""

from datetime import datetime

from sqlalchemy import Connection, insert

from server.store.database.columns import DETAIL_LENGTH, WHO_LENGTH
from server.store.database.tables import access_log as table
from server.store.identifiers import require_text


def write(connection: Connection, at: datetime, by: str, action: str, *, subject: str = "", detail: str = "") -> None:
    """Add one line. subject: the student concerned."""
    require_text(by, WHO_LENGTH, "name of who does this")
    line = {"happened_at": at, "who": by, "action": action, "subject": subject, "detail": detail[:DETAIL_LENGTH]}
    connection.execute(insert(table), [line])
