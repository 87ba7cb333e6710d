"""Name the folders in which our programs keep something for their user."""

import os
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the user's own state lives: XDG_STATE_HOME, LOCALAPPDATA on Windows, else ~/.local/state."""
    return _folder(environment, "XDG_STATE_HOME", Path(".local", "state"))


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """What can be made or fetched again: XDG_CACHE_HOME/rollcall, LOCALAPPDATA on Windows, else ~/.cache/rollcall."""
    return _folder(environment, "XDG_CACHE_HOME", Path(".cache"))


def private_folder(folder: Path) -> None:
    """Make it, and what is missing above it, for the user alone, whatever the umask. Raises OSError."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
    take_from_others(folder)


def take_from_others(folder: Path) -> None:
    """Leave a folder that is there, and the files in it, to the user alone: a former version let others write."""
    with suppress(OSError):  # somebody else's folder stays as it is: what is read of it is compared with its hash
        for path in (folder, *(each for each in folder.iterdir() if each.is_file() and not each.is_symlink())):
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & 0o077:
                path.chmod(mode & 0o700)


def _folder(environment: Mapping[str, str], variable: str, below_home: Path) -> Path:
    base = environment.get("LOCALAPPDATA" if sys.platform == "win32" else variable)
    return (Path(base) if base else Path.home() / below_home) / "rollcall"
