"""Frames that have arrived together, on a real store: how many commits they cost, and what is said to each."""

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from protocol import messages
from protocol.framing import MAX_REPLY_HEADER_BYTES, Frame, FrameDecoder
from server.domain.attendance import Source, State
from server.domain.board import MarkStanding, board
from server.domain.evidence import Proposal, Reason
from server.errors import Busy, Unavailable
from server.gallery import Candidate
from server.store import RosterLine
from server.store.database.transactions import Database, SqliteFile
from settings.version import VERSION
from tests.server.classroom import COURSE, NAMES, Classroom, seoul

FIRST = seoul("10:30") + timedelta(microseconds=123456)


def frames(*requests: messages.Message) -> list[Frame]:
    """Each with its place as number, a snapshot with a picture of nobody."""
    decoder = FrameDecoder()
    for id, each in enumerate(requests):
        decoder.receive(messages.encode(each, id, b" " if isinstance(each, messages.Snapshot) else b""))
    return decoder.next_frames()


def replies(room: Classroom, arrived: Sequence[Frame]) -> list[Any]:
    """What is said to frames that have arrived together; in order, each to its own."""
    decoder = FrameDecoder(max_header_bytes=MAX_REPLY_HEADER_BYTES)
    decoder.receive(b"".join(room.wire.framed(arrived, room.peer)))
    found = [messages.decode_reply(frame) for frame in decoder.next_frames()]
    assert [each.id for each in found] == list(range(len(arrived)))
    return [each.message for each in found]


