"""Read a course's plan from a professor's TOML file and from the JSON in the database, which have one shape."""

import json
import re
from dataclasses import replace
from datetime import time
from typing import Any, Final

from server.domain.course_plan import CoursePlan
from server.domain.rules import PRESETS
from server.domain.timetable import DAYS, ClassHour, Timetable
from server.errors import BadRequest, SetupProblem
from server.services.plans.course_rules import RULE_NAMES, read_rules, rules_table
from server.services.plans.toml_section import Section, read_section

DAY_KEYS: Final = tuple(day.lower() for day in DAYS)
# As the columns of the tables have them.
MOST_TITLE: Final = 200
MOST_ROOM: Final = 100
_PLAN_KEYS: Final = ("preset", "timetable", "rules")
_HOUR: Final = re.compile(r"(\d{1,2}) +(\d{1,2}):(\d{2}) *- *(\d{1,2}):(\d{2})", re.ASCII)


def read_course_toml(data: bytes, name: str = "The file") -> CoursePlan:
    """Raises BadRequest that names the key, and one like it that is known; TooLarge. name: the file's, for errors."""
    top = read_section(data, name, ("title", "room", "devices", *_PLAN_KEYS))
    if not top.names:
        raise BadRequest(
            f"{name} sets nothing: the course would lose its timetable and its rules. Write them into it, "
            'or preset = "default" where that is meant.'
        )
    devices = tuple(dict.fromkeys(each.strip() for each in top.texts("devices")))
    if wrong := [each for each in devices if not each or len(each) > MOST_ROOM or not each.isprintable()]:
        raise top.wrong("devices", f"{wrong[0][:MOST_ROOM]!r} is no address and no device's name.")
    title, room = top.text("title", most=MOST_TITLE), top.text("room", most=MOST_ROOM)
    if devices and not room:
        raise BadRequest(f"{name} sets devices without a room; say by `room` where they stand.")
    return replace(_read_plan(top), title=title, room=room, devices=devices)


def as_json(plan: CoursePlan) -> str:
    """Timetable and rules; title, room and devices have columns of their own."""
    return json.dumps(plan_table(plan), ensure_ascii=False)


def plan_table(plan: CoursePlan) -> dict[str, Any]:
    """Timetable and rules, as `course set` takes them."""
    week = dict(zip(DAY_KEYS, plan.timetable.week, strict=True))
    return {
        "preset": plan.preset,
        "timetable": {day: [_hour_text(each) for each in hours] for day, hours in week.items() if hours},
        "rules": rules_table(plan.rules),
    }


def from_json(text: str) -> CoursePlan:
    """The plan in the database; "": it was never set. Raises SetupProblem for what nobody wrote."""
    if not text:
        return CoursePlan()
    try:
        return _read_plan(Section(dict(json.loads(text)), "The plan in the database", _PLAN_KEYS))
    except (BadRequest, ValueError, TypeError) as error:
        raise SetupProblem(f"A course's plan cannot be read: {error}. Set it again by `course set`.") from error


def _read_plan(top: Section) -> CoursePlan:
    preset = top.text("preset", most=40) or "default"
    if preset not in PRESETS:
        raise top.wrong("preset", f"there are {', '.join(PRESETS)}.")
    rules = read_rules(top.table("rules", RULE_NAMES), preset)
    return CoursePlan(preset=preset, timetable=_read_timetable(top.table("timetable", DAY_KEYS)), rules=rules)


def _read_timetable(section: Section) -> Timetable:
    week = tuple(tuple(_read_hour(section, day, each) for each in section.texts(day)) for day in DAY_KEYS)
    try:
        return Timetable(week)
    except ValueError as error:
        raise BadRequest(f"{section.where}: {error}") from error


def _read_hour(section: Section, day: str, text: str) -> ClassHour:
    found = _HOUR.fullmatch(text.strip())
    if not found:
        raise section.wrong(day, f'{text!r} must be number, start and end of an hour, such as "3 10:30-11:20".')
    number, hour, minute, last_hour, last_minute = map(int, found.groups())
    try:
        return ClassHour(number, time(hour, minute), time(last_hour, last_minute))
    except ValueError as error:
        raise section.wrong(day, f"{text!r}: {error}") from error


def _hour_text(hour: ClassHour) -> str:
    return f"{hour.number} {hour.starts:%H:%M}-{hour.ends:%H:%M}"
