"""`report` from the command line: in words, as JSON, and as files that are whole and are not written over unasked."""

import csv
import io
import json
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from matplotlib.image import imread

from server.cli.classes.report import report_command
from server.domain.attendance import State
from server.errors import BadRequest, NoSession, TooLarge, UnknownCourse
from server.services.reports import term_picture
from server.store import open_store
from tests.server.services.reported_class import (
    BADA,
    COURSE,
    FIRST,
    HANEUL,
    NAMU,
    NOON,
    SECOND,
    everybody,
    keep,
    make_course,
    mark,
    with_rules,
)

P, A = State.PRESENT, State.ABSENT
DAYS = ("--since", str(FIRST), "--until", str(SECOND))
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The command on a course with two days: 이바다 is near F, 박나무 has failed."""
    database = str(tmp_path / "rollcall.sqlite")
    store = open_store(database, key_file=None)
    store.health.upgrade()
    make_course(store, with_rules(freeze_days=None))
    mark(store, FIRST, 3, everybody(P, **{NAMU: A}))
    mark(store, FIRST, 4, everybody(P, **{BADA: A, NAMU: A}))
    mark(store, SECOND, 3, everybody(P, **{NAMU: A}), why="확인")
    mark(store, SECOND, 4, everybody(P))
    keep(store, FIRST, [(HANEUL, 3, P, True), (NAMU, 3, P, True), (BADA, 4, A, False)])
    store.close()

    def invoke(*arguments: str, course: str = COURSE) -> Result:
        return CliRunner().invoke(report_command, [course, *arguments, "--database", database], catch_exceptions=False)

    return invoke


def test_the_terminal_says_in_words_who_has_failed_and_who_is_near(run: Run) -> None:
    lines = run(*DAYS).stdout.splitlines()
    assert lines[0] == "EA0017_1  자료구조"
    assert f"{BADA} | 이바다 | O | X | O | O | 3 of 4 | 0 | 0 | 1 | 0 | 0 | 1 | 1 (near)" in lines
    assert lines[-3:] == [
        f"{FIRST} to {SECOND}: 4 of 6 hours taken. 3 absences fail the course.",
        f"{NAMU} 박나무 has failed: 3 absences.",
        f"{BADA} 이바다 is near F: 1 absence left.",
    ]


def test_who_has_left_the_list_is_said_to_have_left_and_not_to_have_failed(run: Run, tmp_path: Path) -> None:
    with closing(open_store(str(tmp_path / "rollcall.sqlite"), key_file=None)) as store:
        gone = date(2026, 9, 8)
        store.rosters.change([], [(COURSE, NAMU), (COURSE, BADA)], at=NOON, by="office", day=gone)
    lines = run("--since", str(FIRST), "--until", "2026-09-10").stdout.splitlines()
    assert [line.split(" | ")[-1] for line in lines if line.startswith((NAMU, BADA)) and "|" in line] == [
        "off the list",
        "off the list",
    ]
    assert lines[-2:] == [f"{each} is off the list since {gone}." for each in (f"{BADA} 이바다", f"{NAMU} 박나무")]
    assert not [line for line in lines if "has failed" in line or "is near" in line]


def test_json_has_every_student_with_every_hour(run: Run) -> None:
    found = json.loads(run(*DAYS, "--json").stdout)
    assert (found["planned_hours"], found["held_hours"], found["limit"]) == (6, 4, 3)
    namu = next(each for each in found["students"] if each["student"] == NAMU)
    assert (namu["absent"], namu["absences"], namu["left"], namu["failed"]) == (3, 3, 0, True)
    assert namu["hours"][0] == {"date": str(FIRST), "hour": 3, "state": "absent"}


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("out.xlsx", b"PK"),
        ("out.CSV", b"\xef\xbb\xbf"),
        ("out.png", b"\x89PNG"),
    ],
)
def test_a_file_is_made_by_its_ending_for_its_owner_alone(run: Run, tmp_path: Path, name: str, begins: bytes) -> None:
    file = tmp_path / name
    done = run(*DAYS, "--out", str(file))
    assert (done.stdout, done.stderr) == ("", f"{file} is written.\n")
    assert file.read_bytes().startswith(begins)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir() if "out" in path.name) == [name]


def test_a_file_that_is_there_is_written_over_with_force_alone(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    file.write_text("mine")
    with pytest.raises(BadRequest, match="is there already: name another file, or write over it with --force"):
        run(*DAYS, "--out", str(file))
    assert file.read_text() == "mine"
    run(*DAYS, "--out", str(file), "--force", "--encoding", "cp949")
    assert file.read_bytes().decode("cp949").startswith("학번,이름,")


def test_what_cannot_be_written_leaves_the_old_file_and_nothing_beside_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "out.csv"
    file.write_text("mine")
    monkeypatch.setattr("os.fsync", _full_disk)
    with pytest.raises(BadRequest, match="cannot be written: No space left"):
        run(*DAYS, "--out", str(file), "--force")
    assert file.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def _full_disk(_: int) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("out.pdf", r"written as \.xlsx or \.csv or \.png"),
        ("none/out.csv", "cannot be written: No such file"),
    ],
)
def test_a_file_that_cannot_be_is_refused(run: Run, tmp_path: Path, name: str, sentence: str) -> None:
    with pytest.raises(BadRequest, match=sentence):
        run(*DAYS, "--out", str(tmp_path / name))


def test_a_session_alone_is_reported_with_the_absences_of_the_term(run: Run) -> None:
    found = json.loads(run("--session", "2", "--json").stdout)
    namu = next(each for each in found["students"] if each["student"] == NAMU)
    assert (found["since"], namu["absent"], namu["absences"]) == (str(SECOND), 1, 3)


def test_moodle_gets_one_hour_of_a_session(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "moodle.csv"
    run("--session", "1", "--hour", "4", "--format", "moodle", "--out", str(file))
    assert list(csv.reader(io.StringIO(file.read_text(encoding="ascii"), newline=""))) == [
        ["idnumber", "status"],
        [HANEUL, "P"],
        [BADA, "A"],
        [NAMU, "A"],
    ]
    assert run("--session", "1", "--hour", "4", "--format", "moodle").stdout_bytes == file.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--format", "moodle"), "name it by --session"),
        (("--format", "moodle", "--session", "1"), r"name it by --hour\. The session has the hours 3, 4"),
        (("--format", "moodle", "--session", "1", "--hour", "9"), "has the hours 3, 4"),
        (("--hour", "3"), "goes with --format moodle"),
        (("--student", HANEUL), "goes with --history"),
        (("--session", "1", *DAYS), "leave out --since and --until"),
    ],
)
def test_options_that_say_nothing_together_are_refused(run: Run, arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(BadRequest, match=sentence):
        run(*arguments)


def test_a_session_or_course_that_there_is_not_is_told(run: Run) -> None:
    with pytest.raises(NoSession):
        run("--session", "9")
    with pytest.raises(UnknownCourse):
        run(course="C9")


def test_agreement_tells_the_differences_and_how_many(run: Run, tmp_path: Path) -> None:
    lines = run("--agreement").stdout.splitlines()
    assert lines[1] == f"{FIRST} | 3 | {NAMU} | 박나무 | present | absent | false_presence | sure"
    assert lines[2].startswith("3 hours of students compared, 66.7 % agree. 1 falsely present, 0 falsely absent")
    run("--agreement", "--out", str(tmp_path / "agreement.xlsx"))
    sheet = openpyxl.load_workbook(tmp_path / "agreement.xlsx").active
    assert [cell.value for cell in sheet[2]][2:6] == [NAMU, "박나무", "present", "absent"]


def test_history_is_of_everybody_or_of_one_with_times_on_campus(run: Run) -> None:
    found = json.loads(run("--history", "--student", NAMU, "--json").stdout)
    assert [(each["hour"], each["new"], each["why"]) for each in found] == [
        (3, "absent", ""),
        (4, "absent", ""),
        (3, "absent", "확인"),
        (4, "present", ""),
    ]
    line = f"{SECOND} h3 | {NAMU} 박나무 | nothing → absent | 2026-09-07 13:00:00 | professor (professor) |  | 확인"
    assert line in run("--history", "--timezone", "Asia/Seoul").stdout.splitlines()


def test_the_picture_grows_with_the_class_and_the_hours(run: Run, tmp_path: Path) -> None:
    run(*DAYS, "--out", str(tmp_path / "a.png"))
    high, wide, _ = imread(tmp_path / "a.png").shape
    assert 300 < high < 1000
    assert 500 < wide < 1500


def test_a_course_that_no_picture_could_show_is_told_what_to_write(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(term_picture, "MOST_STUDENTS", 2)
    with pytest.raises(TooLarge, match=r"2 students at most, and the course has 3: write the report as \.xlsx"):
        run(*DAYS, "--out", str(tmp_path / "a.png"))
    assert not (tmp_path / "a.png").exists()


def test_without_a_korean_font_the_picture_has_numbers_and_the_command_says_so(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(term_picture, "KOREAN_FONTS", ())
    done = run(*DAYS, "--out", str(tmp_path / "a.png"))
    assert "No Korean font is installed here" in done.stderr
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
