"""When a session ends is told without putting the end off; who asks for it has longer, but not for ever."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from server.http.credentials import COOKIE
from server.services.identity.web_sessions import IDLE, LONGEST
from tests.server.classroom import classroom
from tests.server.http.campus import Http, http_of
from tests.server.http.listening import PATIENCE_S
from tests.server.pages.asking import FORM, send

MINUTE = timedelta(minutes=1)


class Reader:
    def __init__(self, http: Http) -> None:
        room = http.room
        user = room.store.accounts.add("kim", at=room.now, by="test")
        found = room.services.web_sessions.begin(user, address="127.0.0.1", agent="", now=room.now)
        self.http, self.cookie = http, {"Cookie": f"{COOKIE}={found.token}"}

    def left(self, method: str = "GET") -> Any:
        answer = self.http.ask(method, "/session-end", headers={**self.cookie, **FORM})
        assert answer.status == 200, answer.body
        return json.loads(answer.body)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as room:
        room.now = datetime.now(UTC)
        with http_of(room, tmp_path / "knowns", signed_in=True) as http:
            yield Reader(http)


def test_asking_does_not_put_the_end_off_and_pressing_does(reader: Reader) -> None:
    room = reader.http.room
    assert reader.left() == {"left_s": IDLE.total_seconds(), "most_s": LONGEST.total_seconds()}
    room.now += IDLE - 2 * MINUTE
    assert reader.left()["left_s"] == 120
    assert reader.left("POST")["left_s"] == IDLE.total_seconds()
    room.now += IDLE
    assert reader.left() == {"left_s": 0, "most_s": 0}
    assert reader.left("POST") == {"left_s": 0, "most_s": 0}


def test_the_longest_time_is_never_put_off(reader: Reader) -> None:
    room, begun = reader.http.room, reader.http.room.now
    while room.now < begun + LONGEST - IDLE:
        room.now += IDLE - MINUTE
        reader.left("POST")
    room.now = begun + LONGEST - MINUTE
    assert reader.left("POST") == {"left_s": 60, "most_s": 60}


def test_only_who_is_signed_in_is_warned(reader: Reader) -> None:
    signed_in = reader.http.ask("GET", "/", headers={**reader.cookie, "Accept-Language": "en"}).body.decode()
    assert f'data-left="{int((IDLE - MINUTE).total_seconds())}"' in signed_in
    assert "data-session-end" not in reader.http.ask("GET", "/sign-in").body.decode()
    assert json.loads(reader.http.ask("GET", "/session-end").body) == {"left_s": 0, "most_s": 0}


def test_letters_as_keys_are_kept_with_the_account(reader: Reader) -> None:
    accounts = reader.http.room.store.accounts
    assert accounts.get("kim").letter_keys
    assert send(reader.http, "/letter-keys", reader.cookie, on="no").status == 204
    assert not accounts.get("kim").letter_keys
    assert send(reader.http, "/letter-keys", {**reader.cookie, "Sec-Fetch-Site": "cross-site"}, on="yes").status == 403
    assert send(reader.http, "/letter-keys", on="yes").status == 401
    assert not accounts.get("kim").letter_keys


def test_what_an_open_board_asks_for_by_itself_puts_nothing_off(reader: Reader) -> None:
    http, room = reader.http, reader.http.room
    room.set_course()
    room.store.accounts.set_role("kim", "office", at=room.now, by="test")
    session = room.open(hours=(3,)).session
    begun = room.now - IDLE + 5 * MINUTE
    found = room.services.web_sessions.begin(
        room.store.accounts.get("kim"), address="127.0.0.1", agent="", now=begun, lectern=True
    )
    reader.cookie = {"Cookie": f"{COOKIE}={found.token}"}
    part = http.ask("GET", f"/sessions/{session}?part=board", headers=reader.cookie)
    assert part.status == 200, part.body
    for path in ("live?part=live", "live/picture?picture=1"):
        http.ask("GET", f"/sessions/{session}/{path}", headers=reader.cookie)
    stream = HTTPConnection("127.0.0.1", http.port, timeout=PATIENCE_S)
    stream.request("GET", f"/v1/sessions/{session}/events", headers=reader.cookie)
    lines = stream.getresponse()
    assert lines.status == 200
    beats = 0
    while beats < 4:  # the credential is looked at again before each of the later ones
        beats += lines.readline() == b": still here\n"
    assert reader.left()["left_s"] == 5 * MINUTE.total_seconds()
    stream.close()
    assert http.ask("GET", f"/sessions/{session}", headers=reader.cookie).status == 200
    assert reader.left()["left_s"] == IDLE.total_seconds(), "who opens the board has done something"
