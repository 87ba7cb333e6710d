"""What the tests of the server share: a classroom on each database, and one on SQLite."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.classroom import Classroom, classroom


@pytest.fixture
def room(database_url: str, tmp_path: Path) -> Iterator[Classroom]:
    with classroom(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Classroom]:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as opened:
        yield opened
