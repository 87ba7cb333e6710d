"""Read a course's plan from a professor's TOML file and from the JSON in the database, which have one shape."""

import json
from dataclasses import replace
from typing import Any, Final

from server.domain.course_plan import CoursePlan
from server.domain.rules import PRESETS
from server.errors import BadRequest, SetupProblem
from server.services.plans.course_rules import RULE_NAMES, read_rules, rules_table
from server.services.plans.timetable_file import TIMETABLE_KEYS, read_timetable, timetable_table
from server.services.plans.toml_section import KNOWN, Section, read_section

# As the columns of the tables have them.
MOST_TITLE: Final = 200
MOST_ROOM: Final = 100
_PLAN_KEYS: Final = ("preset", "timetable", "rules")


def read_course_toml(data: bytes, name: str = "The file") -> CoursePlan:
    """Raises BadRequest that names the key, and one like it that is known; TooLarge. name: the file's, for errors."""
    top = read_section(data, name, ("title", "room", "devices", *_PLAN_KEYS))
    if not top.names:
        raise BadRequest(
            "{file} sets nothing: the course would lose its timetable and its rules. Write them into it, "
            'or preset = "default" where that is meant.',
            file=name,
        )
    devices = tuple(dict.fromkeys(each.strip() for each in top.texts("devices")))
    if wrong := [each for each in devices if not each or len(each) > MOST_ROOM or not each.isprintable()]:
        raise top.wrong("devices", "{wrong} is no address and no device's name.", wrong=repr(wrong[0][:MOST_ROOM]))
    title, room = top.text("title", most=MOST_TITLE), top.text("room", most=MOST_ROOM)
    if devices and not room:
        raise BadRequest("{file} sets devices without a room; say by `room` where they stand.", file=name)
    return replace(_read_plan(top), title=title, room=room, devices=devices)


def as_json(plan: CoursePlan) -> str:
    """Timetable and rules; title, room and devices have columns of their own."""
    return json.dumps(plan_table(plan), ensure_ascii=False)


def plan_table(plan: CoursePlan) -> dict[str, Any]:
    """Timetable and rules, as `course set` takes them."""
    return {"preset": plan.preset, "timetable": timetable_table(plan.timetable), "rules": rules_table(plan.rules)}


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
        raise top.wrong("preset", KNOWN, known=", ".join(PRESETS))
    rules = read_rules(top.table("rules", RULE_NAMES), preset)
    return CoursePlan(preset=preset, timetable=read_timetable(top.table("timetable", TIMETABLE_KEYS)), rules=rules)
