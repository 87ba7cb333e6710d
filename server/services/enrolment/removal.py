"""Find and remove the files of one student in the folder of photographs."""

import contextlib
import hashlib
import os
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from server.domain.identifiers import normal
from server.services.enrolment.photographs import (
    PASSED_OVER,
    THUMBNAIL_CACHES,
    possible_numbers,
    printable,
    student_number,
)


@dataclass(frozen=True, slots=True)
class FolderEntries:
    """What is directly in the folder of photographs, by whose it is, hidden files too, by name."""

    of_student: list[Path]
    longer: list[Path]  # their names begin with the student's number and go on, as that of a longer one would
    nobodys: list[Path]  # no student's number fits


def sort_entries(student: str, root: Path, known: Callable[[Collection[str]], Collection[str]]) -> FolderEntries:
    """Tell the student's files, folders and links from others' by their names, as enrolment does.

    known: tells which of these numbers are students', for a longer number may be another's.
    """
    labels = {path: _label(path) for path in sorted(root.iterdir())}
    roster = known({number for label in labels.values() for number in possible_numbers(label)})
    found = FolderEntries([], [], [])
    for path, label in labels.items():
        owner = student_number(label, {*roster, student})
        if owner == student:
            found.of_student.append(path)
        elif owner not in roster and label.startswith(student):
            found.longer.append(path)
        elif owner is None and not path.name.startswith(".") and path.name.lower() not in PASSED_OVER:
            found.nobodys.append(path)
    return found


def _label(path: Path) -> str:
    # "._" begins the companions that macOS writes, with previews in them.
    name = path.name if path.is_dir() else path.stem
    return normal(name.removeprefix("._").removeprefix("."))


class Removal:
    """Removes files and whole folders, following no link; what cannot be removed stops nothing."""

    def __init__(self, root: Path) -> None:
        self.files: list[str] = []  # shortened hashes of what was removed
        self.thumbnail_caches = 0  # Windows' files with small copies of pictures that were removed; not in `files`
        self.stuck: list[str] = []  # what is still there, and why
        self._root = root

    def remove(self, paths: Iterable[Path]) -> None:
        """Remove files, links, and folders with all that is in them; it is on disk when this returns."""
        changed = set()
        for path in paths:
            changed.add(path.parent)
            if path.is_dir() and not path.is_symlink():
                self._remove_folder(path)
            else:
                self._remove_file(path)
        for folder in changed:
            _sync(folder)

    def remove_thumbnails(self) -> None:
        """Remove Windows' small copies of the folder's photographs, which it makes again."""
        self.remove([path for path in self._root.iterdir() if path.name.lower() in THUMBNAIL_CACHES])

    def _remove_folder(self, folder: Path) -> None:
        for parent, folders, files in os.walk(folder, topdown=False):
            for name in files:
                self._remove_file(Path(parent, name))
            for name in folders:
                self._attempt(Path(parent, name))
        self._attempt(folder)

    def _remove_file(self, file: Path) -> None:
        what = _description(file)
        if not self._attempt(file):
            return
        if file.name.lower() in THUMBNAIL_CACHES:
            self.thumbnail_caches += 1
        else:
            self.files.append(what)

    def _attempt(self, path: Path) -> bool:
        """Remove a file, a link or an empty folder; False where it was gone or cannot be removed."""
        try:
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            else:
                path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            self.stuck.append(f"{printable(path.relative_to(self._root).as_posix())}: {error.strerror}")
            return False
        return True


def short_hash(sha256: bytes) -> str:
    """A hash as receipts show it."""
    return f"SHA-256 {sha256.hex()[:16]}…"


def _description(file: Path) -> str:
    if file.is_symlink():
        return "a link (what it leads to was left, unless it is listed here by itself)"
    if not file.is_file():
        return "no plain file"
    try:
        with file.open("rb") as opened:
            return short_hash(hashlib.file_digest(opened, "sha256").digest())
    except OSError:
        return "a file that could not be read"


def _sync(folder: Path) -> None:
    # A power cut must not bring a file back; systems that cannot open a folder write its entries through.
    with contextlib.suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
