"""Pack what somebody needs who is to help from afar: settings, versions, checks, the log; no secret and no person."""

import importlib.metadata
import json
import os
import platform
import re
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Final

from server import __version__
from server.config import Settings
from server.doctor import CheckResult
from server.errors import BadRequest, Unavailable

MOST_LOG_BYTES: Final = 2 * 1024 * 1024
# Settings whose value is nobody's business, whatever form it has.
_SECRET: Final = re.compile(r"secret|password|token|passphrase")
_SIGN_IN: Final = re.compile(r"//\S*@")
# A student number has more digits than a port, a year or a millisecond; a name of Korean letters may be a person's.
_NUMBER: Final = re.compile(r"(?<![\w.:-])\w*\d{6,}\w*")
_KOREAN: Final = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]+")
_DEBUG: Final = re.compile(r"\bDEBUG\b")
# Checks whose sentences name students.
_OF_PEOPLE: Final = frozenset({"look-alikes", "records"})


def write_bundle(path: Path, settings: Settings, log: Path | None, examine: Callable[[], list[CheckResult]]) -> None:
    """Write a new ZIP. log: a file whose end is taken along. Raises BadRequest and Unavailable."""
    if path.exists():
        raise BadRequest(f"There is a file {path} already: name a new one.")
    began = time.monotonic()
    findings = examine()
    timings = {"checks_s": round(time.monotonic() - began, 3), "sync_ms": _sync_ms(settings.key_path.parent)}
    parts = {
        "settings.json": _json(shown_settings(settings)),
        "versions.json": _json(_versions()),
        "checks.json": _json([_without_people(each) for each in findings]),
        "timings.json": _json(timings),
    }
    if log is not None:
        parts["log.txt"] = without_people(_end_of(log))
    try:
        with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as bundle:
            for name, text in parts.items():
                bundle.writestr(name, text)
    except OSError as problem:
        raise Unavailable(f"The bundle cannot be written to {path} ({problem.strerror}).") from problem


def without_people(text: str) -> str:
    """A log or a sentence without lines of debug, long numbers, Korean words and sign-ins in URLs."""
    lines = (line for line in text.splitlines() if not _DEBUG.search(line))
    return "\n".join(_masked(line) for line in lines)


def _masked(text: str) -> str:
    return _KOREAN.sub("(Korean)", _NUMBER.sub("(number)", _SIGN_IN.sub("//(sign-in)@", text)))


def _without_people(finding: CheckResult) -> dict[str, str]:
    text = "left out" if finding.what in _OF_PEOPLE else _masked(finding.text)
    return {**asdict(finding), "text": text}


def shown_settings(settings: Settings) -> dict[str, str]:
    return {each.name: _shown(each.name, getattr(settings, each.name)) for each in fields(settings)}


def _shown(name: str, value: object) -> str:
    if _SECRET.search(name):
        return "(set)" if value else ""
    return "" if value is None else _SIGN_IN.sub("//(sign-in)@", str(value))


def _versions() -> dict[str, object]:
    libraries = sorted({each.name: each.version for each in importlib.metadata.distributions()}.items())
    system = {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}
    return {"rollcall": __version__, **system, "libraries": dict(libraries)}


def _sync_ms(folder: Path) -> float | None:
    """How long one small file takes until it is on the disk of the key file; None where none can be written."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            began = time.monotonic()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            return round((time.monotonic() - began) * 1000, 3)
    except OSError:
        return None


def _end_of(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - MOST_LOG_BYTES))
            return file.read(MOST_LOG_BYTES).decode(errors="replace")
    except OSError as problem:
        raise BadRequest(f"The log {log} cannot be read ({problem.strerror}).") from problem


def _json(value: dict[str, object] | dict[str, str] | Iterable[object]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)
