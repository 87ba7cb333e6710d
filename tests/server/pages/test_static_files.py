"""What a browser keeps is kept for good, and what it takes packed is the same."""

import gzip
from collections.abc import Iterator

import pytest

from server.pages.static_files import FILES, FOR_EVER, NOT_OURS, path_of, takes_gzip
from tests.server.classroom import classroom
from tests.server.http.campus import Http, http_of

PACKED = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Http]:
    folder = tmp_path_factory.mktemp("room")
    with classroom(str(folder / "a.sqlite"), folder) as room, http_of(room, folder / "knowns") as client:
        room.set_course()
        client.open()
        yield client


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_is_kept_for_good_under_the_path_of_its_version(http: Http, name: str) -> None:
    plain, packed = http.ask("GET", path_of(name)), http.ask("GET", path_of(name), headers=PACKED)
    assert plain.headers["cache-control"] == packed.headers["cache-control"] == FOR_EVER
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body == FILES[name].content


def test_the_file_of_another_version_is_not_kept(http: Http) -> None:
    answer = http.ask("GET", "/static/0123456789ab/board.js")
    assert (answer.status, answer.headers["cache-control"]) == (200, NOT_OURS)
    assert http.ask("GET", "/static/0123456789ab/../frame.py").status == 400


def test_a_page_is_the_same_packed_and_loads_files_of_this_version_alone(http: Http) -> None:
    plain, packed = (http.ask("GET", "/help", headers=each) for each in ({}, PACKED))
    assert plain.body == gzip.decompress(packed.body)
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert packed.headers["cache-control"] == "no-store"
    board = http.ask("GET", "/sessions/1").body.decode()
    asked = [part.partition('"')[0] for part in board.split('"/static/')[1:]]
    assert {f"/static/{each}" for each in asked} <= set(map(path_of, FILES))
    assert any(each.endswith("/board.js") for each in asked)


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("br", False),
        ("", False),
    ],
)
def test_gzip_is_sent_to_who_takes_it(header: str, takes: bool) -> None:
    assert takes_gzip(header) is takes
