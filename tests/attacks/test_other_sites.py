"""No page of another site changes anything, by a form, a picture, a script or an old browser: every route is tried."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from server.access import Role
from tests.server.http.campus import Http
from tests.server.pages.hostile_class import hostile_class, people

# Other sites lead here by design: what they bring is signed, and bound to a question of ours (docs/sign-in.md).
BY_OTHERS = re.compile(r"/lti/|/auth/|/sign-on/")
EVIL = "https://evil.example"
URLENCODED, TEXT = "application/x-www-form-urlencoded", "text/plain;charset=UTF-8"
# What a browser sends: it alone decides on these headers, and the site on the rest.
WAYS = {
    "a form": {"Sec-Fetch-Site": "cross-site", "Origin": EVIL, "Content-Type": URLENCODED},
    "a form of a neighbour": {
        "Sec-Fetch-Site": "same-site",
        "Origin": "http://x.localhost",
        "Content-Type": URLENCODED,
    },
    "a sandboxed frame": {"Sec-Fetch-Site": "cross-site", "Origin": "null", "Content-Type": URLENCODED},
    "fetch without CORS": {"Sec-Fetch-Site": "cross-site", "Origin": EVIL, "Content-Type": TEXT},
    "a form of files": {"Sec-Fetch-Site": "cross-site", "Content-Type": "multipart/form-data; boundary=b"},
    "an older browser": {"Origin": EVIL, "Content-Type": URLENCODED},
    "one that hides where it comes from": {"Origin": "null", "Content-Type": URLENCODED},
    "one that says nothing": {"Content-Type": URLENCODED},
}
FIELDS = (
    b"student=201511041&again=201511041&hour=3&state=absent&session=1&veto=1&do=answer&text=x&course=ea0017_1&given=no"
)


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Http]:
    with hostile_class(tmp_path_factory.mktemp("sites")) as opened:
        yield opened


def kept(http: Http) -> list[str]:
    """All that the database holds, but for who looked."""
    with closing(sqlite3.connect(http.room.services.students.stored.knowns.with_name("a.sqlite"))) as database:
        lines = list(database.iterdump())
    return [each for each in lines if not re.match(r'INSERT INTO "(access_|subject_keys)', each)]


def changing(http: Http) -> list[tuple[str, str]]:
    """Every method and path that is no question, with a number that there is."""
    return [
        (method, re.sub(r"\{\w+:\w+\}", "1", path))
        for path, methods in http.routes
        for method in sorted(methods - {"GET", "HEAD", "OPTIONS"})
        if not BY_OTHERS.search(path)
    ]


@pytest.mark.parametrize("way", WAYS)
def test_no_changing_route_is_answered_to_another_site(http: Http, way: str) -> None:
    before = kept(http)
    asked = changing(http)
    assert len(asked) > 40
    for who in (people(http.room)[Role.PROFESSOR.value], people(http.room)["student"], None):
        http.principal = who
        for method, path in asked:
            given = {**WAYS[way], "Rollcall": ""}
            answer = http.ask(method, path, FIELDS, given)
            assert answer.status in {400, 401, 403, 415}, (way, method, path, answer.status)
            assert "access-control-allow-origin" not in answer.headers
    assert kept(http) == before


def test_no_question_changes_anything_so_a_picture_of_another_site_does_not(http: Http) -> None:
    before = kept(http)
    image = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image", "Referer": EVIL}
    for who in [*people(http.room).values(), None]:
        http.principal = who
        for path, methods in http.routes:
            if "GET" in methods and "events" not in path and not BY_OTHERS.search(path):
                query = FIELDS.decode() if not path.startswith("/v1") else ""
                http.ask("GET", f"{re.sub(r'{[a-z]+:[a-z]+}', '1', path)}?{query}", headers=image)
    assert kept(http) == before
