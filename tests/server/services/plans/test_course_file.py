"""A professor's course file and an office's term file: what they say, and what is said when they are wrong."""

from dataclasses import replace
from datetime import date, time
from fractions import Fraction

import pytest

from server.domain.attendance import State
from server.domain.calendar import Holiday, MakeUp, Term
from server.domain.course_plan import CoursePlan
from server.domain.rules import PRESETS, Rules
from server.domain.timetable import ClassHour, Weeks
from server.errors import BadRequest, SetupProblem, TooLarge
from server.services.plans.course_file import as_json, from_json, read_course_toml
from server.services.plans.term_file import read_term_toml

COURSE = """
title = "알고리즘"
room = "B101"
devices = ["10.0.3.7", "B101 front"]
preset = "kyungsung"

[timetable]
monday = ["3 10:30-11:20", "4 11:30-12:20"]
thursday = ["1 9:00 - 9:50"]

[rules]
late_minutes = 15
absent_minutes = 30
fail_fraction = "never"
fail_hours = { 2 = 11, 3 = 16 }
freeze_days = 1
copy_consecutive = true
score_late = 0.8
allowed_states = ["present", "late", "absent"]
"""
TERM = """
name = "2026-1"
begins = 2026-03-02
ends = 2026-06-19

[[holidays]]
day = 2026-05-05
name = "어린이날"

[[holidays]]
begins = 2026-04-20
ends = 2026-04-24
name = "중간고사"
course = "ea0017_1"

[[makeups]]
day = 2026-06-13
follows = "Tuesday"
name = "보강"
"""


def refused(text: str) -> str:
    with pytest.raises(BadRequest) as caught:
        read_course_toml(text.encode(), "course.toml")
    return caught.value.text


def test_a_courses_file_says_title_room_timetable_and_rules():
    plan = read_course_toml(COURSE.encode())
    assert (plan.title, plan.room, plan.devices, plan.preset) == (
        "알고리즘",
        "B101",
        ("10.0.3.7", "B101 front"),
        "kyungsung",
    )
    assert plan.timetable.week[0] == (
        ClassHour(3, time(10, 30), time(11, 20)),
        ClassHour(4, time(11, 30), time(12, 20)),
    )
    assert plan.timetable.week[3] == (ClassHour(1, time(9), time(9, 50)),)
    assert plan.rules == Rules(
        late_minutes=15,
        absent_minutes=30,
        fail_fraction=None,
        fail_hours={2: 11, 3: 16},
        freeze_days=1,
        copy_consecutive=True,
        score_late=Fraction(4, 5),
        allowed_states=frozenset({State.PRESENT, State.LATE, State.ABSENT}),
    )


@pytest.mark.parametrize("text", [b"", b"\xef\xbb\xbf", b"# title = 'x'\n"])
def test_a_file_that_sets_nothing_is_refused(text):
    with pytest.raises(BadRequest, match=r"course.toml sets nothing: .* or preset = "):
        read_course_toml(text, "course.toml")


def test_a_preset_alone_is_a_plan():
    assert read_course_toml(b'preset = "default"') == CoursePlan()


def test_a_rule_of_the_professors_own_goes_before_the_presets():
    plan = read_course_toml(b'preset = "kangnam"\n[rules]\nabsent_minutes = 20\n')
    assert plan.rules == replace(PRESETS["kangnam"], absent_minutes=20)


@pytest.mark.parametrize("preset", PRESETS)
def test_what_is_kept_comes_out_as_it_went_in(preset):
    plan = replace(
        read_course_toml(COURSE.encode()), title="", room="", devices=(), preset=preset, rules=PRESETS[preset]
    )
    assert from_json(as_json(plan)) == plan


def test_a_preset_that_changes_later_changes_no_course():
    assert set(Rules.__slots__) <= set(as_json(CoursePlan()).split('"'))


def test_a_course_that_was_never_set_has_the_default_plan():
    assert from_json("") == CoursePlan()


