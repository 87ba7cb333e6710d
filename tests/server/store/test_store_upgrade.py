"""A database of the first version brought to the newest, and the views that an office reads."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymysql import OperationalError
from sqlalchemy import URL, Connection, Engine, event, make_url, text

from server.domain.attendance import State
from server.domain.calendar import Calendar
from server.domain.sessions import SessionState
from server.store import RecordedPicture, Store, open_store
from server.store.database import schema
from server.store.database.tables import metadata
from tests.databases import EVERY_DATABASE, connect, new_database
from tests.server.store.store_values import COURSE, DAY, NOW, STUDENTS, enrol, mark, minutes, record, request

NEWEST = schema._known()[-1]
MOMENT = NOW.strftime("%Y-%m-%d %H:%M:%S.%f")
LATER = (NOW + minutes(1)).strftime("%Y-%m-%d %H:%M:%S.%f")
ODD = 'o"dd\\'
OF_THE_FIRST_VERSION = (
    f"INSERT INTO students (number, name) VALUES ('{STUDENTS[0]}', '하늘'), ('{STUDENTS[1]}', ''), (:odd, '')",
    f"INSERT INTO courses (code, title) VALUES ('{COURSE}', '')",
    f"INSERT INTO enrolments (course, student, begins) VALUES ('{COURSE}', '{STUDENTS[0]}', '1970-01-01')",
    f"INSERT INTO sessions (id, course, day, state) VALUES (1, '{COURSE}', '2026-03-02', 'open')",
    f"INSERT INTO sessions (id, course, day, state) VALUES (2, '{COURSE}', '2026-03-09', 'closed')",
    "INSERT INTO hours (id, session, number) VALUES (1, 1, 1)",
    "INSERT INTO marks (hour, student, state, decided_at, recorded_at, who, source) "
    f"VALUES (1, '{STUDENTS[0]}', 'late', '{MOMENT}', '{MOMENT}', 'who', 'professor')",
    *(
        "INSERT INTO sightings (student, course, taken_at, hour, day, box_left, box_top, box_right, box_bottom, "
        f"distance, model_id, device, recorded_at) VALUES ({student}, '{COURSE}', '{moment}', 1, '2026-03-02', "
        f"1, 2, 3, 4, 0.25, 'model', 'cam', '{moment}')"
        for student, moment in ((f"'{STUDENTS[0]}'", MOMENT), (":odd", MOMENT), (f"'{STUDENTS[1]}'", LATER))
    ),
)


def to_the_first_version(connection: Connection) -> None:
    schema._migrate(connection, "0001")
    for statement in OF_THE_FIRST_VERSION:
        connection.execute(text(statement), {"odd": ODD} if ":odd" in statement else {})


@pytest.fixture(params=EVERY_DATABASE)
def first_version(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store on a database of the first version, with rows."""
    if request.param == "sqlite":
        yield from made(str(tmp_path / "old.sqlite"))
        return
    with new_database(request.getfixturevalue("mysql_servers").url(request.param)) as url:
        yield from made(url)


def made(url: str) -> Iterator[Store]:
    store = open_store(url, key_file=None)
    store._database.write(to_the_first_version)
    yield store
    store.close()


def test_a_database_of_the_first_version_keeps_all_that_it_held(first_version: Store) -> None:
    assert first_version.health.upgrade() == ("0001", NEWEST)
    first, second = (first_version.sessions.get(number) for number in (1, 2))
    assert (first.state, first.opened_at, first.closes_at, first.makeup) == (SessionState.DRAFT, None, None, False)
    assert second.state is SessionState.CLOSED
    standing = first_version.marks.standing(1)[STUDENTS[0], 1]
    assert (standing.state, standing.at, standing.why) == (State.LATE, NOW, "")
    found = first_version.pictures.of_day(COURSE, DAY)
    assert [each for each, _ in found] == [
        RecordedPicture(COURSE, DAY, 1, NOW, "cam", 2, 0, 0),
        RecordedPicture(COURSE, DAY, 1, NOW + minutes(1), "cam", 1, 0, 0),
    ]
    assert [[(each.student, each.verdict, each.candidates, each.box) for each in seen] for _, seen in found] == [
        [(STUDENTS[0], "sure", ((STUDENTS[0], 0.25),), (1, 2, 3, 4)), (ODD, "sure", ((ODD, 0.25),), (1, 2, 3, 4))],
        [(STUDENTS[1], "sure", ((STUDENTS[1], 0.25),), (1, 2, 3, 4))],
    ]
    assert all(each.embedding is None for _, seen in found for each in seen)
    assert first_version.courses.get(COURSE).plans == ()
    assert first_version.courses.calendar() == Calendar()


def test_marks_go_on_after_the_upgrade(first_version: Store) -> None:
    first_version.health.upgrade()
    after = mark(state=State.EXCUSED, at=NOW + minutes(1))
    assert record(first_version, request(after))[0][0].changed
    assert first_version.marks.standing(1)[STUDENTS[0], 1].state is State.EXCUSED


