"""Draw a room's map: where its faces were, how large, and who of them will be recognised. Shows nobody."""

import io
from typing import Final

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from server.services.rooms.room_check import HARDLY, SURE, RoomCheck, RowState

# Apart for colour-blind people and on grey printers (Okabe and Ito, "Color Universal Design", 2008).
COLOURS: Final = {RowState.SURE: "#0072b2", RowState.DOUBTFUL: "#e69f00", RowState.INVISIBLE: "#a23b00"}
WORDS: Final = {RowState.SURE: "yes", RowState.DOUBTFUL: "ask", RowState.INVISIBLE: "no"}
HATCHES: Final = {RowState.SURE: "", RowState.DOUBTFUL: "//", RowState.INVISIBLE: "xx"}


def check_picture(check: RoomCheck, title: str) -> bytes:
    """The PNG."""
    figure = Figure(figsize=(11, 6.4), layout="constrained")
    axes = figure.add_subplot()
    for left, top, right, bottom, sure in check.faces:
        state = RowState.SURE if sure >= SURE else RowState.DOUBTFUL if sure >= HARDLY else RowState.INVISIBLE
        axes.add_patch(
            Rectangle((left, top), right - left, bottom - top, facecolor=COLOURS[state], edgecolor="black", alpha=0.75)
        )
    for row in check.rows:
        height = max(row.bottom - row.top, 1)
        axes.add_patch(
            Rectangle(
                (0, row.top),
                check.width,
                height,
                facecolor="none",
                hatch=HATCHES[row.state],
                edgecolor=COLOURS[row.state],
                alpha=0.25,
            )
        )
        about = f"{row.number}: {row.faces} x {row.size_px:.0f} px, {row.sure:.0%}"
        axes.text(check.width * 1.01, (row.top + row.bottom) / 2, about, fontsize=9, va="center")
    axes.set(xlim=(0, check.width), ylim=(check.height, 0), aspect="equal")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.legend(
        handles=[Patch(facecolor=COLOURS[each], hatch=HATCHES[each], label=WORDS[each]) for each in RowState],
        loc="upper left",
        fontsize=9,
    )
    figure.suptitle(title, x=0.01, ha="left").set_parse_math(False)
    data = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(data, format="png", dpi=100)
    return data.getvalue()
