"""Erasure: a student's number in; photographs, templates and sightings gone, and a receipt out.

A receipt exists only once everything it lists is gone; whatever stops it in between, erasing again completes it.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from server.errors import Unavailable, UnknownStudent
from server.services.photographs import Photograph, digest, find_photographs, possible_numbers, read, student_number
from server.services.removal import Removal, paths_named_for
from server.store.base import Erasure, Store

log = logging.getLogger(__name__)

_REMEMBERED: Final = "Photographs of this student are refused from now on, until somebody enrols them with --again."
_NOT_REMEMBERED: Final = ("The database knew nothing of this student, so nothing is remembered there:\n"
                          "a photograph that is copied back would be enrolled.")
_COPY_OF_ANOTHER: Final = ("A file with the very bytes of one of these photographs bears another student's number.\n"
                           "It was left: look whose face it shows.")
_STAYS: Final = (
    "What stays: attendance marks and their history, which are the university's record of the course,\n"
    "and the student's number and name on its course lists. Backups, and copies outside this server,\n"
    "must be removed by whoever keeps them."
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was erased. at: zone-aware. files: of each, its SHA-256 shortened. remarks: whole sentences."""

    student: str
    at: datetime
    by: str
    files: tuple[str, ...]
    templates: int
    sightings: int
    remarks: tuple[str, ...]

    def text(self) -> str:
        """To be printed. It has the student's number only; a file's name may hold a name, so files are hashes."""
        return "\n".join([
            "Receipt of erasure",
            f"  student    {self.student}",
            f"  when       {self.at.isoformat(sep=' ', timespec='seconds')}",
            f"  by         {self.by}",
            f"  files      {len(self.files)} removed",
            *(f"             {each}" for each in self.files),
            f"  templates  {self.templates} removed",
            f"  sightings  {self.sightings} removed",
            *self.remarks,
            _STAYS,
        ])


def erase(store: Store, folder: Path, student: str, *, at: datetime, by: str) -> Receipt:
    """Remove the student's photographs and what was made from them, and remember not to take them again.

    Photographs are found by their names, as enrolment does, and copies that bear no number by their bytes. Raises
    BadRequest (the folder cannot be opened), UnknownStudent (nothing is known of them, and nothing is there),
    Unavailable (the database is away, or a file cannot be removed: the text says what is gone).
    """
    found = [each for each in find_photographs(folder) if isinstance(each, Photograph)]
    root = folder.resolve()
    named = paths_named_for(student, root, store.names)
    copies = _copies(store, student, found)
    removal = Removal(root)
    # Nothing but the student's photographs leads to these, so they go while those are still there.
    removal.remove(copies.nameless)
    _raise_if_stuck(removal, student, "The templates are still there")
    erasure, remembered = _erase_from_store(store, student, at=at, by=by, there=bool(named))
    removal.remove(named)
    if removal.files:
        removal.remove_thumbnails()
    _raise_if_stuck(removal, student, "The templates and sightings are gone")
    log.info("erased %d files, %d templates, %d sightings", len(removal.files), erasure.templates, erasure.sightings)
    remarks = (_REMEMBERED if remembered else _NOT_REMEMBERED, *([_COPY_OF_ANOTHER] if copies.of_another else []))
    return Receipt(student, at, by, tuple(removal.files), erasure.templates, erasure.sightings, remarks)


@dataclass(frozen=True, slots=True)
class _Copies:
    """Files with the same bytes as a photograph of the student. nameless: those that bear nobody's number."""

    nameless: list[Path]
    of_another: bool


def _copies(store: Store, student: str, found: Sequence[Photograph]) -> _Copies:
    students = {*store.names({number for each in found for number in possible_numbers(each.label)}), student}
    owners = {each: student_number(each.label, students) for each in found}
    hashes = {each: _digest(each) for each in found}
    own = {*store.photographs(student), *(hashes[each] for each in found if owners[each] == student)} - {b""}
    same = [each for each in found if hashes[each] in own and owners[each] != student]
    return _Copies([each.path for each in same if owners[each] is None], any(owners[each] for each in same))


def _digest(photograph: Photograph) -> bytes:
    """b"" where it cannot be read."""
    try:
        return digest(read(photograph))
    except OSError:
        return b""


def _erase_from_store(store: Store, student: str, *, at: datetime, by: str, there: bool) -> tuple[Erasure, bool]:
    """What was removed, and whether the store remembers it; there: photographs may be there that it never saw."""
    try:
        return store.erase(student, at=at, by=by), True
    except UnknownStudent:
        if not there:
            raise
        return Erasure(student, 0, 0, ()), False


def _raise_if_stuck(removal: Removal, student: str, standing: str) -> None:
    if removal.stuck:
        raise Unavailable(
            f"{standing}, but {len(removal.stuck)} file(s) or folder(s) of student {student} could not be removed "
            f"({'; '.join(removal.stuck[:5])}). Mend that and erase again; there is no receipt before."
        )
