"""Say how far the landmarks of a face, over many pictures, are those of one flat pattern, or of one stiff one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Shape:
    """What is left of the landmarks, root mean square a coordinate, in radii of the five points.

    flat: when one pattern was stretched and sheared to each picture, as a print is that is tilted far from the camera;
    stiff: when it was only moved, turned and enlarged. A head leaves much of both, a print that stands still hardly
    anything of either, and one that is tilted much less of the first than of the second.
    """

    flat: float
    stiff: float


def shape_of(landmarks: NDArray[np.float32]) -> Shape:
    """Of landmarks (n, 5, 2) of n > 1 pictures, in pixels."""
    points = landmarks.astype(np.float64)
    points -= points.mean(axis=1, keepdims=True)
    points /= np.maximum(np.sqrt(np.square(points).sum(axis=2).mean(axis=1)), 1e-9)[:, None, None]
    # Coordinates as rows are mixtures of two patterns where everything is flat (Tomasi and Kanade, 1992); as complex
    # numbers, multiples of one where it is stiff (Kent, 1994). Of ten coordinates six, or four, fit any picture.
    rows = points.transpose(0, 2, 1).reshape(-1, 5)
    beyond = np.linalg.eigvalsh(rows.T @ rows)[:3].sum()
    complexes = points[:, :, 0] + 1j * points[:, :, 1]
    other = np.linalg.eigvalsh(complexes.conj().T @ complexes)[:4].sum()
    free = len(points) - 1
    return Shape(*(float(np.sqrt(max(left, 0.0) / (each * free))) for left, each in ((beyond, 4), (other, 6))))
