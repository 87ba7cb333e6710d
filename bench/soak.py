"""A server at work for half an hour: pictures and marks of two rooms, boards, a database that is restarted; what grows.

`python -m bench.soak --minutes 30` on SQLite, `--mysql` on a throw-away MySQL that is restarted every few minutes. The
server is the program that people start; what it holds is read from /proc, so it runs on Linux alone.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import make_url

from client.api import Api
from client.errors import ClientError, Refused
from client.transport import TcpTransport
from demo.programs import Running, run_json, running_server
from demo.scene import COURSE, NAMES, Scene, make_scene
from tests.databases import ThrowAwayServer, new_database, program

PHOTOGRAPHS: Final = Path(__file__).resolve().parent.parent / ".cache" / "photos"
TIMEOUT_S: Final = 60.0
ROOMS: Final = {"room 1": COURSE, "room 2": "ea0018_1"}
# Pauses between two of a room's pictures, marks and boards.
PICTURE_EVERY_S: Final = 10.0
MARK_EVERY_S: Final = 0.5
BOARD_EVERY_S: Final = 4.0
RESTARTS: Final = 5  # of the database, spread over the whole time
LINES: Final = 12  # of the table
STATES: Final = ("present", "late", "absent")
# What the first third of the time may still add: caches that fill, and pictures' memory that is given back later.
SETTLED_AT: Final = 0.3

Act = Callable[[Api, str, int, "Done"], None]


@dataclass
class Done:
    """For any thread. lost: not answered, as while the database is away. refused: for good, which nothing here is."""

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("pictures", "marks", "boards", "lost", "refused"), 0)
    )
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1


@dataclass(frozen=True)
class Look:
    """What the server holds at one moment."""

    minute: float
    memory_mib: float
    descriptors: int
    threads: int
    database_mib: float
    wal_mib: float
    log_mib: float

    def cells(self) -> list[str]:
        sizes = (f"{each:.1f}" for each in (self.database_mib, self.wal_mib, self.log_mib))
        return [f"{self.minute:.1f}", f"{self.memory_mib:.0f}", str(self.descriptors), str(self.threads), *sizes]


HEADINGS: Final = ("minute", "memory MiB", "descriptors", "threads", "database MiB", "WAL MiB", "log MiB")


def soak(minutes: float, *, mysql: bool) -> list[Look]:
    """Look at the server from its start to its end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rollcall-soak-")))
        scene = make_scene(PHOTOGRAPHS, folder)
        database, restart = stack.enter_context(_mysql(folder) if mysql else _sqlite(folder))
        flags = ("--database", database)
        _import_rosters(folder, scene, *flags)
        server = stack.enter_context(running_server(folder, *flags, "--log-level", "info"))
        return _at_work(server, folder, scene, minutes, restart)


def _import_rosters(folder: Path, scene: Scene, *flags: str) -> None:
    roster = scene.roster.read_text(encoding="utf-8")
    for course in ROOMS.values():
        scene.roster.write_text(roster.replace(COURSE, course), encoding="utf-8")
        run_json(folder, "face_recog_server.py", "roster", "import", str(scene.roster), *flags)


