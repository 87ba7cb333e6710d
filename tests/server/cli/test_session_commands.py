"""Class days, plans and terms from the command line, on a real database."""

from pathlib import Path
from typing import Any

import pytest

from tests.server.cli.invoking import invoke, invoke_json

COURSE, DAY = "ea0017_1", "2026-03-02"
STUDENTS = ("201511041", "201511042")
COURSE_FILE = """
title = "알고리즘"
room = "B101"
preset = "soongsil"
[timetable]
monday = ["3 10:30-11:20", "4 11:30-12:20"]
[rules]
"""
TERM = f"""
name = "2026-1"
begins = 2026-03-02
ends = 2026-06-19
[[holidays]]
day = {DAY}
name = "대체공휴일"
[[makeups]]
day = 2026-06-13
follows = "monday"
"""


def set_course(folder: Path, rules: str = "") -> Any:
    (folder / "course.toml").write_text(COURSE_FILE + rules, encoding="utf-8")
    return invoke_json(folder, "course", "set", COURSE, "--file", str(folder / "course.toml"))


def import_roster(folder: Path) -> None:
    rows = "".join(f"{student},김하늘,{COURSE}\n" for student in STUDENTS)
    (folder / "roster.csv").write_text(f"student_id,name,course_code\n{rows}", encoding="utf-8")
    assert invoke(folder, "roster", "import", str(folder / "roster.csv")).status == 0


def test_a_course_that_was_set_is_shown(tmp_path: Path) -> None:
    table = set_course(tmp_path, "late_minutes = 15")
    assert (table["course"], table["title"], table["room"], table["preset"]) == (COURSE, "알고리즘", "B101", "soongsil")
    assert table["timetable"] == {"monday": ["3 10:30-11:20", "4 11:30-12:20"]}
    assert table["rules"]["late_minutes"] == 15
    assert invoke_json(tmp_path, "course", "show", COURSE) == table
    assert invoke_json(tmp_path, "course", "show") == [table]
    told = invoke(tmp_path, "course", "show", COURSE).output
    words = ("알고리즘", "3 10:30-11:20", "Soongsil University", "late_minutes")
    assert [word for word in words if word not in told] == []
    assert COURSE in invoke(tmp_path, "course", "show").output


def test_rules_are_shown_as_they_are_written(tmp_path: Path) -> None:
    own = 'fail_fraction = "never"\nfail_hours = { 2 = 11 }\nallowed_states = ["present", "absent"]'
    rules = set_course(tmp_path, own)["rules"]
    assert (rules["fail_fraction"], rules["fail_hours"], rules["allowed_states"]) == (
        "never",
        {"2": 11},
        ["absent", "present"],
    )
    told = invoke(tmp_path, "course", "show", COURSE).output
    assert "11 of 2 hours a week" in told


def test_no_course_is_no_error_and_an_unknown_one_is(tmp_path: Path) -> None:
    assert invoke(tmp_path, "course", "show").output.startswith("There is no course yet")
    said = invoke(tmp_path, "course", "show", "nowhere")
    assert (said.status, "nowhere" in said.problem) == (1, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "[rules]\nlate_minuts = 1",
            "course.toml sets rules.late_minuts, which is not known; did you mean rules.late_",
        ),
        ("[rules", "not TOML"),
    ],
)
def test_a_wrong_file_changes_nothing(tmp_path: Path, text: str, words: str) -> None:
    before = set_course(tmp_path)
    (tmp_path / "course.toml").write_text(text)
    said = invoke(tmp_path, "course", "set", COURSE, "--file", str(tmp_path / "course.toml"))
    assert (said.status, said.output, words in said.problem) == (1, "", True)
    missing = invoke(tmp_path, "course", "set", COURSE, "--file", str(tmp_path / "none.toml"))
    assert (missing.status, "none.toml" in missing.problem) == (1, True)
    assert invoke_json(tmp_path, "course", "show", COURSE) == before


def test_who_takes_a_timetable_away_is_told_so(tmp_path: Path) -> None:
    set_course(tmp_path)
    file = tmp_path / "course.toml"
    file.write_text('title = "알고리즘"', encoding="utf-8")
    told = [invoke(tmp_path, "course", "set", COURSE, "--file", str(file)).problem for _ in range(2)]
    assert f"{COURSE} has no timetable any more, for course.toml has none; before, it had 2 hours a week" in told[0]
    assert told[1] == "", "once"


