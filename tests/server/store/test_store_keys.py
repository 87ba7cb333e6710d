"""The key file and what is sealed with it."""

import os
import stat
import threading
from pathlib import Path

import pytest

from server.errors import SetupProblem
from server.store import Store, open_store
from server.store.database.cipher import Cipher, WrongKey
from server.store.database.key_file import HEADER, key_file_problems, open_key
from server.store.database.tables import templates as templates_table
from tests.server.store.store_values import MODEL, NOW, STUDENTS, enrol, record, request, states, template


def opened_again(store: Store, key_file: Path | None) -> Store:
    return open_store(store._database.engine.url.database or "", key_file=key_file)


def swap_rows(store: Store) -> None:
    """Give each of two templates the other's sealed bytes, as who may write to the database could."""
    table = templates_table.c

    def swap(connection) -> None:
        rows = connection.execute(templates_table.select().order_by(table.id)).all()
        for row, other in zip(rows, reversed(rows), strict=True):
            connection.execute(templates_table.update().where(table.id == row.id).values(sealed=other.sealed))

    store._database.write(swap)


def test_what_is_sealed_opens_in_its_own_place_alone() -> None:
    cipher = Cipher({1: bytes(32)}, number=1)
    sealed = cipher.seal(b"plain", place=b"here")
    assert cipher.open(sealed, place=b"here") == b"plain"
    assert b"plain" not in sealed
    assert cipher.seal(b"plain", place=b"here") != sealed
    changed = bytes([sealed[0] ^ 1]) + sealed[1:]
    for damaged, place in ((sealed, b"there"), (sealed[:-1], b"here"), (b"", b"here"), (changed, b"here")):
        with pytest.raises(WrongKey):
            cipher.open(damaged, place=place)
    with pytest.raises(WrongKey):
        Cipher({1: b"1" * 32}, number=1).open(sealed, place=b"here")


def test_a_new_key_file_is_private_whole_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "a.key"
    sealed = open_key(path, create=True).seal(b"plain", place=b"")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().startswith(HEADER + "\n")
    assert os.listdir(path.parent) == ["a.key"]
    assert open_key(path, create=True).open(sealed, place=b"") == b"plain"
    assert key_file_problems(path) == ()


def test_many_that_make_the_key_at_once_end_with_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    together = threading.Barrier(8)
    made: list[Cipher] = []

    def make() -> None:
        together.wait(120)
        made.append(open_key(path, create=True))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(made) == 8
    sealed = made[0].seal(b"plain", place=b"")
    assert {cipher.open(sealed, place=b"") for cipher in made} == {b"plain"}
    assert os.listdir(tmp_path) == ["a.key"]


@pytest.mark.parametrize(
    "text",
    [b"", b"x", HEADER.encode(), HEADER.encode() + b"\nAAAA\n", b"\xff" * 90, HEADER.encode() + b"\n" + b"!" * 44],
)
def test_a_damaged_key_file_is_named_in_one_sentence(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "a.key"
    path.write_bytes(text)
    with pytest.raises(SetupProblem, match=r"a\.key") as caught:
        open_key(path, create=True)
    assert "enrol --new-key" in str(caught.value)
    assert path.read_bytes() == text


def test_a_key_file_in_a_place_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SetupProblem, match=r"a\.key"):
        open_key(tmp_path / "file" / "a.key", create=True)


def test_a_key_file_open_to_others_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    open_key(path, create=True)
    path.chmod(0o640)
    assert len(key_file_problems(path)) == 1
    assert "chmod 600" in key_file_problems(path)[0]


def test_nothing_but_templates_needs_a_key(sqlite_store: Store, key_file: Path) -> None:
    keyless = opened_again(sqlite_store, None)
    enrol(keyless)
    assert isinstance(record(keyless, request())[0], tuple)
    assert STUDENTS[0] in states(keyless)
    assert keyless.templates.of_model(MODEL) == []
    with pytest.raises(SetupProblem, match="--key-file"):
        keyless.templates.add([template()], [], at=NOW)
    keyless.close()
    assert not key_file.exists()


