"""`key rotate` as an administrator runs it."""

from contextlib import closing
from pathlib import Path

from server.store import open_store
from tests.server.cli.invoking import invoke, invoke_json
from tests.server.store.store_values import MODEL, NOW, template


def enrolled(folder: Path) -> None:
    with closing(open_store(str(folder / "rollcall.sqlite"), key_file=folder / "key")) as store:
        store.health.upgrade()
        store.templates.add([template()], [], at=NOW)


def test_a_key_is_prepared_for_other_machines_and_then_used(tmp_path: Path) -> None:
    enrolled(tmp_path)
    assert "Key 2" in invoke(tmp_path, "key", "rotate", "--prepare").output
    assert (tmp_path / "key").read_text().count("\n") == 3
    assert invoke_json(tmp_path, "key", "rotate") == {"number": 2, "rows": 1, "left": {}}
    assert "the older key is destroyed" in invoke(tmp_path, "key", "rotate", "--as", "operator").output


def test_a_record_that_cannot_be_opened_is_an_exit_status_and_what_to_do(tmp_path: Path) -> None:
    enrolled(tmp_path)
    with closing(open_store(str(tmp_path / "rollcall.sqlite"), key_file=tmp_path / "key")) as store:
        store._database.write(lambda c: c.exec_driver_sql("UPDATE templates SET model_id = 'another'"))
    said = invoke(tmp_path, "key", "rotate")
    assert said.status == 1
    assert "templates 1" in said.problem
    assert "set-aside" in said.problem
    assert invoke(tmp_path, "db", "set-aside").status == 0
    assert invoke_json(tmp_path, "key", "rotate")["left"] == {}
    with closing(open_store(str(tmp_path / "rollcall.sqlite"), key_file=tmp_path / "key")) as store:
        assert store.templates.of_model(MODEL) == []


def test_without_a_database_nothing_is_made(tmp_path: Path) -> None:
    assert "no database" in invoke(tmp_path, "key", "rotate").problem
    assert list(tmp_path.iterdir()) == []
