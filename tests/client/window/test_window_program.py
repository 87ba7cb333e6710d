"""The window as people start it: by a command, in a process of its own, beside OpenCV's own Qt."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from client.window.application import start_qt
from tests.ports import closed_port
from tests.running import CLIENT, environment

SHOWN = """
import sys
sys.path.insert(0, {root!r})
import cv2
from client.window.application import start_qt
application = start_qt("ko")
print(application.platformName())
"""
ROOT = Path(CLIENT).parent


def test_opencvs_own_qt_does_not_stand_in_the_way() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SHOWN.format(root=str(ROOT))],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment(QT_QPA_PLATFORM="offscreen"),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "offscreen"


def test_variables_that_point_to_opencvs_qt_are_forgotten_and_others_kept(
    qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM_PLUGIN_PATH", "/somewhere/cv2/qt/plugins")
    monkeypatch.setenv("QT_QPA_FONTDIR", "/my/fonts")
    start_qt("en")
    assert "QT_QPA_PLATFORM_PLUGIN_PATH" not in os.environ
    assert os.environ["QT_QPA_FONTDIR"] == "/my/fonts"


@pytest.mark.skipif(sys.platform == "win32", reason="this system ends programs in another way")
@pytest.mark.parametrize("arguments", [["window", "ea0017_1"], []])
def test_the_program_opens_its_window_and_ctrl_c_closes_it(tmp_path: Path, arguments: list[str]) -> None:
    ready = (
        "import client.window.pages.main_window as m, os, signal\n"
        "shown = m.MainWindow.showEvent\n"
        "def tell(self, event):\n    shown(self, event)\n    os.kill(os.getpid(), signal.SIGINT)\n"
        "m.MainWindow.showEvent = tell\n"
        "import runpy, sys\n"
        f"sys.argv = {['attendance_client.py', *arguments]!r}\n"
        f"runpy.run_path({CLIENT!r}, run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", ready],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env=environment(
            QT_QPA_PLATFORM="offscreen",
            XDG_STATE_HOME=str(tmp_path),
            PYTHONPATH=str(ROOT),
            ROLLCALL_SERVER=f"127.0.0.1:{closed_port()}",
        ),
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_a_camera_that_can_be_none_is_told_and_no_window_is_opened(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, CLIENT, "window", "--camera", str(tmp_path / "nowhere.mp4")],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment(QT_QPA_PLATFORM="offscreen", XDG_STATE_HOME=str(tmp_path)),
    )
    assert done.returncode == 2
    assert "There is no file or folder" in done.stderr
