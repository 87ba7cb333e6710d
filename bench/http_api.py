"""What HTTP costs: marks a second over /v1 beside the wire, and the server's time for a board."""

import http.client
import json
import re
import socket
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

from bench import crowds, mark_rates
from bench.mark_rates import CONNECTIONS, COURSE, LOT, STUDENTS, acknowledge, clients_of, marks, rate
from bench.table import Row, limited, more
from demo.programs import Running, running_server
from server.clock import utc_now
from server.store import RosterLine, open_store

CLASS_SIZE: Final = 60
BOARDS: Final = 50
BOARD_MS: Final = 10.0
OF_THE_WIRE: Final = 1 / 3
READERS: Final = 200
READERS_AN_ADDRESS: Final = 4
SLOW: Final = 64
DELAYED_MARKS: Final = 100
LATER_MS: Final = 50.0


def rows() -> Iterator[Row]:
    """Takes about a minute."""
    with _server() as (server, log):
        http_port = _http_port(server)
        over_http, over_wire = _rates(server.port, http_port)
        yield more(
            f"marks acknowledged over /v1 by {CONNECTIONS} connections, SQLite, one a request; reference: the wire",
            over_http,
            over_wire,
            "/s",
            OF_THE_WIRE,
        )
        yield limited(
            f"a board of {CLASS_SIZE} over HTTP, the server's time by its log",
            _board_ms(http_port, log),
            BOARD_MS,
            "ms",
        )
        alone, crowded = _delays_ms(server.port, http_port)
        yield limited(
            f"a mark's 95th percentile over the wire, by how much later with {READERS} idle readers of events and "
            f"{SLOW} slow clients on HTTP (alone: {alone:.1f} ms)",
            crowded - alone,
            LATER_MS,
            "ms",
        )
    yield from crowds.rows()


@contextmanager
def _server() -> Iterator[tuple[Running, Path]]:
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as name:
        folder = Path(name)
        (folder / "knowns").mkdir()
        database = str(folder / "ours.sqlite")
        with closing(open_store(database, key_file=folder / "key")) as store:
            mark_rates.prepare(store)
            day = utc_now()
            rows = [RosterLine(f"{number:09d}", f"Student {number}", "bench-02") for number in range(1, CLASS_SIZE + 1)]
            store.rosters.change(rows, at=day, by="bench", day=day.date())
        with running_server(folder, "--database", database, "--http-port", "0") as server:
            yield server, folder / "serve.log"


def _http_port(server: Running) -> int:
    assert server.process.stdout is not None
    line = server.process.stdout.readline()
    assert line.startswith("http on "), line
    return int(line.rsplit(":", 1)[1])


def _rates(port: int, http_port: int) -> tuple[float, float]:
    """Medians of lots that take turns; over HTTP the marks are other hours' than over the wire."""
    wanted = marks()
    half = len(wanted) // 2
    over_http, over_wire = [], []
    with clients_of(port) as wire:
        connections = [http.client.HTTPConnection("127.0.0.1", http_port) for _ in range(CONNECTIONS)]
        for first in range(0, half - LOT + 1, LOT):
            over_wire.append(rate(wanted[first : first + LOT], wire, acknowledge))
            over_http.append(rate(wanted[half + first : half + first + LOT], connections, _marked))
        for each in connections:
            each.close()
    return statistics.median(over_http), statistics.median(over_wire)


def _marked(connection: http.client.HTTPConnection, mark: tuple[str, int]) -> None:
    student, hour = mark
    body = json.dumps({"marks": [{"student": student, "course": COURSE, "hour": hour}], "source": "professor"})
    headers = {"Content-Type": "application/json", "Rollcall": "1", "Idempotency-Key": f"bench-{student}-{hour}"}
    connection.request("POST", "/v1/marks", body, headers)
    answer = connection.getresponse()
    content = answer.read()
    assert answer.status == 200, content


def _board_ms(port: int, log: Path) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Content-Type": "application/json", "Rollcall": "1", "Idempotency-Key": "board"}
    connection.request("POST", "/v1/sessions", json.dumps({"course": "bench-02", "hours": [1, 2]}), headers)
    session = json.loads(connection.getresponse().read())["session"]["session"]
    for _ in range(BOARDS):
        connection.request("GET", f"/v1/sessions/{session}/board")
        shown = json.loads(connection.getresponse().read())
    assert len(shown["students"]) == CLASS_SIZE
    connection.close()
    found = re.findall(r"GET /v1/sessions/\{session\}/board 200 ([0-9.]+) ms", log.read_text(encoding="utf-8"))
    assert len(found) >= BOARDS // 2, "the log has no lines of the boards"
    return statistics.median(map(float, found))


def _delays_ms(port: int, http_port: int) -> tuple[float, float]:
    """The 95th percentile of a mark over the wire, alone and beside readers and slow clients."""
    with clients_of(port) as (wire, *_others), ExitStack() as opened:
        alone = _percentile_ms(wire, 19)
        for number in range(READERS):
            source = f"127.0.1.{1 + number // READERS_AN_ADDRESS}"
            reader = socket.create_connection(("127.0.0.1", http_port), source_address=(source, 0))
            opened.callback(reader.close)
            reader.sendall(b"GET /v1/sessions/1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = reader.recv(4096)
            assert answer.startswith(b"HTTP/1.1 200"), answer
        for _ in range(SLOW):
            slow = socket.create_connection(("127.0.0.1", http_port))
            opened.callback(slow.close)
            slow.sendall(b"POST /v1/marks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{")
        return alone, _percentile_ms(wire, 20)


def _percentile_ms(wire: socket.socket, hour: int) -> float:
    took = []
    for student, _ in marks()[:STUDENTS] * (DELAYED_MARKS // STUDENTS):
        started = time.perf_counter()
        acknowledge(wire, (student, hour))
        took.append(1000 * (time.perf_counter() - started))
    return statistics.quantiles(took, n=20)[-1]
