"""`course set` and `course show`: say what a course is like, and show it."""

from pathlib import Path
from typing import Any

import click

from server.bootstrap.store import store_of
from server.cli.options import (
    DATABASE,
    FILE,
    change_options,
    json_option,
    print_json,
    print_result,
    read_file,
    with_settings,
)
from server.cli.table import print_table
from server.clock import utc_now
from server.config import Settings
from server.counted import counted
from server.domain.course_plan import CoursePlan
from server.domain.identifiers import normal
from server.domain.rules import PRESET_NOTES
from server.errors import SetupProblem, UnknownCourse
from server.services.class_day.courses import Courses
from server.services.plans.course_file import plan_table, read_course_toml

TABLES = (*DATABASE, "timezone")


@click.group()
def course() -> None:
    """Say what a course is like: its timetable, room and rules."""


@course.command(name="set")
@click.argument("code", metavar="COURSE")
@click.option("--file", required=True, type=FILE, help="the course's TOML file")
@with_settings(TABLES)
@change_options
def set_command(settings: Settings, code: str, file: Path, by: str, as_json: bool) -> None:
    """Set COURSE as its TOML file says: title, room, devices, preset, timetable, rules. It is made where it is new.

    What the file does not say is as in the preset, and without one as in the preset `default`. Sessions that are open
    already keep the hours and the freeze time they were opened with.

    \b
    Example of a file:
      title = "Algorithms"
      room = "B101"
      devices = ["10.0.3.7"]
      preset = "soongsil"
      [timetable]
      monday = ["3 10:30-11:20", "4 11:30-12:20"]
      [rules]
      late_minutes = 15
    \b
    Example:
      face_recog_server.py course set ea0017_1 --file ea0017_1.toml --as professor
    """
    plan, code = read_course_toml(read_file(file), file.name), normal(code)
    with store_of(settings) as store:
        courses = Courses(store, settings.zone)
        before = _weekly_hours(courses, code)
        courses.set_plan(code, plan, at=utc_now(), by=by)
    _print_plan(code, plan, as_json)
    if before and not plan.timetable.weekly_hours:
        had = f"{counted(before, 'hour')} a week"
        click.echo(
            f"Course {code} has no timetable any more, for {file.name} has none; before, it had {had}. Where "
            "that is not meant, add [timetable] and set it again.",
            err=True,
        )


def _weekly_hours(courses: Courses, code: str) -> int:
    # 0 too for a course that is not there yet, or whose plan cannot be read.
    try:
        return courses.plan_of(code).timetable.weekly_hours
    except (UnknownCourse, SetupProblem):
        return 0


@course.command()
@click.argument("code", metavar="[COURSE]", required=False)
@with_settings(TABLES)
@json_option
def show(settings: Settings, code: str | None, as_json: bool) -> None:
    """Show COURSE's plan and rules, or, without one, every course.

    \b
    Example:
      face_recog_server.py course show ea0017_1
    """
    with store_of(settings) as store:
        courses = Courses(store, settings.zone)
        if code is not None:
            _print_plan(normal(code), courses.plan_of(normal(code)), as_json)
            return
        plans = courses.all_plans()
    if as_json:
        print_json([_as_table(code, plan) for code, plan in plans.items()])
    else:
        _print_all(plans)


def _as_table(code: str, plan: CoursePlan) -> dict[str, Any]:
    return {"course": code, "title": plan.title, "room": plan.room, "devices": list(plan.devices), **plan_table(plan)}


def _print_plan(code: str, plan: CoursePlan, as_json: bool) -> None:
    table = _as_table(code, plan)
    rows = {
        "course": f"{code} {plan.title}".strip(),
        "room": ", ".join(filter(None, (plan.room, *plan.devices))) or "none",
        **{day: "   ".join(hours) for day, hours in table["timetable"].items()},
        "preset": f"{plan.preset}: {PRESET_NOTES[plan.preset]}",
        **{name: _rule_text(value) for name, value in table["rules"].items()},
    }
    widest = max(map(len, rows))
    print_result(as_json, table, (f"{name:<{widest}} {text}" for name, text in rows.items()))


def _rule_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{absences} of {hours} hours a week" for hours, absences in value.items()) or "none"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _print_all(plans: dict[str, CoursePlan]) -> None:
    if not plans:
        click.echo("There is no course yet: import a roster, or set one by `course set`.")
        return
    rows = [(code, p.title, p.room, p.preset, str(p.timetable.weekly_hours)) for code, p in plans.items()]
    print_table(("course", "title", "room", "preset", "hours a week"), rows, texts=4)
