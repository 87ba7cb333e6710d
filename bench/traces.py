"""What traces cost a request: off, and on with a collector that is away."""

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any, Final

from bench.table import Row, limited
from server import __version__
from server.process.traces import Traces

TIMES: Final = 20_000
AWAY: Final = "http://127.0.0.1:9/v1/traces"


def rows() -> Iterator[Row]:
    traces = Traces(AWAY, __version__)
    bare = _seconds(_bare)
    off = _seconds(lambda: _traced(None)) - bare
    on = _seconds(lambda: _traced(traces)) - bare
    traces.close()
    yield limited("traces off, a request", 1e3 * off, 0.005, "ms")
    yield limited("traces on, a request", 1e3 * on, 0.5, "ms")


def _bare() -> None:
    pass


def _traced(traces: Traces | None) -> None:
    span: Any
    with nullcontext() if traces is None else traces.request("mark") as span:
        if span is not None:
            span.set_attribute("result", "ok")


def _seconds(call: Callable[[], None]) -> float:
    """Of one call, in the best of five lots."""
    lots = []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(TIMES // 5):
            call()
        lots.append((time.perf_counter() - began) / (TIMES // 5))
    return min(lots)
