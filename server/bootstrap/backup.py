"""Back up the database that is set, restore it elsewhere, and try a restore out."""

import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from server import __version__
from server.config import Settings
from server.database_url import sqlite_file
from server.errors import BadRequest, SetupProblem, Unavailable
from server.services.enrolment.erased_again import ErasedAgain, erase_again
from server.store import open_store
from server.store.backup import mysql_tools, sqlite_copy
from server.store.backup.archive import Archive, Manifest, Opener, Sealer, TableDigest, open_archive, write_archive
from server.store.backup.sealing import Header
from server.store.erasure_list import ErasureList, ListState, Standing


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore came to."""

    header: Header
    tables: Mapping[str, TableDigest]
    erased: ErasedAgain


def create_backup(settings: Settings, path: Path, sealer: Sealer, *, at: datetime) -> Manifest:
    """Back the database up while it is in use. Raises BadRequest, SetupProblem and Unavailable, and leaves nothing."""
    erasures = ErasureList.beside(settings.key_path).state()
    file = sqlite_file(settings.database_url)
    if file is None:
        mysql_tools.require_tools()
        digest = mysql_tools.DumpDigest()
        lines = digest.follow(mysql_tools.dump(settings.database_url))
        return _written(path, "mysql", sealer, lines, lambda: _manifest(digest.tables(), erasures), at)
    with sqlite_copy.snapshot(file, path.parent) as copy:
        tables = sqlite_copy.digests(copy)
        return _written(path, "sqlite", sealer, sqlite_copy.pieces(copy), lambda: _manifest(tables, erasures), at)


def _written(path: Path, kind: str, sealer: Sealer, data, manifest, at: datetime) -> Manifest:  # type: ignore[no-untyped-def]
    return write_archive(path, kind, at.isoformat(timespec="seconds"), __version__, sealer, data, manifest)


def _manifest(tables: dict[str, TableDigest], erasures: ListState) -> Manifest:
    return Manifest(tables, erasures.name, erasures.lines)


def verify_backup(path: Path, opener: Opener) -> tuple[Header, Manifest]:
    """Read all of it. Raises BadRequest where it is damaged, cut off, or sealed by another key."""
    with open_archive(path, opener) as archive:
        for _ in archive.data():
            pass
        return archive.header, archive.manifest


def restore_backup(
    path: Path, opener: Opener, target: str, erasures: ErasureList | None, *, key_file: Path, at: datetime
) -> Restored:
    """Bring a backup into an empty database, of this version, and erase again who was erased since.

    erasures: None: nobody is, which leaves people there who had themselves erased. A SQLite file is there only once all
    of it is done. Raises BadRequest, SetupProblem and Unavailable.
    """
    standing = erasures.standing() if erasures else None
    with open_archive(path, opener) as archive:
        file = sqlite_file(target)
        if (file is None) != (archive.header.kind == "mysql"):
            raise BadRequest(
                f"The backup is of a database of the kind {archive.header.kind}: restore it into one of that kind; "
                "`db copy` brings it into the other."
            )
        if file is None:
            return _into_mysql(archive, target, standing, key_file, at)
        if file.exists():
            raise BadRequest(f"There is a database {file} already: move it away, or name a new file by --to.")
        with _draft(file) as draft:
            restored = _into_sqlite(archive, draft, standing, key_file, at)
            os.link(draft, file)
    return restored


@contextmanager
def _draft(file: Path) -> Iterator[Path]:
    """A file beside the one that is to be, gone at the end."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield draft
    except OSError as problem:
        raise Unavailable(
            f"The backup cannot be restored to {file} ({problem.strerror}): nothing was left there."
        ) from problem
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(f"{draft}{ending}").unlink(missing_ok=True)


def _into_sqlite(archive: Archive, file: Path, standing: Standing | None, key_file: Path, at: datetime) -> Restored:
    with file.open("wb") as out:
        for piece in archive.data():
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    _require_equal(sqlite_copy.digests(file), archive.manifest.tables)
    erased = _brought_up(str(file), archive, standing, key_file, at)
    return Restored(archive.header, archive.manifest.tables, erased)


def _into_mysql(archive: Archive, url: str, standing: Standing | None, key_file: Path, at: datetime) -> Restored:
    mysql_tools.require_tools()
    mysql_tools.fill(url, archive.data())
    digest = mysql_tools.DumpDigest()
    for _ in digest.follow(mysql_tools.dump(url)):
        pass
    _require_equal(digest.tables(), archive.manifest.tables)
    erased = _brought_up(url, archive, standing, key_file, at)
    return Restored(archive.header, archive.manifest.tables, erased)


def _require_equal(found: Mapping[str, TableDigest], written: Mapping[str, TableDigest]) -> None:
    names = sorted(name for name in {*found, *written} if found.get(name) != written.get(name))
    if names:
        raise BadRequest(
            f"After the restore these tables are not as they were backed up: {', '.join(names)}. Take another."
        )


def _brought_up(url: str, archive: Archive, standing: Standing | None, key_file: Path, at: datetime) -> ErasedAgain:
    if standing is not None:
        _require_recent(standing.state, archive.manifest)
    with closing(open_store(url, key_file=key_file)) as store:
        store.health.upgrade()
        return erase_again(store, standing, at=at) if standing else ErasedAgain(0, 0)


def _require_recent(state: ListState, manifest: Manifest) -> None:
    if state.name != manifest.erasures or state.lines < manifest.erasure_lines:
        raise SetupProblem(
            "The list of erasures is another one than when the backup was made, or an older copy of it: bring the "
            "newest back and name it by --erased."
        )


def drill(settings: Settings, path: Path, opener: Opener, erasures: ErasureList | None, *, at: datetime) -> Restored:
    """Restore into a database of its own, compare every table, erase again, and remove it all."""
    with open_archive(path, opener) as archive:
        kind = archive.header.kind
    key = settings.key_path
    if kind == "mysql":
        with mysql_tools.scratch_database(settings.database_url, f"rollcall_drill_{secrets.token_hex(6)}") as url:
            return restore_backup(path, opener, url, erasures, key_file=key, at=at)
    with tempfile.TemporaryDirectory(prefix="rollcall-drill-") as folder:
        return restore_backup(path, opener, str(Path(folder, "drill.sqlite")), erasures, key_file=key, at=at)


def list_of(settings: Settings, named: Path | None) -> ErasureList:
    """The list that is named, or the one beside the key."""
    return ErasureList(named) if named else ErasureList.beside(settings.key_path)
