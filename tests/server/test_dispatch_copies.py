"""Rolls that were copied to the next hour (연강) in whole messages, on a real store: what they follow, until when."""

import threading
from typing import Any

import pytest
from sqlalchemy import event

from protocol import messages
from server.domain.sessions import SessionState
from tests.server.classroom import COURSE, Classroom, seoul

THREE_HOURS = """
title = "알고리즘"
[timetable]
monday = ["3 10:30-11:20", "4 11:30-12:20", "5 12:30-13:20"]
"""


def submitted(room: Classroom, *states: str) -> int:
    """A session whose first hour alone was called, and that was submitted."""
    room.set_course(THREE_HOURS, "copy_consecutive = true")
    number: int = room.open().session
    room.now = seoul("10:40")
    for place, state in enumerate(states):
        room.mark(place, state, session=number, hour=3)
    room.now = seoul("13:30")
    room.set_state(number, "submitted")
    room.now = seoul("14:00")
    return number


def states(room: Classroom, session: int, place: int) -> list[str | None]:
    """Of hours 3, 4 and 5."""
    marks = room.marks(session)
    return [marks.get((place, hour), (None,))[0] for hour in (3, 4, 5)]


def history(room: Classroom, session: int, place: int, hour: int) -> list[tuple[Any, ...]]:
    lines = room.store.marks.history(session, room.students[place])
    return [(line.old, line.new, line.who, line.why, line.source) for line in lines if line.hour == hour]


@pytest.mark.parametrize(
    ("corrected", "behind"),
    [
        ("absent", "absent"),
        ("late", "present"),
        ("left_early", "absent"),
        ("excused", "excused"),
        ("excused_absence", "excused_absence"),
        ("not_visible", "not_taken"),
    ],
)
def test_a_copied_hour_follows_a_later_correction(on_sqlite: Classroom, corrected: str, behind: str) -> None:
    session = submitted(on_sqlite, "present" if behind != "present" else "absent")
    on_sqlite.mark(0, corrected, session=session, hour=3, why="certificate")
    assert states(on_sqlite, session, 0) == [corrected, behind, behind]


def test_history_says_what_a_copied_hour_followed_and_who_made_it(room: Classroom) -> None:
    session = submitted(room, "present", "present")
    room.mark(0, "absent", session=session, hour=3, by="김하늘", why="answered for another")
    assert states(room, session, 0) == ["absent"] * 3
    assert states(room, session, 1) == ["present"] * 3, "nobody else's"
    assert history(room, session, 0, 5) == [
        (None, "present", "10.0.3.7", "copied from hour 3", "copied"),
        ("present", "absent", "김하늘", "copied from hour 3", "copied"),
    ]


def test_a_copied_hour_that_a_person_decided_follows_no_more(room: Classroom) -> None:
    session = submitted(room, "present")
    room.mark(0, "late", session=session, hour=4)
    assert states(room, session, 0) == ["present", "late", "present"]
    room.mark(0, "absent", session=session, hour=3)
    assert states(room, session, 0) == ["absent", "late", "present"], "hour 5 has hour 4 before it"
    room.mark(0, "left_early", session=session, hour=4)
    assert states(room, session, 0) == ["absent", "left_early", "absent"]
    assert history(room, session, 0, 5)[-1][3] == "copied from hour 4"


def test_who_is_marked_after_the_submission_is_handed_on_too(room: Classroom) -> None:
    session = submitted(room, "present")
    room.mark(1, "late", session=session, hour=3)
    assert states(room, session, 1) == ["late", "present", "present"]
    room.mark(2, "not_visible", session=session, hour=3)
    assert states(room, session, 2) == ["not_visible", None, None], "nothing to hand on"


def test_a_correction_that_does_not_stand_moves_no_copy(on_sqlite: Classroom) -> None:
    session = submitted(on_sqlite, "present")
    on_sqlite.peer.connected_since = on_sqlite.now
    on_sqlite.mark(0, "absent", session=session, hour=3, at=seoul("10:35"))
    assert states(on_sqlite, session, 0) == ["present"] * 3
    assert len(history(on_sqlite, session, 0, 4)) == 1


def test_an_earlier_word_of_a_person_over_a_confirmed_proposal_reaches_the_copies(on_sqlite: Classroom) -> None:
    room = on_sqlite
    room.set_course(THREE_HOURS, "copy_consecutive = true")
    room.look("10:40", 0)
    session = room.look("10:50", 0).session
    room.now = seoul("11:00")
    item = messages.ConfirmItem(student=room.students[0], hour=3, state="present")
    room.ask(messages.Confirm(session=session, key="c", items=(item,)))
    room.set_state(session, "submitted")
    assert states(room, session, 0) == ["present"] * 3
    room.peer.connected_since = room.now = seoul("15:00")
    room.mark(0, "absent", session=session, hour=3, at=seoul("10:45"))
    assert states(room, session, 0) == ["absent"] * 3


