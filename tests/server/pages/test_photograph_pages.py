"""A student adds photographs of themselves; what is wrong with one is said at once, and never whom it shows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.domain.consents import Policy
from server.services.consent.gate import ConsentGate
from tests.server.classroom import TEXTS, Classroom
from tests.server.http.campus import Http, http_of
from tests.server.http.listening import Answer
from tests.server.pages.asking import FORM, page, send, student

ME, OTHER = 0, 1


@pytest.fixture
def http(on_sqlite: Classroom, tmp_path: Path) -> Iterator[Http]:
    allowed = ConsentGate(on_sqlite.store, Policy.REQUIRED, TEXTS).allowed
    with http_of(on_sqlite, tmp_path / "knowns", allowed=allowed) as opened:
        opened.principal = student(on_sqlite, ME)
        yield opened


def give(http: Http) -> None:
    assert send(http, "/my/consent", purpose="template", answer="yes", version=TEXTS.current).status == 303


def add(http: Http, content: bytes, end: bytes = b"\r\n--B--\r\n", **more: Any) -> Answer:
    head = b'--B\r\nContent-Disposition: form-data; name="photograph"; filename="me.jpg"\r\n'
    head += b"Content-Type: image/jpeg\r\n\r\n"
    headers = {**FORM, "Content-Type": "multipart/form-data; boundary=B", "Accept-Language": "en", **more}
    return http.ask("POST", "/my/photographs", head + content + end, headers)


def photographs(http: Http, place: int = ME) -> int:
    return len(http.room.store.templates.photographs(http.room.students[place]))


def test_without_consent_none_is_taken_and_the_page_says_where_to_give_it(http: Http) -> None:
    assert "A photograph is taken only with your consent." in page(http, "/my/photographs")
    assert add(http, b"0").status == 409
    assert photographs(http) == 1, "the one that was there"


def test_a_photograph_is_enrolled_and_counted_and_the_same_again_changes_nothing(http: Http) -> None:
    give(http)
    before = photographs(http)
    answer = add(http, b"0")
    assert (answer.status, answer.headers["location"]) == (303, "/my/photographs?done=new")
    assert add(http, b"0").headers["location"] == "/my/photographs?done=known"
    assert photographs(http) == before + 1
    assert "2 of 3 to 5 are there." in page(http, "/my/photographs", done="new")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b" ", "No face is seen"),
        (b"0 1", "Several faces are seen"),
        (b"not a picture", "This is no photograph that can be used"),
    ],
)
def test_what_is_wrong_with_a_photograph_is_said_at_once(http: Http, content: bytes, sentence: str) -> None:
    give(http)
    answer = add(http, content)
    assert answer.status in {400, 422}
    assert sentence in answer.body.decode()
    assert photographs(http) == 1


def test_one_of_somebody_else_is_told_to_the_office_and_not_to_the_student(http: Http) -> None:
    room = http.room
    http.principal = student(room, OTHER)
    give(http)
    http.principal = student(room, ME)
    give(http)
    mine, theirs = add(http, b"0"), add(http, b"1")
    assert (theirs.status, theirs.headers["location"]) == (mine.status, mine.headers["location"])
    assert photographs(http) == 2, "only the own one is enrolled"
    lines = room.store.access_log.lines(student=room.students[ME])
    assert [each.action for each in lines].count("held_photograph") == 1
    assert "held" not in page(http, "/my/data")


def test_an_upload_that_is_cut_off_leaves_nothing(http: Http, tmp_path: Path) -> None:
    give(http)
    assert add(http, b"0", end=b"").status in {303, 400}
    assert send(http, "/my/photographs").status in {400, 415}
    assert [each.name for each in (tmp_path / "knowns").rglob("*") if each.name.startswith(".")] == []


def test_no_more_than_five_are_taken(http: Http) -> None:
    give(http)
    sent = [add(http, b"0" + b" " * spaces).status for spaces in range(6)]
    assert sent == [303] * 4 + [400] * 2