def _at_work(server: Running, folder: Path, scene: Scene, minutes: float, restart: Callable[[], None]) -> list[Look]:
    done, over, looks = Done(), threading.Event(), [_look(server, folder, 0.0)]
    threads = [
        threading.Thread(target=_repeat, args=(act, every_s, server.port, room, done, over))
        for room in ROOMS
        for act, every_s in ((_picture_of(scene), PICTURE_EVERY_S), (_mark, MARK_EVERY_S), (_board, BOARD_EVERY_S))
    ]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for step in range(1, LINES + 1):
        time.sleep(max(started + step * minutes * 60 / LINES - time.monotonic(), 0.0))
        looks.append(_look(server, folder, (time.monotonic() - started) / 60))
        print("  ".join(f"{cell:>12}" for cell in looks[-1].cells()), file=sys.stderr, flush=True)
        if step % (LINES // RESTARTS) == 0 and step < LINES:
            restart()
    over.set()
    for thread in threads:
        thread.join()
    print(", ".join(f"{count} {what}" for what, count in done.counts.items()))
    return looks


def _repeat(act: Act, every_s: float, port: int, room: str, done: Done, over: threading.Event) -> None:
    api, number = Api(TcpTransport("127.0.0.1", port, TIMEOUT_S), room), 0
    while not over.wait(every_s):
        number += 1
        try:
            act(api, ROOMS[room], number, done)
        except Refused as refused:
            done.add("lost" if refused.retry else "refused")
        except ClientError:
            done.add("lost")
            api.hang_up()
    api.hang_up()


def _picture_of(scene: Scene) -> Act:
    pictures = [path.read_bytes() for path in (scene.class_picture, scene.seat_empty)]

    def send(api: Api, course: str, number: int, done: Done) -> None:
        api.snapshot(pictures[number % 2], course=course, record=True)
        done.add("pictures")

    return send


def _mark(api: Api, course: str, number: int, done: Done) -> None:
    students = list(NAMES)
    api.mark(students[number % len(students)], course, state=STATES[number % len(STATES)])
    done.add("marks")


def _board(api: Api, course: str, number: int, done: Done) -> None:
    opened = api.open_session(course)
    api.board(opened.session)
    if number % 10 == 0:
        api.report(course)
    done.add("boards")


def _look(server: Running, folder: Path, minute: float) -> Look:
    process = Path("/proc") / str(server.process.pid)
    status = dict(line.split(":", 1) for line in (process / "status").read_text(encoding="ascii").splitlines())
    database = sum(_mib(path) for path in folder.glob("rollcall.sqlite"))
    return Look(
        minute,
        int(status["VmRSS"].split()[0]) / 1024,
        len(os.listdir(process / "fd")),
        int(status["Threads"]),
        database,
        sum(_mib(path) for path in folder.glob("rollcall.sqlite-wal")),
        _mib(folder / "serve.log"),
    )


def _mib(path: Path) -> float:
    return path.stat().st_size / (1 << 20)


@contextmanager
def _sqlite(folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    yield str(folder / "rollcall.sqlite"), lambda: None


@contextmanager
def _mysql(folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    binary = program("mariadbd", "mysqld")
    assert binary, "no MySQL-compatible server is installed: `make setup-test` installs one"
    (folder / "mysql").mkdir()
    server = ThrowAwayServer(binary, folder / "mysql")

    def restart() -> None:
        server.stop(kill=True)
        time.sleep(2.0)
        server.start()

    try:
        with new_database(server.url) as url:
            run_json(folder, "face_recog_server.py", "db", "upgrade", "--database", url)
            yield make_url(url).render_as_string(hide_password=False), restart
    finally:
        server.stop()


def grown(looks: list[Look]) -> dict[str, float]:
    """By how much each figure rose from when everything had settled to the end."""
    settled = looks[round(SETTLED_AT * (len(looks) - 1))]
    names = ("memory_mib", "descriptors", "threads", "wal_mib")
    return {name: getattr(looks[-1], name) - getattr(settled, name) for name in names}


def main(arguments: Any = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="how long (default: %(default)s)")
    parser.add_argument("--mysql", action="store_true", help="on a throw-away MySQL or MariaDB that is restarted")
    asked = parser.parse_args(arguments)
    looks = soak(asked.minutes, mysql=asked.mysql)
    print("| " + " | ".join(HEADINGS) + " |\n|" + "---|" * len(HEADINGS))
    for look in looks:
        print("| " + " | ".join(look.cells()) + " |")
    print("Grown since it had settled: " + ", ".join(f"{name} {by:+.1f}" for name, by in grown(looks).items()))


if __name__ == "__main__":
    main()