@pytest.mark.parametrize("kept", ["{", "[1]", '{"preset": "none such"}', '{"rules": {"late_minutes": "x"}}'])
def test_a_plan_that_no_version_wrote_is_a_defect(kept):
    with pytest.raises(SetupProblem, match="course set"):
        from_json(kept)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('roms = "B101"', ["roms", "did you mean room?"]),
        ("[rules]\nlate_minuts = 10", ["rules.late_minuts", "did you mean rules.late_minutes?"]),
        ("[timetable]\nmoonday = []", ["timetable.moonday", "timetable.monday"]),
        ("colour = 1", ["colour", "timetable", "rules"]),
        ("[rules]\nlate_minutes = '10'", ["rules.late_minutes", "whole number"]),
        ("[rules]\nlate_minutes = true", ["rules.late_minutes", "whole number"]),
        ("[rules]\nshadow = 1", ["rules.shadow", "true or false"]),
        ("[rules]\nfail_fraction = 'a third'", ["rules.fail_fraction", "1/3"]),
        ("[rules]\nfail_fraction = '1e999999999'", ["rules.fail_fraction", "1/3"]),
        ("[rules]\nfail_fraction = 1.5", ["fail_fraction", "less than 1"]),
        ("[rules]\nfail_hours = 11", ["rules.fail_hours", "hours a week"]),
        ("[rules]\nfail_hours = { two = 11 }", ["rules.fail_hours", "two"]),
        ("[rules]\nallowed_states = ['here']", ["rules.allowed_states", "here", "present"]),
        ("[rules]\nabsent_minutes = 5", ["absent_minutes is 5", "late_minutes 10"]),
        ("preset = 'harvard'", ["preset", "harvard", "soongsil"]),
        ("[timetable]\nmonday = ['10:30-11:20']", ["timetable.monday", "3 10:30-11:20"]),
        ("[timetable]\nmonday = '3 10:30-11:20'", ["timetable.monday", "list"]),
        ("[timetable]\nmonday = ['3 25:00-26:00']", ["timetable.monday", "25:00"]),
        ("[timetable]\nmonday = ['3 11:20-10:30']", ["timetable.monday", "Hour 3 ends at 10:30"]),
        ("[timetable]\nmonday = ['3 10:00-11:00', '4 10:50-12:00']", ["Monday", "hour 4"]),
        ("[timetable]\nmonday = ['3 10:00-11:00', '3 11:00-12:00']", ["Monday", "hour 3"]),
        ("[timetable]\nmonday = ['3 23:00-24:10']", ["timetable.monday", "24:10"]),
        ("[timetable]\nmonday = [{ hour = '3 9:00-10:00', weeks = 'first' }]", ["timetable.monday[1].weeks", "odd"]),
        ("[timetable]\nmonday = [{ hour = '3 9:00-10:00', week = 'odd' }]", ["timetable.monday[1].week", "weeks"]),
        ("[timetable]\nmonday = [{ weeks = 'odd' }]", ["timetable.monday[1].hour"]),
        ("[timetable]\nmonday = [{ hour = '3 9:00-10:00', weeks = [2026-03-03] }]", ["2026-03-03", "Tuesday"]),
        ("[timetable]\nweeks = [2026-03-03]\nmonday = ['3 9:00-10:00']", ["timetable.weeks", "none of these days"]),
        ("[timetable]\nmonday = [3]", ["timetable.monday", "list of hours"]),
        ("devices = ['10.0.3.7']", ["devices", "room"]),
        ('room = "B\\u0000"', ["room", "one line"]),
        ("room = 1", ["room", "quotes"]),
        ("rules = 1", ["rules", "[rules]"]),
        ("title =", ["not TOML"]),
    ],
)
def test_what_is_wrong_is_named_by_its_key(text, words):
    said = refused(text)
    assert said.startswith("course.toml")
    assert [word for word in words if word not in said] == []


def test_a_file_that_is_no_text_or_too_long_is_refused():
    with pytest.raises(BadRequest, match="UTF-8"):
        read_course_toml(b'title = "\xff\xff"')
    with pytest.raises(TooLarge):
        read_course_toml(b"#" * (2 * 1024 * 1024))


def test_a_file_that_windows_wrote_is_read():
    for encoding in ("utf-8-sig", "utf-16", "cp949"):
        assert read_course_toml('title = "알고리즘"'.encode(encoding)).title == "알고리즘"


