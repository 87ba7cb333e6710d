"""docs/attendance.md holds: its files are read, its rules and presets are all there are, its term comes to its sums."""

import re
from datetime import date, timedelta
from itertools import takewhile
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.domain.attendance import State
from server.domain.calendar import Calendar
from server.domain.evidence import Reason
from server.domain.rules import PRESETS, Rules
from server.domain.tally import HourHeld, Key, Tally, failing_limit, hours_of, tally
from server.domain.timetable import planned_hours
from server.services.plans.course_file import read_course_toml
from server.services.plans.course_rules import rules_table
from server.services.plans.term_file import read_term_toml
from server.services.reports.report_table import KOREAN, SYMBOLS

DOCUMENT = (Path(__file__).resolve().parents[4] / "docs" / "attendance.md").read_text(encoding="utf-8")
COURSE = "EA0017_1"
COURSE_TOML, TERM_TOML = re.findall(r"^```toml\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
PLAN = read_course_toml(COURSE_TOML.encode())
TERM = read_term_toml(TERM_TOML.encode())
CALENDAR = Calendar((TERM.term,), TERM.holidays, TERM.makeups)
STATES = {symbol: state for state, symbol in SYMBOLS.items()}
NO_HOUR = "–"


def table(heading: str) -> list[list[str]]:
    """The cells of the first table behind the heading, without its first two lines."""
    behind = DOCUMENT.partition(f"## {heading}\n")[2].splitlines()
    first = next(number for number, line in enumerate(behind) if line.startswith("|"))
    lines = takewhile(lambda line: line.startswith("|"), behind[first + 2 :])
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def story() -> dict[date, list[str]]:
    return {
        date(TERM.term.begins.year, *map(int, row[0].split()[0].split("-"))): row
        for row in table("A term played through")
    }


def hours_on(day: date) -> list[Key]:
    return [(day, hour.number) for hour in planned_hours(PLAN.timetable, CALENDAR, COURSE, day, ZoneInfo("Asia/Seoul"))]


def hours_until(last: date) -> list[Key]:
    return [
        key
        for after in range((last - TERM.term.begins).days + 1)
        for key in hours_on(TERM.term.begins + timedelta(days=after))
    ]


TERM_HOURS = len(hours_until(TERM.term.ends))


def after(last: date) -> Tally:
    """The tally of the student of the story when that day is over."""
    told, marks = story(), {}
    held = hours_until(last)
    for day in {day for day, _ in held}:
        symbols = told[day][1].split() if day in told else ["O"] * len(hours_on(day))
        marks |= {key: STATES[symbol] for key, symbol in zip(hours_on(day), symbols, strict=True) if symbol != NO_HOUR}
    added = min(day for day, row in told.items() if "Added" in row[2])
    counting = hours_of(map(HourHeld, held), [(added, None)])
    return tally(
        "201511041", marks, counting, PLAN.rules, term_hours=TERM_HOURS, weekly_hours=PLAN.timetable.weekly_hours
    )


def test_the_term_has_the_hours_and_the_limit_that_the_text_tells() -> None:
    assert (TERM_HOURS, failing_limit(PLAN.rules, TERM_HOURS, PLAN.timetable.weekly_hours)) == (48, 12)
    assert "48 hours, of which 12 absences fail" in DOCUMENT


@pytest.mark.parametrize("day", sorted(story()), ids=str)
def test_each_day_of_the_term_comes_to_the_sums_beside_it(day: date) -> None:
    told, result = story()[day], after(day)
    if not hours_on(day):
        assert set(told[1].split()) == {NO_HOUR}
    assert told[0].split()[1] == f"{day:%a}"
    counts = (result.counts[state] for state in (State.LATE, State.LEFT_EARLY, State.ABSENT, State.EXCUSED_ABSENCE))
    assert [int(cell) for cell in told[3:]] == [*counts, result.absences, result.left]
    assert result.near == (result.left is not None and result.left <= 2)


def test_the_term_ends_as_the_text_says() -> None:
    end = after(TERM.term.ends)
    assert (len(end.hours), end.attended, end.absences, end.left, end.failed) == (46, 37, 10, 1, False)
    assert "46 hours of his" in DOCUMENT
    assert "37 attended, 10 absences that count" in DOCUMENT


def test_every_rule_is_told_with_its_default() -> None:
    told: dict[str, str] = {}
    for names, defaults, *_ in table("The rules"):
        told |= dict(zip(names.replace("`", "").split(", "), defaults.replace("`", "").split(", "), strict=True))
    assert told == {name: written(value) for name, value in rules_table(Rules()).items()}


def written(value: object) -> str:
    """A default as the document writes it."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    return {dict: "none", list: "all"}.get(type(value), str(value))


def test_every_preset_is_told() -> None:
    rows = DOCUMENT.partition("| `preset` |")[2].partition("\n\n")[0].splitlines()[2:]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])} == set(PRESETS)


def test_every_state_is_told_with_its_korean_name_and_its_sign() -> None:
    told = {row[0].replace(" ", "_"): (row[1], row[2]) for row in table("The model")}
    assert told == {state.value: (KOREAN[state], SYMBOLS[state]) for state in State}


def test_every_reason_of_the_camera_is_told() -> None:
    told = {word for row in table("What the camera proposes, and why") for word in re.findall(r"`(\w+)`", row[2])}
    assert told == {reason.value for reason in Reason if reason}
