"""`key rotate`: change the key of the templates."""

from dataclasses import asdict

import click

from server.bootstrap.store import missing_database, store_of
from server.cli.options import DATABASE, change_options, print_result, with_settings
from server.cli.progress import progress_bar
from server.clock import utc_now
from server.config import Settings
from server.counted import counted
from server.errors import BadRequest, Internal
from server.services.key_rotation import Rotation, prepare, rotate


@click.group()
def key() -> None:
    """Look after the key that templates are sealed with."""


@key.command(name="rotate")
@with_settings(DATABASE)
@click.option("--prepare", "only_prepare", is_flag=True, help="only put the new key into the file, for other machines")
@click.option(
    "--leave-unopened",
    is_flag=True,
    help="destroy the older key also where records cannot be opened with it: they never will be",
)
@change_options
def rotate_command(settings: Settings, only_prepare: bool, leave_unopened: bool, by: str, as_json: bool) -> None:
    """Seal everything with a new key, and destroy the older one. Servers may run meanwhile.

    Both keys are in the key file until nothing is sealed by the older one. Broken off at any moment, it goes on when it
    is run again. Servers on this machine take the new key by themselves. Where others run on other machines, run it
    with --prepare, copy the key file there, run it without, and copy the key file there again.

    Backups of the database from before need the older key: keep a copy of the key file with them, or remove both.

    \b
    Example:
      face_recog_server.py key rotate --as "the administrator"
    """
    if missing := missing_database(settings):
        raise BadRequest(f"There is no database at {missing}: name the right one by --database.")
    with store_of(settings) as store:
        if only_prepare:
            number = prepare(store)
            told = f"Key {number} is in {settings.key_path}; nothing is sealed with it before the next `key rotate`."
            print_result(as_json, {"number": number}, [told])
            return
        with progress_bar("records") as progress:
            done = rotate(store, leave_unopened=leave_unopened, at=utc_now(), by=by, progress=progress)
    print_result(as_json, asdict(done), [_told(done)])
    if done.left:
        raise Internal(_left(done, settings))


def _told(done: Rotation) -> str:
    return f"{counted(done.rows, 'record')} sealed anew with key {done.number}" + (
        "." if done.left else "; the older key is destroyed."
    )


def _left(done: Rotation, settings: Settings) -> str:
    named = ", ".join(f"{table} {rows}" for table, rows in done.left.items())
    return (
        f"Records that cannot be opened are left, and the older key stays in {settings.key_path} for them ({named}): "
        "see `doctor`, put them away with `db set-aside` and run this again, or give them up with --leave-unopened."
    )
