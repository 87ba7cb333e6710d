"""Draw every student's attendance over a course's hours as a picture."""

import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from matplotlib import font_manager, rc_context
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from server.domain.attendance import THERE, State
from server.errors import TooLarge
from server.services.reports.report import AttendanceReport, ReportRow
from server.services.reports.report_table import KOREAN

# Font files; the first that is installed writes the names.
KOREAN_FONTS: Final = (
    "NotoSansCJK-Regular",
    "NotoSansKR",
    "NanumGothic",
    "NanumBarunGothic",
    "malgun",
    "AppleSDGothicNeo",
    "AppleGothic",
    "UnDotum",
)
# Colour, symbol and its colour; after Okabe and Ito ("Color Universal Design", 2008), absent the darkest. States differ
# in colour, lightness and symbol, so that colour-blind people and grey printers tell them apart.
STYLES: Final = {
    State.PRESENT: ("#cfe6f5", "", ""),
    State.LATE: ("#f0e442", "^", "black"),
    State.LEFT_EARLY: ("#e69f00", "<", "black"),
    State.ABSENT: ("#a23b00", "x", "white"),
    State.EXCUSED: ("#8fd3bd", "P", "black"),
    State.EXCUSED_ABSENCE: ("#cc79a7", "s", "black"),
    State.NOT_VISIBLE: ("#d9d9d9", "$?$", "black"),
    State.NOT_TAKEN: ("#ffffff", ".", "#888888"),
}
ENGLISH: Final = {state: state.replace("_", " ") for state in State}
_CELL: Final = (0.21, 0.2)  # inches: wide, high
_BETWEEN_DAYS: Final = 0.5  # of a cell
_BOX: Final = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # behind a figure that a line may cross
_DPI: Final = 110
MOST_STUDENTS: Final = 2000  # whose rows are still some pixels high
_MOST_PIXELS: Final = 20_000  # of a side: what viewers and printers still open


def term_picture(report: AttendanceReport) -> tuple[bytes, str]:
    """The PNG, and what to tell of it where names could not be written, else "". Raises TooLarge."""
    if len(report.rows) > MOST_STUDENTS:
        raise TooLarge(
            f"A picture shows {MOST_STUDENTS} students at most, and the course has {len(report.rows)}: "
            "write the report as .xlsx or .csv."
        )
    font = _korean_font()
    with rc_context({"font.family": [font, "DejaVu Sans"] if font else ["DejaVu Sans"]}), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of letters that the font lacks: a box stands for each
        return _png(_figure(report, korean=bool(font))), "" if font else (
            "No Korean font is installed here, so the picture names students by their numbers alone: install one "
            "(the package fonts-nanum, say) and write it again."
        )


def _korean_font() -> str:
    """The family of an installed Korean font, "" for none."""
    # By its file: what matplotlib remembers of fonts gets old.
    installed = {Path(path).stem: path for path in font_manager.findSystemFonts()}
    path = next((installed[name] for name in KOREAN_FONTS if name in installed), None)
    if path is None:
        return ""
    font_manager.fontManager.addfont(path)
    return font_manager.get_font(path).family_name


def _figure(report: AttendanceReport, *, korean: bool) -> Figure:
    places = _places(report)
    wide, high = max([10.0, *places]) * _CELL[0], max(len(report.rows), 4) * _CELL[1]
    figure = Figure(figsize=(wide + 4.6, high + 2.2), layout="constrained")
    grid = figure.add_gridspec(2, 2, width_ratios=(wide, 1.7), height_ratios=(0.7, high))
    hours = figure.add_subplot(grid[1, 0])
    _draw_share(figure.add_subplot(grid[0, 0], sharex=hours), report, places)
    _draw_hours(hours, report, places, named=korean)
    _draw_absences(figure.add_subplot(grid[1, 1], sharey=hours), report, korean=korean)
    _title(figure, report, korean=korean)
    return figure


def _places(report: AttendanceReport) -> list[float]:
    """Where each hour's column stands, in cells; between days is a gap."""
    places: list[float] = []
    for before, hour in zip([None, *report.hours], report.hours, strict=False):
        last = places[-1] + 1 if places else 0.5
        places.append(last + (_BETWEEN_DAYS if before and before.key[0] != hour.key[0] else 0))
    return places


