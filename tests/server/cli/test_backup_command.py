"""Backups of real databases: made while they are in use, opened by the right key alone, and whole or refused."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url

from server.cli import commands
from server.domain.consents import Channel, Purpose
from server.errors import RollcallError, SetupProblem, Unavailable
from server.services.consent.decisions import Consents
from server.services.consent.texts import ConsentTexts
from server.services.enrolment.erasure import erase
from server.store import Store, open_store
from server.store.erasure_list import ErasureList
from tests.databases import new_database
from tests.server.cli.invoking import Said
from tests.server.store.store_values import MODEL, NOW, STUDENTS, enrol, mark, record, request, states, template

LATER = NOW + timedelta(days=1)
PASSPHRASE = "correct horse battery"


@dataclass(frozen=True)
class Office:
    """A database in use, and beside it what backs it up."""

    folder: Path
    url: str
    store: Store

    def run(self, *words: str) -> Said:
        result = CliRunner().invoke(commands, ["backup", *words])
        if result.exception is not None and not isinstance(result.exception, RollcallError | SystemExit):
            raise result.exception
        problem = result.exception.text if isinstance(result.exception, RollcallError) else result.stderr
        return Said(result.exit_code, result.stdout, problem)

    def on_database(self, *words: str) -> Said:
        return self.run(*words, "--database", self.url, "--key-file", str(self.folder / "rollcall.key"))

    def create(self, name: str = "a.backup", *how: str) -> Path:
        path = self.folder / name
        said = self.on_database("create", str(path), *(how or ("--recipient", str(self.folder / "backup.key.pub"))))
        assert said.status == 0, said.problem
        return path

    @property
    def identity(self) -> tuple[str, str]:
        return "--identity", str(self.folder / "backup.key")

    def restore(self, path: Path, target: str, *more: str) -> Any:
        said = self.on_database("restore", str(path), *self.identity, "--to", target, "--json", *more)
        assert said.status == 0, said.problem
        return json.loads(said.output)

    def opened(self, target: str) -> closing:
        return closing(open_store(target, key_file=self.folder / "rollcall.key"))


def office_of(url: str, folder: Path) -> Iterator[Office]:
    if url.startswith("mysql") and not (shutil.which("mariadb-dump") or shutil.which("mysqldump")):
        pytest.skip("the tools of the database (mariadb-dump or mysqldump) are not installed")
    with closing(open_store(url, key_file=folder / "rollcall.key")) as store:
        store.health.upgrade()
        enrol(store)
        (kept,) = record(store, request(mark(), mark(STUDENTS[1], why="늦잠; 'quoted' \\ quoted")))
        assert isinstance(kept, tuple)
        store.templates.add([template(), template(STUDENTS[1], b"q")], [], at=NOW)
        office = Office(folder, url, store)
        assert office.run("key", str(folder / "backup.key")).status == 0
        yield office


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    yield from office_of(database_url, tmp_path)


@pytest.fixture
def on_sqlite(_sqlite_with_tables: Path, tmp_path: Path) -> Iterator[Office]:
    shutil.copy(_sqlite_with_tables, tmp_path / "rollcall.sqlite")
    yield from office_of(str(tmp_path / "rollcall.sqlite"), tmp_path)


@pytest.fixture
def target(office: Office) -> Iterator[str]:
    """An empty database of the same kind."""
    if not office.url.startswith("mysql"):
        yield str(office.folder / "restored.sqlite")
        return
    with new_database(make_url(office.url).set(database=None)) as url:
        yield url


def test_a_restored_database_is_the_one_that_was_backed_up_in_use(office: Office, target: str) -> None:
    path = office.create()
    record(office.store, request(mark(STUDENTS[2])))  # after the moment of the backup
    assert office.restore(path, target)["rows"]["marks"] == 2
    with office.opened(target) as restored:
        restored.health.check_schema()
        assert set(states(restored)) == {STUDENTS[0], STUDENTS[1]}
        assert {each.student for each in restored.templates.of_model(MODEL)} == {STUDENTS[0], STUDENTS[1]}


def test_a_backup_is_a_line_of_the_access_log(on_sqlite: Office) -> None:
    on_sqlite.create()
    assert "backup create" in [each.detail for each in on_sqlite.store.access_log.lines()]


def test_an_erased_student_does_not_come_back(office: Office, target: str) -> None:
    path = office.create()
    erase(office.store, office.folder, STUDENTS[0], at=LATER, by="officer")
    assert office.restore(path, target)["erased_again"] == 1
    with office.opened(target) as restored:
        assert {each.student for each in restored.templates.of_model(MODEL)} == {STUDENTS[1]}
        assert restored.erasures.students() == {STUDENTS[0]}
        assert STUDENTS[0] in states(restored), "marks are the university's record"


def test_a_consent_that_was_withdrawn_does_not_come_back(on_sqlite: Office) -> None:
    target = str(on_sqlite.folder / "restored.sqlite")
    consents = Consents(on_sqlite.store, ConsentTexts("", "", 30), on_sqlite.folder)
    how: dict[str, Any] = {"language": "ko", "channel": Channel.PAPER, "by": "office"}
    for student in STUDENTS[:2]:
        consents.give(student, Purpose.TEMPLATE, version="", at=NOW, **how)
    path = on_sqlite.create()
    consents.refuse(STUDENTS[0], Purpose.TEMPLATE, at=LATER, **how)
    told = on_sqlite.restore(path, target)
    assert (told["erased_again"], told["consents_withdrawn_again"]) == (1, 1)
    with on_sqlite.opened(target) as restored:
        standing = restored.consents.standing(Purpose.TEMPLATE)
        assert [standing[each].given for each in STUDENTS[:2]] == [False, True]


def test_who_consented_again_after_an_erasure_stays(on_sqlite: Office) -> None:
    target = str(on_sqlite.folder / "restored.sqlite")
    erase(on_sqlite.store, on_sqlite.folder, STUDENTS[0], at=NOW, by="officer")
    how: dict[str, Any] = {"language": "ko", "channel": Channel.PAPER, "by": "office"}
    consents = Consents(on_sqlite.store, ConsentTexts("", "", 30), on_sqlite.folder)
    consents.give(STUDENTS[0], Purpose.TEMPLATE, version="", at=LATER, **how)
    on_sqlite.store.templates.add([template()], [], at=LATER)
    assert on_sqlite.restore(on_sqlite.create(), target)["erased_again"] == 0
    with on_sqlite.opened(target) as restored:
        assert STUDENTS[0] in {each.student for each in restored.templates.of_model(MODEL)}


def test_a_drill_compares_every_table_and_leaves_nothing(office: Office) -> None:
    office.create()
    erase(office.store, office.folder, STUDENTS[0], at=LATER, by="officer")
    before = sorted(path.name for path in office.folder.iterdir())
    said = office.on_database("drill", str(office.folder), *office.identity, "--json")
    assert said.status == 0, said.problem
    assert (json.loads(said.output)["rows"]["templates"], json.loads(said.output)["erased_again"]) == (2, 1)
    assert sorted(path.name for path in office.folder.iterdir()) == before
    assert office.store.erasures.students() == {STUDENTS[0]}
    if office.url.startswith("mysql"):
        with office.store._database.engine.connect() as connection:
            names = connection.exec_driver_sql("SHOW DATABASES LIKE 'rollcall_drill_%%'").all()
        assert names == []


def test_a_passphrase_opens_what_it_sealed_and_another_does_not(on_sqlite: Office) -> None:
    right, wrong = on_sqlite.folder / "right", on_sqlite.folder / "wrong"
    right.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    wrong.write_text(f"{PASSPHRASE}!\n", encoding="utf-8")
    path = on_sqlite.create("p.backup", "--passphrase-file", str(right))
    assert on_sqlite.run("verify", str(path), "--passphrase-file", str(right)).status == 0
    assert (
        "the passphrase is not its own" in on_sqlite.run("verify", str(path), "--passphrase-file", str(wrong)).problem
    )
    assert "sealed by a passphrase" in on_sqlite.run("verify", str(path), *on_sqlite.identity).problem


def test_another_key_is_told_apart_from_damage(on_sqlite: Office) -> None:
    path = on_sqlite.create()
    on_sqlite.run("key", str(on_sqlite.folder / "other.key"))
    said = on_sqlite.run("verify", str(path), "--identity", str(on_sqlite.folder / "other.key"))
    assert "made for another key" in said.problem


@pytest.mark.parametrize("kept", [0, 17, 200, 0.5, -1])
def test_a_backup_that_was_cut_off_is_refused_and_makes_no_database(on_sqlite: Office, kept: float) -> None:
    path = on_sqlite.create()
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept) if isinstance(kept, float) else kept])
    target = on_sqlite.folder / "restored.sqlite"
    assert on_sqlite.run("verify", str(path), *on_sqlite.identity).status != 0
    assert on_sqlite.on_database("restore", str(path), *on_sqlite.identity, "--to", str(target)).status != 0
    assert [each.name for each in on_sqlite.folder.iterdir() if "restored" in each.name] == []


def test_a_backup_cut_off_between_two_sealed_pieces_is_told_as_such(on_sqlite: Office) -> None:
    with sqlite3.connect(on_sqlite.folder / "rollcall.sqlite") as connection:
        connection.execute("CREATE TABLE noise (bytes BLOB)")
        connection.execute("INSERT INTO noise VALUES (randomblob(3000000))")
    connection.close()
    path = on_sqlite.create()
    whole = path.read_bytes()
    header = whole.index(b"\n", whole.index(b"\n") + 1) + 1
    path.write_bytes(whole[: header + (1 << 20) + 16])
    assert "cut off" in on_sqlite.run("verify", str(path), *on_sqlite.identity).problem


def test_every_damaged_byte_is_found(on_sqlite: Office) -> None:
    path = on_sqlite.create()
    whole = path.read_bytes()
    places = [0, 5, 20, 60, len(whole) // 3, len(whole) // 2, len(whole) - 1]
    for place in places:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        said = on_sqlite.run("verify", str(path), *on_sqlite.identity)
        assert said.status != 0, place
        assert said.problem, place


def test_a_disk_that_is_full_leaves_no_half_backup(on_sqlite: Office) -> None:
    on_sqlite.create("room.backup")
    program = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
sys.argv = ["face_recog_server.py", "backup", "create", {str(on_sqlite.folder / "full.backup")!r},
    "--recipient", {str(on_sqlite.folder / "backup.key.pub")!r}, "--database", {on_sqlite.url!r},
    "--key-file", {str(on_sqlite.folder / "rollcall.key")!r}]
from server.cli import main
main()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    names = [each.name for each in on_sqlite.folder.iterdir()]
    assert [name for name in names if "full" in name or "snapshot" in name] == []


def test_nothing_is_readable_in_a_backup(on_sqlite: Office) -> None:
    path = on_sqlite.create()
    assert STUDENTS[0].encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_an_existing_database_or_file_is_never_written_over(on_sqlite: Office) -> None:
    path = on_sqlite.create()
    before = path.read_bytes()
    again = on_sqlite.on_database("create", str(path), "--recipient", str(on_sqlite.folder / "backup.key.pub"))
    said = on_sqlite.on_database("restore", str(path), *on_sqlite.identity, "--to", on_sqlite.url)
    assert ("already" in again.problem, "already" in said.problem) == (True, True)
    assert path.read_bytes() == before


def test_a_restore_without_the_newest_list_of_erasures_is_refused(on_sqlite: Office) -> None:
    erase(on_sqlite.store, on_sqlite.folder, STUDENTS[0], at=NOW, by="officer")
    listed = on_sqlite.folder / "rollcall.erased"
    older = on_sqlite.folder / "older.erased"
    shutil.copy(listed, older)
    shutil.copy(on_sqlite.folder / "rollcall.erased.key", on_sqlite.folder / "older.erased.key")
    erase(on_sqlite.store, on_sqlite.folder, STUDENTS[1], at=LATER, by="officer")
    path, target = on_sqlite.create(), str(on_sqlite.folder / "restored.sqlite")
    words = ("restore", str(path), *on_sqlite.identity, "--to", target)
    assert "older copy" in on_sqlite.on_database(*words, "--erased", str(older)).problem
    listed.unlink()
    assert "missing" in on_sqlite.on_database(*words).problem
    assert on_sqlite.on_database(*words, "--without-list").status == 0


def test_there_is_no_receipt_without_a_line_in_the_list(on_sqlite: Office) -> None:
    listed = on_sqlite.folder / "rollcall.erased"
    listed.mkdir()
    with pytest.raises(Unavailable, match="list of erasures"):
        erase(on_sqlite.store, on_sqlite.folder, STUDENTS[0], at=NOW, by="officer")
    listed.rmdir()
    erase(on_sqlite.store, on_sqlite.folder, STUDENTS[0], at=NOW, by="officer")
    standing = ErasureList(listed).standing()
    assert standing.of(STUDENTS[0], "face") == ("erased", NOW)
    assert standing.of(STUDENTS[1], "face") is None


def test_the_list_names_nobody_and_its_damage_is_found(on_sqlite: Office) -> None:
    erase(on_sqlite.store, on_sqlite.folder, STUDENTS[0], at=NOW, by="officer")
    listed = on_sqlite.folder / "rollcall.erased"
    text = listed.read_text(encoding="ascii")
    assert STUDENTS[0] not in text
    listed.write_text(text + "2026-03-02T01:3", encoding="ascii")  # a power cut in mid-line
    erase(on_sqlite.store, on_sqlite.folder, STUDENTS[1], at=NOW, by="officer")
    with pytest.raises(SetupProblem, match="Line 3 "):
        ErasureList(listed).standing()
    listed.write_text(listed.read_text(encoding="ascii").replace("2026-03-02T01:3\n", ""), encoding="ascii")
    assert ErasureList(listed).standing().of(STUDENTS[1], "face") == ("erased", NOW)
