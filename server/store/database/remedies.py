"""Say what an administrator can do about a database that cannot be used, by its error."""

from typing import Final

# Numbers of MySQL's and MariaDB's error references.
# The user, the password, the database's name, an account that is locked or whose password has run out.
LOGIN: Final = frozenset(
    {1044, 1045, 1049, 1130, 1131, 1132, 1133, 1251, 1524, 1698, 1820, 1862, 1873, 2059, 2061, 3118, 3159, 4151, 4161}
)
RIGHTS: Final = frozenset({1142, 1143, 1227, 1370, 1410, 1419})
# A table or column that is not there, or not in the engine.
TABLES: Final = frozenset({1051, 1054, 1109, 1146, 1932})
DAMAGE: Final = frozenset({126, 127, 145, 1034, 1035, 1194, 1195, 1712, 1813, 1814, 1877})
CONNECTIONS: Final = frozenset({1040, 1129, 1203, 1226})
FULL: Final = frozenset({1021, 1026, 1114, 3675})
READ_ONLY: Final = frozenset({1036, 1223, 1290, 1792, 1836})
CLUSTER: Final = frozenset({1047, 1180, 3096, 3097, 3098, 3099, 3100, 3101, 3796, 3797})
MEMORY: Final = frozenset({1037, 1038, 1041, 1135, 1206})
UNREACHABLE: Final = frozenset({2002, 2003, 2005, 2026})

WAIT: Final = "It is tried again with the next request; where it lasts, look into the database's own log."
RESTORE: Final = "It is damaged: stop this server, and restore the newest backup (docs/operation.md)."
MAKE_ROOM: Final = "Its disk is full: make room; nothing else has to be done."

_MYSQL: Final = (
    (LOGIN, "Check its name, the user and the password, and that the account is neither locked nor expired."),
    (RIGHTS, "Grant this user its rights again (docs/operation.md)."),
    (
        TABLES,
        "Where a backup is being restored, wait for its end; else run `face_recog_server.py db upgrade`.",
    ),
    (DAMAGE, RESTORE),
    (CONNECTIONS, "It takes no further connections of this user or machine: raise its limits, or wait."),
    (FULL, MAKE_ROOM),
    (READ_ONLY, "It takes no writes just now: end the backup, or what has set it to read only."),
    (CLUSTER, "Its cluster takes no writes on this node: bring the node back into the primary component."),
    (MEMORY, "It is short of memory or threads: give it more, or stop what uses them up."),
    (UNREACHABLE, "Start it, or check host and port."),
)
_SQLITE: Final = (
    (("SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_FORMAT"), RESTORE),
    (("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"), MAKE_ROOM),
    (
        ("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_PERM", "SQLITE_AUTH"),
        "Give its file and folder to this user, and see that its disk is there.",
    ),
    (("SQLITE_NOMEM",), "This machine is short of memory: stop what uses it up."),
)


def of_mysql(number: int) -> str:
    return next((remedy for numbers, remedy in _MYSQL if number in numbers), WAIT)


def of_sqlite(name: str, text: str) -> str:
    """name: SQLite's of the error. text: what it says, which alone tells of a missing table."""
    if lacks_a_table(text):
        return of_mysql(min(TABLES))
    return next((remedy for names, remedy in _SQLITE if name.startswith(names)), WAIT)


def lacks_a_table(text: str) -> bool:
    """Whether SQLite says that a table or a column is not there, for which it has no name of its own."""
    return any(words in text for words in ("no such table", "no such column", "has no column named", "no such view"))
