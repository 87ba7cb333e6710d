"""What was measured in, a table out: each figure beside its reference, and whether it is as good as it must be."""

import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One figure. `ratio` says how many times better than the reference ours is, `target` how many times it must be.

    `ours` and `reference` are in `unit`; where ours is None it was not run. `at_most` is for figures that have
    a limit instead of a reference. What is None does not apply.
    """

    what: str
    ours: float | None
    reference: float | None
    ratio: float | None
    target: float | None
    unit: str
    at_most: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether target and limit are kept; None where there is neither."""
        if self.ours is None or (self.target is None and self.at_most is None):
            return None
        enough = self.target is None or (self.ratio is not None and self.ratio >= self.target)
        return enough and (self.at_most is None or self.ours <= self.at_most)


def faster(what: str, ours: float, reference: float, unit: str, target: float | None = None) -> Row:
    """A row of two durations or sizes, of which the smaller is the better."""
    return Row(what, ours, reference, reference / ours, target, unit)


def more(what: str, ours: float, reference: float, unit: str, target: float | None = None) -> Row:
    """A row of two rates or counts, of which the larger is the better."""
    return Row(what, ours, reference, ours / reference, target, unit)


def limited(what: str, ours: float, at_most: float, unit: str) -> Row:
    """A row of a figure that must not pass `at_most`."""
    return Row(what, ours, None, None, None, unit, at_most)


def not_run(what: str) -> Row:
    """A row that this machine lacks something for."""
    return Row(what, None, None, None, None, "")


def interleaved_medians(
    work: Mapping[str, Callable[[], object]], repeat: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Seconds that each piece of work takes: the median of `repeat` runs, after one that is not counted.

    They run in turn, so that whatever else the machine does meanwhile strikes all of them alike. clock:
    time.process_time for work of one thread, which other programs then hardly touch.
    """
    for run in work.values():
        run()
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(repeat):
        for name, run in work.items():
            time.sleep(SETTLE_S)
            started = clock()
            run()
            times[name].append(clock() - started)
    return {name: statistics.median(each) for name, each in times.items()}


def print_table(rows: Iterable[Row], console: Console | None = None) -> None:
    """The table for a person."""
    table = Table("what", *HEADINGS[1:-1], "met")
    for column in table.columns[1:]:
        column.justify, column.no_wrap = "right", True
    for row in rows:
        table.add_row(*_cells(row))
    wide = Console() if sys.stdout.isatty() else Console(width=FILE_WIDTH)
    (console or wide).print(table)


SETTLE_S = 0.2  # OpenBLAS's threads go on spinning for a while when their work is done
FILE_WIDTH = 160  # columns, where the table goes into a file or a pipe
HEADINGS = ("what", "ours", "reference", "ratio", "at least", "at most", "met")
MET = {None: "", True: "yes", False: "NO"}


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.what,
        "NOT RUN" if row.ours is None else _figure(row.ours, row.unit),
        _figure(row.reference, row.unit),
        _figure(row.ratio, "x"),
        _figure(row.target, "x"),
        _figure(row.at_most, row.unit),
        MET[row.met],
    )


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    digits = f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return f"{digits} {unit}".strip()
