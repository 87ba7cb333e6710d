"""What the window's tests with the real server share: a course's roster, connections, what stands in the database."""

import sqlite3
from contextlib import closing
from pathlib import Path

from client.api import Api
from client.transport import TcpTransport
from tests.end_to_end.test_serving import COURSE
from tests.running import Running

ENROLLED, SECOND, THIRD = "201511041", "201511042", "201511043"
ROSTER = f"student_id,name,course_code\n{ENROLLED},김하늘,{COURSE}\n{SECOND},이바다,{COURSE}\n{THIRD},박구름,{COURSE}\n"


def connect(server: Running, timeout_s: float = 20.0) -> Api:
    return Api(TcpTransport("127.0.0.1", server.port, timeout_s), "room 301")


def recorded(folder: Path) -> dict[str, tuple[str, str]]:
    """What stands in the database: student -> state and source."""
    with closing(sqlite3.connect(folder / "rollcall.sqlite")) as database:
        return {
            student: (state, source)
            for student, state, source in database.execute("SELECT student, state, source FROM marks")
        }


def session_states(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "rollcall.sqlite")) as database:
        return [state for (state,) in database.execute("SELECT state FROM sessions")]
