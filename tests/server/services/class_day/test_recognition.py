"""Pictures wait for each other only where faces are found: what asks the database does so beside the queue."""

import threading
from collections.abc import Collection

from protocol import messages
from tests.server.classroom import COURSE, Classroom

PATIENCE_S = 60.0


def test_a_picture_that_waits_for_the_database_holds_up_no_other(on_sqlite: Classroom) -> None:
    entered, go = threading.Event(), threading.Event()
    names = on_sqlite.store.rosters.names

    def slow(students: Collection[str]) -> dict[str, str]:
        if not entered.is_set():
            entered.set()
            assert go.wait(PATIENCE_S)
        return names(students)

    on_sqlite.store.rosters.names = slow  # type: ignore[method-assign]
    found: list[messages.Message] = []
    first = threading.Thread(target=lambda: found.append(on_sqlite.ask(messages.Snapshot(course=COURSE), b"0")))
    first.start()
    assert entered.wait(PATIENCE_S)
    second = on_sqlite.ask(messages.Snapshot(course=COURSE), b"1 2")
    assert [each.student for each in second.faces] == on_sqlite.students[1:3]
    assert found == []
    go.set()
    first.join(PATIENCE_S)
    assert [each.student for each in found[0].faces] == on_sqlite.students[:1]  # type: ignore[attr-defined]
