"""A SQLite database that is exchanged under its user, in any way, is noticed before the next acknowledgement."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from server.errors import Unavailable
from server.store import Store, open_store
from server.store.database import engine, sqlite_file
from tests.server.store.store_values import NOW, STUDENTS, enrol, mark, record, request, states


@pytest.fixture(autouse=True)
def _without_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "PATIENCE_S", 0.05)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = open_store(str(path), key_file=path.with_suffix(".key"))
    opened.health.upgrade()
    enrol(opened)
    yield opened
    opened.close()


def backup(path: Path) -> Path:
    copy = path.with_name("backup.sqlite")
    with closing(sqlite3.connect(path)) as reading:
        reading.execute("VACUUM INTO ?", (str(copy),))
    return copy


def log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def written_over_by_a_backup(path: Path) -> None:
    shutil.copyfile(backup(path), path)


def written_over_by_itself(path: Path) -> None:
    path.write_bytes(path.read_bytes())


def moved_over(path: Path) -> None:
    backup(path).rename(path)


def removed(path: Path) -> None:
    path.unlink()


def log_removed(path: Path) -> None:
    log_of(path).unlink()


def log_emptied(path: Path) -> None:
    log_of(path).write_bytes(b"")


def log_written_over(path: Path) -> None:
    log_of(path).write_bytes(bytes(log_of(path).stat().st_size))


WAYS = [
    written_over_by_a_backup,
    written_over_by_itself,
    moved_over,
    removed,
    log_removed,
    log_emptied,
    log_written_over,
]


@pytest.mark.parametrize("exchange", WAYS, ids=lambda way: way.__name__)
def test_nothing_is_acknowledged_any_more(store: Store, path: Path, exchange: Callable[[Path], None]) -> None:
    record(store, request(key="before"))
    exchange(path)
    for key in ("after", "again"):
        (outcome,) = attempt(store, key)
        assert isinstance(outcome, Unavailable)
        assert "exchanged" in outcome.text


def attempt(store: Store, key: str) -> list[object]:
    try:
        return list(record(store, request(mark(STUDENTS[1]), key=key)))
    except Unavailable as error:
        return [error]


@pytest.mark.parametrize("exchange", WAYS, ids=lambda way: way.__name__)
def test_one_that_comes_while_it_is_written_is_noticed_behind_the_commit(
    store: Store, path: Path, exchange: Callable[[Path], None]
) -> None:
    record(store, request(key="before"))

    def work(held: Store) -> None:
        held.marks.record([request(mark(STUDENTS[1]), key="k")], now=NOW)
        exchange(path)

    with pytest.raises(Unavailable, match="exchanged"):
        store.transaction(work)


def test_a_backup_that_was_copied_over_it_is_whole_behind_the_end_of_its_user(path: Path) -> None:
    program = (
        "import shutil, sys\n"
        "from server.store import open_store\n"
        "from server.store.database import engine, sqlite_file\n"
        "from server.errors import Unavailable\n"
        "from tests.server.store.store_values import enrol, record, request\n"
        "sqlite_file.PATIENCE_S = 0.05\n"
        "store = open_store(sys.argv[1], key_file=None)\n"
        "store.health.upgrade(); enrol(store)\n"
        "record(store, request(key='k'))\n"
        "import sqlite3; c = sqlite3.connect(sys.argv[1]); c.execute('VACUUM INTO ?', (sys.argv[2],)); c.close()\n"
        "record(store, request(key='l'))\n"
        "shutil.copyfile(sys.argv[2], sys.argv[1])\n"
        "try: record(store, request(key='m')); print('acknowledged')\n"
        "except Unavailable: print('noticed')\n"
        "store.close()\n"
    )
    copy = path.with_name("backup.sqlite")
    done = subprocess.run([sys.executable, "-c", program, str(path), str(copy)], capture_output=True, text=True)
    assert done.stdout == "noticed\n", done.stderr
    assert path.read_bytes() == copy.read_bytes()


def test_checkpoints_of_this_and_other_processes_are_no_exchange(store: Store, path: Path) -> None:
    sqlite_store_log = log_of(path)
    for number in range(3):
        record(store, request(key=f"k{number}"))
        with closing(sqlite3.connect(path)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            other.execute("PRAGMA wal_autocheckpoint = 1")
            other.execute("UPDATE students SET name = name")
            other.commit()
        with closing(open_store(str(path), key_file=None)) as command:
            command.erasures.erase(STUDENTS[4], at=NOW, by="officer")
    assert states(store)
    assert sqlite_store_log.exists()


def test_the_log_stays_short_and_is_cut_again_when_a_long_reader_has_gone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "MOST_FRAMES", 20)
    limited = [*engine._SQLITE_SESSION[:-1], "journal_size_limit = 200000"]
    monkeypatch.setattr(engine, "_SQLITE_SESSION", limited)
    with closing(open_store(str(path), key_file=None)) as store:
        store.health.upgrade()
        enrol(store)

        def record_some(name: str) -> int:
            for number in range(30):
                record(store, request(key=f"{name} {number}"))
            return log_of(path).stat().st_size

        before = record_some("first")
        assert record_some("second") <= before, "what is in the file already makes room"
        with closing(sqlite3.connect(path)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM marks").fetchone()
            assert record_some("beside a reader") > before
        record_some("behind it")
        assert log_of(path).stat().st_size <= before


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="only Linux tells who holds a lock")
def test_looking_at_the_files_leaves_sqlite_its_locks(store: Store, path: Path) -> None:
    """Without them the next process takes itself for the first, and makes the log's index anew under transactions."""
    record(store, request(key="one"))
    with closing(open_store(str(path), key_file=None)) as other:
        record(other, request(mark(STUDENTS[1]), key="two"))
    index = path.with_name(f"{path.name}-shm").stat().st_ino
    held = [line for line in Path("/proc/locks").read_text(encoding="ascii").splitlines() if f":{index} " in line]
    assert held != []
