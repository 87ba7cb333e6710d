"""The bundle for who is to help from afar holds no secret and no person."""

import json
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from server.bootstrap.bundle import shown_settings
from server.config import Settings
from server.store import open_store
from settings.version import VERSION
from tests.server.cli.invoking import invoke
from tests.server.store.store_values import STUDENTS, enrol

LOG = f"""2026-03-02 10:00:00 INFO 10.0.3.7 snapshot ok 120 ms
2026-03-02 10:00:01 DEBUG student {STUDENTS[0]} 김하늘
2026-03-02 10:00:02 WARNING number {STUDENTS[1]} of 이바다 at rtsp://user:secret-word@10.0.3.9/stream
"""


@pytest.mark.slow
def test_a_bundle_has_what_helps_and_nobody_in_it(tmp_path: Path) -> None:
    with closing(open_store(str(tmp_path / "rollcall.sqlite"), key_file=tmp_path / "key")) as store:
        store.health.upgrade()
        enrol(store)
    (tmp_path / "log").write_text(LOG, encoding="utf-8")
    said = invoke(tmp_path, "doctor", "--bundle", str(tmp_path / "b.zip"), "--log", str(tmp_path / "log"))
    assert said.status == 0, said.problem
    with zipfile.ZipFile(tmp_path / "b.zip") as bundle:
        parts = {name: bundle.read(name).decode() for name in bundle.namelist()}
    assert set(parts) == {"settings.json", "versions.json", "checks.json", "timings.json", "log.txt"}
    whole = "".join(parts.values())
    assert [word for word in (*STUDENTS, "secret-word", "김하늘", "이바다") if word in whole] == []
    assert json.loads(parts["versions.json"])["rollcall"] == VERSION
    assert "10.0.3.7 snapshot ok 120 ms" in parts["log.txt"]
    assert {"database", "libraries"} <= {each["what"] for each in json.loads(parts["checks.json"])}


@pytest.mark.parametrize("password", ["secret-word", "secret/word", "se:cret-word"])
def test_the_password_of_the_database_is_not_among_the_settings(password: str) -> None:
    shown = shown_settings(Settings(database=f"mysql://rollcall:{password}@db.example:3306/rollcall"))
    assert shown["database"] == "mysql://(sign-in)@db.example:3306/rollcall"
