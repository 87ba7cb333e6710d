"""Classes drawn from people: who is enrolled, who comes, who is a stranger, and how far apart their faces are."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bench.accuracy.people import SIZES, People
from server.gallery.scores import Matrix, distances, length_terms

STRANGERS = 300
Kind = Literal["mixed", "similar", "similar, others"]
"""mixed: students and strangers at random. similar: students alike by one photograph, strangers those most like them;
"others": the same students, strangers at random."""


@dataclass(frozen=True)
class Setting:
    """What a class is like. alike, when similar: drawn from so many times its size of the people most like one."""

    students: int
    kind: Kind = "mixed"
    alike: int = 1


@dataclass(frozen=True)
class Drawn:
    """A class as distances. among: (r, n), enrolment photographs, as seen at the size, to templates; owners: (r,),
    whose they are; sizes: how many are averaged in a template. students: (n, n) and strangers: (m, n), faces to
    templates. terms: the length terms of all three. plain_students, plain_strangers: to the nearest photograph, by
    dlib's own embeddings, no mirror.
    """

    among: Matrix
    owners: NDArray[np.intp]
    sizes: int
    students: Matrix
    strangers: Matrix
    terms: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
    plain_students: Matrix
    plain_strangers: Matrix


class World:
    """One choice of photographs for everybody, at one face size: classes are then drawn from distances alone.

    photographs: enrolled of each student, besides the one that comes. reduced: whether templates know the small sizes.
    """

    def __init__(
        self, people: People, size: int | None, random: np.random.Generator, photographs: int = 1, reduced: bool = True
    ) -> None:
        at = SIZES.index(size)
        rows = [random.permutation(np.flatnonzero(people.owners == name)) for name in people.names]
        self.can_enrol = np.flatnonzero([len(each) > photographs for each in rows])
        coming = np.array([each[-1] for each in rows])
        enrolled = [np.array([each[min(k, max(len(each) - 2, 0))] for each in rows]) for k in range(photographs)]
        used = slice(0, at + 1) if reduced else slice(0, 1)
        templates = np.mean([people.mirrored[each, used].mean(axis=1) for each in enrolled], axis=0)
        self.large = people.mirrored[enrolled[0], 0]
        self.enrolled, self.coming = enrolled, coming
        self._among = [distances(people.mirrored[each, at if reduced else 0], templates) for each in enrolled]
        self._sizes = at + 1 if reduced else 1
        self._terms = [length_terms(people.mirrored[each, at if reduced else 0]) for each in enrolled]
        self._faces_terms = length_terms(people.mirrored[coming, at])
        self._faces = distances(people.mirrored[coming, at], templates)
        self._plain = np.min([distances(people.plain[coming, at], people.plain[e, 0]) for e in enrolled], axis=0)

    def draw(self, setting: Setting, random: np.random.Generator) -> Drawn:
        """A class and its strangers, as distances."""
        students, strangers = self.draw_people(setting, random)
        own, foreign = np.ix_(students, students), np.ix_(strangers, students)
        among = np.concatenate([each[own] for each in self._among])
        owners = np.tile(np.arange(len(students)), len(self._among))
        terms = (
            np.concatenate([each[students] for each in self._terms]),
            self._faces_terms[students],
            self._faces_terms[strangers],
        )
        return Drawn(
            among,
            owners,
            self._sizes,
            self._faces[own],
            self._faces[foreign],
            terms,
            self._plain[own],
            self._plain[foreign],
        )

    def plain(self, faces: NDArray[np.intp], students: NDArray[np.intp]) -> Matrix:
        """Distances of these people's faces to the nearest photograph of the students, dlib's own, no mirror."""
        result: Matrix = self._plain[np.ix_(faces, students)]
        return result

    def draw_people(self, setting: Setting, random: np.random.Generator) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """A class and its strangers, as places in `enrolled` and `coming`."""
        students = self._students(setting, random)
        rest = np.setdiff1d(np.arange(len(self.large)), students)
        return students, self._strangers(setting.kind, students, rest, random)

    def _students(self, setting: Setting, random: np.random.Generator) -> NDArray[np.intp]:
        if setting.kind == "mixed":
            return random.choice(self.can_enrol, setting.students, replace=False)
        large = self.large[self.can_enrol]
        nearest = np.argsort(np.square(large - large[random.integers(len(large))]).sum(axis=1))
        among = self.can_enrol[nearest[: setting.students * setting.alike]]
        return random.choice(among, setting.students, replace=False)

    def _strangers(
        self, kind: Kind, students: NDArray[np.intp], rest: NDArray[np.intp], random: np.random.Generator
    ) -> NDArray[np.intp]:
        if kind != "similar":
            return random.choice(rest, min(STRANGERS, len(rest)), replace=False)
        centre = self.large[students].mean(axis=0)
        return rest[np.argsort(np.square(self.large[rest] - centre).sum(axis=1))[:STRANGERS]]


def own_scores(scores: Matrix) -> NDArray[np.float64]:
    """Score of each student's face for himself; infinity where another student fits it better."""
    every = np.arange(len(scores))
    result: NDArray[np.float64] = np.where(scores.argmin(axis=1) == every, scores[every, every], np.inf)
    return result
