"""`roster import` from the command line: what it prints, what it changes, and what a dry run leaves alone."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from click.testing import CliRunner, Result

from server.cli import commands
from server.clock import utc_now
from server.domain.calendar import Term, campus_day
from server.domain.enrolments import SINCE_EVER
from server.errors import BadRequest, TooLarge
from server.services.rosters.imports import MAX_ROSTER_BYTES
from server.store import Store, open_store
from tests.running import CAMPUS

Run = Callable[..., Result]
LONG_AGO = date(2026, 3, 3)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A command on a database of its own; what it raises is raised."""

    def invoke(*arguments: str) -> Result:
        flags = ["--database", str(tmp_path / "rollcall.sqlite"), "--as", "office"]
        return CliRunner().invoke(commands, ["roster", "import", *arguments, *flags], catch_exceptions=False)

    return invoke


@pytest.fixture
def listed(tmp_path: Path) -> Callable[..., str]:
    """A CSV file of students by number and name."""

    def write(*students: str, name: str = "list.csv") -> str:
        (tmp_path / name).write_text("\n".join(["학번,성명,학수번호", *students]), encoding="utf-8")
        return str(tmp_path / name)

    return write


def test_a_dry_run_tells_each_change_those_first_who_would_leave_and_changes_nothing(run, listed) -> None:
    run(listed("1,김하늘,C1", "2,이바다,C1", "3,박나무,C2"))
    said = run(listed("1,김하람,C1", "4,정이슬,C1"), "--complete", "--dry-run").stdout.splitlines()
    assert said[:3] == ["would end: C1 2 이바다", "would add: C1 4 정이슬", "would rename: 1 from 김하늘 to 김하람"]
    assert said[3].startswith("Nothing was changed. An import would end 1 enrolment, add 1, change the dates of 0 and")
    assert (
        run(listed("1,김하늘,C1", "2,이바다,C1", "3,박나무,C2"), "--json").stdout
        == run(listed("1,김하늘,C1", "2,이바다,C1", "3,박나무,C2"), "--complete", "--json").stdout
    )


def test_a_complete_list_ends_enrolments_and_names_who_left(run, listed) -> None:
    run(listed("1,김하늘,C1", "2,이바다,C1"))
    said = run(listed("1,김하늘,C1"), "--complete").stdout.splitlines()
    assert said == [
        "ended today: C1 2 이바다",
        "1 row: 0 students added, 0 renamed, 0 courses added, 0 enrolments added, 1 ended, 1 as before.",
    ]
    assert json.loads(run(listed("1,김하늘,C1"), "--complete", "--json").stdout)["ended"] == 0


def test_a_sheet_with_headings_of_its_own_and_no_course_is_imported(run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["2026-2학기 수강생"], ["수강생번호", "성명"], [202610001, "김하늘"]):
        book.active.append(row)
    book.save(tmp_path / "명단.xlsx")
    done = run(str(tmp_path / "명단.xlsx"), "--course", "C1", "--map", "수강생번호=student_id")
    assert done.stdout.startswith("1 row: 1 student added, 0 renamed, 1 course added, 1 enrolment added")


def test_one_wrong_file_of_several_keeps_all_of_them_out(run, listed) -> None:
    good, bad = listed("1,김하늘,C1", name="a.csv"), listed(",이바다,C1", name="b.csv")
    with pytest.raises(BadRequest, match=r"nothing of it was imported:\n  b\.csv, line 2: student_id is missing"):
        run(good, bad)
    assert json.loads(run(good, "--dry-run", "--json").stdout)["new_courses"] == ["C1"]


def test_a_file_that_is_not_there_is_named(run, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="cannot be read: No such file"):
        run(str(tmp_path / "none.csv"))


def test_of_a_file_over_the_limit_no_more_is_read(run, tmp_path: Path) -> None:
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(10 * MAX_ROSTER_BYTES)
    with pytest.raises(TooLarge, match=f"has {MAX_ROSTER_BYTES + 1} bytes; at most {MAX_ROSTER_BYTES} are read"):
        run(str(tmp_path / "huge.csv"))


