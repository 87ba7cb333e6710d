"""Remember erasures and refusals outside the database, for whoever restores a backup from before them."""

# Beside the key file of the templates, so that it is lost with neither the database nor its backups. A line holds a
# keyed hash of the student number; the key of the hashes lies in a file of its own, so that the list alone, copied
# wherever backups go, names nobody.

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from server.errors import SetupProblem, Unavailable
from texts.identifiers import normal

ErasureEvent = Literal["erased", "permitted", "refused-template", "given-template", "refused-camera", "given-camera"]
KEY_BYTES: Final = 32
_KEY_HEADER: Final = "rollcall key of the list of erasures 1: HMAC-SHA-256, base64; keep it as the key of the templates"
_HEADER: Final = re.compile(r"rollcall list of erasures 1 ([0-9a-f]{32})")
_LINE: Final = re.compile(
    r"(\d{4}-\d\d-\d\dT[0-9:.]+\+00:00) (erased|permitted|(?:refused|given)-(?:template|camera)) ([0-9a-f]{64})"
)
# What an event is about: the last of a student and subject stands.
_SUBJECT: Final = {"erased": "face", "permitted": "face"}


@dataclass(frozen=True, slots=True)
class ListState:
    """Which list it is, and how far it has come: a copy of another or an older one is found by it."""

    name: str
    lines: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of a student, by subject (`face`, `template`, `camera`): the last event, and when it was."""

    events: dict[tuple[str, str], tuple[str, datetime]]
    key: bytes
    state: ListState

    def of(self, student: str, subject: str) -> tuple[str, datetime] | None:
        return self.events.get((_hashed(self.key, student), subject))


class ErasureList:
    """The list in the file beside a key file; without one nothing is written. Any thread and process may add to it."""

    def __init__(self, path: Path | None) -> None:
        self.path: Final = path

    @classmethod
    def beside(cls, key_file: Path | None) -> "ErasureList":
        return cls(None if key_file is None else key_file.with_suffix(".erased"))

    def add(self, event: ErasureEvent, student: str, *, at: datetime) -> None:
        """Write a line, on the disk when it returns. Raises Unavailable."""
        if self.path is None:
            return
        try:
            self._make(self.path)
            line = f"{_utc(at)} {event} {_hashed(_read_key(key_path(self.path)), student)}\n"
            _append(self.path, line)
        except OSError as problem:
            raise Unavailable(
                f"The list of erasures {self.path} cannot be written ({problem.strerror}), without which a backup "
                "would bring back who is erased: mend that, and do the same again."
            ) from problem

    def state(self) -> ListState:
        """Of the list as it is, made empty where there is none. Raises Unavailable and SetupProblem."""
        if self.path is None:
            raise SetupProblem(
                "No key file is set, beside which the list of erasures could lie: name one by --key-file."
            )
        try:
            self._make(self.path)
        except OSError as problem:
            raise Unavailable(f"The list of erasures {self.path} cannot be made ({problem.strerror}).") from problem
        return self.standing().state

    def standing(self) -> Standing:
        """What stands, of everybody. Raises SetupProblem where the list or its key is missing or cannot be read."""
        if self.path is None or not self.path.exists() or not key_path(self.path).exists():
            raise SetupProblem(
                f"The list of erasures {self.path} or its key (the same name with .key behind it) is missing: bring "
                "both back from where they are kept, or name the list by --erased."
            )
        try:
            header, *lines = self.path.read_text(encoding="ascii", errors="replace").split("\n")
            key = _read_key(key_path(self.path))
        except OSError as problem:
            raise SetupProblem(f"The list of erasures {self.path} cannot be read ({problem.strerror}).") from problem
        found = _HEADER.fullmatch(header)
        if found is None:
            raise SetupProblem(f"{self.path} is no list of erasures: bring it back from where a copy is kept.")
        events: dict[tuple[str, str], tuple[str, datetime]] = {}
        told = [(number, each) for number, each in enumerate(lines, start=2) if each]
        for number, each in told:
            at, event, who = self._parsed(each, number)
            events[who, _SUBJECT.get(event, event.partition("-")[2])] = event, at
        return Standing(events, key, ListState(found[1], len(told)))

    def _parsed(self, line: str, number: int) -> tuple[datetime, str, str]:
        found = _LINE.fullmatch(line)
        try:
            if found:
                return datetime.fromisoformat(found[1]), found[2], found[3]
        except ValueError:
            pass
        raise SetupProblem(
            f"Line {number} of the list of erasures {self.path} cannot be read: bring the list back from a copy. A "
            "line that a power cut left unfinished may be taken out: there was no receipt for it."
        )

    def _make(self, path: Path) -> None:
        if not key_path(path).exists():
            key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
            _link_new(key_path(path), f"{_KEY_HEADER}\n{key}\n")
        if not path.exists():
            _link_new(path, f"rollcall list of erasures 1 {secrets.token_hex(16)}\n")


def key_path(path: Path) -> Path:
    """The file of the key of a list's hashes."""
    return path.with_name(f"{path.name}.key")


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _hashed(key: bytes, student: str) -> str:
    return hmac.new(key, normal(student).encode(), hashlib.sha256).hexdigest()


def _read_key(path: Path) -> bytes:
    _, _, body = path.read_bytes().partition(b"\n")
    try:
        key = base64.b64decode(body.strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise SetupProblem(
            f"The key of the list of erasures {path} is damaged: bring it back from where a copy is kept."
        )
    return key


def _append(path: Path, line: str) -> None:
    # The end of line in front closes a line that a power cut left open; empty lines count for nothing.
    with path.open("rb") as before:
        before.seek(-1, os.SEEK_END)
        torn = before.read(1) != b"\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        whole = (("\n" if torn else "") + line).encode("ascii")
        if os.write(descriptor, whole) != len(whole):
            raise OSError(28, "No space left on device")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _link_new(path: Path, text: str) -> None:
    """Never half a file, and never over one that is there."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
