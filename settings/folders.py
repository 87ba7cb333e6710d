"""Name the folders in which our programs keep something for their user."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the user's own state lives: XDG_STATE_HOME, LOCALAPPDATA on Windows, else ~/.local/state."""
    return _folder(environment, "XDG_STATE_HOME", Path(".local", "state"))


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """What can be made or fetched again: XDG_CACHE_HOME/rollcall, LOCALAPPDATA on Windows, else ~/.cache/rollcall."""
    return _folder(environment, "XDG_CACHE_HOME", Path(".cache"))


def _folder(environment: Mapping[str, str], variable: str, below_home: Path) -> Path:
    base = environment.get("LOCALAPPDATA" if sys.platform == "win32" else variable)
    return (Path(base) if base else Path.home() / below_home) / "rollcall"
