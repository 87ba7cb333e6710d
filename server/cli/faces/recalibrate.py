"""`recalibrate`: move a course's threshold by its confirmed sightings."""

from collections.abc import Iterator
from dataclasses import asdict

import click

from server.bootstrap.family import store_model_id
from server.bootstrap.galleries import galleries_of
from server.bootstrap.store import store_of
from server.cli.options import (
    DATABASE,
    IDENTIFIER,
    change_options,
    print_result,
    with_settings,
)
from server.clock import utc_now
from server.config import Settings
from server.counted import counted
from server.domain.calendar import campus_day
from server.services.evaluation.recalibration import CourseShift, back_to_photographs, foretell, keep


@click.command(name="recalibrate")
@click.argument("course", type=IDENTIFIER)
@with_settings((*DATABASE, "constants", "fpir", "timezone"))
@click.option("--dry-run", is_flag=True, help="only say what would move")
@click.option("--reset", is_flag=True, help="decide again by the photographs alone")
@change_options
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
        model = store_model_id(settings, store)
        galleries = galleries_of(settings, store, model)
        shift = (back_to_photographs if reset else foretell)(store, galleries, course, campus_day(now, settings.zone))
        if not dry_run:
            keep(store, galleries, shift, at=now, by=by)
    print_result(as_json, {**asdict(shift), "kept": not dry_run}, _in_words(shift, dry_run))


def _in_words(shift: CourseShift, dry_run: bool) -> Iterator[str]:
    basis = f"{counted(shift.sightings, 'confirmed sighting')} of {counted(shift.students, 'student')}"
    yield f"{shift.course}: {basis}." if shift.sightings else f"{shift.course}: by the photographs alone."
    if shift.missed_before is not None and shift.missed_after is not None:
        yield f"Students missed in a picture: {shift.missed_before:.1%} before, {shift.missed_after:.1%} after."
    yield f"Strangers given a name, foretold: {shift.strangers_before:.2%} before, {shift.strangers_after:.2%} after."
    moved = f"{shift.shift_before:+.3f} before, {shift.shift_after:+.3f} after"
    yield f"Threshold, against what the photographs foretell: {moved}."
    yield "Nothing is changed: this was a trial." if dry_run else "It holds from the next picture on."
