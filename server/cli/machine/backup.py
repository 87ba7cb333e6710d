"""`backup`: back the database up, sealed; restore it, and try that out."""

from collections.abc import Callable, Iterator
from pathlib import Path

import click

from server.access import Action
from server.bootstrap import backup as backups
from server.bootstrap.backup import Restored
from server.bootstrap.store import missing_database, store_of
from server.cli.options import DATABASE, FILE, json_option, print_result, with_settings
from server.cli.viewing import log_view
from server.clock import utc_now
from server.config import Settings
from server.counted import counted
from server.errors import BadRequest
from server.store.backup.archive import Opener, Sealer
from server.store.backup.sealing import make_key_pair, read_passphrase, read_private_key, read_recipient

PASSPHRASE = click.option("--passphrase-file", type=FILE, help="file whose first line is the passphrase")
ARCHIVE = click.argument("archive", type=click.Path(path_type=Path))


def _opening(command: Callable[..., None]) -> Callable[..., None]:
    identity = click.option("--identity", type=FILE, help="private key that `backup key` made")
    return ARCHIVE(identity(PASSPHRASE(command)))


def _erasures(command: Callable[..., None]) -> Callable[..., None]:
    named = click.option(
        "--erased", type=FILE, help="list of erasures  [default: beside the key file, ending in .erased]"
    )
    without = click.option("--without-list", is_flag=True, help="bring back even who was erased since the backup")
    return named(without(command))


@click.group()
def backup() -> None:
    """Back the database up into a sealed file, restore it, and try a restore out."""


@backup.command()
@click.argument("file", type=FILE)
@with_settings(("log_level",))
def key(settings: Settings, file: Path) -> None:  # noqa: ARG001
    """Make a key pair: FILE opens backups and is kept elsewhere, FILE.pub is all that makes them.

    \b
    Example:
      face_recog_server.py backup key backup.key
    """
    public = make_key_pair(file)
    click.echo(f"Backups are made with --recipient {public}, and opened with --identity {file}.")
    click.echo(f"Take {file} away from this machine: without it no backup opens, and with it every one does.")


@backup.command()
@click.argument("to", type=click.Path(path_type=Path))
@click.option("--recipient", type=FILE, help="public key that `backup key` made, ending in .pub")
@PASSPHRASE
@with_settings(DATABASE)
@json_option
def create(settings: Settings, to: Path, recipient: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """Back the database up into the new file TO, or into the folder TO by the moment's name, while the server runs.

    The key file and the photographs are not in it. MySQL and MariaDB are dumped by their own mariadb-dump or mysqldump.

    \b
    Example:
      face_recog_server.py backup create /srv/backups --recipient backup.key.pub
    """
    if missing := missing_database(settings):
        raise BadRequest(f"There is no database at {missing} to back up: name the right one by --database.")
    sealer: Sealer
    if (recipient is None) == (passphrase_file is None):
        raise BadRequest("Say for whom the backup is sealed: either --recipient or --passphrase-file.")
    sealer = read_recipient(recipient) if recipient else read_passphrase(passphrase_file or Path())
    now = utc_now()
    with store_of(settings) as store:  # everything leaves the database with it
        log_view(store, Action.MAINTAIN, detail="backup create")
    path = to / f"rollcall-{now:%Y%m%dT%H%M%SZ}.backup" if to.is_dir() else to
    manifest = backups.create_backup(settings, path, sealer, at=now)
    rows = {name: each.rows for name, each in manifest.tables.items()}
    told = f"{counted(sum(rows.values()), 'row')} of {counted(len(rows), 'table')}, {path.stat().st_size:,} bytes."
    print_result(as_json, {"file": str(path), "rows": rows}, [f"Written to {path}: {told}"])


@backup.command()
@_opening
@with_settings(("log_level",))
@json_option
def verify(
    settings: Settings,  # noqa: ARG001
    archive: Path,
    identity: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Read an ARCHIVE to its end, and say what is in it. `drill` is the better proof.

    \b
    Example:
      face_recog_server.py backup verify rollcall.backup --identity backup.key
    """
    header, manifest = backups.verify_backup(archive, _opener(identity, passphrase_file))
    rows = {name: each.rows for name, each in manifest.tables.items()}
    told = f"Whole: {header.kind}, made {header.made_at} by version {header.version}."
    print_result(as_json, {"made_at": header.made_at, "rows": rows}, [told, *_lines(rows)])


@backup.command()
@_opening
@click.option("--to", "target", required=True, metavar="DATABASE", help="a new SQLite file, or an empty mysql://…")
@_erasures
@with_settings(DATABASE)
@json_option
def restore(
    settings: Settings,
    archive: Path,
    identity: Path | None,
    passphrase_file: Path | None,
    target: str,
    erased: Path | None,
    without_list: bool,
    as_json: bool,
) -> None:
    """Restore an ARCHIVE into an empty database, and erase again there whoever was erased since.

    Every table is compared with what was backed up; then the tables are brought to this version.

    \b
    Example:
      face_recog_server.py backup restore rollcall.backup --identity backup.key --to restored.sqlite
    """
    found = backups.restore_backup(
        archive,
        _opener(identity, passphrase_file),
        target,
        None if without_list else backups.list_of(settings, erased),
        key_file=settings.key_path,
        at=utc_now(),
    )
    _print(found, as_json, "Restored")


@backup.command()
@_opening
@_erasures
@with_settings(DATABASE)
@json_option
def drill(
    settings: Settings,
    archive: Path,
    identity: Path | None,
    passphrase_file: Path | None,
    erased: Path | None,
    without_list: bool,
    as_json: bool,
) -> None:
    """Restore an ARCHIVE, or the newest of a folder, into a scratch database, compare every table, and remove it.

    For MySQL the scratch database is made on the server of --database, under a name that begins with rollcall_drill_.

    \b
    Example:
      face_recog_server.py backup drill /srv/backups --identity backup.key
    """
    opener = _opener(identity, passphrase_file)
    erasures = None if without_list else backups.list_of(settings, erased)
    found = backups.drill(settings, _newest(archive), opener, erasures, at=utc_now())
    _print(found, as_json, "Tried out")


def _newest(archive: Path) -> Path:
    if not archive.is_dir():
        return archive
    found = sorted(archive.glob("*.backup"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise BadRequest(f"No file in {archive} ends in .backup: name the right folder.")
    return found[-1]


def _opener(identity: Path | None, passphrase_file: Path | None) -> Opener:
    if (identity is None) == (passphrase_file is None):
        raise BadRequest("Say what opens the backup: either --identity or --passphrase-file.")
    return read_private_key(identity) if identity else read_passphrase(passphrase_file or Path())


def _print(found: Restored, as_json: bool, done: str) -> None:
    rows = {name: each.rows for name, each in found.tables.items()}
    data = {
        "made_at": found.header.made_at,
        "rows": rows,
        "erased_again": found.erased.students,
        "consents_withdrawn_again": found.erased.consents,
    }
    told = [f"{done}: every table is as it was backed up at {found.header.made_at}.", *_lines(rows)]
    again = f"Erased again: {counted(found.erased.students, 'student')}; withdrawn again: "
    print_result(as_json, data, [*told, again + f"{counted(found.erased.consents, 'consent')}."])


def _lines(rows: dict[str, int]) -> Iterator[str]:
    yield from (f"{name}: {counted(count, 'row')}" for name, count in rows.items() if count)
