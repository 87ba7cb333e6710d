"""What a client notices of the server: the old client's snapshot, the roll over a slow link, marks a second, a start.

The server runs as the program that people start, on loopback; every figure stands beside its reference.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from bench import mark_rates
from bench.link import delayed_link
from bench.server_2019 import server_of_2019
from bench.table import Row, faster, interleaved_medians, limited, more
from client.api import Api
from client.cli.roll_calls import RollCall
from client.outbox import Outbox, Post
from client.transport import TcpTransport
from demo.programs import Running, Where, ask_as_in_2019, running_server
from demo.scene import COURSE, ENROLLED, make_scene
from server.bootstrap.family import set_family
from server.bootstrap.recognition import recogniser_of
from server.bootstrap.store import store_of
from server.clock import utc_now
from server.config import Settings
from server.services.enrolment.photographs import digest
from server.store import RosterLine, Template, open_store
from tests.databases import ThrowAwayServer, new_database, program

PHOTOGRAPHS: Final = Path(__file__).resolve().parent.parent / ".cache" / "photos"
ONE_WAY_S: Final = 0.05
CLASS_SIZE: Final = 60
ENROLLED_PHOTOGRAPHS: Final = 1000
SNAPSHOTS: Final = 7


def rows() -> Iterator[Row]:
    """The figures of the whole way. Takes about a minute."""
    yield faster("snapshot of the 2019 client, 640x360, one face; reference: the server of 2019", *snapshot_s(), "s", 5)
    (ours_s, ours_trips), (singly_s, singly_trips) = roll_call()
    link = f"{CLASS_SIZE} students, {1000 * ONE_WAY_S:g} ms each way, without TCP's own round trip"
    yield faster(f"roll call of {link}; reference: one message at a time", ours_s, singly_s, "s")
    yield Row(
        f"round trips of it (one message at a time: {singly_trips})",
        ours_trips,
        singly_trips,
        singly_trips / ours_trips,
        None,
        "",
        at_most=2,
    )
    for name, measure in (("SQLite", marks_on_sqlite), ("MySQL", marks_on_mysql)):
        yield more(
            f"marks acknowledged by {mark_rates.CONNECTIONS} connections on {name}; reference: the same "
            "statements, one transaction a mark, without the server",
            *measure(),
            "/s",
            0.5,
        )
    started = start()
    yield limited(
        f"start with {ENROLLED_PHOTOGRAPHS} photographs embedded (with none: {started.empty_s:.2g} s)",
        started.full_s,
        5,
        "s",
    )
    yield Row("resident memory after it; reference: with none", started.full_mib, started.empty_mib, None, None, "MiB")


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as folder:
        yield Path(folder)


def _settings(folder: Path) -> Settings:
    """Those that running_server starts a server with."""
    return Settings(database=str(folder / "rollcall.sqlite"), key_file=folder / "key", knowns=folder / "knowns")


# ---- the old client's snapshot


def snapshot_s() -> tuple[float, float]:
    """Median seconds of the old client's snapshot, whole round trip: ours, and the server of 2019."""
    with _folder() as folder:
        scene = make_scene(PHOTOGRAPHS, folder)
        image = scene.old_picture.read_bytes()
        portrait = (scene.knowns / ENROLLED / "front.jpg").read_bytes()
        with running_server(folder) as server, server_of_2019({ENROLLED: portrait}) as old_port:
            medians = interleaved_medians(
                {
                    "ours": lambda: _recognised(server.port, image),
                    "2019": lambda: _recognised(old_port, image),
                },
                SNAPSHOTS,
            )
    return medians["ours"], medians["2019"]


def _recognised(port: int, image: bytes) -> None:
    answer = ask_as_in_2019(Where("127.0.0.1", port), image)
    assert answer == ENROLLED, answer


# ---- the roll call


