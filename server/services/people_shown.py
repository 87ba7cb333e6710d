"""A folder with a folder of photographs per person in, embeddings of their faces out. Decides nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from server.errors import BadImage, BadRequest, TooLarge

ENDINGS: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"})
Box = tuple[int, int, int, int]
Image = NDArray[np.uint8]
Embedding = NDArray[np.float32]


class Face(Protocol):
    """A face of a picture."""

    @property
    def box(self) -> Box: ...
    @property
    def embedding(self) -> Embedding: ...


class Recogniser(Protocol):
    """What finds and embeds faces; images are uint8 (h, w, 3) RGB."""

    @property
    def model_id(self) -> str: ...
    def faces(self, image: Image) -> Sequence[Face]: ...
    def at_boxes(self, image: Image, boxes: Sequence[Box]) -> Sequence[Face]: ...


Decode = Callable[[bytes], Image]
Progress = Callable[[int, int], None]
BySize = Mapping[int | None, Embedding]
"""Embeddings of one face, float32 (128,), by its size in pixels; None: as photographed."""


@dataclass(frozen=True, slots=True, eq=False)
class Photograph:
    """The largest face of a photograph. embeddings: the product's; plain: of the same box without the mirror image."""

    embeddings: BySize
    plain: BySize


People = Mapping[str, Sequence[Photograph | None]]
"""Photographs by person, in the order of their files' names; None where no face was found."""
Reduce = Callable[[Recogniser, Image, Box], Mapping[int, Embedding]]
"""The embeddings of a face seen small, by its size in pixels."""


@dataclass(frozen=True, slots=True)
class Looker:
    """What turns photographs into embeddings. plain: the same recogniser without mirror images, for comparison."""

    recogniser: Recogniser
    plain: Recogniser
    decode: Decode
    reduce: Reduce

    def look(self, folder: Path, progress: Progress) -> People:
        """Everybody in the folder. Raises BadRequest where it cannot be opened or holds no folder of photographs."""
        files = _files(folder)
        done, total = 0, sum(map(len, files.values()))
        people: dict[str, list[Photograph | None]] = {}
        for person, paths in files.items():
            for path in paths:
                people.setdefault(person, []).append(self._photograph(path))
                done += 1
                progress(done, total)
        return people

    def _photograph(self, path: Path) -> Photograph | None:
        try:
            image = self.decode(path.read_bytes())
        except (BadImage, TooLarge, OSError):
            return None
        faces = self.recogniser.faces(image)
        if not faces:
            return None
        box = faces[0].box
        return Photograph(self._by_size(self.recogniser, image, box), self._by_size(self.plain, image, box))

    def _by_size(self, recogniser: Recogniser, image: Image, box: Box) -> BySize:
        embeddings: dict[int | None, Embedding] = {None: recogniser.at_boxes(image, [box])[0].embedding}
        embeddings.update(self.reduce(recogniser, image, box).items())
        return embeddings


def _files(folder: Path) -> dict[str, list[Path]]:
    try:
        people = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
        files = {path.name: _photographs(path) for path in people}
    except OSError as error:
        raise BadRequest(f"The folder {folder} cannot be read: {error.strerror or error}.") from error
    if not any(files.values()):
        raise BadRequest(f"The folder {folder} holds no folders of photographs; it needs one folder for each person, "
                         "with at least two photographs in it.")
    return files


def _photographs(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and not path.name.startswith("."))
