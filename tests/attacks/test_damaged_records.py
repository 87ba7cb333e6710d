"""One record that cannot be read is one record: it is left out, named, and set aside; everybody else goes on."""

import logging
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from server.bootstrap.database_checks import check_records
from server.domain.attendance import State
from server.domain.ledger import MarkAnswer, MarkRequest
from server.errors import RollcallError, SetupProblem
from server.store import Store, open_store
from server.store.database import readable
from server.store.records import place
from tests.server.classroom import classroom
from tests.server.store.store_values import (
    COURSE,
    DAY,
    MODEL,
    NOW,
    STUDENTS,
    enrol,
    mark,
    minutes,
    picture,
    record,
    request,
    sighting,
    states,
    template,
)

FIRST, SECOND = STUDENTS[:2]


@pytest.fixture(autouse=True)
def _nothing_told_yet() -> None:
    readable._told.clear()


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    with closing(filled(database_url, tmp_path)) as opened:
        yield opened


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Store]:
    """MySQL keeps neither a date nor a text that is none."""
    with closing(filled(str(tmp_path / "a.sqlite"), tmp_path)) as opened:
        yield opened


def filled(url: str, folder: Path) -> Store:
    opened = open_store(url, key_file=folder / "a.key")
    opened.health.upgrade()
    enrol(opened)
    opened.templates.add([template(FIRST), template(SECOND, b"q")], [], at=NOW)
    for minute in range(2):
        taken = picture(at=NOW + minutes(minute))
        opened.pictures.add(taken, [sighting(FIRST, near=(FIRST,)), sighting(SECOND, near=(SECOND,))], now=NOW)
    record(opened, request(mark(FIRST), mark(SECOND), key="k"))
    return opened


def damage(store: Store, statement: str, **values: object) -> None:
    store._database.write(lambda connection: connection.execute(text(statement), values))


def seen(store: Store) -> list[int]:
    return [len(sightings) for _, sightings in store.pictures.of_day(COURSE, DAY)]


DAMAGES = {
    "templates": "UPDATE templates SET sealed = :junk WHERE student = :first",
    "sightings": "UPDATE sightings SET candidates = '[[' WHERE id = (SELECT least FROM "
    "(SELECT MIN(id) AS least FROM sightings) AS a)",
    "mark_history": "UPDATE mark_history SET new_state = 'asleep' WHERE student = :first",
    "marks": "UPDATE marks SET state = 'asleep' WHERE student = :first",
    "idempotency_keys": "UPDATE idempotency_keys SET answer = '{'",
    "sessions": "UPDATE sessions SET state = 'asleep'",
}


def damaged(store: Store, *tables: str) -> None:
    for table in tables:
        statement = DAMAGES[table]
        values = {name: value for name, value in (("junk", b"x" * 60), ("first", FIRST)) if f":{name}" in statement}
        damage(store, statement, **values)


@pytest.mark.parametrize("table", DAMAGES)
def test_it_is_named_by_doctor_set_aside_by_one_command_and_then_all_is_well(store: Store, table: str) -> None:
    damaged(store, table)
    found = check_records(store)
    assert found.level == "warning"
    assert f"{table} " in found.text
    assert FIRST not in found.text
    moved = store.records.set_aside(at=NOW, by="operator")
    assert {each.table for each in moved} == {table}
    assert check_records(store).level == "fine"
    rows = store._database.read(lambda c: c.execute(text("SELECT source, sealed FROM set_aside")).all())
    assert table in {row.source for row in rows}
    assert all(b"asleep" not in row.sealed for row in rows), "what is kept is sealed"
    record(store, request(mark(SECOND, State.ABSENT, at=NOW + minutes(9)), key="later"))
    assert states(store)[SECOND] == {1: State.ABSENT}


