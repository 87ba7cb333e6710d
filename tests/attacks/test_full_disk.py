"""A server that is started on a full disk answers what needs no writing, and writes as soon as there is room."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from protocol import messages
from server.errors import Unavailable
from server.store import Store, open_store
from server.store.database.engine import READS_ONLY
from tests.end_to_end.test_serving import COURSE, import_roster
from tests.running import Speaker, serving
from tests.server.store.store_values import DAY, MODEL, NOW, STUDENTS, enrol, record, request, states, template

STUDENT = "201511001"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if (
        mount is None
        or subprocess.run([mount, "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=False).returncode
    ):
        pytest.skip("NOT RUN: nobody may mount a small disk here; as root it is run")
    yield folder
    subprocess.run(["umount", folder], check=True)


def fill(disk: Path) -> Path:
    """Leave not one byte."""
    filler = disk / "filler"
    descriptor = os.open(filler, os.O_WRONLY | os.O_CREAT)
    for size in (4096, 1):
        with suppress(OSError):
            while os.write(descriptor, b"x" * size):
                pass
    os.close(descriptor)
    return filler


def opened(disk: Path) -> Store:
    return open_store(str(disk / "a.sqlite"), key_file=disk / "key")


def test_what_is_stored_is_read_and_writes_come_through_once_there_is_room(small_disk: Path) -> None:
    with closing(opened(small_disk)) as store:
        store.health.upgrade()
        enrol(store)
        store.templates.add([template()], [], at=NOW)
    filler = fill(small_disk)
    with closing(opened(small_disk)) as store:
        assert store.health.upgrade()[0] == store.health.upgrade()[1]
        assert "Its disk is full" in store.health.durability().problems[0]
        assert len(store.rosters.of_day("ea0017_1", DAY)) == len(STUDENTS)
        assert len(store.templates.of_model(MODEL)) == 1
        for write in (lambda: enrol(store, "20251"), lambda: store.templates.remove_all()):
            with pytest.raises(Unavailable, match="make room") as refused:
                write()
            assert refused.value.retry
        filler.unlink()
        assert isinstance(record(store, request())[0], tuple)
        assert STUDENTS[0] in states(store)
        assert store.health.durability().problems == ()
        assert not reads_only(store)
        assert isinstance(record(store, request())[0], tuple), "what has a log of its own is not read without it"


def reads_only(store: Store) -> bool:
    return store._database.read(lambda connection: bool(connection.info.get(READS_ONLY)))


def test_what_is_in_the_log_alone_is_never_left_out(small_disk: Path) -> None:
    with closing(opened(small_disk)) as store:
        store.health.upgrade()
        enrol(store)
        for ending in ("", "-wal"):
            shutil.copy(small_disk / f"a.sqlite{ending}", small_disk / f"b.sqlite{ending}")
    assert (small_disk / "b.sqlite-wal").stat().st_size > 0
    fill(small_disk)
    with closing(open_store(str(small_disk / "b.sqlite"), key_file=None)) as store, pytest.raises(Unavailable):
        store.rosters.of_day("ea0017_1", DAY)


def test_a_server_starts_there_and_needs_no_restart_when_there_is_room(small_disk: Path) -> None:
    import_roster(small_disk)
    (small_disk / "knowns").mkdir()
    (small_disk / "knowns" / f"{STUDENT}.jpg").write_bytes(b"no picture")
    filler = fill(small_disk)
    with serving(small_disk) as server, Speaker(server) as client:
        assert client.ask(messages.Sessions()).sessions == ()
        mark = messages.Mark(student=STUDENT, course=COURSE, key="a")
        refused = client.ask(mark)
        assert (refused.code, refused.retry) == ("unavailable", True)
        filler.unlink()
        assert client.ask(mark).marks[0].changed
        assert STUDENT in {each.student for each in client.ask(messages.Roster(course=COURSE)).students}
    assert any("Its disk is full" in line for line in server.log)
    assert any("takes writes again" in line for line in server.log)
