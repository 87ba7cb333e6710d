"""An open store on every database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.store import Store, open_store


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "rollcall.key"


@pytest.fixture
def store(database_url: str, key_file: Path) -> Iterator[Store]:
    opened = open_store(database_url, key_file=key_file)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(tmp_path: Path, key_file: Path) -> Iterator[Store]:
    opened = open_store(str(tmp_path / "alone.sqlite"), key_file=key_file)
    opened.health.upgrade()
    yield opened
    opened.close()
