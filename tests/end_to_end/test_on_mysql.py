"""The running server on a real MySQL: `db upgrade`, marks, and a database that goes away and comes back."""

import json
import time
from pathlib import Path

import pytest

from protocol import messages
from tests.databases import ThrowAwayServer, new_database
from tests.end_to_end.test_serving import COURSE, STUDENTS, import_roster, mark, roster_states
from tests.running import PATIENCE_S, SERVER, Running, Speaker, legacy, run, serving


def test_a_new_mysql_database_needs_db_upgrade_and_then_serves(mysql_server, tmp_path: Path) -> None:
    with new_database(mysql_server) as url:
        forgotten = run(SERVER, "serve", "--port", "0", "--database", url, "--knowns", str(tmp_path))
        assert forgotten.returncode == 1
        assert "db upgrade" in forgotten.stderr
        assert run(SERVER, "db", "upgrade", "--database", url).returncode == 0
        import_roster(tmp_path, database=url)
        with serving(tmp_path, database=url) as server:
            assert legacy(server, f"{STUDENTS[0]}{COURSE}".encode()) == b"success"
            rows = json.loads(legacy(server, COURSE.encode()))
            assert (rows[0]["name"], rows[0]["attended"]) == ("학생01", "O")
            assert not any("password" in line for line in server.log)


@pytest.mark.slow
def test_while_the_database_is_away_marks_are_unavailable_and_well_again_after(
    throw_away_server: ThrowAwayServer, tmp_path: Path
) -> None:
    with new_database(throw_away_server.url) as url:
        assert run(SERVER, "db", "upgrade", "--database", url).returncode == 0
        import_roster(tmp_path, database=url)
        with serving(tmp_path, database=url) as server, Speaker(server) as speaker:
            assert speaker.ask(mark(STUDENTS[0], "before")).marks
            throw_away_server.stop()
            try:
                reply = speaker.ask(mark(STUDENTS[1], "during"))
                assert (reply.code, reply.retry) == ("unavailable", True)
                assert speaker.ask(messages.Roster(course=COURSE)).code == "unavailable"
                assert legacy(server, f"{STUDENTS[1]}{COURSE}".encode()) == b"fail"
            finally:
                throw_away_server.start()
            assert _well_again(server, speaker)
            states = roster_states(server)
        assert states[STUDENTS[0]] == states[STUDENTS[1]] == {"1": "present"}
        assert states[STUDENTS[2]] == {}


def _well_again(server: Running, speaker: Speaker) -> bool:
    """Whether the mark that failed is taken, sent again with its own key over the same connection."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and server.process.poll() is None:
        reply = speaker.ask(mark(STUDENTS[1], "during"))
        if isinstance(reply, messages.Marked):
            return reply.marks[0].changed
        assert reply.code == "unavailable"
    return False
