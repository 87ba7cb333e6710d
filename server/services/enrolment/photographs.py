"""Find the enrolment photographs in a folder, and the students whose numbers their names begin with."""

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.domain.identifiers import MAX_LENGTH, normal
from server.errors import BadRequest

MAX_PHOTOGRAPH_BYTES: Final = 32 * 1024 * 1024  # twice what a camera of 50 megapixels writes as JPEG
MAX_NAME_LENGTH: Final = 255  # of a photograph's name in the folder, as the database keeps it
# Files in which Windows keeps small copies of a folder's pictures; lower case.
THUMBNAIL_CACHES: Final = frozenset({"thumbs.db", "ehthumbs.db"})
PASSED_OVER: Final = THUMBNAIL_CACHES | {"readme.md", "desktop.ini"}
KEPT_ELSEWHERE: Final = (
    "Another machine keeps the photographs (here the setting photographs is elsewhere): do this there, where their "
    "files are."
)
_NINE_DIGITS: Final = re.compile(r"[0-9]{9}(?![0-9])")


@dataclass(frozen=True, slots=True)
class PhotographFile:
    """A file that may be a photograph."""

    path: Path
    name: str  # relative to the folder, with "/"
    # What holds the number: the name of the student's folder, or the file's without its ending, as an identifier.
    label: str


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file or folder that cannot be a photograph."""

    name: str  # fit to be printed
    reason: str  # a sentence


def kept_here(folder: Path | None) -> Path:
    """The folder with everybody's photographs; None: another machine keeps them, and raises BadRequest."""
    if folder is None:
        raise BadRequest(KEPT_ELSEWHERE)
    return folder


def find_photographs(folder: Path) -> list[PhotographFile | RefusedFile]:
    """What is in the folder and in the folders directly in it, by name, without hidden files and README.md.

    Raises BadRequest where the folder itself cannot be opened.
    """
    try:
        root = folder.resolve(strict=True)
        entries = _entries(root)
    except (OSError, RuntimeError) as error:
        raise BadRequest(f"The folder of the photographs, {folder}, cannot be opened: {_cause(error)}.") from error
    found: list[PhotographFile | RefusedFile] = []
    for path in entries:
        found.extend(_in_folder(path, root) if os.path.isdir(path) else [_examined(path, root, path.stem)])
    return found


def possible_numbers(label: str) -> list[str]:
    """The student numbers that a label may begin with, longest first: nothing behind them would go on with a number."""
    return [label[:end] for end in _ends(label) if not _goes_on(label, end)]


def begun_numbers(label: str) -> list[str]:
    """The numbers that a label begins with and goes on with, as a longer one would, longest first."""
    return [label[:end] for end in _ends(label) if _goes_on(label, end)]


def student_number(label: str, known: Collection[str]) -> str | None:
    """Whose photograph it is: the longest known number that fits, else nine leading digits as in 2019, else None."""
    # Not nine of ten digits: numbers of ten exist, and half of one would be another student's.
    fitting = next((number for number in possible_numbers(label) if number in known), None)
    digits = _NINE_DIGITS.match(label)
    return fitting or (digits.group() if digits else None)


def _ends(label: str) -> Iterator[int]:
    """Where a number may end, the last first: it holds no white space."""
    blank = next((place for place, letter in enumerate(label) if letter.isspace()), len(label))
    return iter(range(min(MAX_LENGTH, blank), 0, -1))


def _goes_on(label: str, end: int) -> bool:
    """Whether what follows may be of a longer number: a digit, or a letter of a script in which the number has some.

    Behind a number of digits letters are a name.
    """
    following = label[end : end + 1]
    if not following.isalnum():
        return following != "" and unicodedata.category(following)[0] == "M"
    return following.isdigit() or any(each.isalpha() and each.isascii() == following.isascii() for each in label[:end])


def read(photograph: PhotographFile) -> bytes:
    """The file's bytes. Raises OSError, also for a file that has become too large."""
    with photograph.path.open("rb") as file:
        data = file.read(MAX_PHOTOGRAPH_BYTES + 1)
    if len(data) > MAX_PHOTOGRAPH_BYTES:
        raise OSError(f"it has more than {MAX_PHOTOGRAPH_BYTES >> 20} MiB")
    return data


def digest(data: bytes) -> bytes:
    """The SHA-256 of the file's bytes, by which a photograph is known."""
    return hashlib.sha256(data).digest()


def printable(name: str) -> str:
    """A file's name fit for a terminal: what cannot be printed, or is no UTF-8, as backslash escapes."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in name)


def _entries(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries)
    return [folder / name for name in names if not name.startswith(".") and name.lower() not in PASSED_OVER]


def _in_folder(folder: Path, root: Path) -> Iterator[PhotographFile | RefusedFile]:
    if reason := _unfit_name(folder, root) or _leads_outside(folder, root):
        yield RefusedFile(_shown(folder, root), reason)
        return
    try:
        entries = _entries(folder)
    except OSError as error:
        yield RefusedFile(_shown(folder, root), f"the folder cannot be opened: {_cause(error)}")
        return
    nested = "a folder within a student's folder is not looked into: move its photographs one folder up"
    for path in entries:
        if os.path.isdir(path):
            yield RefusedFile(_shown(path, root), nested)
        else:
            yield _examined(path, root, folder.name)


def _examined(path: Path, root: Path, label: str) -> PhotographFile | RefusedFile:
    if reason := _unfit_name(path, root) or _leads_outside(path, root) or _unfit_file(path):
        return RefusedFile(_shown(path, root), reason)
    return PhotographFile(path, path.relative_to(root).as_posix(), normal(label))


def _unfit_name(path: Path, root: Path) -> str | None:
    name = path.relative_to(root).as_posix()
    if not all(letter.isprintable() or unicodedata.category(letter) == "Cf" for letter in name):
        return "the name holds characters that cannot be printed, or is not UTF-8: rename it"
    if len(name) > MAX_NAME_LENGTH:
        return f"the name has {len(name)} characters, at most {MAX_NAME_LENGTH} are kept: shorten it"
    return None


def _leads_outside(path: Path, root: Path) -> str | None:
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle, before Python 3.13
        return f"it cannot be read: {_cause(error)}"
    return None if target.is_relative_to(root) else "it is a link that leaves the folder: copy the photograph itself"


def _unfit_file(path: Path) -> str | None:
    # Opening a pipe would wait for ever, so nothing but plain files is ever opened.
    try:
        status = path.stat()
    except OSError as error:
        return f"it cannot be read: {_cause(error)}"
    if not stat.S_ISREG(status.st_mode):
        return "it is not a plain file"
    if status.st_size > MAX_PHOTOGRAPH_BYTES:
        most = MAX_PHOTOGRAPH_BYTES >> 20
        return f"it has {status.st_size / 2**20:.0f} MiB, at most {most} MiB are read: save it smaller"
    return None


def _shown(path: Path, root: Path) -> str:
    return printable(path.relative_to(root).as_posix())


def _cause(error: OSError | RuntimeError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