def roll_call() -> tuple[tuple[float, int], tuple[float, int]]:
    """Seconds and round trips of a class's roll over the slow link: our client's way, and one message at a time."""
    with _folder() as folder:
        (folder / "knowns").mkdir()
        students = [f"{number:09d}" for number in range(1, CLASS_SIZE + 1)]
        with store_of(_settings(folder)) as store:
            rows = [RosterLine(each, f"Student {each}", COURSE) for each in students]
            store.rosters.change(rows, at=utc_now(), by="bench", day=utc_now().date())
        with (
            running_server(folder) as server,
            delayed_link(server.port, ONE_WAY_S) as link,
            closing(Outbox(folder / "outbox.sqlite", "bench")) as outbox,
        ):
            api = Api(TcpTransport("127.0.0.1", link.port, 30.0), "bench")

            def measured(work: Callable[[], object]) -> tuple[float, int]:
                link.forget()
                started = time.perf_counter()
                work()
                return time.perf_counter() - started, link.round_trips

            post = Post(outbox, api)
            return measured(lambda: _called_in_one_batch(post)), measured(lambda: _one_at_a_time(api))


def _called_in_one_batch(post: Post) -> None:
    """The way of the client's command: the list, a tick for each, the batch over the outbox."""
    roll = RollCall(post.api.roster(COURSE))
    roll.tick_rest("present", utc_now())
    marked = post.deliver(post.keep(roll.message()))
    assert marked is not None
    assert len(marked.marks) == CLASS_SIZE, marked.refused[:1]


def _one_at_a_time(api: Api) -> None:
    for each in api.roster(COURSE).students:
        api.mark(each.student, COURSE, state="late")


# ---- marks a second


def marks_on_sqlite() -> tuple[float, float]:
    """Marks a second of eight connections: through the server, and straight to the database."""
    with _folder() as folder:
        databases = [str(folder / name) for name in ("ours.sqlite", "read.sqlite", "written.sqlite")]
        return _marks(folder, *databases)


def marks_on_mysql() -> tuple[float, float]:
    """As marks_on_sqlite, on a throw-away instance of the system's server."""
    binary = program("mariadbd", "mysqld")
    assert binary, "no MySQL-compatible server is installed: `make setup-test` installs one"
    with _folder() as folder:
        system = ThrowAwayServer(binary, folder)
        try:
            with ExitStack() as stack:
                databases = [stack.enter_context(new_database(system.url)) for _ in range(3)]
                return _marks(folder, *databases)
        finally:
            system.stop()


def _marks(folder: Path, ours: str, read_from: str, write_to: str) -> tuple[float, float]:
    (folder / "knowns").mkdir()
    with closing(open_store(ours, key_file=folder / "key")) as store:
        mark_rates.prepare(store)
    with running_server(folder, "--database", ours) as server:
        return mark_rates.rates(server.port, read_from, write_to, folder / "key")


# ---- the start


@dataclass(frozen=True)
class Started:
    """Seconds until ready and resident MiB, with 1000 photographs embedded before and with none."""

    full_s: float
    full_mib: int
    empty_s: float
    empty_mib: int


def start() -> Started:
    """Start with none, then with the thousand."""
    with _folder() as folder:
        (folder / "knowns").mkdir()
        with running_server(folder) as server:
            empty_s, empty_mib = server.ready_s, _resident_mib(server)
        _embedded_before(folder)
        with running_server(folder) as server:
            return Started(server.ready_s, _resident_mib(server), empty_s, empty_mib)


def _embedded_before(folder: Path) -> None:
    """Photographs of as many students, and templates as an earlier enrolment would have left them."""
    portrait = (PHOTOGRAPHS / "obama.jpg").read_bytes()
    settings = _settings(folder)
    model_id = recogniser_of(settings, set_family(settings)).model_id
    random = np.random.default_rng(1)
    templates = []
    for number in range(ENROLLED_PHOTOGRAPHS):
        student = f"{number:09d}"
        content = portrait + number.to_bytes(4, "big")
        (folder / "knowns" / f"{student}.jpg").write_bytes(content)
        embedding = random.normal(0, 0.12, 128).astype(np.float32)
        templates.append(Template(student, digest(content), f"{student}.jpg", model_id, embedding))
    with store_of(settings) as store:
        store.templates.add(templates, [], at=utc_now())


def _resident_mib(server: Running) -> int:
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024
