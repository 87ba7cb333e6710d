"""`term import`: set a term's calendar."""

from dataclasses import asdict
from pathlib import Path

import click

from server.bootstrap.store import store_of
from server.cli.options import DATABASE, FILE, change_options, print_result, read_file, with_settings
from server.clock import utc_now
from server.config import Settings
from server.counted import counted
from server.services.class_day.courses import Courses
from server.services.plans.term_file import TermCalendar, read_term_toml

TABLES = (*DATABASE, "timezone")


@click.group()
def term() -> None:
    """Say when terms are, and which days are special."""


@term.command(name="import")
@click.argument("file", type=FILE)
@with_settings(TABLES)
@click.option("--dry-run", is_flag=True, help="only say what would be set")
@change_options
def import_file(settings: Settings, file: Path, dry_run: bool, by: str, as_json: bool) -> None:
    """Set the calendar of a term as its TOML FILE says: holidays (휴강) and make-up days (보강), of all courses or one.

    What the calendar said of that term's days before is replaced, so that the same file may be imported again.

    \b
    Example of a file:
      name = "2026-1"
      begins = 2026-03-02
      ends = 2026-06-19
      [[holidays]]
      day = 2026-05-05
      name = "Children's Day"
      [[makeups]]
      day = 2026-06-13
      follows = "tuesday"
    \b
    Example:
      face_recog_server.py term import 2026-1.toml --dry-run
    """
    calendar = read_term_toml(read_file(file), file.name)
    with store_of(settings) as store:
        courses = Courses(store, settings.zone)
        courses.require_possible(calendar)
        if not dry_run:
            courses.import_term(calendar, at=utc_now(), by=by)
    print_result(as_json, {**asdict(calendar), "kept": not dry_run}, [_in_words(calendar, dry_run)])


def _in_words(calendar: TermCalendar, dry_run: bool) -> str:
    term = calendar.term
    days = f"{counted(len(calendar.holidays), 'holiday')}, {counted(len(calendar.makeups), 'make-up day')}"
    end = "Nothing is changed: this was a trial." if dry_run else "It is set."
    return f"{term.name}: {term.begins} to {term.ends}, {days}. {end}"
