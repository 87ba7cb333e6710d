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
from tests.client.window.stage import Stage


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """pytest-qt's own, in our look and in English."""
    return start_qt("en")


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    """Makes windows, and closes them with their threads."""
    with ExitStack() as stack:
        yield Stage(qtbot, tmp_path, stack)
