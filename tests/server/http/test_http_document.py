"""docs/http.md holds: every route stands in its table, and its example works."""

import re
from pathlib import Path

import pytest

from server.http.v1.routes import ROUTES
from tests.server.classroom import COURSE, Classroom
from tests.server.http.campus import http_of

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "http.md").read_text(encoding="utf-8")


def test_the_table_of_routes_is_the_one_that_is_served() -> None:
    written = re.findall(r"^\| `((?:GET|POST|PUT|PATCH|DELETE) /v1/\S+)` \| (.*) \|$", DOCUMENT, re.MULTILINE)
    assert written == [(f"{each.method} {each.path}", each.summary) for each in ROUTES]


def test_the_example_works(on_sqlite: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "class.jpg").write_bytes(b"0 1")
    (tmp_path / "door.jpg").write_bytes(b"0")
    on_sqlite.set_course()
    with http_of(on_sqlite, tmp_path / "knowns") as http:
        found: dict[str, object] = {}
        exec(example.replace("127.0.0.1:20080", f"127.0.0.1:{http.port}"), found)  # noqa: S102 - our own document
    assert COURSE in example
    assert found["same"] is True
