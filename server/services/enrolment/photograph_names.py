"""Say whose a photograph is that somebody sends, by its name as in the folder of photographs."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from zipfile import BadZipFile, ZipFile

from server.domain.identifiers import normal
from server.errors import BadRequest, TooLarge
from server.services.enrolment.photographs import MAX_PHOTOGRAPH_BYTES, PASSED_OVER, possible_numbers, student_number
from server.store import Store
from tables.archives import ZIP, open_zip
from tables.errors import TableError, TableTooLarge

NO_NUMBER: Final = (
    "The name begins with no student's number: call the file 201511041.jpg, or put it into a folder of that name."
)

SENTENCES: Final = (NO_NUMBER,)


@dataclass(frozen=True, slots=True)
class SentPhotograph:
    """name: as it was sent, with "/". data: the file's bytes; a sentence where it cannot be read."""

    name: str
    data: bytes | str


def label_of(name: str) -> str:
    """What holds the number: the folder's name, or the file's without its ending."""
    parts = [each for each in name.replace("\\", "/").split("/") if each not in {"", ".", ".."}]
    if not parts:
        return ""
    stem = parts[-1].rpartition(".")[0] or parts[-1]
    folder = normal(parts[-2]) if len(parts) > 1 else ""
    return folder if folder[:1].isdigit() else normal(stem)


def whose(store: Store, name: str) -> str:
    """The student's number. Raises BadRequest where the name begins with none that a roster has."""
    label = label_of(name)
    number = student_number(label, store.rosters.names(possible_numbers(label)))
    if number is None:
        raise BadRequest(NO_NUMBER)
    return number


def is_passed_over(name: str) -> bool:
    """Whether systems put such files beside photographs."""
    last = name.replace("\\", "/").rpartition("/")[2].lower()
    return not last or last.startswith(".") or last in PASSED_OVER or name.startswith("__MACOSX/")


def unpacked(name: str, data: bytes) -> Iterator[SentPhotograph]:
    """The photographs of a ZIP one after the other, never on a disk; any other file as it is.

    Raises BadRequest, TooLarge for one that holds too many or is a bomb.
    """
    if not data.startswith(ZIP):
        yield SentPhotograph(name, data)
        return
    try:
        with open_zip(data) as archive:
            yield from _members(archive)
    except TableTooLarge as error:
        raise TooLarge(error.text) from error
    except TableError as error:
        raise BadRequest(error.text) from error


def _members(archive: ZipFile) -> Iterator[SentPhotograph]:
    members = [each for each in archive.infolist() if not each.is_dir() and not is_passed_over(each.filename)]
    for each in members:
        try:
            with archive.open(each) as file:
                data = file.read(MAX_PHOTOGRAPH_BYTES + 1)
        except (BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
            yield SentPhotograph(each.filename, "It cannot be unpacked: it is damaged or locked by a password.")
            continue
        too_large = f"It has more than {MAX_PHOTOGRAPH_BYTES >> 20} MiB: save it smaller."
        yield SentPhotograph(each.filename, too_large if len(data) > MAX_PHOTOGRAPH_BYTES else data)
