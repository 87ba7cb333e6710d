"""The key is changed while others read and write, and a change that is broken off goes on."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import LargeBinary, text

from server.bootstrap.database_checks import check_keys
from server.errors import BadRequest, SetupProblem
from server.services.key_rotation import Rotation, prepare, rotate
from server.store import FacePoints, NamedCamera, Store, open_store
from server.store.database.cipher import PREFIX_BYTES, number_of
from server.store.database.key_file import read_keys
from server.store.database.tables import key_checks, metadata
from server.store.keys import SEALED
from tests.server.store.store_values import (
    COURSE,
    DAY,
    MODEL,
    NOW,
    STUDENTS,
    enrol,
    minutes,
    picture,
    sighting,
    template,
)

# Templates, sightings and one's landmarks, one record that was set aside, and a camera's password.
ROWS = 4 + 2 + 1 + 1 + 1
POINTS = FacePoints(np.full((5, 2), 16, np.float32), 0.5)
CAMERA = NamedCamera("front", "http://10.0.0.9/", "viewer", "secret")


@pytest.fixture
def filled(store: Store) -> Store:
    enrol(store)
    store.templates.add([template(photo=bytes([number])) for number in range(4)], [], at=NOW)
    store.pictures.add(
        picture(), [replace(sighting(), points=POINTS), sighting(STUDENTS[1]), sighting(STUDENTS[2])], now=NOW
    )
    change(store, f"UPDATE sightings SET candidates = '[[' WHERE student = '{STUDENTS[2]}'")
    assert len(store.records.set_aside(at=NOW, by="operator")) == 1
    store.cameras.put(CAMERA, at=NOW, by="operator")
    return store


@pytest.fixture
def other(filled: Store, database_url: str, key_file: Path) -> Iterator[Store]:
    """Another server, which has the key in memory."""
    with closing(open_store(database_url, key_file=key_file)) as opened:
        assert_whole(opened)
        yield opened


def change(store: Store, statement: str) -> None:
    store._database.write(lambda connection: connection.execute(text(statement)))


def rotated(
    store: Store, *, leave_unopened: bool = False, progress: Callable[[int, int], None] | None = None
) -> Rotation:
    return rotate(store, leave_unopened=leave_unopened, at=NOW, by="operator", progress=progress or (lambda *_: None))


def sealed(store: Store) -> list[bytes]:
    def read(connection) -> list[bytes]:
        return [
            bytes(value)
            for each in SEALED
            for value in connection.scalars(each.column.table.select().with_only_columns(each.column))
            if value
        ]

    return store._database.read(read)


def assert_whole(store: Store) -> None:
    assert len(store.templates.of_model(MODEL)) >= 4
    first, second = store.pictures.of_day(COURSE, DAY)[0][1]
    assert first.points is not None
    assert second.points is None
    assert store.records.unreadable() == []
    assert store.cameras.opened() == [CAMERA]


def test_every_sealed_column_is_changed() -> None:
    binaries = {
        column for table in metadata.sorted_tables for column in table.c if isinstance(column.type, LargeBinary)
    }
    named = {column for column in binaries if "sealed" in column.name} - {key_checks.c.sealed}
    assert named == {each.column for each in SEALED}


def test_others_read_and_write_before_while_and_after_and_the_older_key_is_gone(
    filled: Store, other: Store, key_file: Path
) -> None:
    old = read_keys(key_file)
    steps = []

    def look(done: int, total: int) -> None:
        steps.append((done, total))
        other.templates.add([template(photo=b"while" + bytes([len(steps)]))], [], at=NOW)
        assert_whole(other)
        assert_whole(filled)

    with key_file.open("rb") as opened_before:
        done = rotated(filled, progress=look)
        assert set(opened_before.read()) == {0}, "the former file is overwritten"
    assert done == Rotation(2, ROWS, {})
    assert steps[-1] == (ROWS, ROWS)
    assert {number_of(each) for each in sealed(filled)} == {2}
    assert set(read_keys(key_file)) == {2}
    assert key_file.stat().st_mode & 0o077 == 0
    assert old[1] not in read_keys(key_file).values()
    other.pictures.add(picture(at=NOW + minutes(1)), [sighting()], now=NOW)
    assert_whole(other)
    assert other.keys.state().known == (2,)
    assert rotated(other).number == 3, "as often as anybody likes"
    assert_whole(filled)


def test_what_was_sealed_before_keys_had_numbers_is_read_and_changed(filled: Store) -> None:
    change(filled, f"UPDATE templates SET sealed = SUBSTR(sealed, {PREFIX_BYTES + 1})")
    assert number_of(sealed(filled)[0]) is None
    assert_whole(filled)
    assert rotated(filled).rows == ROWS
    assert_whole(filled)


def prepared(store: Store) -> None:
    prepare(store)


def begun(store: Store) -> None:
    store.keys.begin_next(at=NOW, by="operator")


def half_done(store: Store) -> None:
    begun(store)
    assert store.keys.reseal(SEALED[0], 0).rows == 4


def nearly_ended(store: Store) -> None:
    with suppress(ZeroDivisionError):
        rotate(store, leave_unopened=False, at=NOW, by="operator", progress=lambda done, total: 1 // (total - done))


def ended_without_destroying(store: Store) -> None:
    begun(store)
    for column in SEALED:
        store.keys.reseal(column, 0)
    assert store.keys.end_older(leave_unopened=False, at=NOW, by="operator") == (2, {})


@pytest.mark.parametrize("break_off", [prepared, begun, half_done, nearly_ended, ended_without_destroying])
def test_broken_off_anywhere_it_goes_on_with_the_same_key(
    filled: Store, other: Store, key_file: Path, break_off: Callable[[Store], None]
) -> None:
    break_off(filled)
    assert [each.level for each in check_keys(other)] == ["warning"]
    assert_whole(other)
    new = read_keys(key_file)[2]
    assert rotated(other).number == 2
    assert read_keys(key_file) == {2: new}
    assert {number_of(each) for each in sealed(other)} == {2}
    assert_whole(filled)
    assert [each.level for each in check_keys(filled)] == ["fine"]


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from server.services.key_rotation import rotate
from server.store import open_store
store = open_store(sys.argv[1], key_file=Path(sys.argv[2]))
rotate(store, leave_unopened=False, at=datetime.now(UTC), by="operator",
       progress=lambda done, total: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_killed_in_the_middle_nothing_is_lost(filled: Store, other: Store, database_url: str, key_file: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, database_url, str(key_file)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert {number_of(each) for each in sealed(filled)} == {1, 2}
    assert_whole(other)
    assert rotated(filled) == Rotation(2, ROWS - 4, {})
    assert_whole(other)


def test_the_older_key_stays_for_what_it_does_not_open_until_somebody_gives_that_up(
    filled: Store, key_file: Path
) -> None:
    least = "SELECT least FROM (SELECT MIN(photo_sha256) AS least FROM templates) AS a"
    change(filled, f"UPDATE templates SET model_id = 'moved' WHERE photo_sha256 = ({least})")
    assert rotated(filled).left == {"templates": 1}
    assert set(read_keys(key_file)) == {1, 2}
    assert "1 record" in next(check_keys(filled)).text
    assert rotated(filled, leave_unopened=True).left == {}
    assert set(read_keys(key_file)) == {2}
    assert len(filled.templates.of_model(MODEL)) == 3
    assert "former" in next(check_keys(filled)).text


def test_a_machine_without_the_new_key_is_told_to_copy_it_and_takes_it_without_a_restart(
    filled: Store, database_url: str, key_file: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere.key"
    shutil.copy(key_file, elsewhere)
    with closing(open_store(database_url, key_file=elsewhere)) as away:
        assert_whole(away)
        rotated(filled)
        with pytest.raises(SetupProblem, match="copy the key file"):
            away.templates.of_model(MODEL)
        with pytest.raises(SetupProblem, match="copy the key file"):
            away.records.set_aside(at=NOW, by="operator")
        shutil.copy(key_file, elsewhere)
        assert_whole(away)


def test_where_nothing_is_sealed_there_is_no_key_to_change(store: Store, key_file: Path) -> None:
    with pytest.raises(BadRequest, match="first enrolment"):
        rotated(store)
    assert not key_file.exists()
