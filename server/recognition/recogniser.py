"""Find the faces of a picture and embed them: a family's parts put together."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from server.faces import Box, Face, TakenFaces, area
from server.recognition.alignment import Aligned, Known
from server.recognition.detection import Detection, Detector
from server.recognition.lighting import Lighting
from server.recognition.reduced import reduced_embeddings
from server.recognition.turning import Sureness, quarter_turns

# Chips embedded at once: larger batches gain no speed, only memory.
BATCH: Final = 32
# Across the height in which there are faces; a lecture hall has ten to twenty rows.
STRIPS: Final = 16


class Alignment(Protocol):
    """Turns faces upright. Threads may share one."""

    def align(self, image: NDArray[np.uint8], boxes: Sequence[Box], known: Known = None) -> Aligned:
        """Landmarks float32 (n, 5, 2) in pixels of the image and chips uint8 (n, side, side, 3) RGB, one a box."""
        ...


class ChipEmbedder(Protocol):
    """Turns chips uint8 (n, side, side, 3) RGB into vectors float32 (n, dimensions)."""

    def embed(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True)
class Part:
    """One embedder of a family. unit: its vectors are divided by their length; then times weight."""

    alignment: Alignment
    embedder: ChipEmbedder
    unit: bool = False
    weight: float = 1.0

    def embed(self, chips: NDArray[np.uint8], mirror: bool) -> NDArray[np.float32]:
        """The vectors of the chips; with mirror the mean of both sides, which is not divided again unless unit."""
        if mirror:
            both = self._in_batches(np.concatenate([chips, chips[:, :, ::-1]]))
            vectors = (both[: len(chips)] + both[len(chips) :]) / np.float32(2)
        else:
            vectors = self._in_batches(chips)
        if self.unit:
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
            vectors = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
        return vectors if self.weight == 1.0 else vectors * np.float32(self.weight)

    def _in_batches(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        batches = [chips[at : at + BATCH] for at in range(0, len(chips), BATCH)]
        return np.concatenate([self.embedder.embed(np.ascontiguousarray(batch)) for batch in batches])


class FamilyRecogniser:
    """The Recogniser of every family. Any number of threads may use one.

    thorough: asked where the own detector finds nobody and everybody matters. sureness: that a picture lies upright.
    """

    def __init__(
        self,
        detector: Detector,
        parts: Sequence[Part],
        *,
        landmarks_of: int = 0,
        dimensions: int,
        family: str,
        model_id: str,
        engine: str,
        detector_name: str,
        min_face_px: int,
        mirror: bool,
        max_faces: int,
        looks_twice: bool = False,
        reduce: bool = True,
        thorough: Detector | None = None,
        sureness: Sureness | None = None,
    ) -> None:
        self.family: Final = family
        self.model_id: Final = model_id
        self.dimensions: Final = dimensions
        self.engine: Final = engine
        self.detector: Final = detector_name
        self.min_face_px: Final = min_face_px
        self._detector = detector
        self._parts = tuple(parts)
        self._landmarks_of = landmarks_of
        self.looks_twice: Final = looks_twice and mirror
        self._reduce = reduce
        self._thorough = thorough or detector
        self._sureness = sureness
        self._mirror = mirror
        self._max_faces = max_faces

    def look(self, image: NDArray[np.uint8]) -> list[Face]:
        """See Recogniser: without mirror images where the family looks twice."""
        picture = _lighting(image)
        found = picture.find(self._detector, self.min_face_px)
        taken = drawn_from_strips(found, self._max_faces)
        faces = self._described(picture, taken, mirror=self._mirror and not self.looks_twice)
        return TakenFaces(faces, len(found)) if len(found) > len(taken) else faces

    def faces(
        self,
        image: NDArray[np.uint8],
        *,
        min_face_px: int | None = None,
        max_faces: int | None = None,
        thorough: bool = False,
    ) -> list[Face]:
        """See Recogniser. Landmarks and embeddings are those of `at_boxes`. Raises ValueError for another array."""
        picture = _lighting(image)
        least = self.min_face_px if min_face_px is None else min_face_px
        most = self._max_faces if max_faces is None else max_faces
        found = _largest_first(picture.find(self._detector, least))
        if thorough and not found:
            found = _largest_first(picture.find(self._thorough, least))
        taken = drawn_from_strips(found, most) if max_faces is None else found[:most]
        return TakenFaces(self._described(picture, taken, mirror=self._mirror), len(found))

    def at_boxes(self, image: NDArray[np.uint8], boxes: Sequence[Box]) -> list[Face]:
        detections = [Detection(box, 0.0) for box in boxes]
        return self._described(_lighting(image), detections, mirror=self._mirror)

    def reduced(self, image: NDArray[np.uint8], box: Box) -> dict[int, NDArray[np.float32]]:
        """See Recogniser; {} where the family needs none."""
        return reduced_embeddings(self, image, box) if self._reduce else {}

    def quarter_turns(self, image: NDArray[np.uint8], min_face_px: int) -> int:
        if self._sureness is None:
            return 0
        picture = _lighting(image)
        seen = [picture.image] if picture.lit is None else [picture.lit, picture.image]
        turns = (quarter_turns(each, min_face_px, self._sureness) for each in seen)
        return next((each for each in turns if each), 0)

    def _described(self, picture: Lighting, detections: list[Detection], *, mirror: bool) -> list[Face]:
        faces: dict[Box, Face] = {}
        for is_dark, image in ((False, picture.image), (True, picture.lit)):
            chosen = picture.dark([each.box for each in detections]) == is_dark
            shown = [each for each, taken in zip(detections, chosen, strict=True) if taken]
            if shown and image is not None:
                faces.update((each.box, each) for each in self._described_in(image, shown, mirror=mirror))
        return [faces[each.box] for each in detections]

    def _described_in(self, image: NDArray[np.uint8], detections: list[Detection], *, mirror: bool) -> list[Face]:
        boxes = [each.box for each in detections]
        found = [each.landmarks for each in detections if each.landmarks is not None]
        known = np.stack(found) if len(found) == len(detections) else None
        aligned = [part.alignment.align(image, boxes, known) for part in self._parts]
        vectors = [part.embed(chips, mirror) for part, (_, chips) in zip(self._parts, aligned, strict=True)]
        embeddings = vectors[0] if len(vectors) == 1 else np.concatenate(vectors, axis=1)
        return [
            Face(detection.box, embedding, points, detection.score)
            for detection, embedding, points in zip(detections, embeddings, aligned[self._landmarks_of][0], strict=True)
        ]


def drawn_from_strips(detections: list[Detection], most: int) -> list[Detection]:
    """At most so many, largest first; where there are more, from each strip across the picture as many as from another.

    So it is not the back rows that are left out, whose faces are the smallest: in turn each strip gives its largest.
    """
    if len(detections) <= most:
        return _largest_first(detections)
    middles = [(each.box[1] + each.box[3]) / 2 for each in detections]
    top, height = min(middles), max(middles) - min(middles) or 1.0
    strips: dict[int, list[Detection]] = defaultdict(list)
    for middle, each in zip(middles, detections, strict=True):
        strips[min(int((middle - top) / height * STRIPS), STRIPS - 1)].append(each)
    ordered = [_largest_first(strip) for strip in strips.values()]
    in_turn = [each for row in zip_longest(*ordered) for each in _largest_first([face for face in row if face])]
    return _largest_first(in_turn[:most])


def _largest_first(detections: list[Detection]) -> list[Detection]:
    # By area; equal ones by score, then from the left and the top, so that the order never depends on chance.
    return sorted(detections, key=lambda each: (-area(each.box), -each.score, each.box))


def _lighting(image: NDArray[np.uint8]) -> Lighting:
    """Raises ValueError for another array."""
    _check(image)
    return Lighting(image)


def _check(image: NDArray[np.uint8]) -> None:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"A picture must be uint8 (h, w, 3) RGB and not empty; this is {image.dtype} {image.shape}.")
