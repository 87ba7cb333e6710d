"""What a professor's mark waits while the same server recognises pictures: milliseconds, beside an idle one."""

import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.server_wire import PHOTOGRAPHS
from bench.table import Row
from client.api import Api
from client.transport import TcpTransport
from demo.programs import Running, running_server
from demo.scene import COURSE, ENROLLED, make_scene
from server.bootstrap.store import store_of
from server.clock import utc_now
from server.config import Settings
from server.store import RosterLine

REQUESTS: Final = 400
CAMERAS: Final = 2
AT_MOST_MS: Final = 50.0
"""What is meant by milliseconds: a twentieth of a second is not noticed at a click (Nielsen, Usability Engineering,
1993, gives 0.1 s as the limit for an answer that feels immediate)."""


def rows() -> Iterator[Row]:
    """Median and 95th percentile of a mark and of a roster, idle and with two cameras sending. Takes half a minute."""
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as name:
        folder = Path(name)
        scene = make_scene(PHOTOGRAPHS, folder)
        settings = Settings(database=str(folder / "rollcall.sqlite"), key_file=folder / "key", knowns=scene.knowns)
        with store_of(settings) as store:
            roster = [RosterLine(ENROLLED, "Student", COURSE)]
            store.rosters.change(roster, at=utc_now(), by="bench", day=utc_now().date())
        with running_server(folder) as server:
            idle = _waits(server)
            with _cameras(server, scene.class_picture.read_bytes()) as pictures:
                busy = _waits(server)
            yield Row(f"pictures recognised meanwhile, {CAMERAS} cameras", pictures(), None, None, None, "")
    for what in idle:
        for point, of in (("median", statistics.median), ("95 %", _percentile_95)):
            yield Row(
                f"{what} while pictures are recognised, {point}; reference: with nothing else to do",
                of(busy[what]),
                of(idle[what]),
                None,
                None,
                "ms",
                at_most=AT_MOST_MS,
            )


def _waits(server: Running) -> dict[str, list[float]]:
    """Milliseconds of each of REQUESTS marks and rosters, one after the other."""
    api = Api(TcpTransport("127.0.0.1", server.port, 30.0), "bench")
    requests: dict[str, Callable[[], object]] = {
        "a mark": lambda: api.mark(ENROLLED, COURSE),
        "a roster": lambda: api.roster(COURSE),
    }
    waits: dict[str, list[float]] = {what: [] for what in requests}
    for _ in range(REQUESTS):
        for what, request in requests.items():
            started = time.perf_counter()
            request()
            waits[what].append(1000 * (time.perf_counter() - started))
    return waits


@contextmanager
def _cameras(server: Running, picture: bytes) -> Iterator[Callable[[], int]]:
    """Clients that send the picture again as soon as it is answered; gives how many were answered so far."""
    ended, answered = threading.Event(), [0] * CAMERAS

    def send(number: int) -> None:
        api = Api(TcpTransport("127.0.0.1", server.port, 60.0), f"camera {number}")
        while not ended.is_set():
            api.snapshot(picture, course=COURSE)
            answered[number] += 1

    threads = [threading.Thread(target=send, args=(number,)) for number in range(CAMERAS)]
    for thread in threads:
        thread.start()
    try:
        yield lambda: sum(answered)
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def _percentile_95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]