def test_an_hour_that_was_called_itself_follows_nothing(on_sqlite: Classroom) -> None:
    room = on_sqlite
    room.set_course(THREE_HOURS, "copy_consecutive = true")
    session = room.open().session
    for hour in (3, 4):
        room.mark(0, session=session, hour=hour)
    room.set_state(session, "submitted")
    room.mark(0, "absent", session=session, hour=3)
    assert states(room, session, 0) == ["absent", "present", "present"]
    room.mark(1, "absent", session=session, hour=3)
    assert states(room, session, 1) == ["absent", None, None]


def test_nothing_is_copied_where_the_rule_is_not_set(on_sqlite: Classroom) -> None:
    on_sqlite.set_course(THREE_HOURS)
    session = on_sqlite.open().session
    on_sqlite.mark(0, session=session, hour=3)
    on_sqlite.set_state(session, "submitted")
    on_sqlite.mark(0, "absent", session=session, hour=3)
    assert states(on_sqlite, session, 0) == ["absent", None, None]


def test_a_session_that_is_submitted_again_copies_to_whom_was_forgotten(on_sqlite: Classroom) -> None:
    session = submitted(on_sqlite, "present")
    on_sqlite.set_state(session, "draft", "forgot somebody")
    on_sqlite.mark(1, "late", session=session, hour=3)
    on_sqlite.now = seoul("14:10")
    on_sqlite.set_state(session, "submitted")
    assert states(on_sqlite, session, 1) == ["late", "present", "present"]
    assert len(history(on_sqlite, session, 0, 4)) == 1, "whose roll is as it was"


def test_of_corrections_at_once_the_copies_end_as_the_hour_they_were_copied_from(room: Classroom) -> None:
    session = submitted(room, "present", "present")
    corrections = [
        messages.Mark(
            student=room.students[place],
            course=COURSE,
            session=session,
            hour=3,
            state=state,  # type: ignore[arg-type]
            key=f"{place} {state}",
        )
        for state in ("absent", "late", "excused", "left_early")
        for place in (0, 1)
    ]
    threads = [threading.Thread(target=room.ask, args=(each,)) for each in corrections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    follows = {"absent": "absent", "late": "present", "excused": "excused", "left_early": "absent"}
    for place in (0, 1):
        first, *others = states(room, session, place)
        assert first is not None
        assert others == [follows[first]] * 2


def called(room: Classroom) -> int:
    """A session whose first hour alone was called."""
    room.set_course(THREE_HOURS, "copy_consecutive = true")
    number: int = room.open().session
    room.now = seoul("10:40")
    room.mark(0, "present", session=number, hour=3)
    return number


def test_a_submission_that_fails_behind_the_copies_copies_nothing(room: Classroom) -> None:
    session = called(room)
    copied: list[str] = []

    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO marks"):
            copied.append(statement)
        if statement.startswith("UPDATE sessions"):
            raise RuntimeError("the machine is switched off")

    event.listen(room.store._database.engine, "before_cursor_execute", fail)
    assert room.set_state(session, "submitted", key="s").code == "internal"
    event.remove(room.store._database.engine, "before_cursor_execute", fail)
    assert copied != [], "the copies were written, and taken back"
    assert states(room, session, 0) == ["present", None, None]
    assert room.store.sessions.get(session).state is SessionState.DRAFT
    room.set_state(session, "submitted", key="s")
    assert states(room, session, 0) == ["present"] * 3


def test_a_submission_that_was_brought_before_copies_nothing_more(room: Classroom) -> None:
    session = called(room)
    room.set_state(session, "submitted", key="s")
    room.set_state(session, "draft", "forgot somebody")
    room.mark(1, "late", session=session, hour=3)
    room.set_state(session, "submitted", key="s")
    assert states(room, session, 1) == ["late", "present", "present"], "it follows, as its hour is a copy"
    assert room.store.sessions.get(session).state is SessionState.DRAFT


def test_marks_and_submissions_at_once_hold_nobody_up_for_good(room: Classroom) -> None:
    session = called(room)
    answered: list[object] = []

    def submit() -> None:
        for turn in range(4):
            answered.append(room.set_state(session, "submitted", key=f"submit {turn}"))
            answered.append(room.set_state(session, "draft", "again", key=f"again {turn}"))

    def mark(place: int) -> None:
        for turn in range(8):
            state = ("present", "late")[turn % 2]
            asked = messages.Mark(
                student=room.students[place], course=COURSE, session=session, hour=3, state=state, key=f"{place} {turn}"
            )  # type: ignore[arg-type]
            answered.append(room.ask(asked))

    threads = [threading.Thread(target=submit), *(threading.Thread(target=mark, args=(place,)) for place in range(4))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(answered) == 8 + 4 * 8
    assert not any(isinstance(each, messages.Error) for each in answered), answered
    for place in range(4):
        first, *behind = states(room, session, place)
        assert (first, behind) == ("late", ["present", "present"])
