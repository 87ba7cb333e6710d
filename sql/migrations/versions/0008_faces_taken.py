"""How many of a picture's faces were compared, where they were too many.

Revision 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if "faces_taken" not in {each["name"] for each in sa.inspect(op.get_bind()).get_columns("pictures")}:
        op.add_column("pictures", sa.Column("faces_taken", sa.Integer(), nullable=True))
