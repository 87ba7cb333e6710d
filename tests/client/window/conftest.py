"""The window's tests run without a screen, and dressed as the program dresses itself."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before anything makes an application

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from client.window.application import start_qt
from tests.client.window.served import ROSTER
from tests.client.window.stage import Stage
from tests.end_to_end.test_serving import import_roster
from tests.running import Running, serving


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """pytest-qt's own, in our look and in English."""
    return start_qt("en")


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    """Makes windows, and closes them with their threads."""
    with ExitStack() as stack:
        yield Stage(qtbot, tmp_path, stack)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A real server's, with its roster."""
    import_roster(tmp_path, ROSTER)
    return tmp_path


@pytest.fixture
def server(folder: Path) -> Iterator[Running]:
    with serving(folder) as running:
        yield running
