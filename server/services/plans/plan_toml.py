"""Write a course's plan as the TOML file that `course set` takes, for people who change a line of it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from server.domain.course_plan import CoursePlan
from server.services.plans.course_file import plan_table


def plan_toml(plan: CoursePlan) -> str:
    """The whole file; read again it is the same plan."""
    top = {"title": plan.title, "room": plan.room, "devices": list(plan.devices)}
    return "\n".join(_lines({name: value for name, value in top.items() if value} | plan_table(plan)))


def _lines(table: Mapping[str, Any]) -> Iterator[str]:
    plain = {name: value for name, value in table.items() if not isinstance(value, Mapping)}
    yield from (f"{name} = {_value(value)}" for name, value in plain.items())
    for name, inner in table.items():
        if name not in plain:
            yield f"\n[{name}]"
            yield from (f"{key} = {_value(value)}" for key, value in inner.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    # A text of JSON is one of TOML, but for the one sign that JSON leaves as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
