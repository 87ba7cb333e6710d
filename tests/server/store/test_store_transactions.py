"""Several steps as one transaction: all of them or none, alone on the session they are about."""

import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest
from pymysql import OperationalError
from sqlalchemy import event, make_url
from sqlalchemy.exc import IntegrityError

from server.domain.attendance import State
from server.domain.sessions import SessionState
from server.domain.timetable import PlannedHour
from server.errors import BadRequest, Internal, NoSession
from server.store import Once, Store, open_store
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
    record,
    request,
    states,
    template,
)

PATIENCE_S = 60.0


def opened(store: Store) -> int:
    enrol(store)
    return store.sessions.open(COURSE, DAY, [PlannedHour(1)], closes_at=None, makeup=False, at=NOW, by="x").id


def test_the_steps_of_a_transaction_see_each_other_and_are_kept_together(store: Store) -> None:
    number = opened(store)

    def both(held: Store) -> dict[tuple[str, int], State]:
        record(held, request())
        held.sessions.set_state(number, SessionState.SUBMITTED, at=NOW, by="professor", why="")
        return {where: each.state for where, each in held.marks.standing(number).items()}

    assert store.transaction(both) == {(STUDENTS[0], 1): State.PRESENT}
    assert states(store) == {STUDENTS[0]: {1: State.PRESENT}}
    assert store.sessions.get(number).state is SessionState.SUBMITTED


@pytest.mark.parametrize("failure", [NoSession("There is none."), RuntimeError("a defect")])
def test_what_fails_between_two_steps_leaves_neither(store: Store, failure: Exception) -> None:
    number = opened(store)

    def fail(held: Store) -> None:
        record(held, request(key="k"))
        held.sessions.set_state(number, SessionState.SUBMITTED, at=NOW, by="professor", why="")
        raise failure

    with pytest.raises(type(failure)):
        store.transaction(fail)
    assert states(store) == {}
    assert (store.sessions.get(number).state, store.sessions.changes(number)) == (SessionState.DRAFT, [])
    assert isinstance(record(store, request(mark(state=State.LATE), key="k", digest=b"other"))[0], tuple)


def test_a_transaction_that_collides_is_run_again_from_its_first_step(store: Store) -> None:
    number = opened(store)
    runs: list[int] = []

    def collide(held: Store) -> None:
        record(held, request(mark(state=State.LATE)))
        runs.append(len(held.marks.history(number)))
        if len(runs) == 1:
            raise IntegrityError("another transaction came in between", {}, Exception())

    store.transaction(collide)
    assert runs == [1, 1]
    assert len(store.marks.history(number)) == 1


@pytest.mark.parametrize(
    "act",
    [
        lambda store: store.sessions.listed(None, None, None),
        lambda store: record(store, request()),
        lambda store: store.transaction(lambda _: None),
    ],
)
def test_a_transaction_begun_inside_another_is_a_defect_that_is_told_at_once(
    store: Store, act: Callable[[Store], object]
) -> None:
    enrol(store)
    with pytest.raises(Internal, match="inside another"):
        store.transaction(lambda _: act(store))
    act(store)


def test_a_held_session_is_changed_by_nobody_else_before_the_transaction_ends(mysql_url: str) -> None:
    with closing(open_store(mysql_url, key_file=None)) as store, closing(connect(make_url(mysql_url))) as other:
        number = opened(store)

        def look(held: Store) -> None:
            held.sessions.hold(number)
            with other.cursor() as cursor, pytest.raises(OperationalError):
                cursor.execute(f"SELECT id FROM sessions WHERE id = {number} FOR UPDATE NOWAIT")
            other.rollback()

        store.transaction(look)


def test_marks_that_come_while_a_session_is_held_wait_for_its_transaction(store: Store, database_url: str) -> None:
    number = opened(store)
    held_by_us, sent = threading.Event(), threading.Event()
    outcomes: list[object] = []

    def send() -> None:
        assert held_by_us.wait(PATIENCE_S)
        sent.set()
        with closing(open_store(database_url, key_file=None)) as another:
            outcomes.extend(record(another, request(mark(state=State.LATE, at=NOW + minutes(1)))))

    def submit(held: Store) -> None:
        held.sessions.hold(number)
        held_by_us.set()
        assert sent.wait(PATIENCE_S)
        record(held, request())
        held.sessions.set_state(number, SessionState.SUBMITTED, at=NOW, by="professor", why="")

    sender = threading.Thread(target=send)
    sender.start()
    store.transaction(submit)
    sender.join(PATIENCE_S)
    lines = store.marks.history(number)
    assert [(line.old, line.new) for line in lines] == [(None, State.PRESENT), (State.PRESENT, State.LATE)]
    assert isinstance(outcomes[0], tuple)


def test_hours_are_added_with_times_to_those_that_lack_them(store: Store) -> None:
    number = opened(store)
    planned = [PlannedHour(each, NOW + minutes(each), NOW + minutes(each + 1)) for each in (1, 2)]
    assert list(store.sessions.add_hours(number, planned).hours) == planned
    later = [PlannedHour(1, NOW + timedelta(hours=5), NOW + timedelta(hours=6))]
    assert list(store.sessions.add_hours(number, later).hours) == planned
    with pytest.raises(NoSession):
        store.sessions.add_hours(number + 1, planned)


def test_a_key_is_known_until_it_is_removed_and_nobody_who_asks_removes_it(store: Store) -> None:
    number = opened(store)
    record(store, request(key="k"))
    later = Once("k", b"other", NOW + timedelta(days=181))
    statements: list[str] = []
    event.listen(store._database.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    with pytest.raises(BadRequest):
        store.answers.was_done(later)
    assert not any(each.startswith(("DELETE", "INSERT", "UPDATE", "BEGIN IMMEDIATE")) for each in statements)
    store.answers.forget_old(now=later.arrived)
    submitted = store.sessions.set_state(number, SessionState.SUBMITTED, at=NOW, by="x", why="", once=later)
    assert submitted.state is SessionState.SUBMITTED
    assert store.answers.was_done(later)


def test_what_a_transaction_removed_is_not_left_in_the_write_ahead_log(sqlite_store: Store) -> None:
    sqlite_store.templates.add([template()], [], at=NOW)
    checkpoints: list[str] = []
    event.listen(sqlite_store._database.engine, "before_cursor_execute", lambda *call: checkpoints.append(call[2]))
    sqlite_store.transaction(lambda held: held.templates.remove_all())
    assert sqlite_store.templates.of_model(MODEL) == []
    assert [each for each in checkpoints if "wal_checkpoint" in each] != []
