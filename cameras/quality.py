"""Measure light, sharpness and compression of a room's picture, where its faces are and elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]

# Side to which a face is brought before its sharpness is measured, so that the figure means the same for every size.
FACE_PX: Final = 32
# Side of the blocks that JPEG and H.264 compress by.
BLOCK: Final = 8
BRIGHT: Final = 235
# Rows and columns in which the picture's light is told.
LIGHT_CELLS: Final = (3, 3)


@dataclass(frozen=True, slots=True)
class PictureQuality:
    """light: mean grey value, of the faces and of the picture, 0 to 255; nan where there is no face.

    bright: share of the picture that is nearly white: windows, lamps, a projector. beside: how much brighter than the
    faces the picture is around them, in grey values. blur: variance of the Laplacian of faces. blocks: how much larger
    steps are at the edges of compressed blocks than inside them, 1: no larger. cells: light by place, from the top.
    """

    light: float
    face_light: float
    bright: float
    beside: float
    sharpness: float
    blocks: float
    cells: tuple[float, ...]

    @classmethod
    def middle(cls, of: Sequence["PictureQuality"]) -> "PictureQuality":
        """The median of several pictures, figure by figure; of those with faces where it is about faces."""
        values = np.array([[*(getattr(each, name) for name in _FIGURES), *each.cells] for each in of], np.float64)
        known = ~np.isnan(values)
        medians = [
            float(np.median(column[is_known])) if is_known.any() else float("nan")
            for column, is_known in zip(values.T, known.T, strict=True)
        ]
        figures = dict(zip(_FIGURES, medians[: len(_FIGURES)], strict=True))
        return cls(**figures, cells=tuple(medians[len(_FIGURES) :]))


_FIGURES: Final = tuple(each.name for each in fields(PictureQuality) if each.name != "cells")


def measure(image: Pixels, faces: Sequence[Box]) -> PictureQuality:
    """Of a picture uint8 (h, w, 3) RGB with these faces."""
    grey = grey_of(image)
    crops = [shrunk(grey, box) for box in faces]
    around = [around_light(grey, box) for box in faces]
    light = [float(crop.mean()) for crop in crops]
    cells = cv2.resize(grey, LIGHT_CELLS[::-1], interpolation=cv2.INTER_AREA)
    return PictureQuality(
        light=float(grey.mean()),
        face_light=float(np.median(light)) if light else float("nan"),
        bright=float((grey >= BRIGHT).mean()),
        beside=float(np.median(np.array(around) - np.array(light))) if light else float("nan"),
        sharpness=float(np.median([_laplacian(crop) for crop in crops])) if crops else float("nan"),
        blocks=_blocks(grey),
        cells=tuple(float(each) for each in cells.flatten()),
    )


def around_light(grey: Pixels, box: Box) -> float:
    """Mean grey value of a face and what is about it."""
    return float(grey[_slices(grey, _wider(box))].mean())


def shrunk(grey: Pixels, box: Box, side: int = FACE_PX) -> Pixels:
    """The face in side x side grey points."""
    part = grey[_slices(grey, box)]
    how = cv2.INTER_AREA if part.shape[1] >= side else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, (side, side), interpolation=how), np.uint8)


def grey_of(image: Pixels) -> Pixels:
    """Grey values of a picture RGB."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)


def _laplacian(grey: Pixels) -> float:
    # In the light of a room: in little light all steps are small.
    gain = min(110.0 / max(float(grey.mean()), 1.0), 4.0)
    return float(cv2.Laplacian(grey.astype(np.float32) * gain, cv2.CV_32F).var())


def _blocks(grey: Pixels) -> float:
    steps = np.abs(np.diff(grey.astype(np.int16), axis=1)).mean(axis=0)
    edge = np.arange(len(steps)) % BLOCK == BLOCK - 1
    if not edge.any() or edge.all():
        return 1.0
    return float(steps[edge].mean() / max(float(steps[~edge].mean()), 1e-6))


def _wider(box: Box) -> Box:
    width, height = box[2] - box[0] + 1, box[3] - box[1] + 1
    return box[0] - width, box[1] - height, box[2] + width, box[3] + height


def _slices(grey: Pixels, box: Box) -> tuple[slice, slice]:
    # Of what of the box is inside the picture, one pixel at least.
    height, width = grey.shape
    left, top = min(max(box[0], 0), width - 1), min(max(box[1], 0), height - 1)
    return slice(top, max(min(box[3] + 1, height), top + 1)), slice(left, max(min(box[2] + 1, width), left + 1))
