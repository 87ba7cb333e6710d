"""What is left of a server that is asked for more pictures than it can recognise: answers a second, and whose they are.

`python -m bench.overload --tree FOLDER` measures the server of another checkout with the same clients and pictures.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.classroom import ROOT, Portrait, bench_portraits, compose
from bench.table import Row, limited, more, not_run, print_table
from client.api import Api
from client.errors import ClientError, Refused
from client.transport import TcpTransport

GREEDY: Final = 24
# Whose time says how large a picture has to be to take another time.
TRIED: Final = (1280, 720)
FACES: Final = 6
# What a picture shall take: an ordinary one, and one of a crowd in high resolution.
ORDINARY_S: Final = 0.3
DEAR_S: Final = 2.7
ALONE: Final = 20  # pictures of one client alone
ALONE_AT_LEAST_S: Final = 8.0
ORDINARY_FOR_S: Final = 40.0
DEAR_FOR_S: Final = 100.0
# A client's own patience, and its pauses: of a greedy one hardly any, of an honest one as the window has them.
TIMEOUT_S: Final = 30.0
GREEDY_PAUSE_S: Final = 0.1
HONEST_PAUSE_S: Final = 1.0
GOODPUT: Final = 0.9
HONEST_95_S: Final = 25.0
HONEST_GAP_S: Final = 75.0


@dataclass
class Tally:
    """What one client got. waits_s: from the first sending of each picture to its answer, however often it was sent."""

    answered: int = 0
    busy: int = 0
    lost: int = 0
    waits_s: list[float] = field(default_factory=list)


def rows(tree: Path = ROOT) -> Iterator[Row]:
    """Goodput and fairness under ordinary and dear pictures. Takes four minutes."""
    portraits = bench_portraits(8)
    if not portraits:
        yield not_run("overload: there are no photographs to compose pictures of")
        return
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as name, _server(tree, Path(name)) as port:
        tried_s = _alone(port, _picture(portraits, 1.0), ALONE)[1]
        for wanted_s, for_s, what in ((ORDINARY_S, ORDINARY_FOR_S, "ordinary"), (DEAR_S, DEAR_FOR_S, "dear")):
            yield from _measured(port, _picture(portraits, wanted_s / tried_s), for_s, what)


def _picture(portraits: Sequence[Portrait], larger: float) -> bytes:
    """A picture of some people; its time rises with its pixels, which are so many times those of TRIED."""
    width, height = (round(side * larger**0.5) for side in TRIED)
    return compose(portraits, [min(80, height // 7)] * FACES, width=width, height=height, seed=3).jpeg


def _measured(port: int, picture: bytes, for_s: float, what: str) -> Iterator[Row]:
    before, took_s = _alone(port, picture, ALONE)
    greedy, honest = _overload(port, picture, for_s)
    time.sleep(1.0)  # what has begun for them ends
    capacity = (before + _alone(port, picture, ALONE)[0]) / 2  # others may use the machine too
    answered = sum(each.answered for each in greedy) + honest.answered
    pictures = f"{what} pictures of {took_s:.2g} s, {GREEDY} greedy clients and an honest one"
    offered = sum(each.answered + each.busy + each.lost for each in (*greedy, honest)) / for_s / capacity
    yield more(
        f"answers a second, {pictures} ({offered:.1f} times the capacity asked for); reference: one client alone",
        answered / for_s,
        capacity,
        "/s",
        GOODPUT,
    )
    if what == "ordinary":
        percentile = statistics.quantiles(honest.waits_s, n=20, method="inclusive")[-1]
        yield limited(f"honest client's wait for an answer, 95 %, {pictures}", percentile, HONEST_95_S, "s")
    else:
        yield limited(
            f"honest client's longest time without an answer, {pictures}", max(honest.waits_s), HONEST_GAP_S, "s"
        )
    least, most = (end(each.answered for each in greedy) for end in (min, max))
    yield Row(
        f"answers to the honest client ({least} to {most} to each greedy one)", honest.answered, None, None, None, ""
    )


def _alone(port: int, picture: bytes, most: int) -> tuple[float, float]:
    """Answers a second of one client alone, and the seconds of one of them in the median."""
    api = _client(port, "alone")
    api.snapshot(picture)
    took: list[float] = []
    started = time.perf_counter()
    while len(took) < most and (len(took) < 3 or time.perf_counter() - started < ALONE_AT_LEAST_S):
        before = time.perf_counter()
        api.snapshot(picture)
        took.append(time.perf_counter() - before)
    rate = len(took) / (time.perf_counter() - started)
    api.hang_up()
    return rate, statistics.median(took)


def _overload(port: int, picture: bytes, for_s: float) -> tuple[list[Tally], Tally]:
    ends = time.monotonic() + for_s
    greedy, honest = [Tally() for _ in range(GREEDY)], Tally()
    threads = [
        threading.Thread(target=_ask, args=(port, f"greedy {number}", picture, tally, GREEDY_PAUSE_S, ends))
        for number, tally in enumerate(greedy)
    ]
    threads.append(threading.Thread(target=_ask, args=(port, "honest", picture, honest, HONEST_PAUSE_S, ends)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return greedy, honest


def _ask(port: int, name: str, picture: bytes, tally: Tally, pause_s: float, ends: float) -> None:
    """Send a picture again until it is answered, then the next; what is answered behind the end does not count."""
    api = _client(port, name)
    first_sent = time.monotonic()
    while time.monotonic() < ends:
        try:
            api.snapshot(picture)
        except Refused:
            tally.busy += 1
        except ClientError:
            tally.lost += 1
            api.hang_up()
        else:
            now = time.monotonic()
            tally.answered += now < ends
            tally.waits_s.append(now - first_sent)
            first_sent = now + pause_s
        time.sleep(pause_s)
    if first_sent < ends:
        tally.waits_s.append(ends - first_sent)  # there is no answer as yet
    api.hang_up()


def _client(port: int, name: str) -> Api:
    return Api(TcpTransport("127.0.0.1", port, TIMEOUT_S), name)


@contextmanager
def _server(tree: Path, folder: Path) -> Iterator[int]:
    """The port of the server of that checkout, on a database of its own without anybody in it."""
    (folder / "knowns").mkdir()
    command = [sys.executable, str(tree / "face_recog_server.py"), "serve", "--port", "0", "--log-level", "error"]
    command += ["--database", str(folder / "rollcall.sqlite"), "--key-file", str(folder / "key")]
    command += ["--knowns", str(folder / "knowns")]
    process = subprocess.Popen(command, cwd=tree, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        assert process.stdout
        ready = process.stdout.readline()
        yield int(ready.rsplit(":", 1)[1])
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.overload", description=__doc__)
    parser.add_argument("--tree", type=Path, default=ROOT, help="the checkout whose server is measured (default: this)")
    print_table(list(rows(parser.parse_args().tree.resolve())))