def test_a_terms_file_says_its_days_holidays_and_make_up_days():
    calendar = read_term_toml(TERM.encode())
    assert calendar.term == Term("2026-1", date(2026, 3, 2), date(2026, 6, 19))
    assert calendar.holidays == (
        Holiday(date(2026, 5, 5), date(2026, 5, 5), "어린이날"),
        Holiday(date(2026, 4, 20), date(2026, 4, 24), "중간고사", "ea0017_1"),
    )
    assert calendar.makeups == (MakeUp(date(2026, 6, 13), 1, "보강"),)
    assert calendar.courses == {"ea0017_1"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["name"]),
        ("name = 'a'\nbegins = 2026-03-02", ["ends"]),
        ("name = 'a'\nbegins = '2026-03-02'\nends = 2026-06-19", ["begins", "without quotes"]),
        ("name = 'a'\nbegins = 2026-06-19\nends = 2026-03-02", ["'a'", "before it begins"]),
        (TERM + "[[holidays]]\nday = 2026-07-01", ["outside the term", "2026-07-01"]),
        (TERM + "[[makeups]]\nday = 2026-06-13\nfollows = 'friday'", ["twice", "2026-06-13"]),
        (TERM + "[[makeups]]\nday = 2026-06-14\nfollows = 'dienstag'", ["makeups[2].follows", "monday"]),
        (TERM + "[[makeups]]\nday = 2026-06-14\nfolows = 'friday'", ["makeups[2].folows", "makeups[2].follows"]),
        (TERM.replace("[[makeups]]", "[makeups]"), ["makeups", "[[makeups]]"]),
    ],
)
def test_what_is_wrong_in_a_terms_file_is_named(text, words):
    with pytest.raises(BadRequest) as caught:
        read_term_toml(text.encode(), "term.toml")
    assert [word for word in words if word not in caught.value.text] == []


def hours_of(table: str, day: int = 0) -> tuple[ClassHour, ...]:
    return read_course_toml(f"[timetable]\n{table}".encode()).timetable.week[day]


def test_an_hour_may_end_at_twenty_four_or_after_midnight():
    assert hours_of('monday = ["12 22:00-22:50", "13 23:00-24:00"]')[1] == ClassHour(13, time(23), time())
    assert hours_of('monday = ["13 23:30-00:20"]') == (ClassHour(13, time(23, 30), time(0, 20)),)


@pytest.mark.parametrize(
    "table",
    [
        'friday = [{ hour = "5 13:00-13:50", weeks = "odd" }]',
        'weeks = "odd"\nfriday = ["5 13:00-13:50"]',
        'weeks = "even"\nfriday = [{ hour = "5 13:00-13:50", weeks = "odd" }]',
        '[timetable.friday]\nhours = ["5 13:00-13:50"]\nweeks = "odd"',
    ],
)
def test_an_hour_of_every_other_week_is_said_by_itself_or_for_all(table):
    assert hours_of(table, 4) == (ClassHour(5, time(13), time(13, 50), Weeks.ODD),)


@pytest.mark.parametrize(
    "table",
    [
        'friday = [{ hour = "5 13:00-13:50", weeks = [2026-03-20, 2026-03-06] }]',
        'weeks = [2026-03-06, 2026-03-20, 2026-03-23]\nfriday = ["5 13:00-13:50"]\nmonday = ["1 9:00-9:50"]',
    ],
)
def test_an_hour_of_single_days_names_them(table):
    days = (date(2026, 3, 6), date(2026, 3, 20))
    assert hours_of(table, 4) == (ClassHour(5, time(13), time(13, 50), dates=days),)


def test_odd_hours_come_out_of_the_database_as_they_went_in():
    text = (
        '[timetable]\nmonday = ["13 23:00-24:00"]\nwednesday = ["13 23:30-00:20"]\n'
        'friday = [{ hour = "5 13:00-13:50", weeks = "even" }, { hour = "6 14:00-14:50", weeks = [2026-03-06] }]'
    )
    plan = read_course_toml(text.encode())
    assert from_json(as_json(plan)) == plan
