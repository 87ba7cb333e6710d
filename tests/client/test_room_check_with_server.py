"""`watch --check` as a process, with a real server, real networks and a folder of pictures as its camera."""

from pathlib import Path

import pytest

from bench.classroom import composed_rows
from tests.client.test_watch_with_server import COURSE, ROSTER
from tests.end_to_end.test_serving import import_roster
from tests.ports import closed_port
from tests.running import CLIENT, SERVER, run, serving
from tests.server.recognition.photographs import portraits
from tests.weights import need

PLAN = 'room = "B101"\n[timetable]\nmonday = ["3 10:30-11:20"]\n'


@pytest.fixture
def camera(tmp_path: Path) -> Path:
    """Two rows of two people who move."""
    need("khuface")
    folder = tmp_path / "camera"
    folder.mkdir()
    people = [*portraits(), *portraits()]
    for number in range(8):
        shown = composed_rows(people, (80, 40), 2, width=640, height=360, seed=4, people_seed=number)
        (folder / f"{number}.jpg").write_bytes(shown.jpeg)
    return folder


@pytest.mark.slow
def test_the_classrooms_program_says_which_rows_its_camera_knows_and_the_server_keeps_it(
    tmp_path: Path, camera: Path
) -> None:
    import_roster(tmp_path, ROSTER)
    (tmp_path / "course.toml").write_text(PLAN, encoding="utf-8")
    database = ("--database", str(tmp_path / "rollcall.sqlite"), "--key-file", str(tmp_path / "rollcall.key"))
    page = tmp_path / "B101.html"
    command = ("watch", COURSE, "--camera", str(camera), "--check", "--minutes", "0.2", "--out", str(page))
    with serving(tmp_path) as server:
        assert run(SERVER, "course", "set", COURSE, "--file", str(tmp_path / "course.toml"), *database).returncode == 0
        done = run(CLIENT, *command, "--server", server.address)
        assert done.returncode == 0, done.stderr
        assert "Rows 1–2 yes" in done.stdout
        listed = run(SERVER, "room", "list", *database)
        assert "Rows 1–2 yes" in listed.stdout, listed.stderr
    assert page.read_bytes().startswith(b"<!doctype html>")
    away = run(CLIENT, *command[:-2], "--server", f"127.0.0.1:{closed_port()}")
    assert "rows are not told" in away.stderr
    assert "The picture has 640 x 360." in away.stdout
