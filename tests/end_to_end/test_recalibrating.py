"""Real faces recorded and confirmed over a socket, and the course's threshold moved by them from the command line."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from bench.classroom import photo_folder
from protocol import messages
from tests.end_to_end.test_pictures import jpeg, side_by_side
from tests.end_to_end.test_serving import import_roster
from tests.running import SERVER, Running, Speaker, run, run_json, serving

COURSE = "ea0017_1"
STUDENTS = [f"2015110{number:02d}" for number in range(12)]
PICTURES = 3


def flags(folder: Path) -> tuple[str, ...]:
    return ("--database", str(folder / "rollcall.sqlite"), "--key-file", str(folder / "key"))


@pytest.fixture(scope="module")
def coming(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Image.Image]]:
    """A folder in which twelve students are enrolled with one portrait each, and the other portrait of each."""
    photographs = photo_folder()
    if photographs is None or not (photographs / "congress").is_dir():
        pytest.skip("there is no folder of test photographs (ROLLCALL_TEST_PHOTOS)")
    folder = tmp_path_factory.mktemp("recalibrating")
    rows = [f"{student},학생{place},{COURSE}" for place, student in enumerate(STUDENTS)]
    import_roster(folder, "\n".join(["student_id,name,course_code", *rows]) + "\n")
    (folder / "knowns").mkdir()
    shown = []
    pairs = sorted((photographs / "congress").glob("*_a.jpg"))[: len(STUDENTS)]
    for student, portrait in zip(STUDENTS, pairs, strict=True):
        (folder / "knowns" / f"{student}.jpg").write_bytes(portrait.read_bytes())
        with Image.open(portrait.with_name(portrait.name.replace("_a", "_b"))) as image:
            image.load()
            shown.append(image.resize((image.width * 250 // image.height, 250)))
    return folder, shown


@pytest.fixture(scope="module")
def recorded(coming: tuple[Path, list[Image.Image]]):
    """The folder, and a server that has seen everybody in three pictures; the professor has confirmed them."""
    folder, portraits = coming
    start = datetime.now(UTC)
    with serving(folder, "--detector", "hog", "--min-face-px", "40") as server, Speaker(server) as speaker:
        for number in range(PICTURES):
            half = len(portraits) // 2
            for part, row in enumerate((portraits[:half], portraits[half:])):
                moment = start + timedelta(milliseconds=10 * number + part)
                picture = messages.Snapshot(course=COURSE, record=True, taken_at=moment)
                assert speaker.ask(picture, jpeg(side_by_side(*row))).recorded > 0
        marks = tuple(messages.MarkItem(student=each, course=COURSE, state="present") for each in STUDENTS)
        assert len(speaker.ask(messages.Marks(marks=marks, key="roll")).marks) == len(STUDENTS)
        yield folder, server, portraits


def test_a_trial_says_what_would_move_and_changes_nothing(recorded: tuple[Path, Running, list[Image.Image]]) -> None:
    folder, _, _ = recorded
    done = run(SERVER, "recalibrate", COURSE, "--dry-run", *flags(folder))
    assert done.returncode == 0, done.stderr
    assert f"{COURSE}: " in done.stdout
    assert "confirmed sightings of 1" in done.stdout
    assert "Nothing is changed" in done.stdout
    assert shifts(folder) == []


def test_it_is_kept_with_who_did_it_and_can_be_taken_back(recorded: tuple[Path, Running, list[Image.Image]]) -> None:
    folder, server, portraits = recorded
    moved = run_json(SERVER, "recalibrate", COURSE, "--as", "김교수", *flags(folder))
    assert moved["kept"]
    assert moved["students"] >= 10
    assert moved["shift_after"] != 0
    assert shifts(folder) == [(COURSE, pytest.approx(moved["shift_after"]))]
    assert logged(folder)[-1][0] == "김교수"
    assert COURSE in logged(folder)[-1][1]
    with Speaker(server) as speaker:
        (face,) = speaker.ask(messages.Snapshot(course=COURSE), jpeg(portraits[0])).faces
    assert face.candidates[0].student == STUDENTS[0], "the running server goes on"
    back = run_json(SERVER, "recalibrate", COURSE, "--reset", *flags(folder))
    assert (back["shift_before"], back["shift_after"]) == (pytest.approx(moved["shift_after"]), 0.0)


def test_a_course_without_confirmed_sightings_is_refused_in_a_sentence(
    recorded: tuple[Path, Running, list[Image.Image]],
) -> None:
    folder, _, _ = recorded
    import_roster(folder, f"student_id,name,course_code\n{STUDENTS[0]},학생0,ea0099_9\n")
    done = run(SERVER, "recalibrate", "ea0099_9", *flags(folder))
    assert done.returncode == 1
    assert "0 confirmed sightings of 0 enrolled students are too few" in done.stderr
    assert "Traceback" not in done.stderr


def shifts(folder: Path) -> list[tuple[str, float]]:
    with sqlite3.connect(folder / "rollcall.sqlite") as database:
        return database.execute("SELECT course, shift FROM calibrations WHERE shift <> 0").fetchall()


def logged(folder: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(folder / "rollcall.sqlite") as database:
        query = "SELECT who, detail FROM access_log WHERE action = 'recalibrated' ORDER BY id"
        return database.execute(query).fetchall()
