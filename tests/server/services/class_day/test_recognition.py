"""Pictures wait for each other only where faces are found: what asks the database does so beside the queue."""

import threading
from collections.abc import Collection

from protocol import messages
from tests.server.classroom import COURSE, Classroom, seoul

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


def test_who_was_seen_by_two_families_in_an_hour_was_there_from_the_first_to_the_last_of_it(
    on_sqlite: Classroom,
) -> None:
    session = on_sqlite.open(hours=(1,)).session
    recogniser = on_sqlite.recogniser
    recogniser.model_id = "another family's"  # type: ignore[misc]
    on_sqlite.look("10:31", 0)
    recogniser.model_id = type(recogniser).model_id  # type: ignore[misc]
    on_sqlite.look("10:41", 0)
    hour = on_sqlite.board(session, 1).students[0].hours[0]
    assert (hour.first_seen, hour.last_seen) == (seoul("10:31"), seoul("10:41"))
