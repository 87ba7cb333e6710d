"""Server-sent events: that something changed, and nothing about whom."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from server.access import NOBODY
from tests.server.classroom import Classroom, seoul
from tests.server.http.campus import Http, http_of
from tests.server.http.listening import PATIENCE_S


@pytest.fixture
def http(on_sqlite: Classroom, tmp_path: Path) -> Iterator[Http]:
    on_sqlite.set_course()
    on_sqlite.now = seoul("10:31")
    with http_of(on_sqlite, tmp_path / "knowns") as spoken:
        yield spoken


class Reader:
    """One stream of events."""

    def __init__(self, http: Http, session: int, known: str | None = None) -> None:
        self._connection = http_connection(http)
        headers = {"Last-Event-ID": known} if known else {}
        self._connection.request("GET", f"/v1/sessions/{session}/events", headers=headers)
        self.answer = self._connection.getresponse()

    def next(self) -> dict[str, str]:
        """The next event that is no comment; empty at the end of the stream."""
        found: dict[str, str] = {}
        while line := self.answer.readline().decode():
            name, _, value = line.strip().partition(": ")
            if name:
                found[name] = value
            elif "data" in found:
                return found
            else:
                found = {}
        return {}

    def close(self) -> None:
        self.answer.close()
        self._connection.close()


def http_connection(spoken: Http) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", spoken.port, timeout=PATIENCE_S)


def started(reader: Reader) -> None:
    assert reader.answer.readline() == b"retry: 3000\n"
    while reader.answer.readline() != b": still here\n":
        pass


def test_a_mark_a_picture_and_a_submission_are_told_apart_and_name_nobody(http: Http) -> None:
    session = http.open()
    reader = Reader(http, session)
    assert reader.answer.headers["Content-Type"].startswith("text/event-stream")
    started(reader)
    http.room.mark(0, hour=3)
    first = reader.next()
    assert json.loads(first["data"]) == {"marks": True, "pictures": False, "state": False}
    http.room.look("10:32", 1)
    assert json.loads(reader.next()["data"])["pictures"] is True
    http.room.set_state(session, "submitted")
    last = reader.next()
    assert json.loads(last["data"])["state"] is True
    assert not any(student in str((first, last)) for student in http.room.students)
    reader.close()


def test_who_comes_back_is_told_what_they_missed(http: Http) -> None:
    session = http.open()
    reader = Reader(http, session)
    started(reader)
    http.room.mark(0, hour=3)
    known = reader.next()["id"]
    reader.close()
    http.room.mark(1, hour=3)
    again = Reader(http, session, known)
    assert json.loads(again.next()["data"]) == {"marks": True, "pictures": True, "state": True}
    again.close()


def test_a_stream_ends_when_its_reader_may_no_longer_read(http: Http) -> None:
    reader = Reader(http, http.open())
    started(reader)
    http.principal = NOBODY
    assert reader.next() == {}
    reader.close()


def test_one_reader_has_so_many_streams_and_no_more(http: Http) -> None:
    session = http.open()
    readers = [Reader(http, session) for _ in range(3)]
    for each in readers:
        started(each)
    refused = http.ask("GET", f"/v1/sessions/{session}/events")
    assert (refused.status, refused.json["code"]) == (429, "busy")
    for each in readers:
        each.close()


def test_a_session_that_is_none_has_no_events(http: Http) -> None:
    assert http.ask("GET", "/v1/sessions/77/events").status == 404


def test_a_stop_ends_every_stream(on_sqlite: Classroom, tmp_path: Path) -> None:
    on_sqlite.set_course()
    on_sqlite.now = seoul("10:31")
    with http_of(on_sqlite, tmp_path / "knowns") as spoken:
        reader = Reader(spoken, spoken.open())
        started(reader)
    assert reader.next() == {}
    reader.close()
