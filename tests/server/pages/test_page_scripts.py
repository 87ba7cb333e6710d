"""htmx is taken only if it is the one that is pinned."""

from pathlib import Path

import pytest

from server.errors import SetupProblem
from server.pages.scripts import HTMX_FILE, fetch_htmx, htmx, htmx_path


def test_another_file_of_that_name_is_never_kept_nor_served(tmp_path: Path) -> None:
    carried = tmp_path / "carried"
    carried.mkdir()
    (carried / HTMX_FILE.name).write_bytes(b"x" * HTMX_FILE.size)
    with pytest.raises(SetupProblem, match="not what is pinned"):
        fetch_htmx(tmp_path, carried=carried)
    assert not htmx_path(tmp_path).exists()
    htmx_path(tmp_path).parent.mkdir()
    htmx_path(tmp_path).write_bytes(b"x" * HTMX_FILE.size)
    assert htmx(tmp_path) == b""
