"""A recogniser for tests that are not about faces: "photographs" are lines of text that say which faces they show."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np

from server.errors import BadImage


@dataclass(frozen=True)
class PaperFace:
    width: int
    embedding: Any
    box: tuple[int, int, int, int] = (0, 0, 0, 0)


def paper(who: str, *widths: int) -> bytes:
    """A photograph of `who` with faces of these widths in pixels."""
    return f"paper|{' '.join(map(str, widths or (200,)))}|{who}".encode()


def decode_paper(data: bytes) -> Any:
    if not data.startswith(b"paper|"):
        raise BadImage("The bytes are no image of a known format.")
    return np.frombuffer(data, np.uint8)[None]


def embedding_of(data: bytes, dimensions: int = 128) -> Any:
    """One vector for each photograph, the same each time."""
    return np.random.default_rng(list(sha256(data).digest())).random(dimensions, np.float32)


@dataclass
class PaperRecogniser:
    """Reads paper photographs; `looks` counts how often it was asked. `who` "crash" makes it fail as a library does,
    "no number" makes it embed as a network does that has overflowed.
    """

    model_id: str = "paper/1"
    detector: str = "paper"
    dimensions: int = 128
    looks: int = 0

    def quarter_turns(self, image: Any, min_face_px: int) -> int:
        return 0

    def faces(self, image: Any, *, min_face_px: int | None = None, thorough: bool = False) -> list[PaperFace]:
        self.looks += 1
        data = bytes(image)
        _, widths, who = data.decode().split("|")
        if who == "crash":
            raise RuntimeError("the native library gave up")
        if who == "interrupt":
            raise KeyboardInterrupt
        least = 40 if min_face_px is None else min_face_px
        found = sorted((width for width in map(int, widths.split()) if width >= least), reverse=True)
        embedding = np.full(128, np.nan, np.float32) if who == "no number" else self._embedding(data)
        return [PaperFace(width, embedding) for width in found]

    def reduced(self, image: Any, box: tuple[int, int, int, int]) -> dict[int, Any]:
        return {40: self._embedding(bytes(image) + b"small")}

    def _embedding(self, data: bytes) -> Any:
        return embedding_of(data, self.dimensions)
