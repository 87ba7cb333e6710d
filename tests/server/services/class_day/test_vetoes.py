"""That a face is not a student's holds for the term, in that course alone, and goes with whoever is erased."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from server.bootstrap.retention import retention_jobs
from server.config import load
from server.domain.calendar import Term
from server.domain.consents import Channel, Purpose
from server.errors import BadRequest, NoSession, NotEnrolled
from server.services.plans.term_file import TermCalendar
from server.store import RosterLine
from tests.server.classroom import COURSE, Classroom, seoul

LOOK_ALIKE = 8  # behind the class of six: on no list
DAY, END = date(2026, 3, 2), date(2026, 6, 19)


def mistaken(room: Classroom) -> int:
    """A session whose pictures take a stranger for the first student; its number."""
    faces = room.recogniser._people.faces
    faces[LOOK_ALIKE] = faces[0] + 0.42 * (faces[LOOK_ALIKE] - faces[0])
    room.set_course()
    room.look("10:31", LOOK_ALIKE, 1)
    return int(room.look("10:32", LOOK_ALIKE, 1).session)


def veto(room: Classroom, session: int, place: int = 0, hour: int = 3) -> int:
    student = room.students[place]
    return room.services.vetoes.veto(session, student, hour, now=room.now, by="prof.kim").number


def seen(room: Classroom, session: int) -> list[int]:
    lists = room.lists(session, 3)
    return sorted([*lists["sure"], *lists["check"]])


def test_the_board_proposes_them_no_more_and_the_student_when_they_come(room: Classroom) -> None:
    session = mistaken(room)
    before = str(room.store.revisions.of_board(session))
    assert seen(room, session) == [0, 1]
    number = veto(room, session)
    assert seen(room, session) == [1]
    assert str(room.store.revisions.of_board(session)) != before, "every screen asks anew"
    room.look("10:33", LOOK_ALIKE, 1)
    assert seen(room, session) == [1]
    faces = room.look("10:34", 0, LOOK_ALIKE, 1).faces
    assert sorted(each.student or "" for each in faces) == sorted(["", *room.students[:2]])
    room.look("10:35", 0, 1)
    assert seen(room, session) == [0, 1]
    vetoes = room.services.vetoes
    vetoes.take_back(vetoes.get(number), now=room.now, by="prof.kim")
    with pytest.raises(BadRequest):
        vetoes.get(number)
    assert [each.action for each in room.store.access_log.lines(student=room.students[0])][:2] == [
        "remove_veto",
        "veto",
    ]


def test_it_holds_to_the_end_of_the_term_and_is_then_destroyed(room: Classroom, tmp_path: Path) -> None:
    session = mistaken(room)
    room.class_day.courses.import_term(TermCalendar(Term("2026-1", DAY, END), [], []), at=room.now, by="office")
    veto(room, session)
    (kept,) = room.services.vetoes.of_courses({COURSE})
    assert (kept.ends, kept.who, kept.student) == (END, "prof.kim", room.students[0])
    jobs = retention_jobs(load({"knowns": tmp_path}, {}), room.store, room.services.students.absences)
    job = next(each for each in jobs if each.name == "vetoes")
    job.run(seoul("23:59", END.isoformat()))
    assert room.services.vetoes.of_courses(None) == [kept]
    job.run(seoul("00:01", (END + timedelta(days=1)).isoformat()))
    assert room.services.vetoes.of_courses(None) == []
    line = room.store.access_log.lines(limit=1)[0]
    assert (line.action, "vetoes" in line.detail) == ("destroy_old", True)


def test_it_goes_with_the_erasure_of_anybody_of_the_course_for_the_face_may_be_theirs(room: Classroom) -> None:
    session = mistaken(room)
    veto(room, session)
    outside = RosterLine("209900001", "밖 사람", "eb0099_1")
    room.store.rosters.change([outside], at=room.now, by="test", day=DAY)
    room.store.erasures.erase("209900001", at=room.now, by="office")
    assert len(room.services.vetoes.of_courses(None)) == 1
    room.store.erasures.erase(room.students[4], at=room.now, by="office")
    assert room.services.vetoes.of_courses(None) == []


def test_it_goes_with_a_consent_that_is_taken_back(on_sqlite: Classroom) -> None:
    session = mistaken(on_sqlite)
    for purpose, place in ((Purpose.CAMERA, 3), (Purpose.TEMPLATE, 0)):
        veto(on_sqlite, session)
        (on_sqlite.services.students.consents.knowns or on_sqlite.store).mkdir(exist_ok=True)
        on_sqlite.services.students.consents.refuse(
            on_sqlite.students[place], purpose, language="ko", channel=Channel.PAGE, at=on_sqlite.now, by="s"
        )
        assert on_sqlite.services.vetoes.of_courses(None) == []


def test_another_model_cannot_compare_it_and_another_course_does_not_ask(on_sqlite: Classroom) -> None:
    session = mistaken(on_sqlite)
    veto(on_sqlite, session)
    store, own = on_sqlite.store.vetoes, on_sqlite.services.vetoes.model_id
    assert len(store.faces(COURSE, own)) == 1
    assert store.faces(COURSE, "another") == []
    assert store.numbers("eb0099_1", own) == ()


def test_who_is_not_on_the_list_or_not_seen_is_told(on_sqlite: Classroom) -> None:
    session = mistaken(on_sqlite)
    vetoes, now = on_sqlite.services.vetoes, on_sqlite.now
    with pytest.raises(BadRequest, match="No picture of this hour"):
        veto(on_sqlite, session, place=4)
    with pytest.raises(NotEnrolled):
        vetoes.veto(session, "209900001", 3, now=now, by="x")
    with pytest.raises(NoSession):
        vetoes.veto(session, on_sqlite.students[0], 24, now=now, by="x")
    with pytest.raises(NoSession):
        vetoes.veto(99, on_sqlite.students[0], 3, now=now, by="x")


def test_one_student_has_no_more_than_twenty_in_a_course(on_sqlite: Classroom) -> None:
    session = mistaken(on_sqlite)
    face = on_sqlite.recogniser._people.photographs([LOOK_ALIKE])[0]
    vetoes = on_sqlite.services.vetoes
    for _ in range(20):
        vetoes.veto(session, on_sqlite.students[2], 3, face=face, now=on_sqlite.now, by="x")
    with pytest.raises(BadRequest, match="too often"):
        vetoes.veto(session, on_sqlite.students[2], 3, face=face, now=on_sqlite.now, by="x")
