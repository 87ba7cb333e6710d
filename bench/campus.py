"""A campus of many rooms at one server: what two cores carry, and what 500 and 5000 rooms need by it.

`python -m bench.campus --rooms 500 --minutes 2` tells the figures of docs/scale.md too. Every room is a connection of
its own with a course of its own. Pictures come at a share of what the machine can recognise alone, in an even stream,
whatever is answered; marks and boards come beside them. Clients run on the same cores. Linux alone.
"""

import argparse
import csv
import itertools
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.classroom import bench_portraits, compose
from bench.table import Row, faster, limited, more, not_run, print_table
from client.api import Api
from client.errors import ClientError, Refused
from client.transport import TcpTransport
from demo.programs import Running, run_json, running_server
from demo.scene import ENROLLED, make_scene
from protocol.framing import Frame

PHOTOGRAPHS: Final = Path(__file__).resolve().parent.parent / ".cache" / "photos"
ROOMS: Final = 500
MINUTES: Final = 2.0
STUDENTS: Final = 30  # of a course
ALONE: Final = 12
SHARE: Final = 0.5  # of the rate alone: the rest is for marks, boards, and the clients
ACT_EVERY_S: Final = 30.0  # a room's marks, and its boards
FACES: Final = 20
FACE_PX: Final = 60
TIMEOUT_S: Final = 40.0
LOOK_EVERY_S: Final = 2.0
ANSWERED: Final = 0.99
SIZES: Final = (500, 5000)


class CountingTransport(TcpTransport):
    """sent, received: bytes of messages, without what TCP adds."""

    sent = 0
    received = 0

    def exchange(self, requests: Sequence[bytes], *, opening: bytes = b"", repeatable: bool = True) -> list[Frame]:
        frames = super().exchange(requests, opening=opening, repeatable=repeatable)
        self.sent += sum(map(len, requests))
        self.received += sum(len(each.header) + len(each.payload) for each in frames)
        return frames


@dataclass
class Tally:
    """Of one kind of request, for any thread. waits_s: of those that were answered."""

    waits_s: list[float] = field(default_factory=list)
    busy: int = 0
    lost: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, work: Callable[[], object]) -> None:
        took_s, busy = 0.0, False
        try:
            took_s = _timed(work)
        except ClientError as error:
            busy = isinstance(error, Refused) and error.retry
        with self.lock:
            if took_s:
                self.waits_s.append(took_s)
            else:
                self.busy, self.lost = self.busy + busy, self.lost + (not busy)

    @property
    def asked(self) -> int:
        return len(self.waits_s) + self.busy + self.lost

    @property
    def share(self) -> float:
        return len(self.waits_s) / self.asked if self.asked else 0.0

    def within(self, percent: int) -> float:
        """Seconds within which so many of a hundred were answered."""
        return statistics.quantiles(self.waits_s, n=100, method="inclusive")[percent - 1]


@dataclass(frozen=True)
class Usage:
    """What the server has used since its start. written: bytes to the disk."""

    cpu_s: float
    written: int
    memory_mib: float
    threads: int


@dataclass(frozen=True)
class Campus:
    """What came of it. rate: pictures a second of one client alone. cpu_s: of one picture. busy_cores: at the rate."""

    rooms: int
    seconds: float
    rate: float
    cpu_s: float
    asked: float  # pictures a second
    quiet_mark_s: float  # a mark's time while nothing else is asked
    pictures: Tally
    marks: Tally
    boards: Tally
    busy_cores: float
    memory_mib: tuple[float, float]  # before the rooms came, and at most
    threads: int
    written: int
    picture_bytes: int
    other_bytes: float  # a second, both ways, of all but pictures
    load: tuple[float, float]  # of the machine, before and after


