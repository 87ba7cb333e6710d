"""`course set` and `course show` from the command line: from which day a plan holds, and which ones there are."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.clock import utc_now
from server.domain.calendar import campus_day
from tests.running import CAMPUS
from tests.server.cli.invoking import invoke, invoke_json

COURSE = "EA0017_1"
TODAY = campus_day(utc_now(), ZoneInfo(CAMPUS))
TERM = f'name = "now"\nbegins = {TODAY - timedelta(days=60)}\nends = {TODAY + timedelta(days=60)}\n'
FIRST = 'title = "알고리즘"\npreset = "kookmin"\n[timetable]\nmonday = ["2 10:00-10:50"]\n'
SECOND = 'title = "알고리즘 II"\n[timetable]\nfriday = [{ hour = "12 23:30-00:20", weeks = "odd" }]\n'


@pytest.fixture
def set_plan(tmp_path: Path):
    (tmp_path / "term.toml").write_text(TERM, encoding="utf-8")
    invoke_json(tmp_path, "term", "import", str(tmp_path / "term.toml"))

    def run(text: str, *words: str):
        (tmp_path / "plan.toml").write_text(text, encoding="utf-8")
        return invoke(tmp_path, "course", "set", COURSE, "--file", str(tmp_path / "plan.toml"), *words)

    return run


def history(folder: Path) -> list[tuple[str, str, str | None]]:
    return [
        (each["title"], each["from"], each["until"])
        for each in invoke_json(folder, "course", "show", COURSE, "--history")
    ]


def test_plans_follow_each_other_and_the_first_of_a_term_begins_with_it(tmp_path: Path, set_plan) -> None:
    begins = TODAY - timedelta(days=60)
    assert set_plan(FIRST).status == 0
    assert history(tmp_path) == [("알고리즘", str(begins), None)]
    assert set_plan(SECOND).status == 0
    yesterday = TODAY - timedelta(days=1)
    assert history(tmp_path) == [("알고리즘", str(begins), str(yesterday)), ("알고리즘 II", str(TODAY), None)]
    assert invoke_json(tmp_path, "course", "show", COURSE)["title"] == "알고리즘 II"
    assert invoke_json(tmp_path, "course", "show", COURSE, "--date", str(yesterday))["title"] == "알고리즘"
    lines = invoke(tmp_path, "course", "show", COURSE, "--history").output.splitlines()
    assert lines[-1].split()[:3] == ["from", str(TODAY), "on"]
    assert "friday 12 23:30-00:20 (odd weeks)" in lines[-1]


def test_a_plan_for_days_that_are_over_tells_what_it_changes_and_a_trial_changes_nothing(
    tmp_path: Path, set_plan
) -> None:
    set_plan(FIRST)
    before = history(tmp_path)
    past = str(TODAY - timedelta(days=30))
    said = set_plan(SECOND, "--from", past, "--dry-run")
    assert "would not be planned any more" in said.problem
    assert "Nothing was changed: this was a trial." in said.problem
    assert history(tmp_path) == before
    assert "would not be planned any more" in set_plan(SECOND, "--from", past).problem
    assert [each[1] for each in history(tmp_path)] == [before[0][1], past]


def test_the_report_of_a_term_is_asked_for_by_its_name(tmp_path: Path, set_plan) -> None:
    set_plan(FIRST)
    named, usual = (invoke_json(tmp_path, "report", COURSE, *words) for words in (("--term", "now"), ()))
    assert named == usual
    assert named["term"] == "now"
    wrong = invoke(tmp_path, "report", COURSE, "--term", "2025-2")
    assert (wrong.status, "there are: 'now'" in wrong.problem) == (1, True)


def test_a_year_that_nobody_means_is_refused_and_changes_nothing(tmp_path: Path, set_plan) -> None:
    said = set_plan(FIRST, "--from", "1026-09-01")
    assert (said.status, "check the year" in said.problem) == (1, True)
    assert invoke(tmp_path, "course", "show", COURSE).status == 1
