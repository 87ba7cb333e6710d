"""What nobody expected is told to a browser by a page, and to a program of /v1 by a problem of RFC 9457."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.errors import Unavailable
from server.http.credentials import COOKIE
from server.pages import professor
from server.services.identity.web_sessions import WebSessions
from tests.server.classroom import Classroom
from tests.server.http.campus import Http, http_of
from tests.server.http.listening import Answer

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "ko"}
SAID = {"ko": "서버가 하지 못했습니다.", "en": "The server could not do this"}


@pytest.fixture
def http(on_sqlite: Classroom, tmp_path: Path) -> Iterator[Http]:
    on_sqlite.set_course()
    with http_of(on_sqlite, tmp_path / "knowns") as speaking:
        yield speaking


def told(answer: Answer) -> str:
    """The text of a page that says what is wrong, with its number."""
    html = answer.body.decode()
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["x-request-id"] in html
    return html


def fails(*_args: Any, **_more: Any) -> Any:
    raise ZeroDivisionError


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_defect_of_a_page_is_told_by_a_page_with_the_number_of_the_log(
    http: Http, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = http.open()
    monkeypatch.setattr(professor, "board_view", fails)
    answer = http.ask("GET", f"/sessions/{session}", headers={**BROWSER, "Accept-Language": language})
    assert answer.status == 500
    html = told(answer)
    assert SAID[language] in html
    assert "ZeroDivision" not in html


def test_a_page_says_so_too_where_even_who_asks_cannot_be_told(
    http: Http, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with http_of(http.room, tmp_path / "other", signed_in=True) as other:

        def away(*_args: Any, **_more: Any) -> Any:
            raise Unavailable("away")

        monkeypatch.setattr(WebSessions, "find", away)
        answer = other.ask("GET", "/", headers={**BROWSER, "Cookie": f"{COOKIE}=somebody"})
    assert answer.status == 503
    told(answer)


def test_a_page_that_does_not_exist_is_told_by_a_page(http: Http) -> None:
    answer = http.ask("GET", "/sesions/1", headers=BROWSER)
    assert answer.status == 404
    assert "그런 페이지가 없습니다." in told(answer)


@pytest.mark.parametrize(("path", "accept"), [("/v1/nothing", BROWSER["Accept"]), ("/sesions/1", "*/*")])
def test_programs_get_a_problem(http: Http, path: str, accept: str) -> None:
    answer = http.ask("GET", path, headers={"Accept": accept})
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["code"] == "bad_request"
