"""Bring the tables to the newest version by Alembic. The revisions are in sql/migrations."""

from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from server.errors import SetupProblem
from server.store.database.transactions import Database
from server.store.database.upgrade_lock import only_one_upgrade

MIGRATIONS: Final = Path(__file__).resolve().parents[3] / "sql" / "migrations"
UPGRADE: Final = "`face_recog_server.py db upgrade`"


def upgrade(database: Database) -> tuple[str, str]:
    """Bring the tables to the newest version; revision before and after. Two processes at once are safe."""
    found = database.read(_revision)
    _require_known(found)
    if found == _known()[-1]:
        return found, found
    with closing(Database(database.url, upgrades=True)) as patient:
        if patient.dialect == "sqlite":
            return patient.write(_upgrade)
        with patient.outside_transactions() as connection, only_one_upgrade(patient, connection):
            return _upgrade(connection)


def _upgrade(connection: Connection) -> tuple[str, str]:
    before = _revision(connection)
    _require_known(before)
    if before != _known()[-1]:
        _migrate(connection, "head")
    return before, _revision(connection)


def _migrate(connection: Connection, revision: str) -> None:
    # Alembic takes a fifth of a second to import, and a database needs it once a version.
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    # A percent sign in the path would be read as the start of a reference.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, revision)


def check(database: Database) -> None:
    """Raise SetupProblem with what to run where the tables are missing or of another version."""
    found = database.read(_revision)
    _require_known(found)
    if not found:
        raise SetupProblem(f"The database {database.name} has no tables yet: run {UPGRADE}.")
    if found != (newest := _known()[-1]):
        raise SetupProblem(
            f"The tables of the database {database.name} are of version {found}, this program needs {newest}: "
            f"make a backup and run {UPGRADE}."
        )


def _require_known(revision: str) -> None:
    if revision and revision not in _known():
        raise SetupProblem(
            f"The tables are of version {revision}, which this program does not know: "
            "they were made by a newer one. Install that, or restore the backup from before the upgrade."
        )


def _revision(connection: Connection) -> str:
    """The version of the tables as Alembic keeps it; "" where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


def _known() -> list[str]:
    """The versions, oldest first: each has a file of its own, whose name begins with it."""
    return sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
