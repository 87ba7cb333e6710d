"""`db upgrade`, `db copy` and `db set-aside`: look after the database."""

from dataclasses import asdict, replace

import click

from server.bootstrap.store import missing_database, store_of, upgrade_database
from server.cli.options import DATABASE, change_options, json_option, print_result, with_settings
from server.clock import utc_now
from server.config import Settings
from server.counted import counted
from server.errors import BadRequest
from server.store.database.copy import copy_database
from server.store.renaming.rewriting import UPGRADE
from texts.identifiers import spelt_out


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
    with store_of(settings) as store:
        renamed = store.renamings.by(UPGRADE)
    now = f"now of version {after} (before: {before or 'none'})" if before != after else f"of version {after} already"
    told = [f"{each.kind} {spelt_out(each.old)} is {each.new} now" for each in renamed]
    if told:
        told = ["The upgrade gave these their one form; run `enrol` for students among them:", *told]
    data = {"before": before, "after": after, "renamed": [asdict(each) for each in renamed]}
    print_result(as_json, data, [f"The tables are {now}.", *told])


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
    # Where nobody was enrolled yet there may be no key.
    key = f" Its templates are read with the key file {there.key_path}." if there.key_path.exists() else ""
    told = [f"{table}: {counted(rows, 'row')}" for table, rows in counts.items() if rows]
    print_result(as_json, counts, [*told, f"Everything is there.{key}"])


@db.command(name="set-aside")
@with_settings(DATABASE)
@change_options
def set_aside(settings: Settings, by: str, as_json: bool) -> None:
    """Set records aside that cannot be read, so that nothing stumbles over them. `doctor` lists them.

    They are kept in the database as they are, sealed, with the rows that refer to them; only `erase` removes what is
    biometric of its student. Templates come back with the next `enrol`, from the photographs.

    \b
    Example:
      face_recog_server.py db set-aside --as "the administrator"
    """
    if missing := missing_database(settings):
        raise BadRequest(f"There is no database at {missing}: name the right one by --database.")
    with store_of(settings) as store:
        moved = store.records.set_aside(at=utc_now(), by=by)
    told = [f"Set aside: {each.table} {each.name}." for each in moved] or ["Every record can be read."]
    print_result(as_json, [{"table": each.table, "record": each.name} for each in moved], told)
