"""Embed the faces in a folder that holds a folder of photographs for each person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.errors import BadImage, BadRequest, TooLarge
from server.faces import Box, Decode, Recogniser
from server.services.enrolment.photographs import MAX_PHOTOGRAPH_BYTES, digest, printable

ENDINGS: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"})
Image = NDArray[np.uint8]
Embedding = NDArray[np.float32]
Progress = Callable[[int, int], None]
# Embeddings of one face, float32 (dimensions,), by its size in pixels; None: as photographed.
BySize = Mapping[int | None, Embedding]


@dataclass(frozen=True, slots=True, eq=False)
class Photograph:
    """The largest face of a photograph."""

    embeddings: BySize
    plain: BySize  # without the mirror image


# Photographs by person, in the order of their files' names; None where no face was found.
People = Mapping[str, Sequence[Photograph | None]]
# The embeddings of a face seen small, by its size in pixels.
Reduce = Callable[[Recogniser, Image, Box], Mapping[int, Embedding]]


@dataclass(frozen=True, slots=True)
class Shown:
    """The people in a folder."""

    people: People
    remarks: tuple[str, ...]  # a line for each file that is not used or has no face, fit to be printed


@dataclass(frozen=True, slots=True)
class PhotographReader:
    """Turns photographs into embeddings."""

    recogniser: Recogniser
    plain: Recogniser  # without mirror images, for comparison
    decode: Decode
    reduce: Reduce
    drawn: Callable[[Box], Box] = lambda box: box  # the recogniser's box as `plain` draws one

    def read(self, folder: Path, progress: Progress) -> Shown:
        """Raises BadRequest where the folder cannot be read or holds no folder of photographs."""
        files, remarks = _files(folder)
        done, total = 0, sum(map(len, files.values()))
        people: dict[str, list[Photograph | None]] = {}
        for person, paths in files.items():
            known: set[bytes] = set()
            shown = people.setdefault(person, []) if paths else []
            for path in paths:
                try:
                    shown.append(self._photograph(_read(path, known)))
                except _Unused as reason:
                    remarks.append(f"{_told(path)}: {reason}")
                    shown += [None] if reason.missed else []
                done += 1
                progress(done, total)
        return Shown(people, tuple(remarks))

    def _photograph(self, data: bytes) -> Photograph:
        try:
            image = self.decode(data)
        except (BadImage, TooLarge) as error:
            raise _Unused(error.text) from error
        faces = self.recogniser.faces(image)
        if not faces:
            raise _Unused("no face was found")
        box = faces[0].box
        return Photograph(self._by_size(self.recogniser, image, box), self._by_size(self.plain, image, self.drawn(box)))

    def _by_size(self, recogniser: Recogniser, image: Image, box: Box) -> BySize:
        embeddings: dict[int | None, Embedding] = {None: recogniser.at_boxes(image, [box])[0].embedding}
        embeddings.update(self.reduce(recogniser, image, box).items())
        return embeddings


class _Unused(Exception):
    """A file that gives no face. missed: whether it counts as a photograph of which the face was missed."""

    def __init__(self, reason: str, *, missed: bool = True) -> None:
        super().__init__(reason)
        self.missed = missed


def _read(path: Path, known: set[bytes]) -> bytes:
    """The file's bytes, which join those that are `known`. Raises _Unused."""
    try:
        if path.stat().st_size > MAX_PHOTOGRAPH_BYTES:
            raise _Unused(f"it has more than {MAX_PHOTOGRAPH_BYTES >> 20} MiB")
        data = path.read_bytes()
    except OSError as error:
        raise _Unused(f"it cannot be read: {error.strerror or error}") from error
    if digest(data) in known:
        raise _Unused("it is the same photograph as another of this person, and is left out", missed=False)
    known.add(digest(data))
    return data


def _files(folder: Path) -> tuple[dict[str, list[Path]], list[str]]:
    """The photographs by person, and a line for each file that is none."""
    try:
        people = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
        inside = {person.name: _visible(person) for person in people}
    except OSError as error:
        raise BadRequest(f"The folder {error.filename or folder} cannot be read: {error.strerror or error}.") from error
    files = {person: [path for path in paths if _is_photograph(path)] for person, paths in inside.items()}
    if not any(files.values()):
        raise BadRequest(
            f"The folder {folder} holds no folders of photographs; it needs one folder for each person, "
            f"with at least two photographs ({', '.join(sorted(ENDINGS))}) in it."
        )
    remarks = [
        f"{_told(path)}: it is no file with a photograph's ending ({', '.join(sorted(ENDINGS))}), and is left out"
        for paths in inside.values()
        for path in paths
        if not _is_photograph(path)
    ]
    return files, remarks


def _visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _is_photograph(path: Path) -> bool:
    """Whether it is a plain file: opening a pipe would wait for ever."""
    return path.suffix.lower() in ENDINGS and path.is_file()


def _told(path: Path) -> str:
    return printable(f"{path.parent.name}/{path.name}")