@pytest.fixture
def commits(on_sqlite: Classroom, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many requests to mark each transaction held."""
    found: list[int] = []
    record = on_sqlite.store.marks.record

    def counted(requests: Sequence[Any], **more: Any) -> Any:
        found.append(len(requests))
        return record(requests, **more)

    monkeypatch.setattr(on_sqlite.store.marks, "record", counted)
    return found


def mark(room: Classroom, place: int, key: str, **more: Any) -> messages.Mark:
    return messages.Mark(student=room.students[place], course=COURSE, key=key, **{"hour": 3, **more})


def test_a_class_of_single_marks_is_one_commit_and_each_is_answered(on_sqlite: Classroom, commits: list[int]) -> None:
    more = [f"30{number:07}" for number in range(60)]
    rows = [RosterLine(each, "학생", COURSE) for each in more]
    on_sqlite.store.rosters.change(rows, at=on_sqlite.now, by="test", day=on_sqlite.now.date())
    sent = [messages.Mark(student=each, course=COURSE, key=each) for each in more]
    answers = replies(on_sqlite, frames(*sent))
    assert [each.marks[0].student for each in answers] == more
    assert commits == [60]
    assert replies(on_sqlite, frames(*sent)) == answers, "the same keys give the first answers"


def test_one_that_is_refused_and_one_that_cannot_be_read_leave_their_neighbours_alone(on_sqlite: Classroom) -> None:
    sent = frames(
        mark(on_sqlite, 0, "a"),
        replace_student(mark(on_sqlite, 0, "b"), "nobody"),
        mark(on_sqlite, 1, "c"),
        messages.Confirm(session=99, items=(messages.ConfirmItem(student="1", hour=1, state="present"),), key="d"),
        mark(on_sqlite, 2, "e"),
    )
    damaged = Frame(b'{"type":"mark","id":3,"student":1}', b"")
    found = replies(on_sqlite, [*sent[:3], damaged, *(renumbered(each, by=1) for each in sent[3:])])
    assert [getattr(each, "code", "ok") for each in found] == [
        "ok",
        "unknown_student",
        "ok",
        "bad_request",
        "no_session",
        "ok",
    ]
    assert len(on_sqlite.marks(on_sqlite.open().session)) == 3


def replace_student(message: messages.Mark, student: str) -> messages.Mark:
    return messages.Mark(student=student, course=message.course, key=message.key, hour=message.hour)


def renumbered(frame: Frame, *, by: int) -> Frame:
    received = messages.decode_request(frame)
    return frames_of(received.message, received.id + by)


def frames_of(message: messages.Message, id: int) -> Frame:
    decoder = FrameDecoder()
    decoder.receive(messages.encode(message, id))
    (frame,) = decoder.next_frames()
    return frame


def test_what_is_asked_between_marks_sees_those_before_it_and_not_those_behind(
    on_sqlite: Classroom, commits: list[int]
) -> None:
    roster = messages.Roster(course=COURSE)
    found = replies(
        on_sqlite, frames(mark(on_sqlite, 0, "a"), mark(on_sqlite, 1, "b"), roster, mark(on_sqlite, 2, "c"), roster)
    )
    present = [sum(bool(each.states) for each in answer.students) for answer in (found[2], found[4])]
    assert (present, commits) == ([2, 3], [2, 1])


def test_a_state_that_is_set_between_marks_holds_for_those_behind_it(on_sqlite: Classroom) -> None:
    session = on_sqlite.open().session
    submit = messages.SetSession(session=session, state="submitted", key="s")
    close = messages.SetSession(session=session, state="closed", key="t")
    sent = frames(mark(on_sqlite, 0, "a", hour=1), submit, close, mark(on_sqlite, 1, "b", hour=1))
    found = replies(on_sqlite, sent)
    assert [type(each).__name__ for each in found] == ["Marked", "SessionShown", "SessionShown", "Error"]
    assert found[3].code == "closed"


def test_a_slow_picture_holds_back_no_acknowledgement_of_what_came_before_it(on_sqlite: Classroom) -> None:
    go = threading.Event()
    real = on_sqlite.recognition.identify

    def slow(*asked: Any) -> Any:
        assert go.wait(60)
        return real(*asked)

    on_sqlite.recognition.identify = slow  # type: ignore[method-assign]
    sent = frames(mark(on_sqlite, 0, "a"), messages.Snapshot(course=COURSE), mark(on_sqlite, 1, "b"))
    said: Iterator[bytes] = iter(on_sqlite.wire.framed(sent, on_sqlite.peer))
    assert b'"marked"' in next(said)
    go.set()
    assert b'"no_face"' in next(said)
    assert b'"marked"' in next(said)


def test_an_hour_that_is_left_open_is_that_of_the_session_that_the_mark_before_it_opened(on_sqlite: Classroom) -> None:
    sent = frames(mark(on_sqlite, 0, "a", hour=5), mark(on_sqlite, 1, "b", hour=None))
    assert [each.marks[0].hour for each in replies(on_sqlite, sent)] == [5, 5], "as one after the other"


def test_a_name_that_is_said_among_them_is_who_decided_what_comes_behind_it(on_sqlite: Classroom) -> None:
    sent = frames(mark(on_sqlite, 0, "a"), messages.Hello(device="B101"), mark(on_sqlite, 1, "b"))
    replies(on_sqlite, sent)
    rows = on_sqlite.board(on_sqlite.open().session).students[:2]
    assert [[hour.by for hour in row.hours if hour.mark] for row in rows] == [["10.0.3.7"], ["B101"]]


def test_a_defect_at_one_request_breaks_no_other(on_sqlite: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    real = on_sqlite.class_day.decisions.record

    def failing(batches: Sequence[Any], **more: Any) -> Any:
        if any(each.key == "poison" for each in batches):
            raise RuntimeError("a defect that one request provokes")
        return real(batches, **more)

    monkeypatch.setattr(on_sqlite.class_day.decisions, "record", failing)
    sent = frames(mark(on_sqlite, 0, "a"), mark(on_sqlite, 1, "poison"), mark(on_sqlite, 2, "c"))
    assert [getattr(each, "code", "ok") for each in replies(on_sqlite, sent)] == ["ok", "internal", "ok"]


def test_while_the_database_is_away_it_is_asked_once_for_all_that_came_together(
    on_sqlite: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    run = Database.run

    def counted(*given: Any, **more: Any) -> Any:
        asked.append(1)
        return run(*given, **more)

    monkeypatch.setattr(Database, "run", counted)
    monkeypatch.setattr(SqliteFile, "require_there", _gone)
    sent = frames(*(mark(on_sqlite, place, str(place), hour=None) for place in range(5)))
    assert [each.code for each in replies(on_sqlite, sent)] == ["unavailable"] * 5
    assert len(asked) <= 2, "it would be waited for each time"


def _gone(_file: SqliteFile) -> None:
    raise Unavailable("The database is away.")


def test_what_keeps_one_back_for_later_keeps_back_those_behind_it(
    on_sqlite: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = on_sqlite.class_day.recorder
    record = recorder.record
    fails = iter([True])

    def busy_once(requests: Sequence[Any], **more: Any) -> Any:
        if next(fails, False):
            raise Busy("Too much to do.")
        return record(requests, **more)

    monkeypatch.setattr(recorder, "record", busy_once)
    sent = frames(mark(on_sqlite, 0, "a"), mark(on_sqlite, 0, "b", hour=None), mark(on_sqlite, 1, "c"))
    assert [each.code for each in replies(on_sqlite, sent)] == ["busy"] * 3
    assert on_sqlite.marks(on_sqlite.open().session) == {}


def test_marks_that_came_together_are_one_line_of_the_log(
    on_sqlite: Classroom, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "server.wire")
    wrong = replace_student(mark(on_sqlite, 0, "d"), "nobody")
    replies(on_sqlite, frames(*(mark(on_sqlite, place, str(place)) for place in range(3)), wrong))
    said = [re.sub(r"[0-9.]+ ms", "T", line) for line in caplog.messages]
    assert said == ["10.0.3.7:50000 mark ok T, 3 alike", "10.0.3.7:50000 mark unknown_student T"]


# -- long answers


def large_board(room: Classroom, students: int, hours: int) -> Any:
    """The board of so many, all with pictures and marks, two in five to be looked at."""
    session = room.open().session
    real = room.class_day.boards.board(session, room.now)
    numbers = [f"2026{number:06d}" for number in range(students)]
    proposals = [
        Proposal(student, hour, State.LEFT_EARLY, False, Reason.DOUBTFUL_FACE, FIRST, FIRST, 59, 60, 12, 0.5)
        for student in numbers
        for hour in range(1, hours + 1)
    ]
    marks = {
        (each.student, each.hour): MarkStanding(State.LEFT_EARLY, Source.ROLL_CALL, FIRST, "김하늘 교수님", "늦은 버스")
        for each in proposals
    }
    large = board([(each, NAMES[0]) for each in numbers], range(1, hours + 1), proposals, marks, {})
    others = tuple(Candidate(each, 0.123456789012 * place, "somewhat") for place, each in enumerate(numbers[:5]))
    candidates = {student: others for place, student in enumerate(numbers) if place % 5 < 2}
    view = replace(real, board=large, candidates=candidates, names=dict.fromkeys(numbers, NAMES[0]))
    room.class_day.boards.board = lambda *_: view  # type: ignore[method-assign, assignment]
    return room.ask(messages.Board(session=session))


@pytest.mark.parametrize(("students", "hours"), [(60, 4), (600, 2), (1000, 4)])
def test_a_lecture_is_shown_whole(on_sqlite: Classroom, students: int, hours: int) -> None:
    found = large_board(on_sqlite, students, hours)
    last = found.students[-1].hours[-1]
    assert (last.first_seen, last.last_seen, last.at) == (FIRST.replace(microsecond=0),) * 3
    assert (last.by, last.why, len(found.students[0].candidates)) == ("김하늘 교수님", "늦은 버스", 5)
    assert (len(found.students), len(found.students[-1].hours)) == (students, hours)


def test_one_that_does_not_fit_all_the_same_is_refused_with_what_to_do(on_sqlite: Classroom) -> None:
    refused = large_board(on_sqlite, 1000, 24)
    assert (refused.code, "such as one hour" in refused.text) == ("too_large", True)


def test_the_longest_batch_is_answered_whole_and_so_are_all_its_wrong_rows(on_sqlite: Classroom) -> None:
    course = "과" * 32
    students = [f"{number:032}" for number in range(2000)]
    rows = [RosterLine(each, "가", course) for each in students]
    on_sqlite.store.rosters.change(rows, at=on_sqlite.now, by="test", day=on_sqlite.now.date())
    items = tuple(messages.MarkItem(student=each, course="c" * 32) for each in students)
    wrong = on_sqlite.ask(messages.Marks(marks=items, key="wrong"))
    assert [each.row for each in wrong.problems] == list(range(2000))
    left_out = on_sqlite.ask(messages.Marks(marks=items, key="part", partial=True))
    assert [each.row for each in left_out.refused] == list(range(2000))
    parts = [tuple(messages.MarkItem(student=each, course=course) for each in students[:1000])]
    assert len(on_sqlite.ask(messages.Marks(marks=parts[0], key="whole")).marks) == 1000


@pytest.mark.parametrize(
    ("version", "told"), [("0.0.9", "of 0.0.9,"), ("201511041", "a version that is none"), ("", None), (VERSION, None)]
)
def test_a_client_of_another_version_is_told_in_the_log(
    on_sqlite: Classroom, caplog: pytest.LogCaptureFixture, version: str, told: str | None
) -> None:
    with caplog.at_level("INFO", logger="server.wire"):
        on_sqlite.ask(messages.Hello(version=version))
    found = [line for line in caplog.messages if "has a client" in line]
    assert (told in found[0] and "201511041" not in found[0]) if told else found == []