def _draw_hours(axes: Axes, report: AttendanceReport, places: Sequence[float], *, named: bool) -> None:
    for state, (colour, symbol, ink) in STYLES.items():
        at = [
            (x, y)
            for y, row in enumerate(report.rows)
            for x, hour in zip(places, report.hours, strict=True)
            if row.tally.hours.get(hour.key) is state
        ]
        cells = [Rectangle((x - 0.5, y - 0.5), 1, 1) for x, y in at]
        axes.add_collection(PatchCollection(cells, facecolor=colour, edgecolor="white", linewidth=0.8))
        if symbol and at:
            xs, ys = zip(*at, strict=True)
            axes.scatter(xs, ys, marker=symbol, s=26, color=ink, linewidths=1.2)
    labels = [f"{row.name}  {row.student}" if named else row.student for row in report.rows]
    axes.set_yticks(range(len(labels)), labels, fontsize=9)
    axes.set_ylim(max(len(report.rows), 4) - 0.5, -0.5)
    axes.set_xlim(0, max([10.0, *(place + 0.5 for place in places)]))
    axes.set_xticks(places, [str(hour.key[1]) for hour in report.hours], fontsize=7)
    axes.tick_params(length=0, labeltop=True)
    for label, row in zip(axes.get_yticklabels(), report.rows, strict=True):
        label.set_parse_math(False)
        label.set_color(_colour(row, "black"))
    axes.spines[:].set_visible(False)


def _draw_share(axes: Axes, report: AttendanceReport, places: Sequence[float]) -> None:
    """Bars over the columns, the share of those on the list who were there, and the days."""
    for place, hour in zip(places, report.hours, strict=True):
        states = [state for row in report.rows if (state := row.tally.hours.get(hour.key))]
        taken = [state for state in states if state is not State.NOT_TAKEN]
        axes.bar(place, sum(state in THERE for state in taken) / max(len(taken), 1), width=0.9, color="#5b9bc8")
    days = {hour.key[0]: place for place, hour in reversed(list(zip(places, report.hours, strict=True)))}
    for day, place in days.items():
        axes.text(place - 0.4, 1.06, f"{day.month}/{day.day}", fontsize=8, rotation=60, ha="left", va="bottom")
    axes.set(ylim=(0, 1), yticks=(0, 0.5, 1), yticklabels=("0", "50", "100 %"))
    axes.tick_params(length=0, labelsize=7, labelbottom=False)
    axes.grid(axis="y", alpha=0.3)
    axes.spines[["top", "right", "left"]].set_visible(False)


def _draw_absences(axes: Axes, report: AttendanceReport, *, korean: bool) -> None:
    """Bars of the absences that count, and a line where the course is failed."""
    for y, row in enumerate(report.rows):
        axes.barh(y, row.term.absences, height=0.6, color=_colour(row, "#999999"))
        text = f"{row.term.absences}{' F' if row.fails else ''}"
        axes.text(row.term.absences + 0.2, y, text, fontsize=8, va="center", zorder=3, bbox=_BOX)
    most = max([report.limit or 0, *(row.term.absences for row in report.rows), 3])
    if report.limit:
        axes.axvline(report.limit, color="black", linestyle="--", linewidth=1)
        axes.text(report.limit, -0.7, f"F {report.limit}", fontsize=8, ha="center", va="bottom")
    axes.set_xlim(0, most * 1.25)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("결석 시간 (환산)" if korean else "absences that count", fontsize=8)
    axes.tick_params(length=0, labelsize=7, labelleft=False)
    axes.spines[["top", "right", "bottom"]].set_visible(False)


def _colour(row: ReportRow, otherwise: str) -> str:
    return "#a23b00" if row.fails else "#b37400" if row.near else otherwise


def _title(figure: Figure, report: AttendanceReport, *, korean: bool) -> None:
    title = f"{report.course}  {report.title if korean else ''}   {report.since} – {report.until}"
    figure.suptitle(title, x=0.01, ha="left", fontsize=13).set_parse_math(False)
    names = KOREAN if korean else ENGLISH
    found = {state for row in report.rows for state in row.tally.hours.values()}
    shown = [state for state in STYLES if state in found]
    marks: list[Any] = [_key(state) for state in shown]  # a tuple of artists is one mark, drawn one over the other
    figure.legend(
        marks, [names[state] for state in shown], loc="outside lower left", ncols=len(STYLES), fontsize=9, frameon=False
    )


def _key(state: State) -> tuple[Artist, ...]:
    colour, symbol, ink = STYLES[state]
    cell = Patch(facecolor=colour, edgecolor="#888888", linewidth=0.5)
    return (cell, Line2D([], [], marker=symbol, color=ink, linestyle="", markersize=5)) if symbol else (cell,)


def _png(figure: Figure) -> bytes:
    data = io.BytesIO()
    FigureCanvasAgg(figure)
    dpi = min(_DPI, _MOST_PIXELS / max(figure.get_size_inches()))
    figure.savefig(data, format="png", dpi=dpi)
    return data.getvalue()
