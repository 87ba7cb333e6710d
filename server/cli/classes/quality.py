"""`quality`: how well the camera serves a course, week by week."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from server.bootstrap.store import store_of
from server.cli.options import DATABASE, DAY, FILE, IDENTIFIER, json_option, print_json, with_settings
from server.cli.table import print_table
from server.config import Settings
from server.errors import BadRequest
from server.services.reports.quality import COUNTED, CourseQuality, WeekQuality, course_quality

HEADINGS = ("week", "room", "proposed", "sure %", "check %", "not visible %", "not seen %", "compared", "corrected %")


@click.command(name="quality")
@click.argument("course", type=IDENTIFIER)
@with_settings(DATABASE)
@click.option("--since", type=DAY, metavar="DAY", help="the first day  [default: the first that is known]")
@click.option("--until", type=DAY, metavar="DAY", help="the last day  [default: the last that is known]")
@click.option("--plot", type=FILE, metavar="PNG", help="draw it")
@json_option
def quality_command(
    settings: Settings, course: str, since: date | None, until: date | None, plot: Path | None, as_json: bool
) -> None:
    """Show week by week and room by room how much of COURSE the camera knew, asked about, did not see, and got wrong.

    It is reckoned from the proposals that were kept when the days were submitted, and the marks beside them; nobody is
    named. Where much is asked or corrected, `recalibrate` is suggested.

    \b
    Example:
      face_recog_server.py quality ea0017_1 --plot quality.png
    """
    with store_of(settings) as store:
        rooms = [(plan.begins, plan.room) for plan in store.courses.get(course).plans]
        found = course_quality(store, course, rooms, since=since, until=until)
    if plot:
        _draw(found, plot)
    if as_json:
        print_json(_told(found))
        return
    print_table(HEADINGS, map(_cells, found.weeks), texts=2)
    if not found.weeks:
        click.echo("No proposals are kept of these days: submit class days that have pictures.")
    if found.suggests_recalibration:
        click.echo(f"Much is asked or corrected: try `face_recog_server.py recalibrate {course} --dry-run`.")


def _cells(week: WeekQuality) -> tuple[str, ...]:
    shares = (week.sure, week.checked, week.not_visible, week.absent)
    told = [f"{100 * week.share(each):.1f}" for each in shares]
    corrected = f"{100 * week.corrected_share:.1f}"
    return (f"{week.begins}", week.room, str(week.proposed), *told, str(week.compared), corrected)


def _told(found: CourseQuality) -> dict[str, Any]:
    weeks = [
        {"begins": week.begins, "room": week.room, **{each: getattr(week, each) for each in COUNTED}}
        for week in found.weeks
    ]
    return {"course": found.course, "weeks": weeks, "suggests_recalibration": found.suggests_recalibration}


def _draw(found: CourseQuality, plot: Path) -> None:
    from server.services.reports.quality_picture import quality_picture  # matplotlib takes a second to import

    try:
        plot.write_bytes(quality_picture(found))
    except OSError as error:
        raise BadRequest(f"The picture {plot} cannot be written: {error.strerror or error}.") from error
