"""Every route that there is, its errors and the files of the pages answer with the headers of docs/security.md."""

import http.client
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.http.gate import POLICY, SAFE_HEADERS
from server.pages.static_files import FILES as STATIC_FILES
from server.pages.static_files import path_of
from tests.server.classroom import classroom
from tests.server.http.campus import Http, http_of
from tests.server.http.listening import PATIENCE_S

SECURITY = Path(__file__).resolve().parents[3] / "docs" / "security.md"
ALWAYS = {name.decode(): value.decode() for name, value in SAFE_HEADERS}
FILES = tuple(sorted(map(path_of, STATIC_FILES)))
BROKEN = ("/nowhere", "/v1/nowhere", "/v1/%00", "/a//b", "/static/0/nothing.js")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Http]:
    folder = tmp_path_factory.mktemp("room")
    with classroom(str(folder / "rollcall.sqlite"), folder) as made, http_of(made, folder / "knowns") as client:
        client.open()
        yield client


def headers(room: Http, method: str, path: str, **sent: str) -> tuple[int, dict[str, str]]:
    """Of one answer, whose body is left: one of them never ends."""
    connection = http.client.HTTPConnection("127.0.0.1", room.port, timeout=PATIENCE_S)
    try:
        connection.request(method, path, b"{}" if method in {"POST", "PUT", "PATCH"} else None, sent)
        answer = connection.getresponse()
        names = [name.lower() for name, _ in answer.getheaders()]
        assert len(names) == len(set(names)), names
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


def is_public(where: str) -> bool:
    """Whether what is there says nothing about anybody, and may be kept by a browser."""
    return "/static/" in where or where.endswith(("/v1/openapi.json", "/v1/docs", "/v1/docs.css"))


def require_safe(where: str, given: dict[str, str]) -> None:
    for name, value in ALWAYS.items():
        assert given[name] == value or (name == "cache-control" and is_public(where)), f"{where}: {name}"
    assert len(given["x-request-id"]) == 36
    assert "access-control-allow-origin" not in given
    assert "server" not in given


def test_every_route_and_method_answers_with_them(room: Http) -> None:
    assert len(room.routes) > 40
    seen = set()
    for path, methods in room.routes:
        filled = path.replace("{session:str}", "1")
        filled = re.sub(r"\{\w+:int\}", "1", re.sub(r"\{\w+(:str)?\}", "nothing", filled))
        for method in sorted(methods - {"HEAD"}):
            status, given = headers(room, method, filled, Rollcall="1")
            require_safe(f"{method} {filled}", given)
            assert status < 500, f"{method} {filled}"
            seen.add(status // 100)
    assert {2, 4} <= seen


@pytest.mark.parametrize("path", [*BROKEN, *FILES])
@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
def test_errors_and_files_answer_with_them(room: Http, method: str, path: str) -> None:
    status, given = headers(room, method, path)
    require_safe(f"{method} {path}", given)
    assert (status == 200) is (method == "GET" and path.endswith(FILES))


def test_what_is_refused_before_its_route_answers_with_them(room: Http) -> None:
    for sent in ({"Host": "elsewhere.example"}, {"Content-Length": "99999999999"}, {"Content-Encoding": "gzip"}):
        status, given = headers(room, "GET", "/healthz", **sent)
        assert status in {400, 413, 415}
        require_safe(f"{sent}", given)


def test_no_page_may_run_what_is_not_ours() -> None:
    allowed = dict(each.strip().split(" ", 1) for each in POLICY.split(";"))
    assert allowed["default-src"] == "'none'"
    assert allowed["script-src"] == allowed["style-src"] == "'self'"
    assert "unsafe" not in POLICY
    assert "http:" not in POLICY


def test_the_documents_list_every_header_as_it_is() -> None:
    section = SECURITY.read_text(encoding="utf-8").partition("## Headers")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| `([\w-]+)` \| `([^`]+)` \|", section, re.MULTILINE))
    assert {name.lower(): value for name, value in rows.items()} == {
        **ALWAYS,
        "strict-transport-security": "max-age=31536000",
    }
