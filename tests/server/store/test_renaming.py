"""Identifiers get their one form when the tables are upgraded, and students who are one are joined."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection, text

from server.doctor import check_twins
from server.domain.attendance import Source, State
from server.errors import BadRequest, UnknownStudent
from server.services.rosters.joining import join_courses, join_students
from server.store import PhotoVerdict, RecordedPicture, RosterLine, Sighting, Store, Template, open_store
from server.store.database import schema
from server.store.database.columns import Identifier
from server.store.database.tables import metadata
from server.store.renaming.rewriting import HOMES, UNTOUCHED, UPGRADE, Renaming, Tables, rewrite_all
from tests.databases import EVERY_DATABASE, new_database
from tests.server.cli.invoking import invoke
from tests.server.store.store_values import COURSE, DAY, NOW, mark, minutes, record, request

WIDE, PLAIN = "２０１５１１０４１", "201511041"
WIDE_COURSE = "ＥＡ００１７"


def _renamed(store: Store) -> list[Renaming]:
    return store._database.write(lambda connection: rewrite_all(connection, NOW.replace(tzinfo=None), UPGRADE))


def _put(store: Store, *rows: RosterLine) -> None:
    store.rosters.change(rows, at=NOW, by="office", day=DAY)


def _template(student: str, photo: int) -> Template:
    return Template(student, bytes([photo]) * 32, f"{photo}.jpg", "model", np.ones(128, np.float32))


def test_every_identifier_of_every_table_is_found() -> None:
    tables = Tables(dict(metadata.tables))
    found = {str(each) for kind in HOMES for each in (tables.home(kind)[1], *tables.referring(kind))}
    every = {
        str(column)
        for name, table in metadata.tables.items()
        for column in table.c
        if column.type is Identifier and name not in UNTOUCHED
    }
    assert every <= found


def test_a_wide_number_and_code_get_their_one_form_everywhere(store: Store) -> None:
    _put(store, RosterLine(WIDE, "하늘", WIDE_COURSE), RosterLine("2", "바다", WIDE_COURSE))
    record(store, request(mark(student=WIDE, course=WIDE_COURSE)))
    picture = RecordedPicture(WIDE_COURSE, DAY, 1, NOW, "cam", 2, 640, 480)
    seen = Sighting("2", "sure", 0.9, ((WIDE, 0.3), ("2", 0.2)), (0, 0, 9, 9), np.ones(128, np.float32), "model")
    store.pictures.add(picture, [replace(seen, student=WIDE), seen], now=NOW)
    verdict = PhotoVerdict(b"\1" * 32, "model", WIDE, "no face")
    store.templates.add([_template(WIDE, 2), _template("2", 3)], [verdict], at=NOW)
    before = store.templates.revision()
    assert _renamed(store) == [Renaming("student", WIDE, PLAIN), Renaming("course", WIDE_COURSE, "EA0017")]
    assert store.renamings.by(UPGRADE) == [Renaming("student", WIDE, PLAIN), Renaming("course", WIDE_COURSE, "EA0017")]
    assert store.rosters.names([PLAIN, WIDE]) == {PLAIN: "하늘"}
    assert store.rosters.students_of("EA0017", DAY) == {PLAIN, "2"}
    session = store.sessions.on_day("EA0017", DAY)
    assert session is not None
    assert store.marks.standing(session.id)[PLAIN, 1].state is State.PRESENT
    assert [line.student for line in store.marks.history(session.id)] == [PLAIN]
    ((_, faces),) = store.pictures.of_day("EA0017", DAY)
    assert [(each.student, each.candidates[0][0], each.embedding) for each in faces] == [
        (PLAIN, PLAIN, None),
        ("2", PLAIN, None),
    ]
    assert [each.student for each in store.templates.of_model("model")] == ["2"]
    assert store.templates.revision() > before
    assert _renamed(store) == []


def test_a_form_that_is_taken_stays_and_is_named(store: Store) -> None:
    _put(store, RosterLine(WIDE, "하늘", "C1"), RosterLine(PLAIN, "하늘", "C1"), RosterLine("3", "O", "C1"))
    assert _renamed(store) == []
    assert [each.identifiers for each in store.renamings.twins()] == [(PLAIN, WIDE)]


def test_numbers_and_codes_that_many_fonts_draw_alike_are_named(store: Store) -> None:
    _put(store, RosterLine("A1O", "하늘", "C1"), RosterLine("AlO", "하늘", "Cl"), RosterLine("AI0", "바다", "C2"))
    assert [(each.kind, each.identifiers) for each in store.renamings.twins()] == [
        ("student", ("A1O", "AlO")),
        ("course", ("C1", "Cl")),
    ]


def test_who_was_erased_under_a_wide_number_stays_erased(store: Store) -> None:
    _put(store, RosterLine(WIDE, "하늘", "C1"))
    store.erasures.erase(WIDE, at=NOW, by="officer")
    _renamed(store)
    assert store.erasures.students() == {PLAIN}


def test_two_who_are_one_are_joined_with_their_history(store: Store) -> None:
    _put(
        store,
        RosterLine(WIDE, "하늘", COURSE, date(2026, 3, 1), date(2026, 4, 1)),
        RosterLine(WIDE, "하늘", "C2"),
        RosterLine(PLAIN, "하늘", COURSE, date(2026, 3, 20)),
    )
    record(store, request(mark(student=WIDE, hour=1)), request(mark(student=WIDE, hour=2, state=State.LATE)))
    record(store, request(mark(student=WIDE, hour=3, state=State.ABSENT, source=Source.CAMERA)))
    _put(store, RosterLine(PLAIN, "하늘", COURSE, date(2026, 3, 1)))
    record(store, request(mark(student=PLAIN, hour=2, state=State.ABSENT, at=NOW - minutes(5))))
    record(store, request(mark(student=PLAIN, hour=3, state=State.PRESENT, at=NOW - minutes(5))))
    store.templates.add([_template(WIDE, 1), _template(PLAIN, 2)], [], at=NOW)
    done = join_students(store, WIDE, PLAIN, at=NOW, by="office")
    assert (done.joined.enrolments, done.joined.marks, done.joined.both) == (2, 3, 2)
    assert (done.templates, done.lost) == (1, 0)
    assert store.rosters.names([WIDE, PLAIN]) == {PLAIN: "하늘"}
    assert [(each.begins, each.ends) for each in store.rosters.enrolled(COURSE)] == [(date(2026, 3, 1), None)]
    assert store.rosters.students_of("C2", DAY) == {PLAIN}
    session = store.sessions.on_day(COURSE, DAY)
    assert session is not None
    standing = store.marks.standing(session.id)
    assert {place: each.state for place, each in standing.items()} == {
        (PLAIN, 1): State.PRESENT,
        (PLAIN, 2): State.LATE,
        (PLAIN, 3): State.PRESENT,
    }
    assert {line.student for line in store.marks.history(session.id)} == {PLAIN}
    assert len(store.marks.history(session.id)) == 5
    assert [(each.student, each.photo_name) for each in store.templates.of_model("model")] == [
        (PLAIN, "1.jpg"),
        (PLAIN, "2.jpg"),
    ]
    assert store.renamings.by("office") == [Renaming("student", WIDE, PLAIN)]


def test_two_courses_that_are_one_are_joined_unless_both_have_a_session_on_a_day(store: Store) -> None:
    _put(
        store,
        RosterLine("1", "하늘", WIDE_COURSE),
        RosterLine("1", "하늘", "EA0017"),
        RosterLine("2", "바다", WIDE_COURSE),
    )
    record(store, request(mark(student="1", course=WIDE_COURSE)))
    assert join_courses(store, WIDE_COURSE, "EA0017", at=NOW, by="office") == 1
    assert [each.code for each in store.courses.listed()] == ["EA0017"]
    assert store.rosters.students_of("EA0017", DAY) == {"1", "2"}
    _put(store, RosterLine("1", "하늘", "C2"))
    record(store, request(mark(student="1", course="C2")))
    with pytest.raises(BadRequest, match="Both courses have a session on 2026-03-02"):
        join_courses(store, "C2", "EA0017", at=NOW, by="office")


def test_whom_nobody_knows_is_not_joined(store: Store) -> None:
    _put(store, RosterLine("1", "하늘", "C1"))
    with pytest.raises(UnknownStudent):
        join_students(store, "1", "2", at=NOW, by="office")
    with pytest.raises(BadRequest, match="to themselves"):
        join_students(store, "1", "１", at=NOW, by="office")


def _before(connection: Connection) -> None:
    schema._migrate(connection, "0009")
    connection.execute(text("INSERT INTO students (number, name) VALUES (:wide, 'x'), ('7', 'y')"), {"wide": WIDE})


@pytest.fixture(params=EVERY_DATABASE)
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        yield from _made(str(tmp_path / "old.sqlite"))
        return
    with new_database(request.getfixturevalue("mysql_servers").url(request.param)) as url:
        yield from _made(url)


def _made(url: str) -> Iterator[Store]:
    store = open_store(url, key_file=None)
    store._database.write(_before)
    yield store
    store.close()


def test_the_upgrade_rewrites_what_is_there_and_notes_it(older: Store) -> None:
    older.health.upgrade()
    assert older.renamings.by(UPGRADE) == [Renaming("student", WIDE, PLAIN)]
    assert older.rosters.names([WIDE, PLAIN, "7"]) == {PLAIN: "x", "7": "y"}


def test_doctor_names_twins_with_what_joins_them(store: Store) -> None:
    assert [each.level for each in check_twins(store)] == ["fine"]
    _put(store, RosterLine(WIDE, "하늘", WIDE_COURSE), RosterLine(PLAIN, "하늘", "EA0017"))
    told = [each.text for each in check_twins(store)]
    assert "`roster merge STUDENT INTO` joins them" in told[0]
    assert PLAIN in told[0]
    assert "`roster merge --courses COURSE INTO` joins them" in told[1]


def test_db_upgrade_tells_what_it_gave_its_one_form(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "rollcall.sqlite"), key_file=None)
    store._database.write(_before)
    store.close()
    lines = invoke(tmp_path, "db", "upgrade").output.splitlines()
    assert lines[1:] == [
        "The upgrade gave these their one form; run `enrol` for students among them:",
        f"student {WIDE} is {PLAIN} now",
    ]
