"""What the services' tests share: a real store on SQLite in a temporary folder, and a folder of photographs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(str(tmp_path / "rollcall.sqlite"), key_file=tmp_path / "rollcall.key")
    opened.health.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def knowns(tmp_path: Path) -> Path:
    folder = tmp_path / "knowns"
    folder.mkdir()
    return folder