class TestWhoComesLate:
    """Students who are added to a course that has had a class."""

    @pytest.fixture
    def taught(self, run, listed, tmp_path: Path) -> Store:
        """A course with a list, and a session of long ago."""
        run(listed("1,김하늘,C1", "9,박나무,C2"))
        store = open_store(str(tmp_path / "rollcall.sqlite"), key_file=tmp_path / "key")
        store.sessions.open("C1", LONG_AGO, [], closes_at=None, makeup=False, at=utc_now(), by="professor")
        return store

    def test_begins_today_and_is_named(self, run, listed, taught: Store) -> None:
        late = listed("1,김하늘,C1", "4,정이슬,C1", "5,한별,C2", "6,최노을,C3")
        told = run(late, "--dry-run").stdout.splitlines()
        today = campus_day(utc_now(), ZoneInfo(CAMPUS))
        assert told[:3] == [f"would add: C1 4 정이슬 from {today}", "would add: C2 5 한별", "would add: C3 6 최노을"]
        assert run(late).stdout.splitlines()[0] == "added from today on: C1 4 정이슬"
        assert days(taught, "C1") == {"1": SINCE_EVER, "4": today}
        assert days(taught, "C2") == {"9": SINCE_EVER, "5": SINCE_EVER}, "which has had no class"
        assert run(late).stdout.startswith("4 rows: 0 students added"), "and so he stays"

    def test_begins_on_the_day_that_is_said_then_or_afterwards(self, run, listed, taught: Store) -> None:
        first = "2026-03-02"
        run(listed("1,김하늘,C1", "4,정이슬,C1"))
        told = run(listed("1,김하늘,C1", "4,정이슬,C1", "5,한별,C1"), "--begins", first, "--dry-run").stdout
        assert f"would add: C1 5 한별 from {first}" in told
        assert f"would change the dates of: C1 4 정이슬 from {first}" in told
        run(listed("1,김하늘,C1", "4,정이슬,C1", "5,한별,C1"), "--begins", first)
        begun = date.fromisoformat(first)
        assert days(taught, "C1") == {"1": SINCE_EVER, "4": begun, "5": begun}, "and nobody begins later than before"

    def test_a_class_of_another_term_makes_nobody_late(self, run, listed, taught: Store) -> None:
        today = campus_day(utc_now(), ZoneInfo(CAMPUS))
        taught.courses.set_calendar(Term("now", today, today), [], [], at=utc_now(), by="office")
        run(listed("4,정이슬,C1"))
        assert days(taught, "C1")["4"] == today, "the term's first day"


def days(store: Store, course: str) -> dict[str, date]:
    return {each.student: each.begins for each in store.rosters.enrolled(course)}


def test_what_was_read_otherwise_or_not_read_is_told(run, listed) -> None:
    said = run(listed("２０１５,김\u200b하늘,Ｃ１")).stdout.splitlines()
    assert said[:3] == [
        "line 2: student_id ２０１５ is read as 2015",
        "line 2: course_code Ｃ１ is read as C1",
        "line 2: the name holds letters that nobody sees, which were left out",
    ]
    assert json.loads(run(listed("２０１５,김하늘,C1"), "--json").stdout)["remarks"] == [
        "line 2: student_id ２０１５ is read as 2015"
    ]


def test_a_course_is_told_by_its_one_form(run, listed) -> None:
    result = run(listed("1,김하늘,x"), "--course", "ＥＡ‑1")
    assert "ＥＡ\\u20111 is read as EA-1." in result.stderr
    assert json.loads(run(listed("1,김하늘,x"), "--course", "EA-1", "--json").stdout)["unchanged"] == 1


def test_two_who_are_one_are_joined_and_it_is_told_what_to_do_next(tmp_path: Path, run, listed) -> None:
    run(listed("2015,김하늘,C1", "2016,김하늘,C2"))
    flags = ["--database", str(tmp_path / "rollcall.sqlite"), "--as", "office"]
    said = (
        CliRunner()
        .invoke(commands, ["roster", "merge", "2015", "２０１６", *flags], catch_exceptions=False)
        .stdout.splitlines()
    )
    assert said == [
        "2015 is 2016 now: 1 enrolment, 0 marks (0 of hours in which both had one), 0 templates.",
        "Photographs that bear the number 2015 must be renamed, or `enrol` takes them for somebody else.",
    ]
    with closing(open_store(str(tmp_path / "rollcall.sqlite"), key_file=None)) as store:
        assert store.rosters.names(["2015", "2016"]) == {"2016": "김하늘"}
