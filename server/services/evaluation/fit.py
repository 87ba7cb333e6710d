"""Fit the constants of a decision on people's photographs."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from server.gallery import DecisionConstants
from server.gallery.constants import constants_of
from server.gallery.fitting import Population, fit, require_people
from server.services.evaluation.people import People

Embedding = NDArray[np.float32]


def fit_people(
    people: People,
    sizes: Sequence[int],
    *,
    model_id: str,
    family: str,
    fitted: str,
    progress: Callable[[str], None],
) -> DecisionConstants:
    """The constants for embeddings of that model; what these people cannot show is taken from the nearest family's.

    The photographs' `plain` embeddings are those without mirror images. fitted: when and on whom, in words. Raises
    BadRequest where there are too few people.
    """
    population = _population(people, sizes)
    require_people(population)
    base = constants_of(model_id, population.faces[None].shape[1])
    return fit([population], base, family=family, fitted=fitted, progress=progress)


def _population(people: People, sizes: Sequence[int]) -> Population:
    """Photographs without a face are rows of zeros."""
    shown = [(name, photograph) for name, photographs in people.items() for photograph in photographs]
    length = next((len(each.plain[None]) for _, each in shown if each), 0)

    def rows(of: Callable[[int], Embedding | None]) -> Embedding:
        found = (of(row) for row in range(len(shown)))
        return np.array([np.zeros(length) if each is None else each for each in found], np.float32).reshape(-1, length)

    def faces(px: int | None) -> Embedding:
        return rows(lambda row: photograph.embeddings[px] if (photograph := shown[row][1]) else None)

    def plain(px: int | None) -> Embedding:
        return rows(lambda row: photograph.plain[px] if (photograph := shown[row][1]) else None)

    return Population(
        "people",
        np.array([name for name, _ in shown], dtype=np.str_),
        {px: faces(px) for px in (None, *sizes)},
        {px: plain(px) for px in (None, *sizes)},
    )
