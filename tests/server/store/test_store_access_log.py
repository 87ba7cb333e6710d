"""The access log: chained lines, what is found out about them, and a student who was erased."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from server.store import AccessLine, Store, open_store
from server.store.database.identity_tables import access_chains, access_log
from tests.server.store.store_values import NOW, STUDENTS, enrol

LINE = AccessLine(NOW, "prof.kim", "read_board", "", "session 7", "10.0.3.7", "front", "ea0017_1", 57, "")


def write(store: Store, *lines: AccessLine) -> None:
    for each in lines:
        store.access_log.write(each)


def change(store: Store, statement: Any) -> None:
    store._database.write(lambda connection: connection.execute(statement))


def test_a_line_comes_back_as_it_was_written(store: Store) -> None:
    write(store, LINE)
    (found,) = store.access_log.lines()
    assert found == replace(LINE, number=found.number)
    assert store.access_log.verified().problems == ()


def test_a_line_of_one_student_is_found_by_their_number_and_the_number_stands_nowhere(store: Store) -> None:
    write(store, replace(LINE, subject=STUDENTS[0], subjects=1), replace(LINE, subject=STUDENTS[1], subjects=1))
    assert [each.subject for each in store.access_log.lines(student=STUDENTS[0])] == [STUDENTS[0]]
    kept = store._database.read(lambda c: list(c.scalars(select(access_log.c.subject))))
    assert not set(kept) & set(STUDENTS)


def test_an_erased_student_is_named_by_no_line_and_the_chain_holds(store: Store) -> None:
    enrol(store)
    write(store, replace(LINE, subject=STUDENTS[0], subjects=1))
    store.erasures.erase(STUDENTS[0], at=NOW, by="office")
    assert store.access_log.lines(student=STUDENTS[0]) == []
    assert len(store.access_log.lines()) == 3
    assert store.access_log.verified().problems == ()


def test_a_number_from_before_lines_were_chained_goes_with_the_erasure(store: Store) -> None:
    enrol(store)
    old = {"happened_at": NOW, "who": "office", "action": "erase", "subject": STUDENTS[0]}
    change(store, insert(access_log).values(old))
    assert [each.subject for each in store.access_log.lines(student=STUDENTS[0])] == [STUDENTS[0]]
    store.erasures.erase(STUDENTS[0], at=NOW, by="office")
    kept = store._database.read(lambda c: list(c.scalars(select(access_log.c.subject))))
    assert STUDENTS[0] not in kept


@pytest.mark.parametrize("column", ["who", "detail", "course", "address", "why", "action", "subject"])
def test_a_changed_line_is_found_out(store: Store, column: str) -> None:
    write(store, LINE, LINE, LINE)
    change(store, update(access_log).where(access_log.c.number == 2).values({column: "x"}))
    (problem,) = store.access_log.verified().problems
    assert "Line 2 of the chain commands" in problem


def test_a_removed_line_is_found_out(store: Store) -> None:
    write(store, LINE, LINE, LINE)
    change(store, delete(access_log).where(access_log.c.number == 2))
    assert len(store.access_log.verified().problems) == 1


def test_a_removed_end_is_found_out(store: Store) -> None:
    write(store, LINE, LINE)
    change(store, delete(access_log).where(access_log.c.number == 2))
    (problem,) = store.access_log.verified().problems
    assert "its end was removed" in problem


def test_an_end_that_is_cut_with_its_count_is_found_out_by_the_next_chain(store: Store) -> None:
    write(store, LINE, LINE)
    write(store, replace(LINE, at=NOW + timedelta(days=1)))
    first = store._database.read(lambda c: c.execute(select(access_log).order_by(access_log.c.id)).first())
    assert first is not None
    change(store, delete(access_log).where(access_log.c.chain == first.chain, access_log.c.number == 2))
    cut = update(access_chains).where(access_chains.c.id == first.chain).values(length=1, head=first.hash)
    change(store, cut)
    (problem,) = store.access_log.verified().problems
    assert "is not as it was when another noted its 2 lines" in problem


def test_every_server_process_has_a_chain_of_its_own(database_url: str, store: Store) -> None:
    other = open_store(database_url, key_file=None, writer="serve-1")
    try:
        write(store, LINE)
        write(other, LINE)
        write(store, LINE)
    finally:
        other.close()
    found = store.access_log.verified()
    assert (found.chains, found.lines, found.problems) == (2, 4, ())


def test_lines_go_by_whole_chains_after_their_time_and_the_rest_still_holds(store: Store) -> None:
    write(store, replace(LINE, at=NOW - timedelta(days=800)), replace(LINE, at=NOW - timedelta(days=10)), LINE)
    assert store.access_log.forget_old(before=(NOW - timedelta(days=730)).date()) == 1
    assert len(store.access_log.lines()) == 2
    assert store.access_log.verified().problems == ()
    assert store.access_log.forget_old(before=date(2000, 1, 1)) == 0