def measure(rooms: int, minutes: float, share: float = SHARE) -> Campus:
    """share: of the rate of one client alone that is asked for."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rollcall-campus-")))
        make_scene(PHOTOGRAPHS, folder)
        _import(folder, rooms)
        flags = ("--max-connections", str(min(rooms + 50, 1000)), "--log-level", "error")
        server = stack.enter_context(running_server(folder, *flags))
        return _at_work(server, _picture(), rooms, minutes * 60, share)


def _picture() -> bytes:
    """A class before a camera of Full HD."""
    return compose(bench_portraits(FACES), [FACE_PX] * FACES, width=1920, height=1080, seed=3).jpeg


def _import(folder: Path, rooms: int) -> None:
    with (folder / "roster.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("student_id", "name", "course_code"))
        for room in range(rooms):
            rows.writerows((student, "김하늘", course_of(room)) for student in _students(room))
    run_json(folder, "face_recog_server.py", "roster", "import", str(folder / "roster.csv"))


def course_of(room: int) -> str:
    return f"ea{room:04}_1"


def _students(room: int) -> list[str]:
    """The one who has a photograph sits everywhere."""
    return [ENROLLED, *(f"2{room:04}{number:04}" for number in range(1, STUDENTS))]


def _at_work(server: Running, picture: bytes, rooms: int, seconds: float, share: float) -> Campus:
    load = os.getloadavg()[0]
    rate, cpu_s, quiet_mark_s = _alone(server, picture)
    before = _usage(server)
    pictures, marks, boards = tallies = (Tally(), Tally(), Tally())
    asked = rate * share
    others, most = _rooms(server, picture, rooms, seconds, asked, tallies)
    after = _usage(server)
    return Campus(
        rooms,
        seconds,
        rate,
        cpu_s,
        asked,
        quiet_mark_s,
        pictures,
        marks,
        boards,
        (after.cpu_s - before.cpu_s) / seconds,
        (before.memory_mib, most.memory_mib),
        most.threads,
        after.written - before.written,
        len(picture),
        others,
        (load, os.getloadavg()[0]),
    )


def _alone(server: Running, picture: bytes) -> tuple[float, float, float]:
    """Pictures a second of one client, processor seconds of each, and the seconds of a mark."""
    api = Api(TcpTransport("127.0.0.1", server.port, TIMEOUT_S), "alone")
    course = course_of(0)
    api.snapshot(picture, course=course, record=True)
    marks = [_timed(lambda each=each: api.mark(each, course)) for each in _students(0)]  # type: ignore[misc]
    cpu_s = _usage(server).cpu_s
    times = [_timed(lambda: api.snapshot(picture, course=course, record=True)) for _ in range(ALONE)]
    api.hang_up()
    return ALONE / sum(times), (_usage(server).cpu_s - cpu_s) / ALONE, statistics.median(marks)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _rooms(
    server: Running, picture: bytes, rooms: int, seconds: float, asked: float, tallies: Sequence[Tally]
) -> tuple[float, Usage]:
    """Bytes a second of all but pictures, and the server's use when most of its threads were there."""
    began = time.monotonic()
    ends = began + seconds
    ways = [CountingTransport("127.0.0.1", server.port, TIMEOUT_S) for _ in range(rooms)]
    threads = []
    for room, way in enumerate(ways):
        first = (began + room / asked, began + ACT_EVERY_S * room / rooms)
        lives = Room(Api(way, f"room {room}"), room, picture, tallies)
        threads.append(threading.Thread(target=lives.live, args=(first, (rooms / asked, ACT_EVERY_S), ends)))
    for thread in threads:
        thread.start()
    most = _usage(server)
    while time.monotonic() < ends:
        time.sleep(LOOK_EVERY_S)
        most = max(most, _usage(server), key=lambda each: (each.threads, each.memory_mib))
    for thread in threads:
        thread.join()
    pictures = tallies[0].asked * len(picture)
    return max(sum(way.sent + way.received for way in ways) - pictures, 0) / seconds, most


class Room:
    """A camera, and a professor's window."""

    def __init__(self, api: Api, number: int, picture: bytes, tallies: Sequence[Tally]) -> None:
        self._api, self._picture = api, picture
        self._course, self._students = course_of(number), itertools.cycle(_students(number))
        self._pictures, self._marks, self._boards = tallies

    def live(self, first: tuple[float, float], every_s: tuple[float, float], ends: float) -> None:
        """Pictures, and marks with boards, from when on and how often."""
        due = list(first)
        while (moment := min(due)) < ends:
            time.sleep(max(moment - time.monotonic(), 0.0))
            kind = due.index(moment)
            due[kind] += every_s[kind]
            if kind == 0:
                self._pictures.count(lambda: self._api.snapshot(self._picture, course=self._course, record=True))
            else:
                self._marks.count(lambda: self._api.mark(next(self._students), self._course))
                self._boards.count(lambda: self._api.board(self._api.open_session(self._course).session))
        self._api.hang_up()


