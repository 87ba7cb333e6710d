"""Whether single letters are keys on the pages of an account.

Revision 0020.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # MySQL keeps what was made before an upgrade was broken off: it is there the next time.
    if "letter_keys" not in {each["name"] for each in sa.inspect(op.get_bind()).get_columns("users")}:
        op.add_column("users", sa.Column("letter_keys", sa.Boolean(), server_default="1", nullable=False))
