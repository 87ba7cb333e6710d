"""`recalibrate`: move a course's threshold by its confirmed sightings."""

from dataclasses import asdict

import click

from server.bootstrap.constants import constants_of_file
from server.bootstrap.family import store_model_id
from server.bootstrap.store import store_of
from server.cli.options import DATABASE, as_option, json_option, print_json, with_settings
from server.clock import utc_now
from server.config import Settings
from server.counted import counted
from server.domain.calendar import campus_day
from server.services.class_day.galleries import Galleries
from server.services.evaluation.recalibrate import CourseShift, back_to_photographs, foretell, keep


@click.command(name="recalibrate")
@click.argument("course")
@with_settings((*DATABASE, "constants", "fpir", "timezone"))
@click.option("--dry-run", is_flag=True, help="only say what would move")
@click.option("--reset", is_flag=True, help="decide again by the photographs alone")
@as_option
@json_option
def recalibrate_command(settings: Settings, course: str, dry_run: bool, reset: bool, by: str, as_json: bool) -> None:
    """Move COURSE's threshold by what its room shows: faces in recorded pictures whose students were confirmed.

    At least 30 such sightings of 10 students are needed. The threshold moves so far that at most one student in twenty
    is missed in most pictures, and never farther than its prediction may be wrong. Where two students would then be
    taken for each other, nothing is changed. A running server decides by it from the next picture on.

    \b
    Example:
      face_recog_server.py recalibrate ea0017_1 --dry-run
    """
    now = utc_now()
    with store_of(settings) as store:
        galleries = Galleries(store, store_model_id(settings, store), settings.fpir, constants_of_file(settings))
        shift = (back_to_photographs if reset else foretell)(store, galleries, course, campus_day(now, settings.zone))
        if not dry_run:
            keep(store, galleries, shift, at=now, by=by)
    if as_json:
        print_json({**asdict(shift), "kept": not dry_run})
    else:
        click.echo(_in_words(shift, dry_run))


def _in_words(shift: CourseShift, dry_run: bool) -> str:
    basis = f"{counted(shift.sightings, 'confirmed sighting')} of {counted(shift.students, 'student')}"
    return "\n".join(
        [
            f"{shift.course}: {basis}." if shift.sightings else f"{shift.course}: by the photographs alone.",
            *_missed(shift),
            f"Strangers given a name, foretold: {shift.strangers_before:.2%} before, {shift.strangers_after:.2%} "
            f"after.",
            f"Threshold, against what the photographs foretell: {shift.shift_before:+.3f} before, "
            f"{shift.shift_after:+.3f} after.",
            "Nothing is changed: this was a trial." if dry_run else "It holds from the next picture on.",
        ]
    )


def _missed(shift: CourseShift) -> list[str]:
    if shift.missed_before is None or shift.missed_after is None:
        return []
    return [f"Students missed in a picture: {shift.missed_before:.1%} before, {shift.missed_after:.1%} after."]
