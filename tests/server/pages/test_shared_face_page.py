"""The page that submits asks about two students at one place, and takes the answer."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from tests.server.classroom import NAMES, Classroom
from tests.server.http.campus import Http, http_of
from tests.server.pages.asking import PROFESSOR, page, send
from tests.server.test_shared_faces import PROXY, SEATED, taught

PAGE = "/sessions/1/submit"


@pytest.fixture
def http(on_sqlite: Classroom, tmp_path: Path) -> Iterator[Http]:
    taught(on_sqlite)
    with http_of(on_sqlite, tmp_path / "knowns") as opened:
        opened.principal = PROFESSOR
        yield opened


def test_the_page_asks_and_the_answer_submits(http: Http) -> None:
    shown = page(http, PAGE)
    assert "at one place" in shown
    assert NAMES[SEATED] in shown.split("<form", 1)[1]
    refused = send(http, PAGE, state="submitted", key="k1")
    assert refused.status == 400
    assert "say that both" in unescape(refused.body.decode())
    value = unescape(shown.split('name="both_there_0" value="', 1)[1].split('"', 1)[0])
    assert http.room.students[PROXY] in value
    assert send(http, PAGE, state="submitted", key="k2", both_there_0=value).status == 303
    assert http.room.board(1).session.state == "submitted"
    send(http, PAGE, state="draft", key="k3", why="again")
    assert "both_there_0" not in page(http, PAGE), "it is asked once"


def test_what_no_page_of_ours_sends_is_refused(http: Http) -> None:
    assert send(http, PAGE, state="submitted", key="k", both_there_0="{").status == 400
    assert http.room.board(1).session.state == "draft"


def test_v1_tells_the_pairs_and_takes_the_answers(http: Http) -> None:
    pairs = http.ask("GET", "/v1/sessions/1/board").json["shared_faces"]
    assert [(each["hour"], each["why"]) for each in pairs] == [(3, "place")]
    refused = http.do("PATCH", "/v1/sessions/1", {"state": "submitted"})
    assert (refused.status, b"at one place" in refused.body) == (400, True)
    answers = [{name: each[name] for name in ("hour", "student", "other")} for each in pairs]
    done = http.do("PATCH", "/v1/sessions/1", {"state": "submitted", "both_there": answers})
    assert done.json["session"]["state"] == "submitted"
