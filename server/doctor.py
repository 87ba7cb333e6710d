"""Is this installation sound? One finding for each thing that can be wrong, fine or with what to do.

Every check is independent of the others and never raises: what is broken is what it is there to report.
"""

import importlib.metadata
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from server.config import Settings
from server.errors import RollcallError
from server.store import Store

Level = Literal["fine", "warning", "broken"]
PYTHONS: Final = ((3, 11), (3, 14))
"""Oldest and newest Python that the libraries are built for."""
LIBRARIES: Final = (
    "dlib-bin",
    "opencv-python",
    "pillow",
    "numpy",
    "scipy",
    "onnxruntime",
    "onnx",
    "SQLAlchemy",
    "PyMySQL",
    "alembic",
    "cryptography",
    "msgspec",
    "click",
    "rich",
)
ROOM_BYTES: Final = 1 << 30
"""Free space under which the disk is reported: a term's sightings of a large course take tens of megabytes."""
CLOCK_DIFFERENCE_S: Final = 5.0
"""Difference between our clock and the database's that is reported: marks are ordered by time."""
EARLIEST: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""A clock before this program was written is wrong."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was found about one thing; text says what to do where the level is not `fine`."""

    what: str
    level: Level
    text: str


def check_python() -> CheckResult:
    """The interpreter's version."""
    oldest, newest = PYTHONS
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if oldest <= sys.version_info[:2] <= newest:
        return CheckResult("Python", "fine", text)
    return CheckResult(
        "Python", "broken", f"{text}: install Python {oldest[0]}.{oldest[1]} to {newest[0]}.{newest[1]}."
    )


def check_libraries() -> CheckResult:
    """What must be installed is there."""
    missing = [name for name in LIBRARIES if not _installed(name)]
    if missing:
        return CheckResult("libraries", "broken", f"{', '.join(missing)} missing: run `make setup`.")
    return CheckResult(
        "libraries", "fine", ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    )


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def check_disk(settings: Settings) -> CheckResult:
    """Room where the database and the key are kept."""
    folder = _existing(settings.key_path.parent)
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB free on the disk of {folder}"
    if free >= ROOM_BYTES:
        return CheckResult("disk", "fine", text)
    return CheckResult("disk", "warning", f"{text}: make room, marks cannot be recorded on a full disk.")


def _existing(folder: Path) -> Path:
    """The folder itself, or the nearest above it that exists."""
    folder = folder.absolute()
    while not folder.exists():
        folder = folder.parent
    return folder


def check_templates(store: Store) -> CheckResult:
    """The key opens the templates that are there."""
    text = "the key opens the templates" if store.health.check_key() else "nobody is enrolled yet"
    return CheckResult("templates", "fine", text)


def check_knowns(settings: Settings) -> CheckResult:
    """The folder of photographs."""
    folder = settings.knowns
    if not folder.is_dir():
        return CheckResult("photographs", "warning", f"{folder} does not exist: make it, or name another by --knowns.")
    return CheckResult("photographs", "fine", f"{folder}, entries in it: {sum(1 for _ in folder.iterdir())}")


def check_clock(settings: Settings, now: datetime, database_now: datetime | None) -> CheckResult:
    """Our clock against the calendar and, where it answers, the database's (both UTC-aware)."""
    text = f"{now.astimezone(settings.zone):%Y-%m-%d %H:%M:%S} {settings.timezone}"
    if now < EARLIEST:
        return CheckResult("clock", "broken", f"{text} is in the past: set the clock, or let NTP set it.")
    if database_now is not None and abs((database_now - now).total_seconds()) > CLOCK_DIFFERENCE_S:
        seconds = (database_now - now).total_seconds()
        return CheckResult("clock", "warning", f"{text}, and the database's is {seconds:+.0f} s away: set both by NTP.")
    return CheckResult("clock", "fine", text)


def guarded(what: str, checks: Callable[[], Iterator[CheckResult]]) -> list[CheckResult]:
    """The findings of checks that may fail; the failure is then the last, in the place of what was fine of the same."""
    findings: list[CheckResult] = []
    try:
        findings.extend(checks())
    except RollcallError as error:
        failure = CheckResult(what, "broken", error.text)
    except Exception as error:  # noqa: BLE001 - whatever is broken is what is to be reported
        failure = CheckResult(what, "broken", f"{type(error).__name__}: {error}")
    else:
        return findings
    return [*(each for each in findings if (each.what, each.level) != (what, "fine")), failure]
