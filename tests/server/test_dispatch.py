"""Messages to replies on a real store: what is recorded, by whom, and what is said when it cannot be."""

import json
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from protocol import legacy, messages
from server.access import LOCAL
from server.bootstrap.class_day import class_day_around
from server.connection import Peer
from server.dispatch import Caller
from server.dispatch.handlers import DECISIONS, HANDLERS
from server.extraction import LocalExtractor
from server.services.class_day.galleries import Galleries
from server.services.class_day.recognition import Recognition
from server.services.class_day.work_queue import WorkQueue
from server.store import RosterLine, Store, open_store
from server.wire import Wire
from tests.server.classroom import SEOUL, asked, dispatcher_of

FIVE_TO_NINE = datetime(2026, 3, 1, 23, 55, tzinfo=UTC)
"""08:55 of the second of March in Seoul."""
COURSE = "ea0017_1"
STUDENTS = [f"2015110{number:02}" for number in range(1, 6)]


class NoFaces:
    model_id = "none"
    dimensions = 128
    looks_twice = False
    min_face_px = 30

    def look(self, image: Any) -> list[Any]:
        return []

    def quarter_turns(self, image: Any, min_face_px: int) -> int:
        return 0


class Speaker:
    """A dispatcher on its own store, spoken to in whole messages."""

    def __init__(self, store: Store, queue: WorkQueue) -> None:
        galleries = Galleries(store, "none")
        recognition = Recognition(
            LocalExtractor(NoFaces(), lambda _: np.zeros((2, 2, 3), np.uint8)), store, galleries, queue
        )
        speaker = class_day_around(store, SEOUL, galleries)
        self.recorder = speaker.recorder
        self.dispatcher = dispatcher_of(speaker, recognition, lambda: FIVE_TO_NINE)
        self.wire = Wire(self.dispatcher)
        self.peer = Peer("127.0.0.1:50000", FIVE_TO_NINE)

    def ask(self, message: messages.Message, payload: bytes = b"") -> Any:
        return asked(self.wire, self.peer, message, payload)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(str(tmp_path / "rollcall.sqlite"), key_file=tmp_path / "key")
    opened.health.upgrade()
    rows = [RosterLine(each, "학생", COURSE) for each in STUDENTS]
    opened.rosters.change(rows, at=FIVE_TO_NINE, by="test", day=FIVE_TO_NINE.date())
    yield opened
    opened.close()


@pytest.fixture
def speaker(store: Store) -> Iterator[Speaker]:
    queue = WorkQueue("test", workers=1, most_waiting=1)
    speaker = Speaker(store, queue)
    yield speaker
    queue.close()
    speaker.recorder.close()


def test_a_mark_belongs_to_the_campuss_day(speaker: Speaker) -> None:
    assert speaker.ask(messages.Mark(student=STUDENTS[0], course=COURSE, key="k")).marks[0].date == "2026-03-02"
    assert speaker.ask(messages.Roster(course=COURSE)).date == "2026-03-02"
    assert json.loads(speaker.wire.legacy(legacy.LegacyRoster(COURSE), speaker.peer))[0]["date"] == "2026-03-02"


def test_old_and_new_clients_see_each_others_marks(speaker: Speaker) -> None:
    assert speaker.wire.legacy(legacy.LegacyMark(STUDENTS[0], COURSE), speaker.peer) == b"success"
    speaker.ask(messages.Mark(student=STUDENTS[1], course=COURSE, key="a", state="absent"))
    speaker.ask(messages.Mark(student=STUDENTS[2], course=COURSE, key="b", state="late"))
    rows = json.loads(speaker.wire.legacy(legacy.LegacyRoster(COURSE), speaker.peer))
    assert [row["attended"] for row in rows] == ["O", "", "O", "", ""]
    assert speaker.ask(messages.Roster(course=COURSE)).students[0].states == {"1": "present"}


def test_a_code_is_the_same_however_its_letters_are_composed(speaker: Speaker, store: Store) -> None:
    rows = [RosterLine(STUDENTS[0], "가", "강의1")]
    store.rosters.change(rows, at=FIVE_TO_NINE, by="test", day=FIVE_TO_NINE.date())
    apart = unicodedata.normalize("NFD", "강의1")
    assert speaker.ask(messages.Roster(course=apart)).students
    assert speaker.ask(messages.Mark(student=STUDENTS[0], course=apart, key="k")).marks[0].course == "강의1"


def test_a_database_that_was_removed_is_unavailable_and_not_described(speaker: Speaker, tmp_path: Path) -> None:
    (tmp_path / "rollcall.sqlite").unlink()
    reply = speaker.ask(messages.Mark(student=STUDENTS[0], course=COURSE, key="k"))
    assert (reply.code, reply.retry) == ("unavailable", True)
    assert "sqlite" not in reply.text.lower()
    assert str(tmp_path) not in reply.text
    assert speaker.ask(messages.Info()).students == 0, "what needs no database is answered"


def test_a_picture_without_a_face_is_named(speaker: Speaker) -> None:
    reply = speaker.ask(messages.Snapshot(course=COURSE), b"x")
    assert reply.code == "no_face"
    assert "30 pixels" in reply.text


def test_a_request_is_answered_without_bytes_and_without_a_socket(speaker: Speaker) -> None:
    caller = Caller("192.0.2.7", FIVE_TO_NINE, LOCAL)
    marked = speaker.dispatcher.answer(messages.Mark(student=STUDENTS[0], course=COURSE, key="k"), caller)
    assert isinstance(marked, messages.Marked)
    roster = speaker.dispatcher.answer(messages.Roster(course=COURSE), caller)
    assert isinstance(roster, messages.RosterList)
    assert roster.students[0].states == {"1": "present"}
    refused = speaker.dispatcher.answer(messages.Mark(student="nobody", course=COURSE, key="l"), caller)
    assert isinstance(refused, messages.Error)
    assert refused.code == "unknown_student"


def test_every_request_that_there_is_has_a_handler() -> None:
    assert {*HANDLERS, *DECISIONS} == set(messages.REPLY_TO)
    assert HANDLERS.keys().isdisjoint(DECISIONS)
