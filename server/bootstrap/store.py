"""Settings to the database: opened with its tables ready, looked for, brought to this version."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.config import Settings
from server.store import Store, open_store
from server.store.database.engine import missing_file


@contextmanager
def store_of(settings: Settings) -> Iterator[Store]:
    """The database, its tables ready; closed at the end. A SQLite file is made or upgraded, MySQL is not.

    Raises SetupProblem and Unavailable with what to do.
    """
    store = open_store(settings.database_url, key_file=settings.key_path)
    try:
        if not settings.database_url.startswith(("mysql", "mariadb")):
            store.health.upgrade()
        store.health.check_schema()
        yield store
    finally:
        store.close()


def missing_database(settings: Settings) -> Path | None:
    """Where the SQLite file would be, if it is not there yet: to be asked where opening it must not make it."""
    return missing_file(settings.database_url)


def upgrade_database(settings: Settings) -> tuple[str, str]:
    """Make the tables or bring them to this version; the version before ("" for none) and after."""
    store = open_store(settings.database_url, key_file=settings.key_path)
    try:
        return store.health.upgrade()
    finally:
        store.close()
