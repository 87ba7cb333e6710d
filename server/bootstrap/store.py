"""Open the database that is set."""

import platform
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from server.bootstrap.account import system_account
from server.config import Settings
from server.errors import SetupProblem
from server.store import Store, open_store
from server.store.database.engine import missing_file

COMMANDS: Final = "commands"


@contextmanager
def store_of(settings: Settings, writer: str = COMMANDS) -> Iterator[Store]:
    """Its tables ready: a SQLite file is made or upgraded, MySQL is not. Raises SetupProblem and Unavailable.

    writer: as open_store. What a command does is logged with the machine and the account that ran it.
    """
    _require_folder(settings)
    place = (platform.node(), f"command: {system_account()}") if writer == COMMANDS else ("", "")
    with closing(open_store(settings.database_url, key_file=settings.key_path, writer=writer, place=place)) as store:
        if not settings.database_url.startswith(("mysql", "mariadb")):
            store.health.upgrade()
        store.health.check_schema()
        yield store


def missing_database(settings: Settings) -> Path | None:
    """Where the SQLite file would be, if it is not there yet."""
    return missing_file(settings.database_url)


def upgrade_database(settings: Settings) -> tuple[str, str]:
    """The version before ("" for none) and after. Raises SetupProblem."""
    _require_folder(settings)
    with closing(open_store(settings.database_url, key_file=settings.key_path)) as store:
        return store.health.upgrade()


def _require_folder(settings: Settings) -> None:
    """Raise SetupProblem for a folder that somebody named and that is not there: a slip would make another database."""
    missing = missing_file(settings.database_url)
    if settings.database and missing is not None and not missing.parent.is_dir():
        raise SetupProblem(
            f"The folder {missing.parent} of the database does not exist: correct --database, or make the folder."
        )