@pytest.mark.parametrize(("code", "words"), [("과목 1", "white space"), ("c" * 33, "at most 32"), ("", "is missing")])
def test_what_no_roster_could_name_is_no_course_code(tmp_path: Path, code: str, words: str) -> None:
    (tmp_path / "course.toml").write_text(COURSE_FILE, encoding="utf-8")
    said = invoke(tmp_path, "course", "set", code, "--file", str(tmp_path / "course.toml"))
    assert (said.status, words in said.problem) == (1, True)
    assert invoke_json(tmp_path, "course", "show") == []


def test_a_holiday_has_no_class_and_a_make_up_day_has(tmp_path: Path) -> None:
    set_course(tmp_path)
    file = tmp_path / "2026-1.toml"
    file.write_text(TERM, encoding="utf-8")
    trial = invoke(tmp_path, "term", "import", str(file), "--dry-run")
    assert trial.output == (
        "2026-1: 2026-03-02 to 2026-06-19, 1 holiday, 1 make-up day. Nothing is changed: this was a trial.\n"
    )
    assert invoke(tmp_path, "session", "open", COURSE, "--date", "2026-03-09").status == 0
    assert invoke_json(tmp_path, "term", "import", str(file))["kept"]
    assert invoke_json(tmp_path, "term", "import", str(file))["kept"], "again is harmless"
    for day in (DAY, "2026-02-23"):
        refused = invoke(tmp_path, "session", "open", COURSE, "--date", day)
        assert (refused.status, f"no class on {day}" in refused.problem) == (1, True)
    made_up = invoke_json(tmp_path, "session", "open", COURSE, "--date", "2026-06-13")["session"]
    assert [hour["hour"] for hour in made_up["hours"]] == [3, 4]


def test_a_term_that_names_an_unknown_course_is_refused_in_the_trial_too(tmp_path: Path) -> None:
    set_course(tmp_path)
    file = tmp_path / "2026-1.toml"
    file.write_text(TERM + 'course = "nowhere"\n', encoding="utf-8")
    said = invoke(tmp_path, "term", "import", str(file), "--dry-run")
    assert (said.status, "nowhere" in said.problem) == (1, True)


def test_a_term_that_shares_days_with_another_is_refused_in_the_trial_too(tmp_path: Path) -> None:
    file, summer = tmp_path / "2026-1.toml", tmp_path / "2026-S.toml"
    file.write_text(TERM, encoding="utf-8")
    invoke_json(tmp_path, "term", "import", str(file))
    summer.write_text('name = "2026-S"\nbegins = 2026-06-19\nends = 2026-07-10\n', encoding="utf-8")
    for words in (("--dry-run",), ()):
        said = invoke(tmp_path, "term", "import", str(summer), *words)
        assert (said.status, "'2026-1' (2026-03-02 to 2026-06-19) and '2026-S'" in said.problem) == (1, True)
    file.write_text(TERM.replace("2026-06-19", "2026-06-18"), encoding="utf-8")
    invoke_json(tmp_path, "term", "import", str(file))
    invoke_json(tmp_path, "term", "import", str(summer))
    file.write_text(TERM.replace("2026-06-19", "2026-06-18").replace("2026-1", "spring"), encoding="utf-8")
    assert invoke_json(tmp_path, "term", "import", str(file))["kept"], "the same days: another name"


def test_hours_are_typed_with_commas(tmp_path: Path) -> None:
    set_course(tmp_path)
    opened = invoke_json(tmp_path, "session", "open", COURSE, "--date", "2026-03-07", "--hours", "4, 9", "--makeup")[
        "session"
    ]
    assert ([hour["hour"] for hour in opened["hours"]], opened["makeup"]) == ([4, 9], True)
    for wrong in ("3,x", "0", "25", "3;4"):
        said = invoke(tmp_path, "session", "open", COURSE, "--hours", wrong)
        assert (said.status, repr(wrong) in said.problem) == (1, True)


