"""Two students at one place: submitting asks about them once, and the answer is kept, told and erased."""

from protocol import messages
from tests.server.classroom import COURSE, Classroom, seoul

SEATED, PROXY, OTHER = 0, 1, 2


def taught(room: Classroom, rules: str = "") -> int:
    """Hour 3 shows two students; then somebody else sits in the seat of the first. All are marked as there."""
    room.set_course(rules=rules)
    for minute in range(31, 55, 4):
        room.look(f"10:{minute}", SEATED, OTHER)
    for minute in range(0, 18, 4):
        room.look(f"11:{minute:02}", f"{PROXY}@{SEATED}", OTHER)
    room.now = seoul("11:25")
    for place in (SEATED, PROXY, OTHER):
        room.mark(place, source="professor", hour=3)
    return int(room.ask(messages.Sessions(course=COURSE)).sessions[0].session)


def asked(room: Classroom, session: int) -> list[tuple[int, str, str, str, bool]]:
    board = room.board(session)
    return [(each.hour, each.student, each.other, each.why, each.answered) for each in board.shared_faces]


def answer(room: Classroom) -> messages.BothThere:
    return messages.BothThere(hour=3, student=room.students[PROXY], other=room.students[SEATED])


def test_submitting_asks_once_and_keeps_the_answer(room: Classroom) -> None:
    session = taught(room)
    pair = (3, room.students[SEATED], room.students[PROXY], "place")
    assert asked(room, session) == [(*pair, False)]
    refused = room.set_state(session, "submitted")
    assert refused.code == "bad_request"
    assert "at one place" in refused.text
    assert room.board(session).session.state == "draft"
    assert room.set_state(session, "submitted", both_there=(answer(room),)).session.state == "submitted"
    assert asked(room, session) == [(*pair, True)]
    room.set_state(session, "draft", "a certificate came")
    assert room.set_state(session, "submitted").session.state == "submitted", "it is asked once"


def test_a_mark_that_is_corrected_needs_no_answer(on_sqlite: Classroom) -> None:
    session = taught(on_sqlite)
    on_sqlite.mark(PROXY, "absent", source="professor", hour=3)
    assert asked(on_sqlite, session) == []
    assert on_sqlite.set_state(session, "submitted").session.state == "submitted"
    assert on_sqlite.store.submissions.answered(session) == frozenset()


def test_answers_about_others_are_not_kept(on_sqlite: Classroom) -> None:
    session = taught(on_sqlite)
    nobody = messages.BothThere(hour=4, student="1", other="2")
    assert on_sqlite.set_state(session, "submitted", both_there=(nobody,)).code == "bad_request"
    on_sqlite.set_state(session, "submitted", both_there=(answer(on_sqlite), nobody))
    assert on_sqlite.store.submissions.answered(session) == {(3, on_sqlite.students[0], on_sqlite.students[1])}


def test_in_shadow_mode_nothing_is_asked(on_sqlite: Classroom) -> None:
    session = taught(on_sqlite, "shadow = true")
    assert asked(on_sqlite, session) == []
    assert on_sqlite.set_state(session, "submitted").session.state == "submitted"


def test_who_was_answered_for_is_told_and_erasure_takes_both_rows(room: Classroom) -> None:
    session = taught(room)
    room.set_state(session, "submitted", both_there=(answer(room),))
    store, student = room.store, room.students[PROXY]
    stored = room.services.students.stored.of(student)
    assert [(each.course, each.hour) for each in stored.both_there] == [(COURSE, 3)]
    assert room.students[SEATED] not in str(stored.record()["both_there"])
    store.erasures.erase(student, at=room.now, by="test")
    assert store.submissions.answered(session) == frozenset()
    assert store.submissions.answers_of(room.students[SEATED]) == []


def test_two_numbers_of_one_student_are_joined_with_the_answer(room: Classroom) -> None:
    session = taught(room)
    room.set_state(session, "submitted", both_there=(answer(room),))
    room.store.renamings.join(room.students[PROXY], room.students[SEATED], at=room.now, by="test")
    assert room.store.submissions.answered(session) == frozenset()
    assert asked(room, session) == []


def test_heads_are_kept_when_it_is_submitted(on_sqlite: Classroom) -> None:
    session = taught(on_sqlite)
    on_sqlite.set_state(session, "submitted", both_there=(answer(on_sqlite),))
    found = on_sqlite.store.submissions.heads(COURSE, None, None)
    assert [(hour, count.at_least) for (_, hour), count in found.items()] == [(3, 2)]
