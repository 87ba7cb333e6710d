"""One person enrolled again, a photograph under a wrong number: is it told, does it move the others' threshold?"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from server.gallery.findings import find_oddities

from bench.accuracy.people import Half, People, drawn_together, half, load
from server.gallery import Finding, Gallery

CLASSES = 200
FEWEST_CLASSES = 40
PEOPLE_IN_ALL = 6000
AGAIN = "the same person again"
POPULATIONS = (("lfw", 1.0), ("congress", 1.0), ("lfw", 0.7), ("congress", 0.7))
SIZES = ((5, 0), (10, 0), (30, 0), (100, 0), (300, 0), (30, 3))
"""Students, and among how many times as many people most like one of them they are drawn; 0: at random."""


def report(which: Half = "reporting") -> None:
    """Tables (f), on the people of one half."""
    for name, share in POPULATIONS:
        people = half(drawn_together(load(name), share), which)
        for students, alike in SIZES:
            _twice(f"{name} drawn together {share}", people, students, alike)
        for photographs in (2, 3):
            _misfiled(f"{name} drawn together {share}", people, photographs)
    _afterwards(half(load("lfw"), which))


def _classes(people: People, students: int, alike: int, photographs: int) -> Iterator[NDArray[np.intp]]:
    """(students, photographs), rows of people, of people with so many."""
    random = np.random.default_rng(51)
    rows = [np.flatnonzero(people.owners == name) for name in people.names]
    able = [each for each in rows if len(each) >= photographs]
    if students * max(alike, 1) > len(able):
        return
    for _ in range(max(FEWEST_CLASSES, min(CLASSES, PEOPLE_IN_ALL // students))):
        drawn = np.array([random.permutation(each)[:photographs] for each in able])
        faces = people.mirrored[drawn[:, 0], 0]
        nearest = np.argsort(np.square(faces - faces[random.integers(len(faces))]).sum(axis=1))
        among = nearest[: students * alike] if alike else nearest
        yield drawn[random.choice(among, students, replace=False)]


def _gallery(people: People, rows: NDArray[np.intp], ids: list[str] | None = None) -> Gallery:
    """Of rows (n,) or (n, photographs)."""
    ids = ids or [f"{each:04d}" for each in range(len(rows)) for _ in range(rows[0].size)]
    return Gallery(ids, people.mirrored[rows.ravel(), 0], model_id="bench")


def _pairs(findings: list[Finding]) -> list[Finding]:
    return [each for each in findings if each.kind != "odd photograph"]


def _twice(title: str, people: People, students: int, alike: int) -> None:
    told, falsely = [], []
    for rows in _classes(people, students, alike, 2):
        twice = _gallery(people, rows[:, :1]).joined(_gallery(people, rows[0, 1:], [AGAIN]))
        told.append(any({"0000", AGAIN} <= set(each.students) for each in _pairs(find_oddities(twice))))
        falsely.append(len(_pairs(find_oddities(_gallery(people, rows[:, :1])))))
    if told:
        print(
            f"{title} | {students}{f' similar of {alike}' if alike else ''} | twice: told {100 * np.mean(told):.0f} "
            f"% | different people told {np.mean(falsely):.3f} a class",
            flush=True,
        )


def _misfiled(title: str, people: People, photographs: int) -> None:
    """A photograph of a classmate, or of somebody else, among a student's, in classes of 30."""
    told: dict[str, list[bool]] = {"classmate": [], "his number": [], "somebody else": []}
    falsely = []
    for rows in _classes(people, 31, 0, photographs + 1):
        right = rows[:30, :photographs]
        falsely += [each.students for each in find_oddities(_gallery(people, right)) if each.kind == "odd photograph"]
        for whose, photograph in (("classmate", rows[7, photographs]), ("somebody else", rows[30, 0])):
            wrong = right.copy()
            wrong[0, 0] = photograph
            found = [
                each.students
                for each in find_oddities(_gallery(people, wrong))
                if each.kind == "odd photograph" and each.students[0] == "0000"
            ]
            told[whose].append(bool(found))
            if whose == "classmate":
                told["his number"].append(("0000", "0007") in found)
    if falsely or told["classmate"]:
        shares = ", ".join(f"{whose} {100 * np.mean(each):.0f} %" for whose, each in told.items())
        print(
            f"{title} | {photographs} photographs of 30 | misfiled, told: {shares} | falsely "
            f"{100 * len(falsely) / len(told['classmate']) / 30:.2f} % of students",
            flush=True,
        )


def _afterwards(people: People) -> None:
    """Two photographs under two numbers, the third comes: the threshold, and who is named."""
    moved = []
    verdicts: dict[str, int] = {}
    for rows in _classes(people, 30, 0, 3):
        plain = _gallery(people, rows[:, :1])
        twice = plain.joined(_gallery(people, rows[0, 1:2], [AGAIN]))
        thresholds = [each.matcher().calibrations[None].threshold for each in (plain, twice)]
        moved.append(abs(thresholds[1] - thresholds[0]))
        match = twice.matcher().identify(people.mirrored[rows[0, 2:], 0])[0]
        what = f"{match.verdict}{'' if match.student_id in {None, '0000', AGAIN} else ', wrong'}"
        verdicts[what] = verdicts.get(what, 0) + 1
    print(f"threshold moved by {np.mean(moved):.4f} (most {np.max(moved):.4f}), the third photograph {verdicts}")
