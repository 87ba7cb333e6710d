"""A student who changes section in mid-term brings the hours along; a cancelled day leaves the sheets."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from server.dispatch.replies import report_reply
from server.domain.attendance import Mark, Source, State
from server.domain.calendar import Holiday, Term
from server.domain.ledger import MarkRequest
from server.errors import BadRequest, NotEnrolled, UnknownCourse, UnknownStudent
from server.services.class_day.courses import Courses
from server.services.plans.course_file import read_course_toml
from server.services.reports.report import AttendanceReport, ReportRow, course_report
from server.services.reports.report_table import remark
from server.store import RecordedPicture, RosterLine, Store

ZONE = ZoneInfo("Asia/Seoul")
TERM = Term("2026-2", date(2026, 9, 1), date(2026, 12, 18))
MONDAYS, TUESDAYS = "EA0017_1", "EA0017_2"
MOVER, STAYS = "202610001", "202610002"
MOVE = date(2026, 9, 21)
NOW = datetime(2026, 9, 30, 3, tzinfo=UTC)
P, A = State.PRESENT, State.ABSENT


@pytest.fixture
def sections(store: Store) -> Store:
    """Two sections of a course; the student of the second is absent once in three weeks, late once."""
    store.courses.set_calendar(TERM, [], [], at=NOW, by="office")
    courses = Courses(store, ZONE)
    for code, day in ((MONDAYS, "monday"), (TUESDAYS, "tuesday")):
        plan = f'title = "알고리즘"\npreset = "kookmin"\n[timetable]\n{day} = ["2 10:00-10:50"]'
        courses.set_plan(code, read_course_toml(plan.encode()), at=NOW, by="professor", begins=TERM.begins)
    rows = [
        RosterLine(student, f"이름{student[-1]}", code, begins=TERM.begins)
        for code, student in ((MONDAYS, STAYS), (TUESDAYS, MOVER), (TUESDAYS, "202610003"))
    ]
    store.rosters.change(rows, at=NOW, by="office", day=TERM.begins)
    for day, state in ((1, P), (8, A), (15, State.LATE)):
        mark(store, TUESDAYS, date(2026, 9, day), MOVER, state)
    return store


def mark(store: Store, course: str, day: date, student: str, state: State) -> None:
    made = (Mark(student, course, day, 2, state, NOW, "professor", Source.PROFESSOR),)
    outcome = store.marks.record([MarkRequest(made)], now=NOW)[0]
    assert not isinstance(outcome, Exception), outcome


def report(store: Store, course: str, **asked: date) -> AttendanceReport:
    return course_report(store, Courses(store, ZONE), course, now=NOW, **asked)


def row(store: Store, course: str, student: str = MOVER, **asked: date) -> ReportRow:
    return next(each for each in report(store, course, **asked).rows if each.student == student)


def move(store: Store, old: str = TUESDAYS, new: str = MONDAYS, day: date = MOVE, student: str = MOVER) -> None:
    store.rosters.move(student, old, new, day=day, at=NOW, by="office")


def test_the_hours_until_the_move_count_in_the_new_sheet_and_stay_in_the_old(sections: Store) -> None:
    move(sections)
    mark(sections, MONDAYS, date(2026, 9, 28), MOVER, A)
    new, old = row(sections, MONDAYS), row(sections, TUESDAYS)
    assert (new.term.absences, new.term.counts[State.LATE], new.term.counts[P]) == (2, 1, 1)
    assert (new.came, new.left_on) == (new.came, None)
    assert new.came is not None
    assert (new.came.course, new.came.day) == (TUESDAYS, MOVE)
    assert (old.term.absences, old.left_on) == (1, MOVE)
    assert old.went is not None
    assert (old.went.course, old.went.day) == (MONDAYS, MOVE)
    assert (remark(new), remark(old)) == (
        "2026-09-21 EA0017_2에서 옮김 (그 전 출결 포함), 결석 1시간 더 가능",
        "2026-09-21 EA0017_1(으)로 옮김",
    )


def test_a_move_changes_nothing_of_anybody_else_and_no_hour_of_the_sheet(sections: Store) -> None:
    before = report(sections, MONDAYS)
    move(sections)
    after = report(sections, MONDAYS)
    assert (after.hours, after.planned_hours, after.held_hours, after.limit) == (
        before.hours,
        before.planned_hours,
        before.held_hours,
        before.limit,
    )
    assert [each for each in after.rows if each.student == STAYS] == list(before.rows)


def test_programs_read_it_too(sections: Store) -> None:
    move(sections)
    new = next(each for each in report_reply(report(sections, MONDAYS), hours=True).students if each.student == MOVER)
    assert (new.came_from, new.came_on, new.late, new.absences) == (TUESDAYS, "2026-09-21", 1, 1)
    assert [(each.date, each.state) for each in new.hours][:3] == [
        ("2026-09-01", "present"),
        ("2026-09-08", "absent"),
        ("2026-09-15", "late"),
    ]
    old = next(each for each in report_reply(report(sections, TUESDAYS), hours=False).students if each.student == MOVER)
    assert (old.moved_to, old.left_on) == (MONDAYS, "2026-09-21")


def test_of_the_days_that_are_asked_for_the_hours_are_those_of_these_days(sections: Store) -> None:
    move(sections)
    found = row(sections, MONDAYS, since=date(2026, 9, 14))
    assert found.tally.counts[A] == 0
    assert (found.tally.counts[State.LATE], found.term.absences) == (1, 1)


def test_lists_of_both_sections_that_were_imported_before_bring_them_along_afterwards(sections: Store) -> None:
    sections.rosters.change(
        [RosterLine(MOVER, "이름1", MONDAYS, begins=MOVE)], [(TUESDAYS, MOVER)], at=NOW, by="office", day=MOVE
    )
    assert row(sections, MONDAYS).term.absences == 0
    move(sections)
    assert row(sections, MONDAYS).term.absences == 1
    move(sections)
    assert row(sections, MONDAYS).term.absences == 1, "and the same again changes nothing"


def test_whoever_moves_back_brings_every_hour_along_once(sections: Store) -> None:
    move(sections)
    mark(sections, MONDAYS, MOVE, MOVER, A)
    move(sections, old=MONDAYS, new=TUESDAYS, day=date(2026, 9, 29))
    found = row(sections, TUESDAYS)
    assert (found.term.absences, found.term.counts[State.LATE], found.term.counts[P]) == (2, 1, 1)
    assert found.left_on is None


def test_a_move_that_cannot_be_is_refused_and_changes_nothing(sections: Store) -> None:
    before = sections.rosters.enrolled(TUESDAYS)
    with pytest.raises(NotEnrolled):
        move(sections, student=STAYS)
    with pytest.raises(NotEnrolled):
        move(sections, day=TERM.begins)
    with pytest.raises(UnknownStudent):
        move(sections, student="209900009")
    with pytest.raises(UnknownCourse):
        move(sections, new="nowhere")
    with pytest.raises(BadRequest, match="named twice"):
        move(sections, new=TUESDAYS)
    sections.rosters.change(
        [RosterLine(MOVER, "이름1", MONDAYS, begins=date(2026, 9, 14))], at=NOW, by="office", day=MOVE
    )
    with pytest.raises(BadRequest, match="since 2026-09-14: move them from that day on"):
        move(sections)
    assert sections.rosters.enrolled(TUESDAYS) == before


class TestCancelledDay:
    CANCELLED = date(2026, 9, 22)

    def opened_by_camera(self, store: Store) -> None:
        hours = Courses(store, ZONE).planned(TUESDAYS, self.CANCELLED)
        store.sessions.open(TUESDAYS, self.CANCELLED, hours, closes_at=None, makeup=False, at=NOW, by="camera")
        picture = RecordedPicture(TUESDAYS, self.CANCELLED, 2, NOW, "camera", 3, 640, 480)
        store.pictures.add(picture, [], now=NOW)

    def cancel(self, store: Store) -> None:
        store.courses.set_calendar(
            TERM, [Holiday(self.CANCELLED, self.CANCELLED, "휴강", TUESDAYS)], [], at=NOW, by="office"
        )

    def test_one_that_the_camera_had_opened_leaves_the_sheets(self, sections: Store) -> None:
        self.opened_by_camera(sections)
        assert (self.CANCELLED, 2) in [hour.key for hour in report(sections, TUESDAYS).hours]
        self.cancel(sections)
        assert (self.CANCELLED, 2) not in [hour.key for hour in report(sections, TUESDAYS).hours]

    def test_one_on_which_somebody_was_marked_was_held_and_stays(self, sections: Store) -> None:
        self.opened_by_camera(sections)
        mark(sections, TUESDAYS, self.CANCELLED, MOVER, P)
        self.cancel(sections)
        assert (self.CANCELLED, 2) in [hour.key for hour in report(sections, TUESDAYS).hours]
        mark(sections, TUESDAYS, self.CANCELLED, MOVER, State.NOT_TAKEN)
        assert (self.CANCELLED, 2) not in [hour.key for hour in report(sections, TUESDAYS).hours]

    def test_a_make_up_session_stays(self, sections: Store) -> None:
        day = date(2026, 9, 26)
        sections.sessions.open(TUESDAYS, day, [], closes_at=None, makeup=True, at=NOW, by="professor")
        mark(sections, TUESDAYS, day, MOVER, P)
        found = report(sections, TUESDAYS)
        assert (day, 2) in [hour.key for hour in found.hours]
        assert found.planned_hours == 16 + 1, "and counts for the limit"
