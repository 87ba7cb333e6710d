"""Find the file of an SQLite database in the forms in which a database may be named."""

from pathlib import Path
from typing import Final

SQLITE_SCHEMES: Final = ("sqlite:///", "sqlite+pysqlite:///")


def sqlite_file(named: str) -> Path | None:
    """The file of `PATH`, `~/PATH`, `sqlite:///PATH` and the like, whatever the current folder; None: no SQLite's."""
    for scheme in SQLITE_SCHEMES:
        if named.startswith(scheme):
            named = named.removeprefix(scheme).partition("?")[0]
            break
    else:
        if "://" in named:
            return None
    return Path(named).expanduser().absolute()
