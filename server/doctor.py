"""Check whether this installation is sound, and say what to do where it is not."""

import importlib.metadata
import os
import platform
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from server.config import Settings
from server.database_url import sqlite_file
from server.errors import RollcallError
from server.store import Store
from texts.identifiers import spelt_out

Level = Literal["fine", "warning", "broken"]
PYTHONS: Final = ((3, 11), (3, 14))  # oldest and newest Python that the libraries are built for
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
# Free space under which the disk is reported: a term's sightings of a large course take tens of megabytes.
ROOM_BYTES: Final = 1 << 30
# Difference between our clock and the database's that is reported: marks are ordered by time.
CLOCK_DIFFERENCE_S: Final = 5.0
MOST_TWINS: Final = 10  # of the numbers and codes that look alike
# A clock before this program was written is wrong.
EARLIEST: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was found about one thing."""

    what: str
    level: Level
    text: str  # what to do where the level is not `fine`


def check_python() -> CheckResult:
    oldest, newest = PYTHONS
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if oldest <= sys.version_info[:2] <= newest:
        return CheckResult("Python", "fine", text)
    return CheckResult(
        "Python", "broken", f"{text}: install Python {oldest[0]}.{oldest[1]} to {newest[0]}.{newest[1]}."
    )


def check_libraries() -> CheckResult:
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


def check_database_file(settings: Settings) -> Iterator[CheckResult]:
    """Whether others of this machine may read or change an SQLite database, or what goes with it."""
    file = sqlite_file(settings.database_url)
    if file is None or os.name != "posix":
        return
    files = [Path(f"{file}{ending}") for ending in ("", "-wal", "-shm")]
    open_files = [each for each in files if each.exists() and each.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    for each in open_files:
        yield CheckResult("database", "warning", f"{each} is open to other users: run `chmod 600 {each}`.")
    if (
        file.parent.exists()
        and file.parent.stat().st_mode & stat.S_IWOTH
        and not file.parent.stat().st_mode & stat.S_ISVTX
    ):
        text = f"anybody may exchange what lies in {file.parent}: run `chmod o-w {file.parent}`."
        yield CheckResult("database", "warning", text)


def check_templates(store: Store) -> CheckResult:
    """Whether the key opens the templates. Raises SetupProblem where it does not."""
    text = "the key opens the templates" if store.health.check_key() else "nobody is enrolled yet"
    return CheckResult("templates", "fine", text)


def check_twins(store: Store) -> Iterator[CheckResult]:
    """Students and courses that are there twice, or that nobody can name any more."""
    twins = store.renamings.twins()
    for each in twins[:MOST_TWINS]:
        first, *others = map(spelt_out, each.identifiers)
        if not others:
            text = f"{each.kind} {first} has letters that no list and no command can name: look where it comes from."
        elif each.kind == "student":
            text = (
                f"the students {', '.join([first, *others])} have numbers that look alike: where they are one, "
                "`roster merge STUDENT INTO` joins them."
            )
        else:
            text = (
                f"the courses {', '.join([first, *others])} have codes that look alike: where they are one, "
                "`roster merge --courses COURSE INTO` joins them."
            )
        yield CheckResult("look-alikes", "warning", text)
    if len(twins) > MOST_TWINS:
        yield CheckResult("look-alikes", "warning", f"… and {len(twins) - MOST_TWINS} more.")
    if not twins:
        yield CheckResult("look-alikes", "fine", "no two numbers or codes look alike")


def check_access_log(store: Store) -> CheckResult:
    """Whether the lines of the access log hold each other."""
    found = store.access_log.verified()
    if found.problems:
        text = f"{found.problems[0]} See `access-log verify`; keep this database as it is."
        return CheckResult("access log", "broken", text)
    return CheckResult("access log", "fine", f"{found.lines} lines hold")


def check_knowns(settings: Settings) -> CheckResult:
    folder = settings.knowns
    if settings.own_photographs is None:
        return CheckResult("photographs", "fine", "another machine keeps them, and enrols")
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
    """The results of checks that may fail; the failure is then the last, instead of what was fine of `what`."""
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
