"""A database from before plans had a first day: every sheet is what it was, and the first plan begins with the term."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, text

from server.domain.course_plan import CoursePlan
from server.services.class_day.courses import Courses
from server.services.reports.report import course_report
from server.services.reports.report_table import grid
from server.store import Store, open_store
from server.store.database import schema
from tests.databases import EVERY_DATABASE, new_database

ZONE = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
BEFORE = Path(__file__).parent / "before_plans"
SHEETS = json.loads((BEFORE / "sheets.json").read_text(encoding="utf-8"))


def as_it_was(connection: Connection) -> None:
    schema._migrate(connection, "0003")
    for statement in (BEFORE / "rows.sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement.replace("%", "%%"))


@pytest.fixture(params=EVERY_DATABASE)
def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        yield from brought_up(str(tmp_path / "old.sqlite"))
        return
    with new_database(request.getfixturevalue("mysql_servers").url(request.param)) as url:
        yield from brought_up(url)


def brought_up(url: str) -> Iterator[Store]:
    with closing(open_store(url, key_file=None)) as store:
        store._database.write(as_it_was)
        store.health.upgrade()
        yield store


def day_of(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def sheet(store: Store, course: str, since: str | None, until: str | None) -> dict[str, Any]:
    report = course_report(store, Courses(store, ZONE), course, since=day_of(since), until=day_of(until), now=NOW)
    return {
        "course": course,
        "since": since,
        "until": until,
        "head": [report.title, report.room, report.term, report.planned_hours, report.held_hours, report.limit],
        "hours": " ".join(f"{day:%m%d}:{hour}" for day, hour in (each.key for each in report.hours)),
        "rows": ["|".join("" if value is None else str(value) for value in row) for row in grid(report)[1:]],
    }


def test_every_sheet_is_equal_before_and_after_the_upgrade(upgraded: Store) -> None:
    assert [sheet(upgraded, each["course"], each["since"], each["until"]) for each in SHEETS] == SHEETS


def test_the_first_plan_begins_on_the_terms_first_day(upgraded: Store) -> None:
    plans = {each.code: [plan.begins for plan in each.plans] for each in upgraded.courses.listed()}
    assert plans == {"A1": [date(2026, 3, 2)], "B1": [date(2026, 3, 2)], "C1": []}


def test_a_plan_that_is_set_after_the_upgrade_changes_no_day_before_it(upgraded: Store) -> None:
    spring = next(each for each in SHEETS if each["course"] == "A1" and each["until"] == "2026-06-19")
    Courses(upgraded, ZONE).set_plan("A1", CoursePlan(), at=NOW, by="professor", begins=date(2026, 9, 1))
    assert sheet(upgraded, "A1", spring["since"], spring["until"]) == spring


def test_an_offices_views_tell_title_and_room_of_the_day(upgraded: Store) -> None:
    winter = CoursePlan(title="알고리즘 II", room="C302")
    Courses(upgraded, ZONE).set_plan("A1", winter, at=NOW, by="professor", begins=date(2026, 9, 1))
    rows = upgraded._database.read(
        lambda c: c.execute(text("SELECT DISTINCT title, room FROM view_sessions WHERE course = 'A1'")).all()
    )
    assert {tuple(row) for row in rows} == {("알고리즘", "B101"), ("알고리즘 II", "C302")}
