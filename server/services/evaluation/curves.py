"""Draw the error curves of an evaluation."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from server.services.evaluation.error_rates import ErrorRates


def draw(results: Sequence[ErrorRates], file: Path) -> None:
    """A PNG of strangers named against students missed; ours in full lines, dlib's in broken ones."""
    sizes = sorted({each.class_size for each in results})
    figure = Figure(figsize=(5.5 * len(sizes), 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(sizes), squeeze=False)[0]
    for panel, size in zip(panels, sizes, strict=True):
        _panel(panel, [each for each in results if each.class_size == size])
    figure.savefig(file, format="png", dpi=120)


def _panel(panel: Axes, results: Sequence[ErrorRates]) -> None:
    for number, each in enumerate(results):
        name = f"{each.face_px} px" if each.face_px else "as photographed"
        panel.plot(*_percent(each.curve), color=f"C{number}", label=name)
        panel.plot(*_percent(each.dlib_curve), color=f"C{number}", linestyle="--", linewidth=0.8)
        panel.plot(100 * each.fpir.value, 100 * each.fnir.value, "o", color=f"C{number}")
    panel.set(
        xscale="log",
        title=f"class of {results[0].class_size}",
        ylim=(0, None),
        xlabel="strangers given a name, % (FPIR)",
        ylabel="students missed, % (FNIR)",
    )
    panel.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    panel.grid(alpha=0.3)
    panel.legend(title="dot: as shipped; broken: dlib", fontsize=8)


def _percent(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [100 * x for x, _ in points], [100 * y for _, y in points]
