"""The client's outbox: how fast 10 000 kept marks reach a real server, in how much memory, and what keeping one costs.

Beside each figure stands the same without the outbox: one message at a time, or a file that is synced.
"""

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from bench.link import delayed_link
from bench.table import Row, faster, interleaved_medians, limited, more
from client.api import Api, new_key, now_utc
from client.outbox import Courier, Outbox
from client.transport import TcpTransport
from demo.programs import Running, running_server
from protocol.messages import Mark
from server.clock import utc_now
from server.store import RosterLine, open_store

COURSE: Final = "ea0017_1"
STUDENTS: Final = 500
HOURS: Final = 20
ENTRIES: Final = STUDENTS * HOURS
SINGLY: Final = 300
"""Entries that are sent one at a time, or over a slow link."""
CLASS: Final = 60
FEW: Final = 30
"""The same where each takes a tenth of a second."""
ONE_WAY_S: Final = 0.05
ADDS: Final = 21
SETTLED: Final = 2000
"""Entries after which the process has everything loaded that it needs; from then on memory is to stay."""


def rows() -> Iterator[Row]:
    """The figures of the outbox. Takes about half a minute."""
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as name, _server(Path(name)) as server:
        folder = Path(name)
        _drain(folder / "called.sqlite", server.port, _marks(CLASS, hour=HOURS + 2))
        yield limited(f"commits of {CLASS} marks out of the outbox", _commits(folder), 5, "")
        joined = _drain(folder / "joined.sqlite", server.port, _marks(ENTRIES))
        yield limited(f"{ENTRIES} marks out of the outbox to the server, in order", joined.seconds, 10, "s")
        yield more(
            "marks a second out of the outbox; reference: one message at a time, without outbox",
            ENTRIES / joined.seconds,
            SINGLY / _one_at_a_time(server.port, SINGLY),
            "/s",
        )
        with delayed_link(server.port, ONE_WAY_S) as link:
            slow = _drain(folder / "slow.sqlite", link.port, _marks(SINGLY))
            yield more(
                f"the same over a link of {1000 * ONE_WAY_S:g} ms each way",
                SINGLY / slow.seconds,
                FEW / _one_at_a_time(link.port, FEW),
                "/s",
            )
        yield limited(f"memory that sending them takes more than after the first {SETTLED}", joined.grown_mib, 8, "MiB")
        kept_s, synced_s = _adds(folder)
        yield faster(
            "an entry written down; reference: as many bytes appended to a file and synced",
            1000 * kept_s,
            1000 * synced_s,
            "ms",
        )


@contextmanager
def _server(folder: Path) -> Iterator[Running]:
    (folder / "knowns").mkdir()
    with closing(open_store(str(folder / "rollcall.sqlite"), key_file=folder / "key")) as store:
        store.health.upgrade()
        roster = [RosterLine(_student(number), f"Student {number}", COURSE) for number in range(STUDENTS)]
        store.rosters.change(roster, at=utc_now(), by="bench", day=utc_now().date())
    with running_server(folder) as server:
        yield server


def _student(number: int) -> str:
    return f"{number:09d}"


def _commits(folder: Path) -> int:
    """In how many transactions the marks were recorded that the database has: each has its own time."""
    with closing(sqlite3.connect(folder / "rollcall.sqlite")) as database:
        (count,) = database.execute("SELECT count(DISTINCT recorded_at) FROM mark_history").fetchone()
    return int(count)


def _marks(count: int, hour: int = 1) -> list[Mark]:
    """Marks of as many students and hours, from this hour on."""
    return [
        Mark(
            student=_student(number % STUDENTS),
            course=COURSE,
            hour=hour + number // STUDENTS,
            key=new_key(),
            at=now_utc(),
        )
        for number in range(count)
    ]


def _one_at_a_time(port: int, count: int) -> float:
    """Seconds for so many marks, each sent when the one before is acknowledged."""
    with closing(TcpTransport("127.0.0.1", port, 30.0)) as transport:
        api = Api(transport, "bench")
        started = time.perf_counter()
        for number in range(count):
            api.mark(_student(number), COURSE, hour=HOURS + 1)
        return time.perf_counter() - started


@dataclass(frozen=True, slots=True)
class Drained:
    """Seconds until the last entry was acknowledged, and MiB that memory grew once SETTLED had been."""

    seconds: float
    grown_mib: float


def _drain(path: Path, port: int, marks: Sequence[Mark]) -> Drained:
    done, memory = 0, [0.0]
    with closing(Outbox(path, "bench")) as outbox, closing(TcpTransport("127.0.0.1", port, 30.0)) as transport:
        _fill(outbox, marks)
        started = time.perf_counter()
        for outcomes in Courier(outbox, Api(transport, "bench")).deliver():
            refused = [each.refusal for each in outcomes if each.refusal is not None]
            assert not refused, refused[0]
            done += len(outcomes)
            if done >= SETTLED:
                memory.append(_resident_mib())
        seconds = time.perf_counter() - started
        assert (done, outbox.waiting()) == (len(marks), 0)
    return Drained(seconds, max(memory) - memory[1] if len(memory) > 1 else 0.0)


def _fill(outbox: Outbox, marks: Sequence[Mark]) -> None:
    """All at once, past the outbox: what each costs by itself is measured by itself."""
    with closing(sqlite3.connect(outbox.path)) as file, file:
        file.executemany(
            "INSERT INTO entries (server, kept_at, message) VALUES (?, ?, ?)",
            (("bench", now_utc().isoformat(), msgspec.json.encode(mark)) for mark in marks),
        )


def _resident_mib() -> float:
    """What this process has in memory now (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _adds(folder: Path) -> tuple[float, float]:
    """Median seconds of an entry written to the outbox, and of its bytes appended to a file and synced."""
    (mark,) = _marks(1)
    content = msgspec.json.encode(mark)
    with closing(Outbox(folder / "adds.sqlite", "bench")) as outbox, (folder / "plain").open("ab") as plain:

        def append() -> None:
            plain.write(content)
            plain.flush()
            os.fdatasync(plain.fileno())

        medians = interleaved_medians({"kept": lambda: outbox.add(mark), "synced": append}, ADDS)
    return medians["kept"], medians["synced"]