class TestViews:
    def test_an_office_reads_marks_sessions_history_and_enrolments_by_name(self, store: Store) -> None:
        enrol(store, STUDENTS[0])
        record(store, request(mark(why="전화", hour=2)), request(mark(state=State.LATE, at=NOW + minutes(1), hour=2)))

        def view(columns: str, name: str) -> list[tuple[object, ...]]:
            rows = store._database.read(lambda c: c.execute(text(f"SELECT {columns} FROM {name}")).all())
            return [tuple(row) for row in rows]

        name = f"name of {STUDENTS[0]}"
        assert view("course, hour, student, name, state, source, who, session_state", "view_marks") == [
            (COURSE, 2, STUDENTS[0], name, "late", "professor", "professor", "draft")
        ]
        assert view("course, hour, name, old_state, new_state, stood, why", "view_history ORDER BY id") == [
            (COURSE, 2, name, None, "present", 1, "전화"),
            (COURSE, 2, name, "present", "late", 1, ""),
        ]
        assert view("course, room, state, makeup, opened_by", "view_sessions") == [
            (COURSE, None, "draft", 0, "professor")
        ]
        assert view("course, student, name, ends", "view_enrolments") == [(COURSE, STUDENTS[0], name, None)]

    def test_an_account_that_may_read_a_view_reads_nothing_else(self, mysql_url: str) -> None:
        who, database = f"office_{secrets.token_hex(4)}", make_url(mysql_url).database
        with connect(make_url(mysql_url)) as root, root.cursor() as cursor:
            cursor.execute(f"CREATE USER {who}@'%' IDENTIFIED BY 'office'")
            cursor.execute(f"GRANT SELECT ON {database}.view_marks TO {who}@'%'")
            try:
                account = make_url(mysql_url).set(username=who, password="office")
                with connect(account) as office, office.cursor() as reading:
                    assert reading.execute("SELECT student, name, state FROM view_marks") == 0
                    for statement in ("SELECT * FROM marks", "DELETE FROM view_marks"):
                        with pytest.raises(OperationalError, match="denied"):
                            reading.execute(statement)
            finally:
                cursor.execute(f"DROP USER {who}@'%'")

    def test_views_are_no_tables_of_the_program(self) -> None:
        assert not [name for name in metadata.tables if name.startswith("view_")]


def test_a_course_is_reported_in_two_statements_by_index(store: Store) -> None:
    enrol(store)
    for course in ("a", "b", "c", "d", "e", "f"):
        enrol(store, course=course)
    days = [DAY + timedelta(days=number) for number in range(8)]
    for course in (COURSE, "a", "b", "c", "d", "e", "f"):
        record(store, request(*(mark(each, day=day, course=course) for each in STUDENTS for day in days)))
    asked: list[tuple[str, Any]] = []
    event.listen(store._database.engine, "before_cursor_execute", lambda _c, _u, *asked_: asked.append(asked_[:2]))
    store.marks.of_course(COURSE, DAY, None)
    statements = [each for each in asked if each[0].startswith("SELECT")]
    assert len(statements) == 2
    for statement, given in statements:
        assert scans(store, statement, given) == []


def scans(store: Store, statement: str, given: Any) -> list[Any]:
    """The steps of the database's plan that read a whole table or a whole index."""
    if store._database.dialect == "sqlite":
        plan = store._database.read(lambda c: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all())
        return [row for row in plan if row[-1].startswith("SCAN")]
    explain = f"EXPLAIN FORMAT=TRADITIONAL {statement}"
    plan = store._database.read(lambda c: c.exec_driver_sql(explain, given).mappings().all())
    return [dict(row) for row in plan if row["type"] in {"ALL", "index"}]


class _BrokenOff(Exception):
    pass


@contextmanager
def broken_off(after: int) -> Iterator[None]:
    """Upgrades end before the statement that would change more than so many times."""
    left = [after]

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.lstrip().startswith(("CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE")):
            left[0] -= 1
            if left[0] < 0:
                raise _BrokenOff

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", count)


@contextmanager
def no_table_without_a_primary_key(server: URL) -> Iterator[None]:
    """As a cluster has it."""
    connection = connect(server, autocommit=True)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT VERSION()")
        (version,) = cursor.fetchone()
        name = "innodb_force_primary_key" if "MariaDB" in version else "sql_require_primary_key"
        cursor.execute(f"SET GLOBAL {name} = 1")
        try:
            yield
        finally:
            cursor.execute(f"SET GLOBAL {name} = 0")


@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.slow)])
def test_an_upgrade_that_was_broken_off_anywhere_is_resumed_on_a_cluster_too(mysql_server: URL, step: int) -> None:
    with new_database(mysql_server) as url, no_table_without_a_primary_key(mysql_server):
        for store in made(url):
            after = 0
            while after < 400:
                try:
                    with broken_off(after):
                        store.health.upgrade()
                    break
                except _BrokenOff:
                    after += step
            assert store.health.upgrade() == (NEWEST, NEWEST)
            shown = store._database.read(lambda c: c.execute(text("SELECT COUNT(*) FROM view_marks")).scalar())
            assert shown == 1
            assert len(store.pictures.of_day(COURSE, DAY)) == 2
            assert sum(len(sightings) for _, sightings in store.pictures.of_day(COURSE, DAY)) == 3
