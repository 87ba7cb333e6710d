"""Outbox and real server: killed, stopped and doubled, and in the end the database says what was ticked, once."""

import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from bench.link import delayed_link
from client.api import Api
from client.outbox import Delivery, EntryOutcome, Outbox, Situation
from client.transport import TcpTransport
from tests.client import ticking
from tests.client.ticking import COURSE, STUDENTS, tick
from tests.end_to_end.test_serving import import_roster
from tests.ports import closed_port
from tests.running import CLIENT, PATIENCE_S, ROOT, environment, run, run_json, serving

KILLS = 50
TICKS_A_RUN = 16
KEPT = 3


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose database has a class."""
    rows = [f"{student},학생{student[-2:]},{COURSE}\n" for student in STUDENTS]
    import_roster(tmp_path, "student_id,name,course_code\n" + "".join(rows))
    return tmp_path


def start_ticking(folder: Path, port: int, first: int, last: int, *flags: str) -> "subprocess.Popen[str]":
    command = [
        sys.executable,
        "-m",
        "tests.client.ticking",
        str(folder / "outbox.sqlite"),
        str(port),
        str(first),
        str(last),
        *flags,
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment())


def recorded(folder: Path) -> Counter[tuple[str, int, str]]:
    """How often the history says that a student was put into a state in an hour."""
    with closing(sqlite3.connect(folder / "rollcall.sqlite")) as database:
        return Counter(database.execute("SELECT student, hour, new_state FROM view_history").fetchall())


def waiting(folder: Path) -> int:
    with closing(Outbox(folder / "outbox.sqlite", "server")) as outbox:
        return outbox.waiting()


@pytest.mark.slow
def test_a_client_that_is_killed_again_and_again_loses_nothing_and_records_nothing_twice(folder: Path) -> None:
    chance = random.Random(2026)
    ticked: set[int] = set()
    perhaps: set[int] = set()
    with serving(folder) as server:
        for attempt in range(KILLS):
            first = attempt * TICKS_A_RUN
            with start_ticking(folder, server.port, first, first + TICKS_A_RUN, "--wait") as process:
                said = [int(process.stdout.readline()) for _ in range(chance.randint(1, TICKS_A_RUN))]
                process.kill()
                said += [int(line) for line in process.stdout if line.endswith("\n")]
            ticked |= set(said)
            perhaps.add(said[-1] + 1)
        with start_ticking(folder, server.port, 0, 0, "--wait") as process:
            assert process.wait(PATIENCE_S) == 0
    assert waiting(folder) == 0
    history = recorded(folder)
    assert set(history.values()) == {1}, "something was recorded twice"
    assert {tick(number) for number in ticked} <= set(history), "something that was on disk was lost"
    assert set(history) <= {tick(number) for number in ticked | perhaps}


class Progress:
    """What a delivery in this process has told so far."""

    def __init__(self) -> None:
        self.acknowledged: list[int] = []
        self.situation = Situation(0)
        self._changed = threading.Condition()

    def heard(self, outcome: EntryOutcome) -> None:
        with self._changed:
            assert outcome.refusal is None, outcome.refusal
            self.acknowledged.append(outcome.number)
            self._changed.notify_all()

    def told(self, situation: Situation) -> None:
        with self._changed:
            self.situation = situation
            self._changed.notify_all()

    def wait(self, condition: object) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE_S), self.situation


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "stopped"])
def test_a_server_that_ends_in_the_middle_has_everything_once_when_it_is_back(folder: Path, end: int) -> None:
    port, progress, count = closed_port(), Progress(), 120
    with closing(Outbox(folder / "outbox.sqlite", "server")) as outbox:
        sender = Delivery(
            outbox, lambda: Api(TcpTransport("127.0.0.1", port, PATIENCE_S), "room 301"), progress.heard, progress.told
        )
        sender.start()
        with serving(folder, "--port", str(port)) as server:
            for number in range(count // 2):
                sender.add(ticking.mark(number))
            progress.wait(lambda: progress.acknowledged)
            server.end(end)
        for number in range(count // 2, count):
            sender.add(ticking.mark(number))
        sender.send_now()
        progress.wait(lambda: progress.situation.trouble)
        assert outbox.waiting() > 0
        with serving(folder, "--port", str(port)):
            sender.send_now()
            progress.wait(lambda: progress.situation == Situation(0))
            sender.close()
    assert progress.acknowledged == sorted(progress.acknowledged), "they left in another order"
    assert recorded(folder) == Counter(tick(number) for number in range(count))


def test_two_clients_on_one_outbox_send_everything_once(folder: Path) -> None:
    with (
        serving(folder) as server,
        start_ticking(folder, server.port, 0, 60, "--wait") as one,
        start_ticking(folder, server.port, 60, 120, "--wait") as other,
    ):
        assert one.communicate(timeout=PATIENCE_S)[0].count("\n") == 60
        assert other.communicate(timeout=PATIENCE_S)[0].count("\n") == 60
    assert recorded(folder) == Counter(tick(number) for number in range(120))


def test_what_one_command_could_not_send_the_next_one_does(folder: Path) -> None:
    port = closed_port()
    flags = ("--server", f"127.0.0.1:{port}", "--outbox", str(folder / "outbox.sqlite"))
    assert run(CLIENT, "mark", STUDENTS[0], COURSE, "--state", "late", *flags).returncode == KEPT
    assert run(CLIENT, "outbox", *flags).returncode == KEPT
    with serving(folder, "--port", str(port)):
        assert run_json(CLIENT, "mark", STUDENTS[1], COURSE, *flags)["marks"][0]["student"] == STUDENTS[1]
        states = {each["student"]: each["states"] for each in run_json(CLIENT, "roster", COURSE, *flags)["students"]}
    assert (states[STUDENTS[0]], states[STUDENTS[1]]) == ({"1": "late"}, {"1": "present"})
    assert run(CLIENT, "outbox", *flags).returncode == 0


def test_a_whole_roll_call_is_two_round_trips(folder: Path) -> None:
    flags = ("--all", "present", "--hour", "2", "--outbox", str(folder / "outbox.sqlite"))
    with serving(folder) as server, delayed_link(server.port, 0.0) as link:
        run_json(CLIENT, "rollcall", COURSE, "--server", f"127.0.0.1:{link.port}", *flags)
        assert link.round_trips == 2
    assert recorded(folder) == Counter((student, 2, "present") for student in STUDENTS)


def test_marks_that_the_server_refuses_are_put_aside_and_the_others_are_recorded(folder: Path) -> None:
    progress: list[EntryOutcome] = []
    with closing(Outbox(folder / "outbox.sqlite", "server")) as outbox, serving(folder) as server:
        stranger = ticking.Mark(student="999999999", course=COURSE, key="stranger", hour=1)
        for message in (ticking.mark(0), stranger, ticking.mark(1)):
            outbox.add(message)
        settled = threading.Event()
        sender = Delivery(
            outbox,
            lambda: Api(TcpTransport("127.0.0.1", server.port, PATIENCE_S), "room 301"),
            progress.append,
            lambda situation: None if situation.waiting else settled.set(),
        )
        sender.start()
        assert settled.wait(PATIENCE_S)
        sender.close()
        (aside,) = outbox.entries()
    assert (aside.message(), aside.code) == (progress[1].message, "unknown_student")
    assert recorded(folder) == Counter([tick(0), tick(1)])
