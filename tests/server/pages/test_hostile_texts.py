"""Whatever somebody writes anywhere stands on every page as text, whole and readable, and makes nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.http.campus import Http
from tests.server.pages.hostile_class import LONG, MARKED, NAME, Markup, hostile_class, paths, people


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Http]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    with hostile_class(folder) as opened:
        yield opened


def shown(http: Http, role: str, language: str = "en") -> dict[str, str]:
    """The pages that are theirs, by path. None of all may fail, or say what is not text of the page."""
    http.principal = people(http.room)[role]
    found = {}
    for path in paths(http):
        answer = http.ask("GET", path, headers={"Accept-Language": language})
        assert answer.status < 500 or answer.status == 503, (path, answer.status, answer.body[:300])
        if answer.headers.get("content-type", "").startswith("text/html"):
            found[path] = answer.body.decode()
    return found


@pytest.mark.parametrize("role", ["professor", "assistant", "office", "admin", "privacy_officer", "student"])
def test_no_page_of_anybody_has_an_element_or_attribute_made_of_it(http: Http, role: str) -> None:
    pages = shown(http, role)
    assert len(pages) > 30
    assert {path: made for path, page in pages.items() if (made := Markup(page).made_from_data)} == {}
    assert any(NAME[:40] in Markup(page).text for page in pages.values()), "what is hostile is there at all"


@pytest.mark.parametrize(
    ("role", "path", "wanted"),
    [
        ("professor", "/sessions/1?hour=3", NAME),
        ("professor", "/appeals/2", LONG),
        ("professor", "/absences", LONG[:1000]),
        ("professor", "/sessions/1/live", NAME),
        ("student", "/my/absences", LONG[:1000]),
        ("student", "/my/hour?session=1&hour=3", LONG),
        ("privacy_officer", "/access-log", MARKED),
        ("privacy_officer", "/vetoes", MARKED[:90]),
        ("office", "/office/terms", MARKED[:90]),
        ("admin", "/admin", NAME),
    ],
)
def test_it_survives_whole_and_readable(http: Http, role: str, path: str, wanted: str) -> None:
    http.principal = people(http.room)[role]
    answer = http.ask("GET", path, headers={"Accept-Language": "en"})
    assert answer.status == 200, answer.body
    text = Markup(answer.body.decode()).text
    assert wanted.split()[0] in text
    assert " ".join(wanted.split()) in " ".join(text.split())


def test_a_student_who_guesses_every_number_reads_nobody_elses(http: Http) -> None:
    others = http.room.students[1:]
    for path, page in shown(http, "student").items():
        seen = page.replace(path, "")
        assert [each for each in others if each in seen] == [], path
    for path in paths(http):
        if "file=" in path or "receipt" in path:
            body = http.ask("GET", path).body.decode(errors="replace")
            assert [each for each in others if each in body] == [], path
