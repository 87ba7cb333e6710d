"""A picture in, faces with embeddings out: a detector, dlib's alignment and an embedder put together.

Knows neither which detector nor which engine it was given.
"""

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from server.recognition.alignment import Aligner
from server.recognition.detection import Detection, Detector
from server.recognition.faces import Box, Face, area
from server.recognition.reduced import reduced_embeddings

BATCH: Final = 32
"""Chips embedded at once: larger batches gain no speed, only memory."""


class Embedder(Protocol):
    """Turns chips uint8 (n, 150, 150, 3) RGB into embeddings float32 (n, 128)."""

    def embed(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]: ...


class Recogniser:
    """Finds the faces of a picture and embeds them. Any number of threads may use one; nothing in it changes.

    model_id: of embedder, alignment and mirror; embeddings of different model ids must not be compared.
    engine, detector: what runs the networks and finds the faces, by name. min_face_px: smallest face looked for.
    """

    def __init__(
        self,
        detector: Detector,
        aligner: Aligner,
        embedder: Embedder,
        *,
        model_id: str,
        engine: str,
        detector_name: str,
        min_face_px: int,
        mirror: bool,
        max_faces: int,
    ) -> None:
        self.model_id: Final = model_id
        self.engine: Final = engine
        self.detector: Final = detector_name
        self.min_face_px: Final = min_face_px
        self._detector = detector
        self._aligner = aligner
        self._embedder = embedder
        self._mirror = mirror
        self._max_faces = max_faces

    def faces(
        self,
        image: NDArray[np.uint8],
        *,
        min_face_px: int | None = None,
        max_faces: int | None = None,
    ) -> list[Face]:
        """Every face of a picture, largest first; at most max_faces (the largest), an empty list where there is none.

        image: uint8 (h, w, 3) RGB. min_face_px, max_faces: instead of what the recogniser was opened with.
        Landmarks and embedding are dlib's on this image with exactly the box given. With mirror, an embedding is the
        mean of those of the chip and of its mirror image, not normalised again. Raises ValueError for another array.
        """
        _check(image)
        image = np.ascontiguousarray(image)
        least = self.min_face_px if min_face_px is None else min_face_px
        most = self._max_faces if max_faces is None else max_faces
        return self._described(image, _largest_first(self._detector.find(image, least))[:most])

    def at_boxes(self, image: NDArray[np.uint8], boxes: Sequence[Box]) -> list[Face]:
        """Faces whose boxes are known already, in their order, with score 0; the rest is as in `faces`."""
        _check(image)
        return self._described(np.ascontiguousarray(image), [Detection(box, 0.0) for box in boxes])

    def reduced(self, image: NDArray[np.uint8], box: Box) -> dict[int, NDArray[np.float32]]:
        """{face size in pixels: embedding} of the face in the box as a camera farther away would see it."""
        return reduced_embeddings(self, image, box)

    def _described(self, image: NDArray[np.uint8], detections: list[Detection]) -> list[Face]:
        if not detections:
            return []
        landmarks, chips = self._aligner.align(image, [each.box for each in detections])
        embeddings = self._embed(chips)
        return [
            Face(detection.box, embedding, points, detection.score)
            for detection, embedding, points in zip(detections, embeddings, landmarks, strict=True)
        ]

    def _embed(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        if not self._mirror:
            return self._in_batches(chips)
        both = self._in_batches(np.concatenate([chips, chips[:, :, ::-1]]))
        return (both[: len(chips)] + both[len(chips) :]) / np.float32(2)

    def _in_batches(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        batches = [chips[at : at + BATCH] for at in range(0, len(chips), BATCH)]
        return np.concatenate([self._embedder.embed(np.ascontiguousarray(batch)) for batch in batches])


def _largest_first(detections: list[Detection]) -> list[Detection]:
    """By area; equal ones by score, then from the left and the top, so that the order never depends on chance."""
    return sorted(detections, key=lambda each: (-area(each.box), -each.score, each.box))


def _check(image: NDArray[np.uint8]) -> None:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"A picture must be uint8 (h, w, 3) RGB and not empty; this is {image.dtype} {image.shape}.")
