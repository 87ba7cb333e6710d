"""What the camera proposed stays beside a roll that is never submitted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol import legacy
from server.domain.attendance import State
from server.domain.enrolments import SINCE_EVER
from server.services.class_day.retention import Retention
from server.services.reports.agreement import Difference, agreement
from server.store import KeptPlan, RecordedPicture
from tests.server.classroom import COURSE, SEOUL, Classroom, classroom, seoul

TUESDAY = "2026-03-03"
PICTURES = [f"10:{minute}" for minute in range(30, 60, 3)]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Classroom]:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as opened:
        opened.set_course(rules="shadow = true")
        yield opened


def retention(room: Classroom) -> Retention:
    return Retention(room.store, room.class_day.sessions, SEOUL, 30)


def test_a_pilot_with_a_client_of_2019_has_the_proposals_beside_its_roll(room: Classroom) -> None:
    for clock in PICTURES:
        room.look(clock, 0, 1)
    for place in (0, 2):
        room.legacy(legacy.LegacyMark(student=room.students[place], course=COURSE))
    retention(room).keep_proposals(seoul("23:59"))
    assert agreement(room.store, COURSE, since=None, until=None).compared == 0, "the day is not over"
    retention(room).keep_proposals(seoul("00:01", TUESDAY))
    retention(room).remove_old(seoul("00:00", "2026-05-02"))
    assert [each.at_least for each in room.store.submissions.heads(COURSE, None, None).values()] == [2]
    found = agreement(room.store, COURSE, since=None, until=None)
    (differing,) = found.disagreements
    assert (differing.student, differing.difference) == (room.students[2], Difference.FALSE_ABSENCE)
    assert found.compared == 2


def test_an_hour_whose_pictures_are_gone_takes_no_roll_of_another(room: Classroom) -> None:
    room.set_course(rules="copy_consecutive = true")
    for clock in PICTURES:
        room.look(clock, 0, 1)
        session = room.look(clock.replace("10:", "11:"), 0).session
    room.mark(1, session=session, hour=3)
    retention(room).keep_proposals(seoul("00:01", TUESDAY))
    room.now = seoul("10:00", "2026-05-20")
    retention(room).remove_old(room.now)
    room.set_state(session, "submitted")
    assert room.marks(session) == {(1, 3): ("present", "professor")}, "who left after hour 3 is not present in hour 4"


def test_of_a_class_past_midnight_they_are_kept_when_it_is_over(room: Classroom) -> None:
    room.set_course('title = "야간"\n[timetable]\nmonday = ["13 23:30-00:20"]\n')
    session = [room.look(clock, 0, 1).session for clock in ("23:31", "23:41", "23:51")][-1]
    keeping = retention(room)
    keeping.keep_proposals(seoul("00:10", TUESDAY))
    day = room.store.sessions.get(session).day
    assert not room.store.proposals.of_course(COURSE, day, day)
    keeping.keep_proposals(seoul("00:20", TUESDAY))
    assert room.store.proposals.of_course(COURSE, day, day)


def test_what_somebody_kept_already_stays(room: Classroom) -> None:
    session = room.look("10:31", 0, 1).session
    room.look("10:41", 0, 1)
    room.set_state(session, "submitted")
    room.set_state(session, "draft")
    kept = room.store.proposals.of_course(COURSE, None, None)
    room.look("10:51", 1)
    retention(room).keep_proposals(seoul("00:01", TUESDAY))
    assert room.store.proposals.of_course(COURSE, None, None) == kept


def test_a_session_that_cannot_be_read_keeps_no_other_from_being_kept(
    room: Classroom, caplog: pytest.LogCaptureFixture
) -> None:
    for clock in PICTURES:
        room.look(clock, 0, 1)
    day, at = seoul("10:00").date(), seoul("10:00")
    room.store.courses.put("aa", KeptPlan(SINCE_EVER, plan="of a later version"), at=at, by="test")
    room.store.sessions.open("aa", day, [], closes_at=None, makeup=False, at=at, by="test")
    room.store.pictures.add(RecordedPicture("aa", day, 1, at, "front", 3, 640, 480), [], now=at)
    retention(room).keep_proposals(seoul("00:01", TUESDAY))
    (of_hour,) = room.store.proposals.of_course(COURSE, None, None).values()
    assert of_hour[room.students[0]].state is State.PRESENT
    assert "cannot be kept" in caplog.text