def _usage(server: Running) -> Usage:
    process = Path("/proc") / str(server.process.pid)
    status = dict(line.split(":", 1) for line in (process / "status").read_text(encoding="ascii").splitlines())
    io = dict(line.split(": ") for line in (process / "io").read_text(encoding="ascii").splitlines())
    times = (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    ticks = int(times[11]) + int(times[12])
    return Usage(
        ticks / os.sysconf("SC_CLK_TCK"),
        int(io["write_bytes"]),
        int(status["VmRSS"].split()[0]) / 1024,
        int(status["Threads"]),
    )


def rows() -> Iterator[Row]:
    """Takes three minutes."""
    if not all((PHOTOGRAPHS / name).exists() for name in ("obama.jpg", "biden.jpg")):
        yield not_run("campus: set-up's photographs are not there")
        return
    yield from _rows(measure(ROOMS, MINUTES))


def _rows(told: Campus) -> Iterator[Row]:
    minute = 60 / told.seconds
    what = f"{told.rooms} rooms on {os.cpu_count()} cores, load {told.load[0]:.0f} to {told.load[1]:.0f}"
    yield more(
        f"pictures a minute answered, {what}; reference: asked for, {told.asked / told.rate:.0%} of one client's rate",
        len(told.pictures.waits_s) * minute,
        told.asked * 60,
        "/min",
        ANSWERED * 0.95,  # what is asked in the last seconds is answered behind the end
    )
    for name, tally in (("pictures", told.pictures), ("marks", told.marks), ("boards", told.boards)):
        yield more(f"share of {name} answered ({tally.busy} busy, {tally.lost} lost)", tally.share, 1, "", ANSWERED)
    yield limited("wait for a picture's answer, 95 %", told.pictures.within(95), 25.0, "s")
    yield faster(
        "a mark, median; reference: with nothing beside", told.marks.within(50) * 1e3, told.quiet_mark_s * 1e3, "ms"
    )
    for text, value, unit in (
        ("a mark, 99 %", told.marks.within(99) * 1e3, "ms"),
        ("a picture's processor time, one client alone", told.cpu_s, "s"),
        ("cores that the server used", told.busy_cores, ""),
        ("memory with one client", told.memory_mib[0], "MiB"),
        (f"memory with {told.rooms} connections ({told.threads} threads)", told.memory_mib[1], "MiB"),
        ("written to the disk a second", told.written / told.seconds / 1e3, "kB"),
        ("a picture on the network", told.picture_bytes / 1e3, "kB"),
        ("all else on the network a second", told.other_bytes / 1e3, "kB"),
    ):
        yield Row(text, value, None, None, None, unit)
    rest = (told.busy_cores - len(told.pictures.waits_s) / told.seconds * told.cpu_s) / told.rooms
    for size in SIZES:
        for text, cores in (
            (f"cores for a picture a minute of each of {size} rooms, scaled", size / 60 * told.cpu_s),
            (f"cores for one in 30 s, as when an hour begins, of each of {size} rooms, scaled", size / 30 * told.cpu_s),
            (f"cores for marks and boards of {size} rooms, one of each in 30 s, scaled", size * rest),
        ):
            yield Row(text, cores, None, None, None, "")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.campus", description=__doc__)
    parser.add_argument("--rooms", type=int, default=ROOMS, help="how many (default: %(default)s)")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="how long (default: %(default)s)")
    parser.add_argument(
        "--share", type=float, default=SHARE, help="of one client's rate to ask for (default: %(default)s)"
    )
    asked_for = parser.parse_args()
    print_table(list(_rows(measure(asked_for.rooms, asked_for.minutes, asked_for.share))))
    sys.exit(0)
