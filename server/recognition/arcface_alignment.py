"""Turn faces upright by five landmarks, into the chips that ArcFace and its relatives were trained on."""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from server.recognition.reductions import Pixels, Reductions, halvings

CHIP_PX: Final = 112
# Where a chip has eyes, nose tip and corners of the mouth, in pixels (InsightFace, face_align.py).
TEMPLATE: Final = np.array(
    [(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)], np.float32
)
# Faces smaller than their chip are enlarged so many times, cubic, before they are drawn: of 170 portraits shrunk to
# 20 px 18 % are missed so, 19 % enlarged three times, 21 % drawn by cubic interpolation at once, 24 % by linear; at
# 30 px it makes no difference (MobileFaceNet, FMR 3.3e-4, measured 2026-11-30).
ENLARGED: Final = 2
# Pixels that an enlarged part reaches beyond what the chip shows: cubic interpolation looks two further.
REACH: Final = 3.0


def arcface_chips(image: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(n, 112, 112, 3) of the faces with these landmarks (n, 5, 2), see Detection; beyond the picture is black."""
    # A face more than twice as large as its chip is drawn from the picture's half or quarter, a smaller one than its
    # chip from a part enlarged.
    picture = Reductions(image)
    chips = [_chip(picture, matrix) for matrix in similarities(landmarks)]
    return np.array(chips, np.uint8).reshape(-1, CHIP_PX, CHIP_PX, 3)


def similarities(landmarks: NDArray[np.float32]) -> NDArray[np.float64]:
    """For each face the matrix (2, 3) that takes a chip's pixels to the picture's."""
    # The turn, scale and shift that bring the template nearest to the landmarks (Umeyama 1991, without reflection):
    # with points as complex numbers a straight line fitted by least squares.
    template = _complex(TEMPLATE)
    points = _complex(landmarks.astype(np.float64))
    from_centre = template - template.mean()
    turn = points @ from_centre.conj() / np.square(np.abs(from_centre)).sum()
    shift = points.mean(axis=1) - turn * template.mean()
    rows = [turn.real, -turn.imag, shift.real, turn.imag, turn.real, shift.imag]
    return np.stack(rows, axis=1).reshape(-1, 2, 3)


def _complex(points: NDArray[Any]) -> NDArray[np.complex128]:
    return np.asarray(points[..., 0] + 1j * points[..., 1], np.complex128)


def _chip(picture: Reductions, matrix: NDArray[np.float64]) -> NDArray[np.uint8]:
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    source, matrix = _enlarged(picture, matrix) if scale < 1 else _reduced(picture, matrix, halvings(scale))
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(source, matrix, (CHIP_PX, CHIP_PX), flags=how), np.uint8)


def _reduced(picture: Reductions, matrix: NDArray[np.float64], number: int) -> tuple[Pixels, NDArray[np.float64]]:
    # The picture halved so many times, and the matrix into its pixels.
    source = picture.half(number)
    share = np.array(source.shape[:2]) / picture.size
    return source, _rescaled(matrix, share[::-1])


def _enlarged(picture: Reductions, matrix: NDArray[np.float64]) -> tuple[Pixels, NDArray[np.float64]]:
    # The part of the picture that the chip shows, enlarged, and the matrix into its pixels.
    corners = matrix @ np.array([(0, 0, 1), (CHIP_PX, 0, 1), (0, CHIP_PX, 1), (CHIP_PX, CHIP_PX, 1)]).T
    size = np.array(picture.size)[::-1]
    begin = np.clip(np.floor(corners.min(axis=1) - REACH), 0, size - 1).astype(int)
    end = np.clip(np.ceil(corners.max(axis=1) + REACH), begin + 1, size).astype(int)
    part = picture.half(0)[begin[1] : end[1], begin[0] : end[0]]
    enlarged = cv2.resize(part, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
    shifted = matrix - np.hstack([np.zeros((2, 2)), begin[:, None]])
    return np.asarray(enlarged, np.uint8), _rescaled(shifted, np.array([ENLARGED, ENLARGED]))


def _rescaled(matrix: NDArray[np.float64], factors: NDArray[Any]) -> NDArray[np.float64]:
    # The matrix into a picture that is so many times as wide and as high; pixels' centres are whole numbers.
    scaled: NDArray[np.float64] = matrix * factors[:, None]
    scaled[:, 2] += (factors - 1) / 2
    return scaled
