"""The demonstration, as `make demo` runs it."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from demo import run_demo
from demo.story import Unexpected, expect
from tests.running import SERVER, run


@pytest.mark.slow
def test_the_demonstration_plays_a_whole_class_and_shows_who_was_there() -> None:
    done = run(SERVER, "demo")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "a stranger, is left unknown" in done.stdout
    assert "is seen in hour 1 and gone in hour 2" in done.stdout
    board = done.stdout.partition("Attendance, course")[2]
    assert [board.count(word) for word in ("present", "late", "absent")] == [4, 1, 1]


def test_the_demonstration_without_its_photographs_says_how_they_are_fetched(tmp_path: Path) -> None:
    shown = io.StringIO()

    assert run_demo(Console(file=shown, width=200), photographs=tmp_path) == 1

    assert "make setup" in shown.getvalue()


def test_what_came_out_otherwise_ends_the_demonstration_with_its_sentence() -> None:
    with pytest.raises(Unexpected, match="3 faces were found"):
        expect(False, "3 faces were found in a picture of two people.")
