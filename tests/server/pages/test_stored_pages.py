"""What is stored of a student is theirs to read and to take away, with who looked at it, and nobody else's."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.classroom import COURSE, NAMES, Classroom, seoul
from tests.server.http.campus import Http, http_of
from tests.server.pages.asking import PROFESSOR, page, send, student

ME = 0
PHOTOGRAPH = b"\xff\xd8\xff a photograph"


@pytest.fixture
def http(on_sqlite: Classroom, tmp_path: Path) -> Iterator[Http]:
    on_sqlite.set_course()
    on_sqlite.look("10:40", 0, 1)
    on_sqlite.mark(ME, "late", hour=3)
    with http_of(on_sqlite, tmp_path / "knowns") as opened:
        (tmp_path / "knowns" / f"{on_sqlite.students[ME]}.jpg").write_bytes(PHOTOGRAPH)
        opened.principal = PROFESSOR
        page(opened, "/sessions/1")
        opened.principal = student(on_sqlite, ME)
        send(opened, "/my/appeals", session=1, hour=3, text="look")
        yield opened


def test_it_says_what_is_stored_and_who_looked_by_what_they_are(http: Http) -> None:
    shown = page(http, "/my/data")
    assert f"Name and student number: {NAMES[ME]}, {http.room.students[ME]}" in shown
    assert "facial features are kept, encrypted: 1" in shown
    assert "taken for mine: 1" in shown
    assert "looked at the class&#39;s board" in shown
    assert "asked for another look" in shown
    assert "prof.kim" not in shown, "what they are, not who"


def test_it_is_taken_away_as_json_and_as_zip_with_the_photographs_and_that_is_logged(http: Http) -> None:
    text = http.ask("GET", "/my/data?file=json")
    assert text.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    found = text.json
    assert (found["student"], found["courses"][0]["course"]) == (http.room.students[ME], COURSE)
    assert [(each["hour"], each["state"]) for each in found["decisions"]] == [(3, "late")]
    assert found["appeals"][0]["text"] == "look"
    packed = http.ask("GET", "/my/data?file=zip")
    with zipfile.ZipFile(io.BytesIO(packed.body)) as archive:
        assert archive.namelist() == ["my-data.json", "photograph-1.jpg"]
        assert archive.read("photograph-1.jpg") == PHOTOGRAPH
        assert json.loads(archive.read("my-data.json"))["sightings"] == 1
    lines = http.room.store.access_log.lines(student=http.room.students[ME])
    assert [each.detail for each in lines if each.action == "read_own"] == ["zip", "json"]


def test_nothing_of_others_is_in_it(http: Http) -> None:
    http.room.now = seoul("10:55")
    for path in ("/my/data", "/my/data?file=json"):
        text = http.ask("GET", path).body.decode()
        for place, number in enumerate(http.room.students):
            if place != ME:
                assert number not in text
                assert NAMES[place] not in text
