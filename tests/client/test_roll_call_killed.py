"""A roll call at the terminal that ends too early: killed, broken off, forgotten, gone on with; the database compared
to what was answered."""

import random
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from client.api import Api
from client.outbox import Outbox, RollOf
from client.transport import TcpTransport
from protocol.messages import MarkItem
from tests.end_to_end.test_serving import import_roster
from tests.running import CLIENT, PATIENCE_S, Running, environment, run, run_json, serving

COURSE = "ea0017_1"
STUDENTS = [f"2015110{number:02}" for number in range(1, 13)]
STATES = {"p": "present", "l": "late", "a": "absent"}
ROUNDS = 8


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    rows = [f"{student},학생{student[-2:]},{COURSE}\n" for student in STUDENTS]
    import_roster(tmp_path, "student_id,name,course_code\n" + "".join(rows))
    with serving(tmp_path) as running:
        with closing(TcpTransport("127.0.0.1", running.port, PATIENCE_S)) as transport:
            Api(transport, "room 301").open_session(COURSE, hours=range(1, ROUNDS + 1))
        yield running


def flags(folder: Path, server: Running, hour: int) -> list[str]:
    return ["--hour", str(hour), "--server", server.address, "--outbox", str(folder / "outbox.sqlite")]


def recorded(folder: Path, hour: int) -> Counter[tuple[str, str]]:
    """How often the history says that a student was put into a state."""
    with closing(sqlite3.connect(folder / "rollcall.sqlite")) as database:
        rows = "SELECT student, new_state FROM view_history WHERE hour = ?"
        return Counter(database.execute(rows, (hour,)).fetchall())


class Caller:
    """The roll call as a process; a person who answers when asked."""

    def __init__(self, folder: Path, server: Running, hour: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, CLIENT, "rollcall", COURSE, *flags(folder, server, hour)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment(),
            bufsize=0,
        )
        self._said = b""

    def wait_for(self, pattern: str) -> str:
        """Until it has said this behind what was waited for before; the text of the pattern's group."""
        while (found := re.search(pattern.encode(), self._said)) is None:
            more = self._process.stderr.read(1)
            assert more, f"it ended without saying {pattern}: {self._said.decode()}"
            self._said += more
        self._said = self._said[found.end() :]
        return found.group(1).decode()

    def type(self, line: str) -> None:
        self._process.stdin.write(f"{line}\n".encode())

    def kill(self) -> None:
        self._process.kill()
        self.close()

    def close(self) -> None:
        self._process.wait(PATIENCE_S)
        self._process.stdin.close()
        self._process.stderr.close()

    def answer(self, keys: str) -> dict[str, str]:
        """One key a student, until they are on disk: who is asked for next proves it."""
        given = {}
        for key in keys:
            given[self.wait_for(r"\d+/\d+  (\d+)  [^:]*: ")] = STATES[key]
            self.type(key)
        self.wait_for(r"(\d+/\d+  \d+ |Send\?)")
        return given


@pytest.mark.slow
def test_a_roll_call_that_is_killed_at_any_moment_goes_on_and_is_recorded_once(tmp_path: Path, server: Running) -> None:
    chance = random.Random(2026)
    for hour in range(1, ROUNDS + 1):
        answers = [chance.choice("pla") for _ in STUDENTS]
        half = chance.randint(1, len(STUDENTS) - 1)
        first = Caller(tmp_path, server, hour)
        given = first.answer("".join(answers[:half]))
        first.kill()
        second = Caller(tmp_path, server, hour)
        assert second.wait_for(r"(\d+) answers? of ") == str(half)
        second.wait_for(r"Go on at (\S+)\? ")
        second.type("y")
        given |= second.answer("".join(answers[half:]))
        second.type("y")
        while hour % 2 and unfinished(tmp_path):
            pass  # killed between its disk and the server's answer; else at once
        second.kill()
        if unfinished(tmp_path):
            assert run(CLIENT, "rollcall", COURSE, *flags(tmp_path, server, hour), answers="y\ny\n").returncode == 0
        assert run(CLIENT, "outbox", "--send", *flags(tmp_path, server, hour)[2:]).returncode == 0
        assert recorded(tmp_path, hour) == Counter(given.items())
    assert unfinished(tmp_path) == []