def test_a_template_that_cannot_be_opened_keeps_nobody_else_from_being_known(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    damaged(store, "templates")
    for _ in range(2):
        assert [each.student for each in store.templates.of_model(MODEL)] == [SECOND]
    told = [each for each in caplog.records if each.levelno == logging.WARNING]
    assert len(told) == 1, "once"
    assert "templates " in told[0].getMessage()
    assert FIRST not in caplog.text
    store.templates.add([template(FIRST)], [], at=NOW)
    assert len(store.templates.of_model(MODEL)) == 2, "enrolling the photograph again mends it"


def test_a_sighting_whose_candidates_are_no_json_is_left_out(store: Store) -> None:
    damaged(store, "sightings")
    assert seen(store) == [1, 2]


def test_a_picture_without_a_time_is_left_out_with_its_faces(on_sqlite: Store) -> None:
    damage(on_sqlite, "UPDATE pictures SET recorded_at = 'x', taken_at = 'soon' WHERE id = 1")
    assert seen(on_sqlite) == [2]
    assert {each.table for each in on_sqlite.records.unreadable()} >= {"pictures"}
    on_sqlite.records.set_aside(at=NOW, by="operator")
    assert seen(on_sqlite) == [2]
    assert on_sqlite.records.unreadable() == []


def test_a_mark_in_a_state_that_is_none_hides_no_other(store: Store) -> None:
    damaged(store, "marks", "mark_history")
    assert store.marks.of_course(COURSE, None, None).marks == {(DAY, 1): {SECOND: State.PRESENT}}
    session = store.sessions.listed(COURSE, None, None)[0]
    assert {student for student, _ in store.marks.standing(session.id)} == {SECOND}
    assert [line.student for line in store.marks.history(session.id)] == [SECOND]


def test_what_a_person_decides_anew_replaces_a_mark_that_cannot_be_read(store: Store) -> None:
    damaged(store, "marks")
    record(store, request(mark(FIRST, State.LATE, at=NOW + minutes(1)), mark(SECOND, State.LATE, at=NOW + minutes(1))))
    assert states(store) == {FIRST: {1: State.LATE}, SECOND: {1: State.LATE}}


def test_an_answer_that_cannot_be_read_lets_the_same_request_be_recorded_again(store: Store) -> None:
    damaged(store, "idempotency_keys")
    again = record(store, request(mark(FIRST), mark(SECOND), key="k"), request(mark(STUDENTS[2]), key="l"))
    assert [[each.state for each in answer] for answer in again] == [[State.PRESENT] * 2, [State.PRESENT]]
    assert record(store, request(mark(FIRST), mark(SECOND), key="k")) == again[:1]
    assert [each.table for each in store.records.unreadable()] == ["idempotency_keys"]


def test_a_session_in_a_state_that_is_none_hides_no_other(store: Store) -> None:
    damaged(store, "sessions")
    other = store.sessions.open(COURSE, DAY.replace(day=9), [], closes_at=None, makeup=False, at=NOW, by="a")
    assert [each.id for each in store.sessions.listed(None, None, None)] == [other.id]


def test_a_holiday_without_a_date_takes_no_timetable_away(on_sqlite: Store) -> None:
    damage(
        on_sqlite,
        "INSERT INTO holidays (begins, ends, name) VALUES ('2026-03-01', 'never', 'a'), "
        "('2026-03-01', '2026-03-01', 'b')",
    )
    assert [each.name for each in on_sqlite.courses.calendar().holidays] == ["b"]


def test_text_that_is_no_text_is_left_out_too(on_sqlite: Store) -> None:
    damage(on_sqlite, "UPDATE templates SET photo_name = CAST(x'ff41' AS TEXT) WHERE student = :first", first=FIRST)
    damage(on_sqlite, "UPDATE mark_history SET why = CAST(x'ff41' AS TEXT) WHERE student = :first", first=FIRST)
    assert [each.student for each in on_sqlite.templates.of_model(MODEL)] == [SECOND]
    assert {each.table for each in on_sqlite.records.set_aside(at=NOW, by="a")} == {"mark_history", "templates"}


def test_a_session_is_set_aside_with_all_that_refers_to_it_and_an_erasure_reaches_what_is_biometric(
    store: Store,
) -> None:
    damaged(store, "sessions", "templates")
    store.records.set_aside(at=NOW, by="operator")
    kept = store._database.read(lambda c: c.execute(text("SELECT source, student FROM set_aside")).all())
    assert {row.source for row in kept} == {"sessions", "hours", "marks", "mark_history", "templates"}
    store.erasures.erase(FIRST, at=NOW, by="officer")
    kept = store._database.read(lambda c: c.execute(text("SELECT source, student FROM set_aside")).all())
    assert {row.source for row in kept if row.student == FIRST} == {"marks", "mark_history"}


def test_a_wrong_key_is_no_damaged_record(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.key").unlink()
    other = open_store(store._database.url, key_file=tmp_path / "b.key")
    with pytest.raises(SetupProblem, match="key file"):
        other.records.set_aside(at=NOW, by="operator")
    other.close()
    assert store._database.read(lambda c: c.scalar(text("SELECT count(*) FROM templates"))) == 2


@pytest.mark.parametrize(
    "candidates", [f'[["{FIRST}",0.3]', f'[["{FIRST}",0.3]]x', f'[["{FIRST}",0.3]]'.encode() + b"\xff"]
)
def test_an_erased_student_is_no_candidate_of_a_sighting_that_was_set_aside(
    on_sqlite: Store, candidates: str | bytes
) -> None:
    named = text("UPDATE sightings SET candidates = CAST(:candidates AS TEXT) WHERE student = :second")
    on_sqlite._database.write(lambda c: c.execute(named, {"candidates": candidates, "second": SECOND}))
    on_sqlite.records.set_aside(at=NOW, by="operator")
    before = aside(on_sqlite)
    assert len(before) == 2
    on_sqlite.erasures.erase(FIRST, at=NOW, by="officer")
    left = [msgspec.json.decode(each) for each in aside(on_sqlite)]
    assert [each["candidates"] for each in left] == ["[]", "[]"]
    kept = [{**msgspec.json.decode(each), "candidates": "[]"} for each in before]
    assert left == kept, "and the rest is as it was"


def aside(store: Store) -> list[bytes]:
    def opened(connection) -> list[bytes]:
        cipher = store.records._keys.cipher(connection)
        rows = connection.execute(text("SELECT source, record, sealed FROM set_aside")).all()
        return [cipher.open(row.sealed, place=place(row.source, row.record)) for row in rows]

    return store._database.read(opened)


def test_a_mark_for_a_session_that_cannot_be_read_is_kept_by_its_sender_and_holds_up_nobody(tmp_path: Path) -> None:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as room:
        session = room.open().session
        other = room.open(date="2026-03-09").session
        damage(room.store, "UPDATE sessions SET state = 'asleep' WHERE id = :number", number=session)
        for named in ({"session": session, "hour": 3}, {}):
            refused = room.mark(0, **named)
            assert (refused.code, refused.retry) == ("unavailable", True), "never final"
        assert room.set_state(session, "submitted").retry
        assert room.mark(1, session=other, hour=3).marks[0].changed
        together = [
            MarkRequest((replace(mark(student, course=COURSE), day=day, at=room.now, hour=3),), None, b"digest")
            for student, day in ((room.students[2], DAY), (room.students[2], DAY.replace(day=9)))
        ]
        first, second = room.class_day.recorder.record(together, now=room.now)
        assert isinstance(first, RollcallError)
        assert first.retry
        assert isinstance(second, MarkAnswer)
