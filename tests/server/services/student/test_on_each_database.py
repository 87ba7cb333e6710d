"""What students ask and rooms hide is kept alike by every database."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta

import pytest

from server.domain.attendance import State
from server.errors import BadRequest
from server.store import KeptRoomCheck
from tests.server.classroom import COURSE, PROOF_DAYS, Classroom, seoul

DAY = date(2026, 3, 2)
LEFT = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0))


@pytest.fixture
def opened(room: Classroom) -> Classroom:
    room.set_course()
    room.now = seoul("10:40")
    room.open()
    return room


def test_of_many_appeals_at_once_one_is_kept_and_it_is_answered_once(opened: Classroom) -> None:
    appeals, me = opened.services.students.appeals, opened.students[0]
    session = opened.store.sessions.on_day(COURSE, DAY)
    assert session is not None

    def file(_time: int) -> None:
        with suppress(BadRequest):
            appeals.file(me, session.id, 3, "look again", now=opened.now, by="s0")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(file, range(8)))
    (appeal,) = appeals.of_student(me)
    assert appeals.of_courses({COURSE}) == [appeal]
    assert appeals.of_courses(set()) == []
    answered = appeals.answer(appeal, State.LATE, "so it was", now=opened.now, by="kim")
    assert (answered.is_open, answered.answer) == (False, "so it was")
    with pytest.raises(BadRequest):
        appeals.answer(appeal, None, "no", now=opened.now, by="lee")


def test_a_proof_is_read_and_destroyed_in_time(opened: Classroom) -> None:
    absences, me = opened.services.students.absences, opened.students[0]
    request = absences.file(me, COURSE, DAY, DAY, "army", b"%PDF-1", now=opened.now, by="s0")
    absences.answer(request, None, "no", now=opened.now, by="kim")
    assert opened.store.absences.proof(request, at=opened.now, by="kim") == b"%PDF-1"
    assert absences.destroy_proofs(opened.now + timedelta(days=PROOF_DAYS, seconds=1)) == 1
    assert opened.store.absences.proof(request, at=opened.now, by="kim") is None


def test_zones_are_of_the_courses_room_and_of_the_cameras(opened: Classroom) -> None:
    zones = opened.store.zones
    number = zones.add("B101", "", LEFT, at=opened.now, by="office")
    zones.add("B101", "back", LEFT, at=opened.now, by="office")

    def found(course: str | None, *cameras: str) -> list[int]:
        return [each.number for each in zones.of_picture(course=course, day=DAY, cameras=cameras)]

    assert found(COURSE) == found(None, "front") == [number]
    assert found(COURSE, "back") == [number, number + 1]
    assert found(None, "elsewhere") == []
    zones.remove(number, at=opened.now, by="office")
    assert found(COURSE) == []


def test_what_has_its_time_over_goes_and_what_was_destroyed_is_remembered(opened: Classroom) -> None:
    store, me, now = opened.store, opened.students[0], opened.now
    later = now + timedelta(days=800)
    photographs = store.templates.photographs(me)
    store.templates.photographs_destroyed(list(photographs), at=now, by="server")
    assert store.templates.destroyed() == photographs.keys()
    assert store.templates.photographed() == set(opened.students) - {me}
    store.erasures.expire(me, at=now, by="server")
    assert me not in store.templates.students()
    assert (store.templates.destroyed(), store.erasures.students()) == (frozenset(), frozenset())
    for days in (0, 1):
        check = KeptRoomCheck("B101", "", now + timedelta(days=days), "{}", b"scene", "office")
        store.room_checks.add(check, by="office")
    assert store.room_checks.forget_old(before=later) == 1
    absence = opened.services.students.absences.file(me, COURSE, DAY, DAY, "army", b"%PDF-1", now=now, by="s0")
    assert store.absences.answered_since(now) == []
    assert absence.is_open
    session = store.sessions.on_day(COURSE, DAY)
    assert session is not None
    opened.services.students.appeals.file(me, session.id, 3, "look again", now=now, by="s0")
    assert (store.absences.forget_old(before=later), store.appeals.forget_old(before=later)) == (1, 1)
    assert (store.absences.of_student(me), store.appeals.of_student(me)) == ([], [])