def unfinished(folder: Path) -> list[int | None]:
    """The hours of the roll calls that have not ended."""
    with closing(Outbox(folder / "outbox.sqlite", "any:1")) as outbox:
        return [each.roll.hour for each in outbox.drafts.unfinished()]


def test_a_roll_call_that_is_broken_off_goes_on_where_it_was(tmp_path: Path, server: Running) -> None:
    broken = run(CLIENT, "rollcall", COURSE, *flags(tmp_path, server, 1), answers="l\na\n")
    assert broken.returncode == 1
    assert "Nothing was sent. What was answered is kept on this machine" in broken.stderr
    again = run(CLIENT, "rollcall", COURSE, *flags(tmp_path, server, 1), answers="\nq\ny\n")
    assert "2 answers of " in again.stderr
    assert "Go on at 학생03? (n throws them away) [Y/n] 3/12  201511003" in again.stderr
    assert recorded(tmp_path, 1) == Counter({(STUDENTS[0], "late"): 1, (STUDENTS[1], "absent"): 1})
    assert unfinished(tmp_path) == []


def test_answers_that_are_thrown_away_are_gone_and_the_roll_begins_anew(tmp_path: Path, server: Running) -> None:
    run(CLIENT, "rollcall", COURSE, *flags(tmp_path, server, 1), answers="l\na\n")
    again = run(CLIENT, "rollcall", COURSE, *flags(tmp_path, server, 1), answers="n\n\nq\ny\n")
    assert again.returncode == 0, again.stderr
    assert recorded(tmp_path, 1) == Counter({(STUDENTS[0], "present"): 1})


def test_another_hours_answers_are_left_alone(tmp_path: Path, server: Running) -> None:
    run(CLIENT, "rollcall", COURSE, *flags(tmp_path, server, 1), answers="l\n")
    other = run(CLIENT, "rollcall", COURSE, *flags(tmp_path, server, 2), answers="a\nq\ny\n")
    assert "kept on this machine" not in other.stderr
    assert recorded(tmp_path, 2) == Counter({(STUDENTS[0], "absent"): 1})
    (listed,) = run_json(CLIENT, "outbox", *flags(tmp_path, server, 1)[2:])["unfinished"]
    assert (listed["roll"]["hour"], listed["answers"]) == (1, 1)


def test_answers_of_days_ago_are_told_never_sent_by_themselves_and_forgotten_on_demand(
    tmp_path: Path, server: Running
) -> None:
    ago = datetime.now(UTC) - timedelta(days=2)
    with closing(Outbox(tmp_path / "outbox.sqlite", server.address)) as outbox:
        item = MarkItem(student=STUDENTS[0], course=COURSE, state="absent", hour=3, at=ago)
        outbox.drafts.tick(RollOf(COURSE, f"{ago:%Y-%m-%d}", 3), item)
    today = run(CLIENT, "rollcall", COURSE, *flags(tmp_path, server, 3), answers="\nq\ny\n")
    assert "was never ended: 1 answer of " in today.stderr
    assert f"--date {ago:%Y-%m-%d} --hour 3" in today.stderr
    assert recorded(tmp_path, 3) == Counter({(STUDENTS[0], "present"): 1})
    listed = run(CLIENT, "outbox", "--send", *flags(tmp_path, server, 3)[2:])
    assert (listed.returncode, "was never ended" in listed.stderr) == (0, True)
    forgotten = run(CLIENT, "outbox", "--forget-answers", *flags(tmp_path, server, 3)[2:])
    assert "The answers of 1 roll call are forgotten." in forgotten.stderr
    assert unfinished(tmp_path) == []
