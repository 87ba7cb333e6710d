"""Draw how well the camera served a course, week by week."""

import io

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from server.services.reports.quality import CourseQuality

# Apart for colour-blind people and on grey printers (Okabe and Ito, "Color Universal Design", 2008).
PARTS = (("sure", "#0072b2", ""), ("checked", "#e69f00", "//"), ("not_visible", "#999999", "xx"))


def quality_picture(quality: CourseQuality) -> bytes:
    """The PNG: of a week's proposals the shares, and over them the share of marks that corrected one."""
    figure = Figure(figsize=(max(6.0, 0.7 * len(quality.weeks) + 3), 4.2), layout="constrained")
    axes = figure.add_subplot()
    places = range(len(quality.weeks))
    below = [0.0] * len(quality.weeks)
    for name, colour, hatch in PARTS:
        shares = [100 * week.share(getattr(week, name)) for week in quality.weeks]
        axes.bar(
            places, shares, bottom=below, color=colour, hatch=hatch, edgecolor="white", label=name.replace("_", " ")
        )
        below = [under + share for under, share in zip(below, shares, strict=True)]
    corrected = [100 * week.corrected_share for week in quality.weeks]
    axes.plot(places, corrected, color="#a23b00", marker="x", label="corrected")
    labels = [f"{week.begins:%m-%d}\n{week.room}" for week in quality.weeks]
    axes.set_xticks(places, labels, fontsize=8)
    for label in axes.get_xticklabels():
        label.set_parse_math(False)
    axes.set(ylim=(0, 105), ylabel="% of students' hours")
    axes.legend(fontsize=8, loc="lower left")
    figure.suptitle(quality.course, x=0.01, ha="left").set_parse_math(False)
    data = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(data, format="png", dpi=100)
    return data.getvalue()
