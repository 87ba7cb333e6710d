"""`db upgrade`, `db copy` and `roster import`: what an administrator and an assistant bring into the database."""

from dataclasses import asdict, replace
from pathlib import Path

import click

from server.bootstrap import missing_database, store_of, upgrade_database
from server.cli.options import DATABASE, as_option, json_option, print_json, with_settings
from server.clock import utc_now
from server.config import Settings
from server.counted import counted
from server.errors import BadRequest
from server.services.roster import read_rosters
from server.services.roster_headings import Headings
from server.store.copy import copy_database


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
    before, after = upgrade_database(settings)
    if as_json:
        print_json({"before": before, "after": after})
    elif before == after:
        click.echo(f"The tables are of version {after} already.")
    else:
        click.echo(f"The tables are now of version {after} (before: {before or 'none'}).")


@db.command()
@with_settings(DATABASE)
@click.option("--to", "target", required=True, metavar="DATABASE", help="where to copy to: a SQLite file or mysql://…")
@json_option
def copy(settings: Settings, target: str, as_json: bool) -> None:
    """Copy everything into another database, which must be empty: from SQLite to MySQL, or back.

    Stop the server first. The tables are made there. The same key file serves the copy: name it by --key-file.

    \b
    Example:
      face_recog_server.py db copy --database rollcall.sqlite --to mysql://rollcall:secret@127.0.0.1:3306/rollcall
    """
    if missing := missing_database(settings):
        raise BadRequest(f"There is no database at {missing} to copy from: name the right one by --database.")
    there = replace(settings, database=target, key_file=settings.key_path)
    upgrade_database(there)
    with store_of(settings), store_of(there):
        counts = copy_database(settings.database_url, there.database_url)
    if as_json:
        print_json(counts)
        return
    for table, rows in counts.items():
        if rows:
            click.echo(f"{table}: {counted(rows, 'row')}")
    click.echo(f"Everything is there. Its templates are read with the key file {there.key_path}.")


@click.group()
def roster() -> None:
    """Bring in who takes which course."""


@roster.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_settings(DATABASE)
@as_option
@json_option
def import_file(settings: Settings, file: Path, by: str, as_json: bool) -> None:
    """Import a CSV FILE with the columns student_id,name,course_code (or 학번,이름,과목코드), in UTF-8 or cp949.

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
    rows = read_rosters([(file.name, data)], Headings()).rows
    with store_of(settings) as store:
        change = store.import_roster(rows, at=utc_now(), by=by)
    if as_json:
        print_json(asdict(change))
        return
    click.echo(
        f"{counted(len(rows), 'row')}: {counted(change.students_added, 'student')} added, "
        f"{change.students_renamed} renamed, {counted(change.courses_added, 'course')} added, "
        f"{counted(change.enrolments_added, 'enrolment')} added, "
        f"{change.unchanged} as before."
    )
