"""Draw classes from people again and again: who is enrolled, whose face comes, who is a stranger."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from server.gallery.templates import Templates, make_templates

# People with two photographs of whom anything can be fitted: a class of ten, and thirty strangers to it.
FEWEST_PEOPLE: Final = 40
MOST_STRANGERS: Final = 300
# Of the people who can be enrolled, at most so many are in a class.
LARGEST_PART: Final = 0.8
SPLIT_SEED: Final = 12345
Embeddings = NDArray[np.float32]
# mixed: students and strangers at random. similar: students alike by one photograph, strangers those most like them;
# "others": the same students, strangers at random.
Kind = Literal["mixed", "similar", "similar, others"]


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Photographs of people of one kind."""

    name: str
    # (r,), whose each is.
    owners: NDArray[np.str_]
    # (r, d) by face size in pixels, None being as photographed; rows of zeros where no face was found.
    faces: Mapping[int | None, Embeddings]
    # The same, embedded without mirror images.
    plain: Mapping[int | None, Embeddings]

    @property
    def people(self) -> list[str]:
        """Everybody, in a fixed order."""
        return sorted(set(self.owners.tolist()))

    def of(self, people: Sequence[str]) -> "Population":
        """These people alone."""
        rows = np.isin(self.owners, np.array(people, self.owners.dtype))
        faces, plain = ({px: each[rows] for px, each in of.items()} for of in (self.faces, self.plain))
        return replace(self, owners=self.owners[rows], faces=faces, plain=plain)


def half(population: Population, which: Literal["choosing", "reporting"]) -> Population:
    """Half of the people, always the same: what is chosen on one is reported on the other."""
    people = population.people
    order = np.random.default_rng(SPLIT_SEED).permutation(len(people))
    chosen = order[: len(people) // 2] if which == "choosing" else order[len(people) // 2 :]
    return population.of([people[each] for each in chosen])


@dataclass(frozen=True, slots=True)
class Setting:
    """What classes are like."""

    students: int
    kind: Kind = "mixed"
    # Similar students are drawn from so many times their number of the people most like one.
    alike: int = 1
    # Enrolled of each student.
    photographs: int = 1
    # Of the faces that come.
    face_px: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DrawnClass:
    """Students, their faces and strangers' faces."""

    population: str
    setting: Setting
    templates: Templates
    # (n, d), in the order of the templates.
    students: Embeddings
    # (m, d).
    strangers: Embeddings
    # The same without mirror images.
    plain_students: Embeddings
    plain_strangers: Embeddings
    names: tuple[str, ...]
    # People of the strangers.
    who: tuple[str, ...]


class World:
    """One choice of photographs for everybody, those enrolled and the one that comes; classes are drawn from it."""

    def __init__(
        self, population: Population, setting: Setting, random: np.random.Generator, *, reduced: bool, apart: float
    ) -> None:
        self._population, self._setting, self._random = population, setting, random
        # Reduced: templates for small faces are means over the photographs as seen at the sizes down to them.
        self._apart = apart
        faces, large = population.faces[setting.face_px], population.faces[None]
        self._sizes = [px for px in population.faces if px is not None and reduced and _down_to(px, setting.face_px)]
        usable = np.logical_and.reduce([large.any(axis=1), *(population.faces[px].any(axis=1) for px in self._sizes)])
        self._names: list[str] = []
        self._coming: list[int] = []
        self._enrolled: list[NDArray[np.intp]] = []
        by_person = {name: np.flatnonzero(population.owners == name) for name in population.people}
        for name, rows in by_person.items():
            shown = rows[faces[rows].any(axis=1)]
            if not len(shown):
                continue
            coming = int(random.choice(shown))
            others = random.permutation(rows[usable[rows] & (rows != coming)])[: setting.photographs]
            self._names.append(name)
            self._coming.append(coming)
            self._enrolled.append(others if len(others) == setting.photographs else np.empty(0, np.intp))
        self._able = np.array([place for place, rows in enumerate(self._enrolled) if len(rows)], np.intp)

    def classes(self, count: int) -> Iterator[DrawnClass]:
        """So many classes, or none where there are too few people."""
        setting = self._setting
        enough = setting.students * setting.alike <= LARGEST_PART * len(self._able)
        if enough and len(self._names) > setting.students:
            yield from (self._class() for _ in range(count))

    def _class(self) -> DrawnClass:
        students = self._students()
        strangers = self._strangers(students)
        names = [f"{each:05d}" for each in students]
        population, px = self._population, self._setting.face_px
        rows = np.concatenate([self._enrolled[each] for each in students])
        ids = [name for name in names for _ in range(self._setting.photographs)]
        reduced = {size: population.faces[size][rows] for size in self._sizes}
        large = population.faces[None][rows]
        level = px if px in reduced else None
        templates = make_templates(ids, large, reduced, level, self._apart)
        order = np.argsort(names)
        coming = np.array(self._coming)
        own, foreign = coming[students[order]], coming[strangers]
        return DrawnClass(
            population.name,
            self._setting,
            templates,
            population.faces[px][own],
            population.faces[px][foreign],
            population.plain[px][own],
            population.plain[px][foreign],
            tuple(self._names[each] for each in students[order]),
            tuple(self._names[each] for each in strangers),
        )

    def _students(self) -> NDArray[np.intp]:
        setting, random = self._setting, self._random
        if setting.kind == "mixed":
            return random.choice(self._able, setting.students, replace=False)
        large = self._large(self._able)
        nearest = np.argsort(np.square(large - large[random.integers(len(large))]).sum(axis=1))
        return random.choice(self._able[nearest[: setting.students * setting.alike]], setting.students, replace=False)

    def _strangers(self, students: NDArray[np.intp]) -> NDArray[np.intp]:
        rest = np.setdiff1d(np.arange(len(self._names)), students)
        if self._setting.kind != "similar":
            return self._random.choice(rest, min(MOST_STRANGERS, len(rest)), replace=False)
        centre = self._large(students).mean(axis=0)
        faces = self._population.faces[self._setting.face_px][np.array(self._coming)[rest]]
        return rest[np.argsort(np.square(faces - centre).sum(axis=1))[:MOST_STRANGERS]]

    def _large(self, places: NDArray[np.intp]) -> Embeddings:
        rows = [self._enrolled[each][0] for each in places]
        large: Embeddings = self._population.faces[None][rows]
        return large


def _down_to(px: int, face_px: int | None) -> bool:
    return face_px is not None and px >= face_px
