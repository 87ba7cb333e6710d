"""What HTTP costs: marks a second over /v1 beside the wire, and the server's time for a board."""

import http.client
import json
import re
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from bench import mark_rates
from bench.mark_rates import CONNECTIONS, COURSE, LOT, acknowledge, clients_of, marks, rate
from bench.table import Row, limited, more
from demo.programs import Running, running_server
from server.clock import utc_now
from server.store import RosterLine, open_store

CLASS_SIZE: Final = 60
BOARDS: Final = 50
BOARD_MS: Final = 10.0
OF_THE_WIRE: Final = 1 / 3


def rows() -> Iterator[Row]:
    """Takes about half a minute."""
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
