"""A roll call in the window that ends too early, with the real server: killed, gone on with, thrown away."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from client.outbox import Outbox, RollOf
from protocol.messages import MarkItem
from tests.client.window.served import ENROLLED, SECOND, THIRD, connect, recorded
from tests.client.window.stage import Hands, Stage
from tests.end_to_end.test_serving import COURSE
from tests.running import PATIENCE_S, ROOT, Running, environment

NAMES = {ENROLLED: "김하늘", SECOND: "이바다", THIRD: "박구름"}


def window(stage: Stage, server: Running) -> Hands:
    hands = stage.window(lambda: connect(server), course=COURSE, server=server.address)
    hands.open()
    return hands


def answers(folder: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(folder / "outbox.sqlite")) as file:
        return list(file.execute("SELECT student, state FROM answers ORDER BY rowid"))


def changes(folder: Path) -> Counter[str]:
    with closing(sqlite3.connect(folder / "rollcall.sqlite")) as database:
        return Counter(student for (student,) in database.execute("SELECT student FROM view_history"))


def start_calling(folder: Path, server: Running, keys: str) -> "subprocess.Popen[str]":
    """A window in a process of its own, whose person presses these keys in the roll call and says when each is kept."""
    command = [
        sys.executable,
        "-m",
        "tests.client.window.calling",
        str(folder / "outbox.sqlite"),
        str(server.port),
        keys,
    ]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment(QT_QPA_PLATFORM="offscreen")
    )


@pytest.mark.skipif(sys.platform == "win32", reason="this system ends programs in another way")
@pytest.mark.parametrize("kept", [1, 2, 3])
def test_a_window_that_is_killed_in_a_roll_call_goes_on_and_everything_is_recorded_once(
    stage: Stage, folder: Path, server: Running, kept: int
) -> None:
    with start_calling(folder, server, "lap"[:kept]) as process:
        for _ in range(kept):
            assert process.stdout.readline() == "kept\n"
        os.kill(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_S)
    assert recorded(folder) == {}
    hands = window(stage, server)
    hands.press("r")
    roll = hands.window.roll
    following = [*NAMES.values(), "End of the list"][kept]
    assert roll.name.text() == following
    assert roll.taken_up.text().startswith(f"{kept} answers of ")
    assert roll.taken_up.text().endswith(f"going on at {following}.")
    for _ in range(len(NAMES) - kept):
        hands.press("x")
    hands.press("q")
    hands.wait_until_sent()
    states = ["late", "absent", "present"][:kept] + ["excused"] * (len(NAMES) - kept)
    assert recorded(folder) == {student: (state, "roll_call") for student, state in zip(NAMES, states, strict=True)}
    assert set(changes(folder).values()) == {1}
    assert answers(folder) == []


def test_a_window_that_is_closed_in_a_roll_call_goes_on_and_its_answers_can_be_thrown_away(
    stage: Stage, folder: Path, server: Running
) -> None:
    first = window(stage, server)
    for key in ("r", "l", "a"):
        first.press(key)
    first.close()
    assert answers(folder) == [(ENROLLED, "late"), (SECOND, "absent")]
    again = window(stage, server)
    again.press("r")
    assert again.window.roll.name.text() == NAMES[THIRD]
    again.press(Qt.Key.Key_Delete)
    assert (again.window.roll.name.text(), again.window.roll.taken_up.isVisible()) == (NAMES[ENROLLED], False)
    again.press("p")
    again.press(Qt.Key.Key_Delete)
    again.press("q")
    again.wait_until_sent()
    assert recorded(folder) == {ENROLLED: ("present", "roll_call")}
    assert answers(folder) == []


def test_answers_are_thrown_away_by_mouse_too(stage: Stage, folder: Path, server: Running) -> None:
    first = window(stage, server)
    first.press("r")
    first.press("l")
    first.close()
    again = window(stage, server)
    again.press("r")
    again.qtbot.mouseClick(again.window.roll.throw_button, Qt.MouseButton.LeftButton)
    assert again.window.roll.name.text() == NAMES[ENROLLED]
    again.wait(lambda: answers(folder) == [])


def test_who_was_called_with_everybody_is_gone_on_with_among_everybody(
    stage: Stage, folder: Path, server: Running
) -> None:
    first = window(stage, server)
    first.window.board.choose(ENROLLED)
    first.press("p")
    first.wait_until_sent()
    for key in ("r", "g", "l"):
        first.press(key)
    first.close()
    again = window(stage, server)
    again.press("r")
    assert (len(again.window.roll._rows), again.window.roll.name.text()) == (3, NAMES[SECOND])
    again.press("q")
    again.wait_until_sent()
    assert recorded(folder) == {ENROLLED: ("late", "roll_call")}


def test_answers_of_days_ago_are_told_at_the_start_and_not_sent(stage: Stage, folder: Path, server: Running) -> None:
    ago = datetime.now(UTC) - timedelta(days=2)
    with closing(Outbox(folder / "outbox.sqlite", server.address)) as outbox:
        item = MarkItem(student=THIRD, course=COURSE, state="absent", hour=1, at=ago)
        outbox.drafts.tick(RollOf(COURSE, f"{ago:%Y-%m-%d}", 1), item)
    hands = stage.window(lambda: connect(server), course=COURSE, server=server.address)
    hands.wait(lambda: hands.window.banner.isVisible())
    assert f"{COURSE} {ago:%Y-%m-%d} (1)" in hands.window.banner.text()
    hands.open()
    hands.press("r")
    assert not hands.window.roll.taken_up.isVisible()
    hands.press("l")
    hands.press("q")
    hands.wait_until_sent()
    assert recorded(folder) == {ENROLLED: ("late", "roll_call")}
    assert answers(folder) == [(THIRD, "absent")]