def test_a_lost_key_is_never_replaced_in_silence(sqlite_store: Store, key_file: Path) -> None:
    sqlite_store.templates.add([template()], [], at=NOW)
    key_file.unlink()
    again = opened_again(sqlite_store, key_file)
    for act in (
        lambda: again.templates.of_model(MODEL),
        lambda: again.templates.add([template(photo=b"q")], [], at=NOW),
    ):
        with pytest.raises(SetupProblem, match="enrol --new-key") as caught:
            act()
        assert str(key_file) in str(caught.value)
    assert not key_file.exists()
    assert again.templates.photographs(STUDENTS[0]) != {}
    again.close()


def test_a_wrong_key_is_one_clear_sentence(sqlite_store: Store, key_file: Path) -> None:
    sqlite_store.templates.add([template()], [], at=NOW)
    key_file.unlink()
    open_key(key_file, create=True)
    again = opened_again(sqlite_store, key_file)
    with pytest.raises(SetupProblem, match="not the one") as caught:
        again.templates.of_model(MODEL)
    assert str(key_file) in str(caught.value)
    again.close()


def test_after_all_templates_are_removed_a_new_key_may_follow(sqlite_store: Store, key_file: Path) -> None:
    sqlite_store.templates.add([template()], [], at=NOW)
    key_file.unlink()
    other = opened_again(sqlite_store, key_file)
    assert other.templates.remove_all() == 1
    other.templates.add([template(value=2.0)], [], at=NOW)
    assert key_file.exists()
    # The first store still holds the old key in memory, as a running server does.
    assert sqlite_store.templates.of_model(MODEL)[0].embedding[0] == 2.0
    other.close()


def test_a_template_moved_to_another_student_does_not_open(sqlite_store: Store) -> None:
    sqlite_store.templates.add([template(), template(STUDENTS[1])], [], at=NOW)
    swap_rows(sqlite_store)
    assert sqlite_store.templates.of_model(MODEL) == []
    assert [each.table for each in sqlite_store.records.unreadable()] == ["templates", "templates"]


def test_stores_that_enrol_first_at_once_agree_on_the_key(store: Store, database_url: str, key_file: Path) -> None:
    stores = [store, *(open_store(database_url, key_file=key_file) for _ in range(3))]
    together = threading.Barrier(len(stores))
    failed: list[BaseException] = []

    def enrol_first(each: Store, number: int) -> None:
        together.wait(120)
        try:
            each.templates.add([template(photo=bytes([number]))], [], at=NOW)
        except Exception as problem:  # noqa: BLE001  # whatever it is, the test has to see it
            failed.append(problem)

    threads = [threading.Thread(target=enrol_first, args=(each, number)) for number, each in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failed == []
    assert [len(each.templates.of_model(MODEL)) for each in stores] == [4] * 4
    for each in stores[1:]:
        each.close()


def test_the_embedding_is_nowhere_in_the_database_as_it_is(sqlite_store: Store, key_file: Path) -> None:
    plain = template(value=0.123)
    sqlite_store.templates.add([plain], [], at=NOW)
    path = Path(sqlite_store._database.name)
    content = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    assert plain.embedding.tobytes()[:16] not in content
    assert key_file.read_bytes().split(b"\n")[1] not in content


@pytest.mark.parametrize("remove", ["erase", "photograph", "all"])
def test_removed_templates_are_nowhere_in_the_files(sqlite_store: Store, remove: str) -> None:
    many = [template(STUDENTS[0], bytes([number])) for number in range(50)]
    sqlite_store.templates.add([*many, template("other", b"z")], [], at=NOW)
    rows = sqlite_store._database.read(lambda c: c.execute(templates_table.select()).all())
    sealed = [bytes(row.sealed) for row in rows if row.student == STUDENTS[0]]
    assert len(sealed) == 50
    path = Path(sqlite_store._database.name)

    def found() -> list[bytes]:
        content = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
        # SQLite may split a row over two pages: its pieces are looked for.
        return [each for each in sealed if each[:24] in content or each[-24:] in content]

    assert len(found()) == 50
    if remove == "erase":
        sqlite_store.erasures.erase(STUDENTS[0], at=NOW, by="officer")
    elif remove == "photograph":
        sqlite_store.templates.remove([each.photo_sha256 for each in many])
    else:
        sqlite_store.templates.remove_all()
    assert found() == []
