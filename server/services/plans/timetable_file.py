"""Read and write a course's timetable as a table of TOML or JSON."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, Final

from server.domain.timetable import DAYS, ClassHour, Timetable, Weeks
from server.errors import BadRequest
from server.services.plans.toml_section import Section

DAY_KEYS: Final = tuple(day.lower() for day in DAYS)
# `weeks` beside the days is of every hour that does not say its own.
TIMETABLE_KEYS: Final = (*DAY_KEYS, "weeks")
MIDNIGHT: Final = "24:00"
_HOUR: Final = re.compile(r"(\d{1,2}) +(\d{1,2}):(\d{2}) *- *(\d{1,2}):(\d{2})", re.ASCII)
NOT_THAT_DAY: Final = "none of these days is a {weekday}, and {day} has hours."
NO_HOUR: Final = '{text} must be number, start and end of an hour, such as "3 10:30-11:20".'
_WEEKS: Final = 'it must be "odd", "even", or a list of days, such as [2026-03-06, 2026-03-20].'


def read_timetable(section: Section) -> Timetable:
    """Raises BadRequest that names the key."""
    week = tuple(tuple(_hours(section, day)) for day in DAY_KEYS)
    try:
        return Timetable(week)
    except ValueError as error:
        raise BadRequest("{file}: {why}", file=section.where, why=str(error)) from error


def timetable_table(timetable: Timetable) -> dict[str, Any]:
    """The days with hours, as `read_timetable` takes them."""
    week = zip(DAY_KEYS, timetable.week, strict=True)
    return {day: [_written(each) for each in hours] for day, hours in week if hours}


def hour_text(hour: ClassHour) -> str:
    """For people: `5 13:00-13:50 (odd weeks)`."""
    if hour.dates:
        return f"{_plain(hour)} ({', '.join(each.isoformat() for each in hour.dates)})"
    return f"{_plain(hour)} ({hour.weeks.value} weeks)" if hour.weeks else _plain(hour)


def _hours(section: Section, day: str) -> Iterator[ClassHour]:
    """Of one day: texts, or tables with `hour` and `weeks`; or a table of all of them."""
    value = section.get(day)
    if value is None:
        return
    said = section
    if isinstance(value, dict):
        said = section.inner(day, value, ("hours", "weeks"))
        value = said.get("hours")
    if not isinstance(value, list) or not all(isinstance(each, str | dict) for each in value):
        raise section.wrong(day, 'it must be a list of hours, such as ["3 10:30-11:20", "4 11:30-12:20"].')
    usual = _usual_weeks(section if said.get("weeks") is None else said, day)
    for number, each in enumerate(value, 1):
        if isinstance(each, str):
            yield _read_hour(section, day, each, usual)
        else:
            inner = section.inner(f"{day}[{number}]", each, ("hour", "weeks"))
            weeks = usual if inner.get("weeks") is None else _weeks(inner)
            yield _read_hour(inner, "hour", inner.text("hour", most=100, needed=True), weeks)


def _usual_weeks(section: Section, day: str) -> Mapping[str, Any]:
    """Of the day's hours that do not say their own: of a list of days those of that weekday."""
    found = {} if section.get("weeks") is None else _weeks(section)
    if "dates" not in found:
        return found
    weekday = DAY_KEYS.index(day)
    if not (dates := tuple(each for each in found["dates"] if each.weekday() == weekday)):
        raise section.wrong("weeks", NOT_THAT_DAY, weekday=DAYS[weekday], day=day)
    return {"dates": dates}


def _weeks(section: Section) -> Mapping[str, Any]:
    """The key `weeks` as ClassHour has it."""
    key, value = "weeks", section.get("weeks")
    if value in (Weeks.ODD.value, Weeks.EVEN.value):
        return {"weeks": Weeks(value)}
    if not isinstance(value, list) or not value:
        raise section.wrong(key, _WEEKS)
    return {"dates": tuple(sorted({_day(section, key, each) for each in value}))}


def _day(section: Section, key: str, value: Any) -> date:
    # A day stands without quotes in TOML; JSON has text alone.
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise section.wrong(key, _WEEKS) from error


def _read_hour(section: Section, key: str, text: str, weeks: Mapping[str, Any]) -> ClassHour:
    found = _HOUR.fullmatch(text.strip())
    if not found:
        raise section.wrong(key, NO_HOUR, text=repr(text))
    number, hour, minute, last_hour, last_minute = map(int, found.groups())
    try:
        ends = time() if (last_hour, last_minute) == (24, 0) else time(last_hour, last_minute)
        return ClassHour(number, time(hour, minute), ends, **weeks)
    except ValueError as error:
        raise section.wrong(key, "{text}: {why}", text=repr(text), why=str(error)) from error


def _written(hour: ClassHour) -> str | dict[str, Any]:
    if hour.dates:
        return {"hour": _plain(hour), "weeks": [each.isoformat() for each in hour.dates]}
    return {"hour": _plain(hour), "weeks": hour.weeks.value} if hour.weeks else _plain(hour)


def _plain(hour: ClassHour) -> str:
    ends = f"{hour.ends:%H:%M}" if hour.ends != time() else MIDNIGHT
    return f"{hour.number} {hour.starts:%H:%M}-{ends}"
