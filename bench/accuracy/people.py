"""Embeddings of people's photographs, and which of those people are for choosing and which for reporting."""

import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

CACHE = Path(os.environ.get("ROLLCALL_ACCURACY", Path(tempfile.gettempdir()) / "rollcall-accuracy"))
"""Outside the project: embeddings are personal data."""
SIZES = (None, 80, 60, 40, 30, 24)
"""Face sizes embedded, in pixels; None: as the photograph is."""
SPLIT_SEED = 12345
Half = Literal["choosing", "reporting"]


@dataclass(frozen=True)
class People:
    """Photographs whose face was found. owners: (n,), whose each is. plain, mirrored: (n, sizes, 128), dlib's own
    embeddings and the means with those of the mirror image.
    """

    owners: NDArray[np.str_]
    plain: NDArray[np.float32]
    mirrored: NDArray[np.float32]

    @property
    def names(self) -> list[str]:
        """Everybody, in a fixed order."""
        return sorted(set(self.owners.tolist()))

    def of(self, names: set[str]) -> "People":
        """These people alone."""
        rows = np.array([owner in names for owner in self.owners])
        return People(self.owners[rows], self.plain[rows], self.mirrored[rows])


def load(name: str) -> People:
    """Everybody of a set that `embed` has stored, those whose face was not found left out."""
    with np.load(CACHE / f"{name}.npz") as stored:
        found = stored["found"]
        return People(stored["owners"][found], stored["plain"][found], stored["mirrored"][found])


def together(*sets: People) -> People:
    """The people of several sets as one; equal names of two sets are two people."""
    owners = [np.char.add(f"{number}:", each.owners) for number, each in enumerate(sets)]
    return People(
        np.concatenate(owners),
        np.concatenate([each.plain for each in sets]),
        np.concatenate([each.mirrored for each in sets]),
    )


def half(people: People, which: Half) -> People:
    """Half of the people, always the same: what is chosen on one is reported on the other."""
    names = people.names
    order = np.random.default_rng(SPLIT_SEED).permutation(len(names))
    chosen = order[: len(names) // 2] if which == "choosing" else order[len(names) // 2 :]
    return people.of({names[each] for each in chosen})


def drawn_together(people: People, share: float) -> People:
    """The same people, as like each other as a homogeneous population: a stand-in, not a measurement of one.

    Each person's mean embedding moves towards everybody's by `share`, his own variation stays. 0.7 gives what was
    measured on East Asian faces: a median distance between people of 0.58, a common direction of 0.92.
    People with one photograph are left out: their own variation is not known.
    """
    if share == 1.0:
        return people
    names, columns, counts = np.unique(people.owners, return_inverse=True, return_counts=True)
    several = people.of(set(names[counts >= 2].tolist()))
    _, columns = np.unique(several.owners, return_inverse=True)
    return replace(
        several,
        plain=_towards_mean(several.plain, columns, share),
        mirrored=_towards_mean(several.mirrored, columns, share),
    )


def _towards_mean(embeddings: NDArray[np.float32], columns: NDArray[np.intp], share: float) -> NDArray[np.float32]:
    large = embeddings[:, 0].astype(np.float64)
    sums = np.zeros((columns.max() + 1, large.shape[1]))
    np.add.at(sums, columns, large)
    own = sums / np.bincount(columns)[:, None]
    steps = ((share - 1.0) * (own - large.mean(axis=0))).astype(np.float32)
    moved: NDArray[np.float32] = embeddings + steps[columns][:, None, :]
    return moved
