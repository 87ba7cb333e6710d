"""Turn drivers' exceptions into ours, and say which are worth another try."""

from enum import Enum
from typing import Final

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from server.errors import Internal, RollcallError, SetupProblem, Unavailable

# Deadlock and lock wait timeout: the server has rolled back, the same transaction may succeed.
CONFLICTS: Final = frozenset({1213, 1205})
# The connection is gone, or the server is going: MySQL's and MariaDB's error references.
LOST: Final = frozenset({2006, 2013, 2014, 2055, 1053, 1927, 4031})
# Cannot connect, too many connections, or set to read only: another try at once would end the same.
AWAY: Final = frozenset({2002, 2003, 2005, 1040, 1203, 1290, 1836})
UNREACHABLE: Final = frozenset({2002, 2003, 2005})
REFUSED_LOGIN: Final = frozenset({1044, 1045, 1049, 1142, 1698})
_SQLITE_AWAY: Final = (
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_PROTOCOL",
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_CANTOPEN",
    "SQLITE_READONLY",
    "SQLITE_NOMEM",
)
_NO_TABLE: Final = frozenset({1146, 1054})


class Kind(Enum):
    """What to do after a failure."""

    CONFLICT = "another transaction was in the way: try again"
    LOST = "the connection is gone: try again with another one"
    AWAY = "the database is away: say so"
    SETUP = "the database is not set up for us: say so"
    DEFECT = "ours"


def kind_of(error: SQLAlchemyError) -> Kind:
    """What this failure of a statement, a commit or a connection means."""
    if isinstance(error, PoolTimeout):
        return Kind.AWAY
    if isinstance(error, IntegrityError):
        # Another transaction came between our reading and our writing: another try sees what it wrote.
        return Kind.CONFLICT
    if not isinstance(error, DBAPIError):
        return Kind.DEFECT
    sqlite_name = getattr(error.orig, "sqlite_errorname", None)
    return _mysql_kind(error) if sqlite_name is None else _sqlite_kind(sqlite_name, str(error.orig))


def _sqlite_kind(name: str, text: str) -> Kind:
    if name.startswith(_SQLITE_AWAY):
        return Kind.AWAY
    if name in {"SQLITE_NOTADB", "SQLITE_CORRUPT"} or "no such table" in text or "no such column" in text:
        return Kind.SETUP
    return Kind.DEFECT


def _mysql_kind(error: DBAPIError) -> Kind:
    number = mysql_number(error)
    if number in CONFLICTS:
        return Kind.CONFLICT
    if number in LOST or error.connection_invalidated:
        return Kind.LOST
    if number in AWAY:
        return Kind.AWAY
    return Kind.SETUP if number in REFUSED_LOGIN or number in _NO_TABLE else Kind.DEFECT


def mysql_number(error: DBAPIError) -> int:
    """The server's or the client library's error number; 0 where there is none."""
    arguments = getattr(error.orig, "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], int) else 0


def translate(error: SQLAlchemyError, kind: Kind, database: str) -> RollcallError:
    """Our exception for a failure that no further try mends. database: how to name it, without its password."""
    cause = str(error.orig) if isinstance(error, DBAPIError) and error.orig is not None else str(error)
    if kind in {Kind.AWAY, Kind.LOST}:
        return Unavailable(f"The database {database} does not answer ({cause}). {_advice(error)}")
    if kind is Kind.CONFLICT and not isinstance(error, IntegrityError):
        return Unavailable(f"The database {database} is held up by other transactions ({cause}): try again.")
    if kind is Kind.SETUP:
        return SetupProblem(f"The database {database} cannot be used as it is ({cause}): {_remedy(error)}.")
    return Internal(f"The database {database} refused a statement ({cause}): this is a defect of the server.")


def _advice(error: SQLAlchemyError) -> str:
    """What an administrator can do about a database that is away."""
    sqlite_name = getattr(getattr(error, "orig", None), "sqlite_errorname", "")
    if sqlite_name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_IOERR")):
        return "Give its file and folder to this user, and see that its disk is there."
    if sqlite_name.startswith("SQLITE_FULL"):
        return "The disk is full: make room."
    if isinstance(error, DBAPIError) and mysql_number(error) in UNREACHABLE:
        return "Start it, or check host and port."
    return "Try again in a moment."


def _remedy(error: SQLAlchemyError) -> str:
    refused = isinstance(error, DBAPIError) and mysql_number(error) in REFUSED_LOGIN
    return "check its name, user and password" if refused else "run `face_recog_server.py db upgrade`"
