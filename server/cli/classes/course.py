"""`course set` and `course show`: say what a course is like, and show it."""

from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from server.bootstrap.store import store_of
from server.cli.classes.plan_sentences import change_sentences
from server.cli.options import (
    DATABASE,
    DAY,
    FILE,
    IDENTIFIER,
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
from server.domain.calendar import campus_day
from server.domain.course_plan import CoursePlan, DatedPlan, PlanHistory
from server.domain.enrolments import SINCE_EVER
from server.domain.identifiers import normal
from server.domain.rules import PRESET_NOTES
from server.errors import BadRequest, SetupProblem, UnknownCourse
from server.services.class_day.courses import Courses
from server.services.plans.course_file import plan_table, read_course_toml
from server.services.plans.plan_changes import first_day, keep_times, plan_change, require_day
from server.services.plans.timetable_file import DAY_KEYS, hour_text

TABLES = (*DATABASE, "timezone")


@click.group()
def course() -> None:
    """Say what a course is like: its timetable, room and rules."""


@course.command(name="set")
@click.argument("code", metavar="COURSE", type=IDENTIFIER)
@click.option("--file", required=True, type=FILE, help="the course's TOML file")
@click.option(
    "--from",
    "begins",
    type=DAY,
    metavar="DAY",
    help="the first day of this plan, YYYY-MM-DD  [default: today, or the term's first day where that lies ahead, or "
    "where it is the term's first plan and no class was held yet]",
)
@with_settings(TABLES)
@click.option("--dry-run", is_flag=True, help="say what would change, and change nothing")
@change_options
def set_command(
    settings: Settings, code: str, file: Path, begins: date | None, dry_run: bool, by: str, as_json: bool
) -> None:
    """Set COURSE's plan from a day on, as its TOML file says: title, room, devices, preset, timetable, rules.

    The course is made where it is new. What the file does not say is as in the preset, and without one as in the
    preset `default`. Days before keep the plan that they had; where the first day lies in the past, what that changes
    is told first. Sessions that are open already keep the hours and the freeze time they were opened with.

    \b
    Example of a file:
      title = "Algorithms"
      room = "B101"
      devices = ["10.0.3.7"]
      preset = "soongsil"
      [timetable]
      monday = ["3 10:30-11:20", "4 11:30-12:20"]
      friday = [{ hour = "12 23:00-24:00", weeks = "odd" }]
      [rules]
      late_minutes = 15
    \b
    Examples:
      face_recog_server.py course set ea0017_1 --file ea0017_1.toml --as professor
      face_recog_server.py course set ea0017_1 --file ea0017_1.toml --from 2026-10-12
    """
    plan, code, now = read_course_toml(read_file(file), file.name), normal(code), utc_now()
    with store_of(settings) as store:
        courses = Courses(store, settings.zone)
        begins = begins or first_day(store, courses, code, campus_day(now, settings.zone))
        if begins != SINCE_EVER:
            require_day(begins)
        before = _weekly_hours(courses, code, begins)
        change = plan_change(store, courses, code, plan, begins, now=now)
        for sentence in change_sentences(code, change):
            click.echo(sentence, err=True)
        if not dry_run:
            keep_times(store, courses, code, change)
            courses.set_plan(code, plan, at=now, by=by, begins=begins)
    trial = {"changes": asdict(change), "kept": False} if dry_run else {}
    _print_plan(code, DatedPlan(begins, plan), change.until, as_json, **trial)
    if before and not plan.timetable.has_hours:
        had = f"{counted(before, 'hour')} a week"
        click.echo(
            f"Course {code} has no timetable any more, for {file.name} has none; before, it had {had}. Where "
            "that is not meant, add [timetable] and set it again.",
            err=True,
        )
    if dry_run:
        click.echo("Nothing was changed: this was a trial.", err=True)


def _weekly_hours(courses: Courses, code: str, day: date) -> int:
    # 0 too for a course that is not there yet, or whose plan cannot be read.
    try:
        return courses.plan_of(code, day).timetable.weekly_hours
    except (UnknownCourse, SetupProblem):
        return 0


@course.command()
@click.argument("code", metavar="[COURSE]", required=False, type=IDENTIFIER)
@with_settings(TABLES)
@click.option("--date", "day", type=DAY, metavar="DAY", help="as of that day, YYYY-MM-DD  [default: today]")
@click.option("--history", is_flag=True, help="every plan of COURSE, with its days")
@json_option
def show(settings: Settings, code: str | None, day: date | None, history: bool, as_json: bool) -> None:
    """Show COURSE's plan and rules, or, without one, every course.

    \b
    Examples:
      face_recog_server.py course show ea0017_1
      face_recog_server.py course show ea0017_1 --history
    """
    day = day or campus_day(utc_now(), settings.zone)
    if history and code is None:
        raise BadRequest("--history goes with a course: name it before, such as `course show EA0017_1 --history`.")
    with store_of(settings) as store:
        courses = Courses(store, settings.zone)
        found = {normal(code): courses.history(normal(code))} if code else courses.histories()
    if history:
        for each, plans in found.items():
            _print_history(each, plans, as_json)
    elif code is not None:
        plan = _shown_on(found[normal(code)], day)
        _print_plan(normal(code), plan, found[normal(code)].until(plan.begins), as_json)
    elif as_json:
        shown = {each: _shown_on(plans, day) for each, plans in found.items()}
        print_json([_as_table(each, plan, found[each].until(plan.begins)) for each, plan in shown.items()])
    else:
        _print_all({each: _shown_on(plans, day).plan for each, plans in found.items()})


def _shown_on(history: PlanHistory, day: date) -> DatedPlan:
    """The plan of that day, or the first that comes."""
    begun = [each for each in history.plans if each.begins <= day] or list(history.plans[:1])
    if not begun:
        return DatedPlan(SINCE_EVER, history.on(day))
    return replace(begun[-1], plan=history.on(begun[-1].begins))


def _as_table(code: str, dated: DatedPlan, until: date | None) -> dict[str, Any]:
    plan, begins = dated.plan, dated.begins
    days = {"from": None if begins == SINCE_EVER else begins.isoformat(), "until": until.isoformat() if until else None}
    said = {"title": plan.title, "room": plan.room, "devices": list(plan.devices)}
    return {"course": code, **days, **said, **plan_table(plan)}


def _print_history(code: str, history: PlanHistory, as_json: bool) -> None:
    plans = [replace(each, plan=history.on(each.begins)) for each in history.plans]
    tables = [_as_table(code, each, history.until(each.begins)) for each in plans]
    if as_json:
        set_by = [{"set_at": each.set_at, "set_by": each.set_by} for each in plans]
        print_json([table | who for table, who in zip(tables, set_by, strict=True)])
        return
    if not plans:
        click.echo(f"Course {code} was never set; by default it has one hour a day and the rules of `default`.")
        return
    rows = [(_days(each, history.until(each.begins)), *_in_short(each.plan), _set(each)) for each in plans]
    print_table(("holds", "title", "room", "preset", "hours", "set"), rows, texts=6)


def _in_short(plan: CoursePlan) -> tuple[str, str, str, str]:
    week = zip(DAY_KEYS, plan.timetable.week, strict=True)
    hours = "; ".join(f"{day} {', '.join(map(hour_text, hours))}" for day, hours in week if hours)
    return plan.title, plan.room, plan.preset, hours or "no timetable"


def _days(dated: DatedPlan, until: date | None) -> str:
    begins = "from ever" if dated.begins == SINCE_EVER else f"from {dated.begins}"
    return f"{begins} to {until}" if until else f"{begins} on"


def _set(dated: DatedPlan) -> str:
    when = f"{dated.set_at:%Y-%m-%d}" if dated.set_at else ""
    return f"{when} {dated.set_by}".strip()


def _print_plan(code: str, dated: DatedPlan, until: date | None, as_json: bool, **more: Any) -> None:
    table, plan = _as_table(code, dated, until), dated.plan
    week = zip(DAY_KEYS, plan.timetable.week, strict=True)
    rows = {
        "course": f"{code} {plan.title}".strip(),
        "holds": _days(dated, until),
        "room": ", ".join(filter(None, (plan.room, *plan.devices))) or "none",
        **{day: "   ".join(map(hour_text, hours)) for day, hours in week if hours},
        "preset": f"{plan.preset}: {PRESET_NOTES[plan.preset]}",
        **{name: _rule_text(value) for name, value in table["rules"].items()},
    }
    widest = max(map(len, rows))
    print_result(as_json, table | more, (f"{name:<{widest}} {text}" for name, text in rows.items()))


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
