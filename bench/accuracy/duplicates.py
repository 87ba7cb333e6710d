"""One person enrolled again, a photograph under a wrong number: is it told, does it move the others' threshold?"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.accuracy.fitting import present, reporting
from bench.accuracy.people import DRAWN_TOGETHER, drawn_together
from server.gallery import Finding, Gallery, find_oddities
from server.gallery.constants import family_constants
from server.gallery.fitting import Population

CLASSES: Final = 100
FEWEST_CLASSES: Final = 20
PEOPLE_IN_ALL: Final = 3000
AGAIN: Final = "the same person again"
SIZES: Final = ((5, 0), (10, 0), (30, 0), (100, 0), (300, 0), (30, 3))
"""Students, and among how many times as many people most like one of them they are drawn; 0: at random."""


def report(family: str) -> None:
    """How often one person under two numbers is told, and different people are, on the people for reporting."""
    for name in present(family, ("lfw", "congress")):
        people = reporting(family, name)
        for population in (people, drawn_together(people, DRAWN_TOGETHER[family])):
            for students, alike in SIZES:
                _print_twice(population, family, students, alike)
            for photographs in (2, 3):
                _print_misfiled(population, family, photographs)
    if present(family, ("lfw",)):
        _afterwards(reporting(family, "lfw"), family)


def told_twice(population: Population, family: str, students: int, alike: int = 0) -> tuple[float, float] | None:
    """Share of people enrolled twice who are told, and pairs of different people told a class; None: too few people."""
    told, falsely = [], []
    for rows in _classes(population, students, alike, 2):
        once = _gallery(population, family, rows[:, :1])
        twice = once.joined(_gallery(population, family, rows[0, 1:], [AGAIN]))
        told.append(any({"0000", AGAIN} <= set(each.students) for each in _pairs(find_oddities(twice))))
        falsely.append(len(_pairs(find_oddities(once))))
    return (float(np.mean(told)), float(np.mean(falsely))) if told else None


def _classes(people: Population, students: int, alike: int, photographs: int) -> Iterator[NDArray[np.intp]]:
    """(students, photographs), rows of people, of people with so many."""
    random = np.random.default_rng(51)
    large = people.faces[None]
    rows = [np.flatnonzero((people.owners == name) & large.any(axis=1)) for name in people.people]
    able = [each for each in rows if len(each) >= photographs]
    if students * max(alike, 1) > len(able):
        return
    for _ in range(max(FEWEST_CLASSES, min(CLASSES, PEOPLE_IN_ALL // students))):
        drawn = np.array([random.permutation(each)[:photographs] for each in able])
        faces = large[drawn[:, 0]]
        nearest = np.argsort(np.square(faces - faces[random.integers(len(faces))]).sum(axis=1))
        among = nearest[: students * alike] if alike else nearest
        yield drawn[random.choice(among, students, replace=False)]


def _gallery(people: Population, family: str, rows: NDArray[np.intp], ids: list[str] | None = None) -> Gallery:
    """Of rows (n,) or (n, photographs)."""
    ids = ids or [f"{each:04d}" for each in range(len(rows)) for _ in range(rows[0].size)]
    return Gallery(ids, people.faces[None][rows.ravel()], model_id="bench", constants=family_constants(family))


def _pairs(findings: list[Finding]) -> list[Finding]:
    return [each for each in findings if each.kind != "odd photograph"]


def _print_twice(people: Population, family: str, students: int, alike: int) -> None:
    if (outcome := told_twice(people, family, students, alike)) is not None:
        print(
            f"{people.name} | {students}{f' similar of {alike}' if alike else ''} | twice: told "
            f"{100 * outcome[0]:.0f} % | different people told {outcome[1]:.3f} a class",
            flush=True,
        )


def _print_misfiled(people: Population, family: str, photographs: int) -> None:
    """A photograph of a classmate, or of somebody else, among a student's, in classes of 30."""
    told: dict[str, list[bool]] = {"classmate": [], "their number": [], "somebody else": []}
    falsely = []
    for rows in _classes(people, 31, 0, photographs + 1):
        right = rows[:30, :photographs]
        falsely += [
            each.students for each in find_oddities(_gallery(people, family, right)) if each.kind == "odd photograph"
        ]
        for whose, photograph in (("classmate", rows[7, photographs]), ("somebody else", rows[30, 0])):
            wrong = right.copy()
            wrong[0, 0] = photograph
            found = [
                each.students
                for each in find_oddities(_gallery(people, family, wrong))
                if each.kind == "odd photograph" and each.students[0] == "0000"
            ]
            told[whose].append(bool(found))
            if whose == "classmate":
                told["their number"].append(("0000", "0007") in found)
    if falsely or told["classmate"]:
        shares = ", ".join(f"{whose} {100 * np.mean(each):.0f} %" for whose, each in told.items())
        print(
            f"{people.name} | {photographs} photographs of 30 | misfiled, told: {shares} | falsely "
            f"{100 * len(falsely) / len(told['classmate']) / 30:.2f} % of students",
            flush=True,
        )


def _afterwards(people: Population, family: str) -> None:
    """Two photographs under two numbers, the third comes: the threshold, and who is named."""
    moved = []
    verdicts: dict[str, int] = {}
    for rows in _classes(people, 30, 0, 3):
        plain = _gallery(people, family, rows[:, :1])
        twice = plain.joined(_gallery(people, family, rows[0, 1:2], [AGAIN]))
        thresholds = [each.matcher().calibrations[None].threshold for each in (plain, twice)]
        moved.append(abs(thresholds[1] - thresholds[0]))
        match = twice.matcher().identify(people.faces[None][rows[0, 2:]])[0]
        what = f"{match.verdict}{'' if match.student_id in {None, '0000', AGAIN} else ', wrong'}"
        verdicts[what] = verdicts.get(what, 0) + 1
    print(f"threshold moved by {np.mean(moved):.4f} (most {np.max(moved):.4f}), the third photograph {verdicts}")
