"""Several at once, in any order, from several stores: the later decision stands and nothing is forgotten."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymysql import OperationalError
from sqlalchemy import event, make_url

from server.domain.attendance import Mark, State
from server.domain.evidence import Proposal, Reason
from server.domain.ledger import MarkRequest
from server.domain.sessions import SessionState
from server.domain.timetable import PlannedHour
from server.errors import BadRequest, NoSession, SessionClosed
from server.store import RosterLine, Store, open_store
from server.store.database.tables import mark_history
from tests.databases import connect
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
    recorded,
    request,
    sighting,
    states,
    template,
)

PATIENCE_S = 60.0
LATE = Proposal(
    student=STUDENTS[0],
    hour=1,
    state=State.LATE,
    sure=True,
    reason=Reason.NONE,
    first_seen=None,
    last_seen=None,
    seen=1,
    looks=1,
    minutes_late=None,
    probability=None,
)


def at_once(*acts: Callable[[], object]) -> None:
    """Run each in a thread of its own, begun together; the first failure is raised."""
    together = threading.Barrier(len(acts))
    failed: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        together.wait(PATIENCE_S)
        try:
            act()
        except BaseException as problem:  # noqa: BLE001  # whatever it is, the test has to see it
            failed.append(problem)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert not any(thread.is_alive() for thread in threads)
    if failed:
        raise failed[0]


@pytest.fixture
def stores(store: Store, database_url: str) -> Iterator[list[Store]]:
    """Four stores on one database, as four servers would have them."""
    more = [open_store(database_url, key_file=None) for _ in range(3)]
    yield [store, *more]
    for each in more:
        each.close()


def history(store: Store) -> list[tuple[str, str | None, str, bool, datetime]]:
    table = mark_history
    query = table.select().order_by(table.c.hour, table.c.student, table.c.id)
    rows = store._database.read(lambda c: c.execute(query).all())
    return [((row.hour, row.student), row.old_state, row.new_state, row.stood, row.decided_at) for row in rows]


def assert_unbroken(lines: list[tuple[str, str | None, str, bool, datetime]]) -> None:
    """Hold that each line of history begins where the one before it ended."""
    standing: dict[str, tuple[str, datetime]] = {}
    for where, old_state, new_state, stood, at in lines:
        before = standing.get(where)
        assert old_state == (before[0] if before else None)
        assert stood == (before is None or at >= before[1])
        if stood:
            standing[where] = new_state, at


def test_marks_from_several_servers_at_once_lose_no_decision(stores: list[Store]) -> None:
    enrol(stores[0])
    chance = random.Random(20260302)
    moments = list(range(len(stores) * 8 * len(STUDENTS)))
    chance.shuffle(moments)
    made: list[Mark] = [
        mark(STUDENTS[number % len(STUDENTS)], chance.choice(list(State)), at=NOW + timedelta(seconds=moment))
        for number, moment in enumerate(moments)
    ]

    def send(number: int) -> None:
        mine = made[number :: len(stores)]
        for start in range(0, len(mine), 5):
            outcome = record(stores[number], request(*mine[start : start + 5], key=f"{number} {start}"))[0]
            assert isinstance(outcome, tuple), outcome

    at_once(*(lambda number=number: send(number) for number in range(len(stores))))
    latest = {each.student: each for each in sorted(made, key=lambda each: each.at)}
    assert states(stores[0]) == {student: {1: each.state} for student, each in latest.items()}
    lines = history(stores[0])
    assert len(lines) == len(made)
    assert_unbroken(lines)


def test_the_same_key_from_several_servers_at_once_is_recorded_once(stores: list[Store]) -> None:
    enrol(stores[0])
    answers: list[object] = []
    at_once(*(lambda each=each: answers.append(record(each, request(key="k"))[0]) for each in stores))
    assert answers == [(recorded(mark()),)] * len(stores)
    assert len(history(stores[0])) == 1


def test_two_corrections_of_one_mark_at_once_lose_none(stores: list[Store]) -> None:
    enrol(stores[0])
    record(stores[0], request(mark()))
    wanted = {
        number: mark(state=state, at=NOW + timedelta(seconds=number), why=f"correction {number}")
        for number, state in enumerate((State.LATE, State.ABSENT, State.EXCUSED, State.LEFT_EARLY), 1)
    }
    at_once(
        *(
            lambda store=store, each=each: record(store, request(each))
            for store, each in zip(stores, wanted.values(), strict=True)
        )
    )
    session = stores[0].sessions.on_day(COURSE, DAY)
    assert session is not None
    lines = stores[0].marks.history(session.id)
    assert sorted(line.why for line in lines) == ["", *(each.why for each in wanted.values())]
    assert stores[0].marks.standing(session.id)[STUDENTS[0], 1].why == "correction 4"
    assert_unbroken(history(stores[0]))


def test_a_session_that_is_closed_while_marks_come_takes_all_of_a_batch_or_nothing(stores: list[Store]) -> None:
    enrol(stores[0])
    number = stores[0].sessions.open(COURSE, DAY, [], closes_at=None, makeup=False, at=NOW, by="professor").id
    stores[0].sessions.set_state(number, SessionState.SUBMITTED, at=NOW, by="professor", why="")
    outcomes: list[object] = []

    def send(store: Store) -> None:
        outcomes.append(record(store, request(*(mark(student) for student in STUDENTS)))[0])

    at_once(
        *(lambda store=store: send(store) for store in stores[1:]),
        lambda: stores[0].sessions.set_state(number, SessionState.CLOSED, at=NOW, by="professor", why=""),
    )
    refused = [each for each in outcomes if isinstance(each, SessionClosed)]
    assert all(len(each.problems) == len(STUDENTS) for each in refused)
    assert len(stores[0].marks.history(number)) == len(STUDENTS) * (len(outcomes) - len(refused))
    assert isinstance(record(stores[0], request())[0], SessionClosed)


def test_a_session_that_is_discarded_while_marks_and_proposals_come_loses_none(stores: list[Store]) -> None:
    enrol(stores[0])
    for turn in range(10):
        day = DAY + timedelta(days=turn)
        number = stores[0].sessions.open(COURSE, day, [PlannedHour(1)], closes_at=None, makeup=False, at=NOW, by="x").id
        done: list[str] = []

        def discard(number: int = number, done: list[str] = done) -> None:
            with suppress(BadRequest):
                stores[0].sessions.discard(number, at=NOW, by="professor", why="by mistake")
                done.append("discarded")

        def propose(number: int = number, done: list[str] = done) -> None:
            with suppress(NoSession):
                stores[1].proposals.keep(number, [LATE], at=NOW)
                done.append("proposed")

        at_once(
            discard,
            propose,
            *(
                lambda store=store, student=student, day=day: record(store, request(mark(student, day=day)))
                for store, student in zip(stores[2:], STUDENTS[1:3], strict=True)
            ),
        )
        assert set(states(stores[0], day=day)) == set(STUDENTS[1:3])
        proposed = stores[0].proposals.of_course(COURSE, day, day)
        assert bool(proposed) is ("proposed" in done)
        again = stores[0].sessions.on_day(COURSE, day)
        assert again is not None
        assert (again.id != number) is ("discarded" in done)


@pytest.mark.parametrize(
    ("act", "looked_for"),
    [
        (lambda store, number: store.sessions.discard(number, at=NOW, by="professor", why="by mistake"), "count("),
        (lambda store, number: store.proposals.keep(number, [LATE], at=NOW), "INSERT INTO proposals"),
        (lambda store, _number: record(store, request()), "FROM enrolments"),
        (lambda store, _number: record(store, request()), "INSERT INTO marks"),
    ],
)
def test_a_session_is_held_while_it_is_looked_through_or_written_to(
    mysql_url: str, act: Callable[[Store, int], object], looked_for: str
) -> None:
    free: list[bool] = []

    def look(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if looked_for in statement:
            with other.cursor() as cursor:
                try:
                    free.append(bool(cursor.execute(f"SELECT id FROM sessions WHERE id = {number} FOR UPDATE NOWAIT")))
                except OperationalError:
                    free.append(False)
            other.rollback()

    with closing(open_store(mysql_url, key_file=None)) as store, closing(connect(make_url(mysql_url))) as other:
        enrol(store)
        number = store.sessions.open(COURSE, DAY, [PlannedHour(1)], closes_at=None, makeup=False, at=NOW, by="x").id
        event.listen(store._database.engine, "before_cursor_execute", look)
        act(store, number)
    assert (len(free) > 0, any(free)) == (True, False)


def test_of_two_who_discard_a_session_at_once_one_does(stores: list[Store]) -> None:
    enrol(stores[0])
    number = stores[0].sessions.open(COURSE, DAY, [PlannedHour(1)], closes_at=None, makeup=False, at=NOW, by="x").id
    outcomes: list[str] = []

    def discard(store: Store) -> None:
        try:
            outcomes.append(store.sessions.discard(number, at=NOW, by="professor", why="by mistake").course)
        except NoSession:
            outcomes.append("gone")

    at_once(*(lambda store=store: discard(store) for store in stores))
    assert sorted(outcomes) == [COURSE, "gone", "gone", "gone"]
    assert stores[0].sessions.listed(None, None, None) == []


def test_a_picture_that_comes_twice_at_once_is_kept_once(store: Store) -> None:
    enrol(store)
    kept: list[int] = []
    at_once(*(lambda: kept.append(store.pictures.add(picture(), [sighting()], now=NOW)) for _ in range(4)))
    assert sorted(kept) == [0, 0, 0, 1]


def test_an_erasure_while_pictures_come_leaves_no_sighting(store: Store) -> None:
    enrol(store)

    def keep(number: int) -> None:
        for moment in range(8):
            seen = [sighting(student) for student in STUDENTS]
            store.pictures.add(picture(at=NOW + minutes(moment), device=f"camera {number}"), seen, now=NOW)

    at_once(
        *(lambda number=number: keep(number) for number in range(3)),
        lambda: store.erasures.erase(STUDENTS[2], at=NOW, by="officer"),
    )
    found = [each.student for _, seen in store.pictures.of_day(COURSE, DAY) for each in seen]
    assert sorted(set(found)) == sorted({*STUDENTS} - {STUDENTS[2]})
    assert len(found) == 3 * 8 * (len(STUDENTS) - 1)


def test_an_erasure_while_photographs_are_enrolled_leaves_no_template(stores: list[Store]) -> None:
    enrol(stores[0])
    stores[0].templates.add([template(photo=b"first")], [], at=NOW)
    erased, enrolled = threading.Event(), threading.Event()

    def begin(held: Store) -> None:
        held.erasures.erase(STUDENTS[0], at=NOW, by="officer")
        erased.set()
        enrolled.wait(0.5)

    def add() -> None:
        erased.wait(PATIENCE_S)
        stores[1].templates.add([template(photo=b"second")], [], at=NOW)
        enrolled.set()

    at_once(lambda: stores[0].transaction(begin), add)
    assert stores[0].templates.of_model(MODEL) == []


def test_a_session_that_several_open_at_once_is_one(stores: list[Store]) -> None:
    enrol(stores[0])
    hours = [[PlannedHour(number), PlannedHour(number + 1)] for number in (1, 2, 1, 3)]

    def open_(store: Store, planned: list[PlannedHour]) -> None:
        store.sessions.open(COURSE, DAY, planned, closes_at=None, makeup=False, at=NOW, by="x")

    at_once(
        *(
            lambda store=store, planned=planned: open_(store, planned)
            for store, planned in zip(stores, hours, strict=True)
        )
    )
    assert [[each.number for each in one.hours] for one in stores[0].sessions.listed(COURSE, None, None)] == [
        [1, 2, 3, 4]
    ]


def test_an_import_writes_in_the_order_of_the_keys_so_that_two_wait_for_each_other(store: Store) -> None:
    written: dict[str, list[tuple[object, ...]]] = {}

    def look(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("INSERT INTO") and isinstance(parameters, list):
            rows = [tuple(each.values()) if isinstance(each, dict) else each for each in parameters]
            written[statement.split()[2]] = rows

    event.listen(store._database.engine, "before_cursor_execute", look)
    numbers = random.Random(1).sample(range(100, 140), 40)
    rows = [RosterLine(f"{number}", "김하늘", f"C{number % 3}") for number in numbers]
    store.rosters.change(rows, at=NOW, by="import", day=DAY)
    keys = {table: [row[:2] for row in of_table] for table, of_table in written.items()}
    assert set(keys) == {"students", "courses", "enrolments"}
    assert keys == {table: sorted(of_table) for table, of_table in keys.items()}


def test_imports_and_marks_at_once_get_along(stores: list[Store]) -> None:
    enrol(stores[0])
    more = [f"new{number}" for number in range(40)]
    at_once(
        lambda: enrol(stores[0], *more),
        lambda: enrol(stores[1], *reversed(more)),
        lambda: record(stores[2], request(*(mark(student) for student in STUDENTS))),
        lambda: record(stores[3], request(*(mark(student, State.LATE) for student in reversed(STUDENTS)))),
    )
    assert stores[0].rosters.students_of(COURSE, DAY) == {*more, *STUDENTS}
    assert_unbroken(history(stores[0]))


def test_one_store_is_used_by_many_threads(store: Store) -> None:
    enrol(store)

    def send(number: int) -> None:
        record(store, request(mark(STUDENTS[number % 5], at=NOW + minutes(number)), key=f"{number}"))

    at_once(*(lambda number=number: send(number) for number in range(20)))
    assert len(history(store)) == 20
    assert_unbroken(history(store))


decisions = st.tuples(st.sampled_from(STUDENTS[:2]), st.sampled_from(list(State)), st.integers(1, 2))


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[list[list[tuple[str, State, int, int]]]], int]:
    """Decisions at different moments in any order, cut into calls of requests; and how many there are."""
    made = draw(st.lists(decisions, min_size=1, max_size=8))
    moments = draw(st.permutations(range(len(made))))
    left = [(*each, moment) for each, moment in zip(made, moments, strict=True)]
    calls: list[list[list[tuple[str, State, int, int]]]] = []
    while left:
        size = draw(st.integers(1, len(left)))
        call, left = left[:size], left[size:]
        cut = draw(st.integers(0, size))
        calls.append([part for part in (call[:cut], call[cut:]) if part])
    return calls, len(made)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrived=arrivals())
def test_the_order_of_arrival_does_not_matter_for_what_stands(
    sqlite_store: Store, arrived: tuple[list[list[list[tuple[str, State, int, int]]]], int]
) -> None:
    calls, count = arrived
    enrol(sqlite_store)
    # Every example has a day of its own: the store is not made anew.
    done = len(history(sqlite_store))
    days = sqlite_store._database.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM sessions").scalar())
    day = DAY + timedelta(days=days)
    expected: dict[tuple[str, int], tuple[int, State]] = {}
    for call in calls:
        requests: list[MarkRequest] = []
        wanted: list[State] = []
        for part in call:
            marks = [
                mark(student, state, at=NOW + timedelta(seconds=moment), hour=hour, day=day)
                for student, state, hour, moment in part
            ]
            requests.append(request(*marks))
            for student, state, hour, moment in part:
                expected[student, hour] = max(expected.get((student, hour), (-1, state)), (moment, state))
                wanted.append(expected[student, hour][1])
        outcomes = record(sqlite_store, *requests)
        assert [each.state for outcome in outcomes for each in outcome] == wanted
    found = {
        (student, hour): state
        for student, hours in states(sqlite_store, day=day).items()
        for hour, state in hours.items()
    }
    assert found == {where: state for where, (_, state) in expected.items()}
    assert len(history(sqlite_store)) == done + count
