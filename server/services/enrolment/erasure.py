"""Erase a student's photographs, templates and sightings, and give a receipt.

A receipt exists only once everything it lists is gone; whatever stops it in between, erasing again completes it.
"""

import logging
import os
import textwrap
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from server.counted import counted
from server.errors import Unavailable, UnknownStudent
from server.services.enrolment.photographs import (
    PhotographFile,
    digest,
    find_photographs,
    possible_numbers,
    printable,
    read,
    student_number,
)
from server.services.enrolment.removal import FolderEntries, Removal, short_hash, sort_entries
from server.store import Erasure, Store

log = logging.getLogger(__name__)

LINE_WIDTH: Final = 100
# How long a receipt waits until nothing is left in the database's files.
OFF_DISK_PATIENCE_S: Final = 10.0
MOST_NAMED: Final = 50  # of the files that bear nobody's number
_REMEMBERED: Final = "Photographs of this student are refused from now on, until somebody enrols them with --again."
_NOT_REMEMBERED: Final = (
    "The database knew nothing of this student, so nothing is remembered there: "
    "a photograph that is copied back would be enrolled."
)
_COPY_OF_ANOTHER: Final = (
    "A file with the very bytes of one of these photographs bears another student's number. "
    "It was left: look whose face it shows."
)
_STAYS: Final = (
    "What stays: attendance marks and their history, which are the university's record of the course, "
    "and the student's number and name on its course lists. Backups, and copies outside this server, "
    "must be removed by whoever keeps them."
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was erased."""

    student: str
    at: datetime  # in the zone that the receipt shows
    by: str
    folder: str  # where photographs were looked for
    files: tuple[str, ...]  # shortened hashes, for a file's name may hold a person's
    thumbnail_caches: int  # Windows' files of small copies, not among `files`
    templates: int
    sightings: int
    remarks: tuple[str, ...]  # whole sentences
    off_disk_at: datetime | None  # when nothing of it was left in the database's files; None: something is still there
    # Sentences with files' names, for whoever erases to act on; they are no part of what is handed out.
    to_look_at: tuple[str, ...] = ()
    addresses: int = 0  # of accounts, with what was told to them by mail

    def text(self) -> str:
        """To be printed; of the student it has the number only."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield "Receipt of erasure"
        yield f"  student    {self.student}"
        yield f"  when       {self.at.isoformat(sep=' ', timespec='seconds')}"
        yield f"  by         {self.by}"
        yield f"  folder     {self.folder}"
        yield f"  files      {len(self.files)} removed"
        yield from (f"             {each}" for each in self.files)
        if self.thumbnail_caches:
            yield f"  Thumbs.db  {self.thumbnail_caches} removed, in which Windows kept small copies of pictures"
        yield f"  templates  {self.templates} removed"
        yield f"  sightings  {self.sightings} removed"
        if self.addresses:
            yield f"  addresses  {self.addresses} removed, with the mails to them"
        gone = self.off_disk_at.isoformat(sep=" ", timespec="seconds") if self.off_disk_at else "not yet"
        yield f"  off disk   {gone}"
        for each in (*self.remarks, _STAYS):
            yield from textwrap.wrap(each, LINE_WIDTH, break_long_words=False, break_on_hyphens=False)

    def record(self) -> dict[str, object]:
        """The same for programs."""
        fields = {name: value for name, value in asdict(self).items() if name != "to_look_at"}
        off_disk = self.off_disk_at.isoformat(timespec="seconds") if self.off_disk_at else None
        return {**fields, "at": self.at.isoformat(timespec="seconds"), "off_disk_at": off_disk}


def erase(store: Store, folder: Path, student: str, *, at: datetime, by: str, addresses: bool = True) -> Receipt:
    """Remove the student's photographs and what was made from them, and remember not to take them again.

    Photographs are found by their names, as enrolment does, and copies that bear no number by their bytes. at: in the
    zone that the receipt is to show. addresses: also those for mail, which who withdraws a consent keeps: a no brings
    no disadvantage. Raises BadRequest (the folder cannot be opened), UnknownStudent (nothing is known
    and nothing is there), Unavailable (the database is away, a file cannot be removed, or the list of erasures not be
    written; the text says what is gone).
    """
    found = [each for each in find_photographs(folder) if isinstance(each, PhotographFile)]
    root = folder.resolve()
    entries = sort_entries(student, root, store.rosters.names)
    named = entries.of_student
    copies = _copies(store, student, found)
    removal = Removal(root)
    # Nothing but the student's photographs leads to these, so they go while those are still there.
    removal.remove(copies.nameless)
    _raise_if_stuck(removal, student, "The templates are still there")
    erasure, remembered = _erase_from_store(store, student, at=at, by=by, there=bool(named))
    store.erasure_list.add("erased", student, at=at)
    forgotten = store.mails.forget_student(student) if addresses else 0
    began = time.monotonic()
    off_disk, readers = store.health.finish_removal(OFF_DISK_PATIENCE_S)
    off_disk_at = at + timedelta(seconds=time.monotonic() - began) if off_disk else None
    removal.remove(named)
    if removal.files:
        removal.remove_thumbnails()
    _raise_if_stuck(removal, student, "The templates and sightings are gone")
    log.info("erased %d files, %d templates, %d sightings", len(removal.files), erasure.templates, erasure.sightings)
    missing = {each: name for each, name in copies.elsewhere.items() if short_hash(each) not in removal.files}
    removed = (tuple(removal.files), removal.thumbnail_caches, erasure.templates, erasure.sightings)
    remarks = _remarks(remembered, copies, missing, entries, root)
    if off_disk_at is None:
        remarks = (*remarks, _still_on_disk(readers))
    looked_at = _to_look_at(copies, missing, entries)
    return Receipt(student, at, by, printable(str(root)), *removed, remarks, off_disk_at, looked_at, forgotten)


def _still_on_disk(readers: Sequence[str]) -> str:
    whom = ", ".join(readers) or "a program"
    return (
        f"What was sealed is in the database's write-ahead log still, because {whom} reads the database since before. "
        "A running server comes back to it every minute until it is gone, and logs when; or erase again."
    )


def _remarks(
    remembered: bool, copies: "_Copies", missing: Mapping[bytes, str], entries: FolderEntries, root: Path
) -> tuple[str, ...]:
    remarks = [_REMEMBERED if remembered else _NOT_REMEMBERED]
    if missing:
        hashes = ", ".join(short_hash(each) for each in sorted(missing))
        remarks.append(
            f"A template was made of a photograph that is not in {printable(str(root))} any more "
            f"({hashes}); if it lies elsewhere, remove it there."
        )
    if copies.destroyed:
        remarks.append(
            f"{counted(copies.destroyed, 'photograph')} had been destroyed before, when templates were made of them."
        )
    if copies.of_another:
        remarks.append(_COPY_OF_ANOTHER)
    if unclear := _left(entries.longer) + _left(entries.nobodys):
        remarks.append(
            f"{counted(len(unclear), 'file')} in the folder of photographs could not be attributed to anybody by name, "
            "and stayed: look whose face is on them."
        )
    return tuple(remarks)


def _left(paths: Sequence[Path]) -> list[Path]:
    """Those that are still there: copies of the student's photographs have gone."""
    return [path for path in paths if os.path.lexists(path)]


def _to_look_at(copies: "_Copies", missing: Mapping[bytes, str], entries: FolderEntries) -> tuple[str, ...]:
    return (
        *(f"Not in the folder any more: {name} ({short_hash(each)})." for each, name in sorted(missing.items())),
        *(f"Left, for it bears another student's number: {printable(str(path))}" for path in copies.of_another),
        *(
            f"Left, for it may bear a longer number that no student has: {printable(str(path))}"
            for path in _left(entries.longer)
        ),
        *_named(_left(entries.nobodys)),
    )


def _named(nobodys: Sequence[Path]) -> Iterator[str]:
    for path in nobodys[:MOST_NAMED]:
        yield f"Left, for it bears nobody's number: {printable(str(path))}"
    if len(nobodys) > MOST_NAMED:
        yield f"… and {len(nobodys) - MOST_NAMED} more that bear nobody's number; `enrol` names them all."


@dataclass(frozen=True, slots=True)
class _Copies:
    """Files with the same bytes as a photograph of the student."""

    nameless: list[Path]  # those that bear nobody's number
    of_another: list[Path]
    elsewhere: dict[bytes, str]  # hash -> name of photographs with templates that are not in the folder
    destroyed: int = 0  # after their templates were made


def _copies(store: Store, student: str, found: Sequence[PhotographFile]) -> _Copies:
    students = {*store.rosters.names({number for each in found for number in possible_numbers(each.label)}), student}
    owners = {each: student_number(each.label, students) for each in found}
    hashes = {each: _digest(each) for each in found}
    enrolled, destroyed = store.templates.photographs(student), store.templates.destroyed()
    own = {*enrolled, *(hashes[each] for each in found if owners[each] == student)} - {b""}
    same = [each for each in found if hashes[each] in own and owners[each] != student]
    return _Copies(
        nameless=[each.path for each in same if owners[each] is None],
        of_another=[each.path for each in same if owners[each] is not None],
        elsewhere={
            each: name for each, name in enrolled.items() if each not in hashes.values() and each not in destroyed
        },
        destroyed=len(destroyed & enrolled.keys()),
    )


def _digest(photograph: PhotographFile) -> bytes:
    try:
        return digest(read(photograph))
    except OSError:
        return b""


def _erase_from_store(store: Store, student: str, *, at: datetime, by: str, there: bool) -> tuple[Erasure, bool]:
    """What was removed, and whether the store remembers it. there: whether the folder has files of the student."""
    try:
        return store.erasures.erase(student, at=at, by=by), True
    except UnknownStudent:
        if not there:
            raise
        return Erasure(student, 0, 0), False


def _raise_if_stuck(removal: Removal, student: str, standing: str) -> None:
    if removal.stuck:
        raise Unavailable(
            f"{standing}, but {len(removal.stuck)} file(s) or folder(s) of student {student} could not be removed "
            f"({'; '.join(removal.stuck[:5])}). Mend that and erase again; there is no receipt before."
        )
