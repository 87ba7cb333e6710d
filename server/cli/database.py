"""`db upgrade` and `roster import`: what an administrator and a teaching assistant bring into the database."""

from dataclasses import asdict
from pathlib import Path

import click

from server.bootstrap import store_of
from server.cli.options import DATABASE, as_option, json_option, print_json, with_settings
from server.clock import utc_now
from server.config import Settings
from server.errors import BadRequest
from server.services.roster import import_roster, read_roster_csv


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
@with_settings(DATABASE)
@json_option
def upgrade(settings: Settings, as_json: bool) -> None:
    """Make the tables, or bring them to this version. Safe to run again, and by two at once.

    A SQLite file is also upgraded whenever it is opened; MySQL only by this command.

    \b
    Example:
      face_recog_server.py db upgrade --database mysql://rollcall:secret@127.0.0.1:3306/rollcall
    """
    with store_of(settings, upgrade=True) as store:
        before, after = store.upgraded
        if as_json:
            print_json({"before": before, "after": after})
        elif before == after:
            click.echo(f"The tables are of version {after} already.")
        else:
            click.echo(f"The tables are now of version {after} (before: {before or 'none'}).")


@click.group()
def roster() -> None:
    """Bring in who takes which course."""


@roster.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_settings(DATABASE)
@as_option
@json_option
def import_file(settings: Settings, file: Path, by: str, as_json: bool) -> None:
    """Import a CSV FILE with the columns student_id,name,course_code, in UTF-8 or cp949.

    Students, courses and enrolments are added and names brought up to date; nobody is removed. A file with a wrong
    line is refused whole, with the number of each wrong line.

    \b
    Example:
      face_recog_server.py roster import students.csv --as assistant
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise BadRequest(f"The roster {file} cannot be read: {error.strerror}.") from error
    rows = read_roster_csv(data)
    with store_of(settings) as store:
        change = import_roster(store, rows, at=utc_now(), by=by)
    if as_json:
        print_json(asdict(change))
        return
    click.echo(
        f"{len(rows)} rows: {change.students_added} students added, {change.students_renamed} renamed, "
        f"{change.courses_added} courses added, {change.enrolments_added} enrolments added, "
        f"{change.unchanged} as before."
    )
