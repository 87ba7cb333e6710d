"""Embeddings of people's photographs, kept outside the project, and which of those people are reported on."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.gallery.fitting import Population

CACHE: Final = Path(os.environ.get("ROLLCALL_ACCURACY", Path(tempfile.gettempdir()) / "rollcall-accuracy"))
"""Outside the project: embeddings are personal data."""
SIZES: Final = (None, 60, 40, 30, 24, 20)
"""Face sizes embedded, in pixels; None: as the photograph is."""
DRAWN_TOGETHER: Final = {"dlib": 0.7, "khuface": 0.88, "fused": 0.82}
"""By which share of their distance from the middle people are drawn together so that they lie as near to each other as
East Asian people were measured to: a median of 0.58 instead of 0.81 for dlib, of 1.23 instead of 1.38 for khuface."""


def file_of(family: str, name: str) -> Path:
    """Where the embeddings of a set are kept."""
    return CACHE / family / f"{name}.npz"


def load(family: str, name: str) -> Population:
    """Everybody of a set that `embed` has stored; rows of zeros where a face was not found at a size."""
    with np.load(file_of(family, name)) as stored:
        faces, plain = ({px: stored[of][:, at] for at, px in enumerate(SIZES)} for of in ("faces", "plain"))
        return Population(name, stored["owners"], faces, plain)


def together(name: str, *sets: Population) -> Population:
    """The people of several sets as one; equal names of two sets are two people."""
    return Population(
        name,
        np.concatenate([np.char.add(f"{each.name}:", each.owners) for each in sets]),
        {px: np.concatenate([each.faces[px] for each in sets]) for px in SIZES},
        {px: np.concatenate([each.plain[px] for each in sets]) for px in SIZES},
    )


def drawn_together(population: Population, share: float) -> Population:
    """The same people, as like each other as a homogeneous population: a stand-in, not a measurement of one.

    Each person's mean embedding moves towards everybody's by `share`, their own variation stays. People with one
    photograph are left out: their own variation is not known.
    """
    names, counts = np.unique(population.owners[population.faces[None].any(axis=1)], return_counts=True)
    several = population.of(names[counts >= 2].tolist())
    large = several.faces[None]
    _, columns = np.unique(several.owners, return_inverse=True)
    found = large.any(axis=1)
    sums = np.zeros((columns.max() + 1, large.shape[1]))
    np.add.at(sums, columns[found], large[found].astype(np.float64))
    means = sums / np.bincount(columns, found)[:, None]
    steps = ((share - 1.0) * (means - large[found].mean(axis=0))).astype(np.float32)[columns]
    faces, plain = ({px: _moved(each, steps) for px, each in of.items()} for of in (several.faces, several.plain))
    return replace(several, name=f"{several.name} drawn together", faces=faces, plain=plain)


def _moved(faces: NDArray[np.float32], steps: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.where(faces.any(axis=1, keepdims=True), faces + steps, 0).astype(np.float32)
