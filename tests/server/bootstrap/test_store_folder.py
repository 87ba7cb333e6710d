"""A database's folder that was mistyped is told and not made; the default one is made."""

from pathlib import Path

import pytest

from server.bootstrap.store import store_of, upgrade_database
from server.config import Settings
from server.errors import SetupProblem


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}"])
def test_a_folder_that_somebody_named_and_is_not_there_is_not_made(tmp_path: Path, form: str) -> None:
    settings = Settings(database=form.format(tmp_path / "mistyped" / "a.sqlite"))
    for opening in (lambda: store_of(settings).__enter__(), lambda: upgrade_database(settings)):
        with pytest.raises(SetupProblem, match="mistyped of the database does not exist"):
            opening()
    assert not (tmp_path / "mistyped").exists()


def test_the_users_own_folder_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.config.state_folder", lambda: tmp_path / "state" / "rollcall")
    with store_of(Settings()):
        assert (tmp_path / "state" / "rollcall" / "rollcall.sqlite").exists()
