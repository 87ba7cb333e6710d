"""Turn drivers' exceptions into ours, and say which are worth another try.

Only a statement or a value that a database can never take is a defect of ours; everything else is its own state, which
passes or is mended.
"""

import re
import sqlite3
from enum import Enum
from typing import Final

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    PendingRollbackError,
    ResourceClosedError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from server.errors import Internal, RollcallError, SetupProblem, Unavailable, is_shortage
from server.store.database import remedies

# Deadlock and lock wait timeout, a changed table or row, a lock that is not to be had, a statement to be prepared anew:
# the server has rolled back, the same transaction may succeed.
CONFLICTS: Final = frozenset({1213, 1205, 1020, 1412, 1613, 1614, 1615, 3058, 3572})
# The connection is gone, or the server is going: MySQL's and MariaDB's error references. 0: PyMySQL's own.
LOST: Final = frozenset({0, 2006, 2013, 2014, 2027, 2055, 1053, 1927, 4031, 3169})
# What the database refuses as it is now, and somebody has to mend: see remedies.py.
SETUP: Final = remedies.LOGIN | remedies.RIGHTS | remedies.TABLES | remedies.DAMAGE
# A statement that cannot be run, or a value that no column can take: MySQL's error reference.
DEFECTS: Final = frozenset(
    {1048, 1052, 1055, 1060, 1061, 1064, 1065, 1066, 1110, 1111, 1136, 1149, 1210, 1241, 1242, 1264, 1265, 1292}
    | {1364, 1366, 1406, 1690, 3140, 3141, 3819, 4025}
)
# Others whose message quotes a value: a date or a number that cannot be read, a key that is there already.
QUOTING: Final = frozenset({1062, 1411, 1525, 1586})
_QUOTED: Final = re.compile(r"'[^']*'", re.DOTALL)
_SQLITE_DEFECTS: Final = ("SQLITE_ERROR", "SQLITE_MISUSE", "SQLITE_RANGE", "SQLITE_MISMATCH", "SQLITE_TOOBIG")
_SQLITE_DAMAGE: Final = ("SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_FORMAT")


class Kind(Enum):
    """What to do after a failure."""

    CONFLICT = "another transaction was in the way: try again"
    LOST = "the connection is gone: try again with another one"
    AWAY = "the database is away: say so"
    SETUP = "the database cannot be used as it is: say so"
    DEFECT = "ours"


def kind_of(error: SQLAlchemyError) -> Kind:
    """What this failure of a statement, a commit or a connection means."""
    if isinstance(error, PoolTimeout):
        return Kind.AWAY
    if isinstance(error, PendingRollbackError | ResourceClosedError):
        return Kind.LOST  # it was taken away between two statements
    if isinstance(error, IntegrityError):
        # Another transaction came between our reading and our writing: another try sees what it wrote.
        return Kind.CONFLICT
    if not isinstance(error, DBAPIError):
        return Kind.AWAY if isinstance(error, StatementError) and is_shortage(error.orig) else Kind.DEFECT
    sqlite_name = sqlite_name_of(error)
    if sqlite_name:
        return _sqlite_kind(sqlite_name, str(error.orig))
    # What the module sqlite3 says by itself has no name.
    if isinstance(error.orig, sqlite3.Error):
        return Kind.SETUP if is_undecodable(error) else Kind.DEFECT
    return _mysql_kind(error)


def _sqlite_kind(name: str, text: str) -> Kind:
    if name.startswith(_SQLITE_DAMAGE) or remedies.lacks_a_table(text):
        return Kind.SETUP
    return Kind.DEFECT if name.startswith(_SQLITE_DEFECTS) else Kind.AWAY


def is_undecodable(error: DBAPIError) -> bool:
    """Whether a text in SQLite is no text."""
    return "Could not decode to UTF-8" in str(error.orig)


def _mysql_kind(error: DBAPIError) -> Kind:
    number = mysql_number(error)
    if number in CONFLICTS:
        return Kind.CONFLICT
    if number in LOST or error.connection_invalidated:
        return Kind.LOST
    if number in SETUP:
        return Kind.SETUP
    return Kind.DEFECT if number in DEFECTS else Kind.AWAY


def mysql_number(error: DBAPIError) -> int:
    """The server's or the client library's error number; 0 where there is none."""
    arguments = getattr(error.orig, "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], int) else 0


def sqlite_name_of(error: DBAPIError) -> str:
    """SQLite's name of the error; "" where it is another database's."""
    return getattr(error.orig, "sqlite_errorname", None) or ""


def translate(error: SQLAlchemyError, kind: Kind, database: str) -> RollcallError:
    """Our exception for a failure that no further try mends. database: how to name it, without its password."""
    cause = _cause(error)
    if kind is Kind.SETUP:
        return SetupProblem(f"The database {database} cannot be used as it is ({cause}). {_remedy(error)}")
    if kind is Kind.CONFLICT and (not isinstance(error, IntegrityError) or _lacks_a_row(error)):
        return Unavailable(f"The database {database} is held up by other transactions ({cause}). {_remedy(error)}")
    if kind in {Kind.AWAY, Kind.LOST}:
        return Unavailable(f"The database {database} does not answer ({cause}). {_remedy(error)}")
    return Internal(f"The database {database} refused a statement ({cause}): this is a defect of the server.")


def _cause(error: SQLAlchemyError) -> str:
    """The driver's words; the values of a row, which stand in quotes, left out: they go to the log."""
    text = str(error.orig) if isinstance(error, StatementError) and error.orig is not None else str(error)
    holds_a_value = isinstance(error, DataError | IntegrityError) or (
        isinstance(error, DBAPIError) and mysql_number(error) in DEFECTS | QUOTING
    )
    return _QUOTED.sub("'…'", text) if holds_a_value else text


def _lacks_a_row(error: IntegrityError) -> bool:
    """Whether it names a row that is not there: one that a restore has still to bring."""
    return sqlite_name_of(error) == "SQLITE_CONSTRAINT_FOREIGNKEY" or mysql_number(error) in {1216, 1452}


def _remedy(error: SQLAlchemyError) -> str:
    """What an administrator can do."""
    if not isinstance(error, DBAPIError):
        return remedies.WAIT
    if is_undecodable(error):
        return remedies.RESTORE
    name = sqlite_name_of(error)
    return remedies.of_sqlite(name, str(error.orig)) if name else remedies.of_mysql(mysql_number(error))