def test_a_session_on_a_day_without_class_is_listed_as_such(tmp_path: Path) -> None:
    set_course(tmp_path)
    for day, words in (("2026-03-07", ()), ("2026-03-14", ("--makeup",)), (DAY, ())):
        invoke_json(tmp_path, "session", "open", COURSE, "--date", day, "--hours", "3", *words)
    listed = invoke(tmp_path, "session", "list").output.splitlines()
    assert [line.partition(": draft")[2] for line in listed] == [", make-up", ", no class by the timetable", ""]
    assert [each["unplanned"] for each in invoke_json(tmp_path, "session", "list")["sessions"]] == [False, True, False]
    file = tmp_path / "course.toml"
    file.write_text('title = "알고리즘"\n', encoding="utf-8")
    invoke_json(tmp_path, "course", "set", COURSE, "--file", str(file), "--from", "2026-03-01")
    assert "no class" not in invoke(tmp_path, "session", "list").output, "without a timetable there are no such days"


def test_what_was_never_handed_in_is_listed_as_overdue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_TIMEZONE", "Asia/Seoul")
    set_course(tmp_path, "freeze_days = 1")
    opened = invoke_json(tmp_path, "session", "open", COURSE, "--date", DAY)["session"]
    assert (opened["state"], opened["overdue"], opened["closes_at"][:16]) == ("draft", True, "2026-03-03T15:00")
    listed = invoke(tmp_path, "session", "list", "--overdue").output
    assert listed == f"session {opened['session']}: {COURSE} 알고리즘, {DAY}, hours 3,4: draft, overdue\n"
    invoke_json(tmp_path, "session", "close", str(opened["session"]), "--state", "submitted")
    assert invoke(tmp_path, "session", "list", "--overdue").output == "There is no such session.\n"
    assert invoke_json(tmp_path, "session", "list", COURSE)["sessions"][0]["state"] == "closed", (
        "frozen as it was handed in"
    )


def test_a_session_is_closed_and_reopened_with_a_reason(tmp_path: Path) -> None:
    import_roster(tmp_path)
    number = str(invoke_json(tmp_path, "session", "open", COURSE, "--date", DAY)["session"]["session"])
    assert invoke_json(tmp_path, "session", "close", number, "--why", "마감")["session"]["state"] == "closed"
    without = invoke(tmp_path, "session", "reopen", number)
    assert (without.status, "--why" in without.problem) == (2, True)
    for around in (("reopen", number, "--why", " "), ("close", number, "--state", "draft")):
        said = invoke(tmp_path, "session", *around)
        assert said.status != 0
    assert invoke_json(tmp_path, "session", "list", COURSE)["sessions"][0]["state"] == "closed"
    reopened = invoke_json(tmp_path, "session", "reopen", number, "--why", "늦은 버스", "--as", "김교수")
    assert reopened["session"]["state"] == "draft"
    unknown = invoke(tmp_path, "session", "show", "99")
    assert (unknown.status, "99" in unknown.problem) == (1, True)


def test_a_session_that_nobody_looked_at_says_what_is_left(tmp_path: Path) -> None:
    import_roster(tmp_path)
    number = str(invoke_json(tmp_path, "session", "open", COURSE, "--date", DAY)["session"]["session"])
    told = invoke(tmp_path, "session", "show", number).output
    assert "hour 1: 2 enrolled, 2 undecided; no picture" in told
    assert "Not seen (2):" in told
    assert "Left to decide: 2 students." in told
    assert invoke_json(tmp_path, "session", "show", number)["to_decide"] == list(STUDENTS)


def test_a_session_that_was_opened_by_mistake_is_taken_back_with_a_reason(tmp_path: Path) -> None:
    set_course(tmp_path)
    opened = invoke_json(tmp_path, "session", "open", COURSE, "--date", DAY)
    number = str(opened["session"]["session"])
    without, blank = (invoke(tmp_path, "session", "discard", number, *why) for why in ((), ("--why", " ")))
    assert (without.status, "--why" in without.problem) == (2, True)
    assert (blank.status, "say why" in blank.problem) == (1, True)
    assert invoke_json(tmp_path, "session", "discard", number, "--why", "다른 강의") == opened
    unknown = invoke(tmp_path, "session", "discard", number, "--why", "twice")
    assert (unknown.status, f"no session {number}" in unknown.problem) == (1, True)
    again = str(invoke_json(tmp_path, "session", "open", COURSE, "--date", DAY)["session"]["session"])
    told = invoke(tmp_path, "session", "discard", again, "--why", "휴강", "--as", "김교수").output
    assert told == f"Discarded session {again}: {COURSE} 알고리즘, {DAY}, hours 3,4: draft.\n"
    assert invoke_json(tmp_path, "session", "list")["sessions"] == []
