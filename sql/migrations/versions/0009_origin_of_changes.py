"""From which machine a mark or a session's change came, whoever it says that it is by.

Revision 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("mark_history", "session_history")
VIEW = """
SELECT m.id, s.course, s.day, h.number AS hour, m.student, p.name, m.old_state, m.new_state, m.stood, m.source, m.who,
  m.why, m.decided_at, m.recorded_at, m.origin
FROM mark_history m JOIN hours h ON m.hour = h.id JOIN sessions s ON h.session = s.id
  JOIN students p ON m.student = p.number"""


# MySQL keeps what was made before an upgrade was broken off: it is there the next time.


def upgrade() -> None:
    for table in TABLES:
        if "origin" not in {each["name"] for each in sa.inspect(op.get_bind()).get_columns(table)}:
            op.add_column(table, sa.Column("origin", sa.String(160), server_default="", nullable=False))
    op.execute("DROP VIEW IF EXISTS view_history")
    op.execute(f"CREATE VIEW view_history AS {VIEW}")
