"""The landmarks of faces, sealed, where photographs held up are to be told.

Revision 0021.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

POINTS = sa.LargeBinary(128).with_variant(mysql.VARBINARY(128), "mysql")


def upgrade() -> None:
    # MySQL keeps what was made before an upgrade was broken off: it is there the next time.
    if "sealed_points" not in {each["name"] for each in sa.inspect(op.get_bind()).get_columns("sightings")}:
        op.add_column("sightings", sa.Column("sealed_points", POINTS, nullable=True))
