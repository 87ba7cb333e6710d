"""Courses with rooms and plans, the calendar, calibrations, and enrolments that begin, change and end."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from server.domain.calendar import Calendar, Holiday, MakeUp, Term
from server.domain.enrolments import SINCE_EVER
from server.errors import BadRequest, Internal, UnknownCourse
from server.store import Course, CourseEnrolment, KeptPlan, RosterChange, RosterLine, Store
from server.store.database.tables import access_log
from tests.server.store.store_values import COURSE, DAY, MODEL, NOW, enrol

PLAN = '{"title": "자료구조"}' + " " * 70_000
SPRING = Term("2026-1", date(2026, 3, 2), date(2026, 6, 19))
MAY = Holiday(date(2026, 5, 5), date(2026, 5, 5), "어린이날")
TRIP = Holiday(date(2026, 5, 11), date(2026, 5, 13), "학회", COURSE)
SATURDAY = MakeUp(date(2026, 5, 16), 1, "보강", COURSE)


def actions(store: Store) -> list[str]:
    return store._database.read(lambda c: list(c.scalars(select(access_log.c.action).order_by(access_log.c.id))))


class TestCourses:
    def test_a_course_comes_back_as_it_was_set(self, store: Store) -> None:
        plan = KeptPlan(DAY, "자료구조", "공학관 301", ("10.0.3.1", "pc-301"), PLAN)
        store.courses.put("강의1", plan, at=NOW, by="교수")
        course = Course("강의1", "", (replace(plan, set_at=NOW, set_by="교수"),))
        assert store.courses.get("강의1") == course
        assert store.courses.listed() == [course]
        assert actions(store) == ["set_course"]

    def test_a_course_of_a_roster_gains_a_plan_and_another_of_the_same_day_stands_in_for_it(self, store: Store) -> None:
        enrol(store)
        assert store.courses.get(COURSE) == Course(COURSE)
        for title in ("t", "u"):
            store.courses.put(COURSE, KeptPlan(DAY, title, plan="{}"), at=NOW, by="x")
        assert store.courses.get(COURSE).plans == (KeptPlan(DAY, "u", plan="{}", set_at=NOW, set_by="x"),)
        assert len(store.rosters.students_of(COURSE, DAY)) == 5

    def test_plans_come_by_their_first_day(self, store: Store) -> None:
        for days in (7, 0, -7):
            store.courses.put("a", KeptPlan(DAY + timedelta(days=days), str(days)), at=NOW, by="x")
        assert [each.title for each in store.courses.get("a").plans] == ["-7", "0", "7"]

    def test_a_device_says_which_courses_meet_around_it(self, store: Store) -> None:
        def put(code: str, room: str, *devices: str) -> None:
            store.courses.put(code, KeptPlan(DAY, room=room, devices=devices), at=NOW, by="x")

        put("b", "301", "pc")
        put("a", "301")
        put("c", "302", "other")
        found = [(each.code, each.plans[0].devices) for each in store.courses.of_device("pc")]
        assert found == [("a", ("pc",)), ("b", ("pc",))]
        assert store.courses.of_device("nothing") == []
        put("c", "302", "pc")
        assert [each.code for each in store.courses.of_device("pc")] == ["c"], "it was carried over"
        assert store.courses.of_device("other") == [], "it stands nowhere now"

    def test_what_cannot_be_a_course_is_refused(self, store: Store) -> None:
        plans = (KeptPlan(DAY, devices=("pc",)), KeptPlan(DAY, "x" * 201), KeptPlan(DAY, room="x" * 101))
        for code, plan in ((" a", KeptPlan(DAY)), *(("a", each) for each in plans)):
            with pytest.raises(BadRequest):
                store.courses.put(code, plan, at=NOW, by="x")
        with pytest.raises(UnknownCourse):
            store.courses.get("a")


class TestCalendar:
    def test_a_term_comes_back_with_its_days(self, store: Store) -> None:
        store.courses.set_calendar(SPRING, [TRIP, MAY], [SATURDAY], at=NOW, by="office")
        assert store.courses.calendar() == Calendar((SPRING,), (MAY, TRIP), (SATURDAY,))
        store.courses.set_calendar(SPRING, [TRIP, MAY], [SATURDAY], at=NOW, by="office")
        assert store.courses.calendar() == Calendar((SPRING,), (MAY, TRIP), (SATURDAY,))

    def test_a_term_again_replaces_its_own_days_alone(self, store: Store) -> None:
        autumn = Term("2026-2", date(2026, 9, 1), date(2026, 12, 18))
        chuseok = Holiday(date(2026, 9, 24), date(2026, 9, 26), "추석")
        store.courses.set_calendar(autumn, [chuseok], [], at=NOW, by="office")
        store.courses.set_calendar(SPRING, [MAY], [SATURDAY], at=NOW, by="office")
        shorter = Term("2026-1", date(2026, 3, 2), date(2026, 5, 1))
        store.courses.set_calendar(shorter, [], [], at=NOW, by="office")
        assert store.courses.calendar() == Calendar((shorter, autumn), (chuseok,), ())

    def test_a_term_of_the_same_days_is_the_same_under_another_name(self, store: Store) -> None:
        store.courses.set_calendar(SPRING, [MAY], [], at=NOW, by="office")
        store.courses.set_calendar(replace(SPRING, name="봄"), [MAY], [], at=NOW, by="office")
        assert store.courses.calendar() == Calendar((replace(SPRING, name="봄"),), (MAY,), ())

    def test_a_day_outside_the_term_or_made_up_twice_is_refused(self, store: Store) -> None:
        late = replace(MAY, begins=date(2026, 6, 20), ends=date(2026, 6, 20))
        for free, made_up in (([late], []), ([], [replace(SATURDAY, day=date(2026, 3, 1))]), ([], [SATURDAY] * 2)):
            with pytest.raises(BadRequest):
                store.courses.set_calendar(SPRING, free, made_up, at=NOW, by="office")
        assert store.courses.calendar() == Calendar()


class TestCalibrations:
    def test_a_shift_is_kept_by_course_and_model(self, store: Store) -> None:
        enrol(store)
        store.courses.set_shift(COURSE, MODEL, -0.0125, students=20, sightings=400, at=NOW, by="x")
        assert (store.courses.shift_of(COURSE, MODEL), store.courses.shift_of(COURSE, "other")) == (-0.0125, 0.0)
        store.courses.set_shift(COURSE, MODEL, 0.5, students=20, sightings=400, at=NOW, by="x")
        assert store.courses.shift_of(COURSE, MODEL) == 0.5
        assert actions(store)[-1] == "recalibrated"

    def test_no_shift_without_a_course_or_a_number(self, store: Store) -> None:
        with pytest.raises(UnknownCourse):
            store.courses.set_shift("nowhere", MODEL, 0.1, students=1, sightings=1, at=NOW, by="x")
        enrol(store)
        with pytest.raises(Internal):
            store.courses.set_shift(COURSE, MODEL, float("nan"), students=1, sightings=1, at=NOW, by="x")


def change(store: Store, *rows: RosterLine, ends: tuple[str, ...] = (), day: date = DAY) -> RosterChange:
    return store.rosters.change(rows, [(COURSE, each) for each in ends], at=NOW, by="office", day=day)


def row(student: str = "1", begins: date | None = None, ends: date | None = None) -> RosterLine:
    return RosterLine(student, f"이름{student}", COURSE, begins, ends)


def spans(store: Store) -> list[tuple[str, date, date | None]]:
    return [(each.student, each.begins, each.ends) for each in store.rosters.enrolled(COURSE)]


class TestEnrolments:
    week = timedelta(days=7)

    def test_rows_say_from_when_until_when(self, store: Store) -> None:
        done = change(store, row("1", DAY), row("2", None, DAY + self.week), row("3"))
        assert (done.students_added, done.enrolments_added, done.dates_changed, done.ended) == (3, 3, 0, 0)
        assert store.rosters.enrolled(COURSE) == [
            CourseEnrolment("1", "이름1", DAY, None),
            CourseEnrolment("2", "이름2", SINCE_EVER, DAY + self.week),
            CourseEnrolment("3", "이름3", SINCE_EVER, None),
        ]

    def test_the_same_rows_again_change_nothing(self, store: Store) -> None:
        rows = row("1", DAY), row("2", DAY - self.week, DAY - timedelta(days=1)), row("3"), row("4", None, DAY)
        change(store, *rows)
        before = spans(store)
        done = change(store, *rows)
        assert (done.enrolments_added, done.dates_changed, done.unchanged) == (0, 0, 4)
        assert spans(store) == before

    def test_other_days_replace_those_of_the_current_enrolment(self, store: Store) -> None:
        change(store, row("1"), row("2", DAY))
        done = change(store, row("1", DAY), row("2", None, DAY + self.week))
        assert (done.enrolments_added, done.dates_changed, done.unchanged) == (0, 2, 0)
        assert spans(store) == [("1", DAY, None), ("2", DAY, DAY + self.week)]

    def test_who_left_holds_until_before_that_day(self, store: Store) -> None:
        change(store, row("1"), row("2"))
        assert change(store, ends=("1", "nobody")).ended == 1
        assert spans(store) == [("1", SINCE_EVER, DAY), ("2", SINCE_EVER, None)]
        assert change(store, ends=("1",)).ended == 0
        assert store.rosters.students_of(COURSE, DAY) == {"2"}
        assert store.rosters.students_of(COURSE, DAY - timedelta(days=1)) == {"1", "2"}

    def test_who_comes_back_is_enrolled_anew_from_then_on(self, store: Store) -> None:
        change(store, row("1", DAY))
        change(store, ends=("1",), day=DAY + self.week)
        assert change(store, row("1", DAY), day=DAY + 2 * self.week).enrolments_added == 1
        assert spans(store) == [("1", DAY, DAY + self.week), ("1", DAY + self.week, None)]

    def test_who_left_before_the_first_day_can_come_back(self, store: Store) -> None:
        change(store, row("1", DAY + self.week))
        change(store, ends=("1",))
        assert spans(store) == []
        assert change(store, row("1", DAY + self.week)).enrolments_added == 1
        assert spans(store) == [("1", DAY + self.week, None)]

    def test_an_enrolment_that_ends_before_it_begins_is_refused_whole(self, store: Store) -> None:
        with pytest.raises(BadRequest, match="'2'"):
            change(store, row("1"), row("2", DAY, DAY))
        with pytest.raises(UnknownCourse):
            store.rosters.enrolled(COURSE)
