"""Compute error rates with their limits from searches whose right answer is known.

Rates are named as in ISO/IEC 19795-1 and NIST's FRTE: FPIR, searches of people not enrolled that name somebody; FNIR,
searches of enrolled people that do not name them, photographs without a usable face included.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

BOOTSTRAPS: Final = 500
DLIB_THRESHOLD: Final = 0.6
STRANGER_SHARE: Final = 0.1  # of the faces in a room; how many strangers were tried says nothing of a room
Curve = list[tuple[float, float]]  # points of (FPIR, FNIR)
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate, 0 to 1, and its 95 % limits over people."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """The rates of one class size at one face size, over so many drawn classes."""

    class_size: int
    face_px: int | None  # None: as photographed
    classes: int
    strangers: int  # searched for in each class
    others: int  # people who were enrolled beside each class
    fpir: Rate
    fpir95: float  # 95th percentile over classes
    fnir: Rate
    rank1: float  # share of students' faces whose nearest student is the right one
    # Where STRANGER_SHARE of the faces are strangers': of those named `sure`, the share named wrongly; of all, the
    # share with a question.
    wrong_sure: float
    check: float
    dlib_fpir: float  # at DLIB_THRESHOLD
    dlib_fnir: float
    # dlib's at the one threshold that gives these strangers the rate asked for, which nobody could have known.
    best_threshold: float
    best_fnir: float
    curve: Curve
    dlib_curve: Curve


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """What became of k faces that were searched for; each array (k,)."""

    people: Sequence[str]  # whose faces they are
    named: Bools  # whether somebody was named
    right: Bools  # whether it was the right one
    sure: Bools
    check: Bools
    nearest: Bools  # whether the nearest student is the right one
    # Our distance and dlib's, lower is more alike: of a student's face to its own student, infinity where another is
    # nearer or there is no face; of a stranger's to whoever is nearest.
    score: Floats
    plain: Floats

    @property
    def columns(self) -> tuple[NDArray[Any], ...]:
        return self.named, self.right, self.sure, self.check, self.nearest, self.score, self.plain


def together(parts: Sequence[Searched]) -> Searched:
    people, *columns = zip(*((each.people, *each.columns) for each in parts), strict=True)
    named, right, sure, check, nearest, score, plain = map(np.concatenate, columns)
    return Searched(
        [person for of_class in people for person in of_class], named, right, sure, check, nearest, score, plain
    )


def error_rates(
    classes: Sequence[tuple[Searched, Searched]],
    size: int,
    face_px: int | None,
    fpir: float,
    others: int,
    random: np.random.Generator,
) -> ErrorRates:
    """classes: the faces of each one's students, and of its strangers."""
    students, strangers = (together(each) for each in zip(*classes, strict=True))
    best = float(np.quantile(strangers.plain, fpir))
    return ErrorRates(
        size,
        face_px,
        len(classes),
        len(classes[0][1].people),
        others,
        rate(strangers.people, strangers.named, random),
        float(np.percentile([np.mean(each.named) for _, each in classes], 95)),
        rate(students.people, ~students.right, random),
        float(np.mean(students.nearest)),
        _wrong_sure(students, strangers),
        _in_a_room(students.check, strangers.check),
        float(np.mean(strangers.plain <= DLIB_THRESHOLD)),
        float(np.mean(students.plain > DLIB_THRESHOLD)),
        best,
        float(np.mean(students.plain > best)),
        _curve(strangers.score, students.score),
        _curve(strangers.plain, students.plain),
    )


def rate(people: Sequence[str], happened: Bools, random: np.random.Generator) -> Rate:
    """The share of faces to which it happened, and its limits by drawing people again (bootstrap, Efron 1979).

    Where it happened to nobody or everybody, the limit is that of n people: 3 / n at 95 % (ISO/IEC 19795-1, rule of 3).
    """
    _, columns = np.unique(people, return_inverse=True)
    times, faces = np.bincount(columns, happened), np.bincount(columns)
    drawn = random.integers(len(faces), size=(BOOTSTRAPS, len(faces)))
    again = times[drawn].sum(axis=1) / faces[drawn].sum(axis=1)
    low, high = (float(each) for each in np.percentile(again, [2.5, 97.5]))
    bound = min(1.0, 3.0 / len(faces))
    return Rate(float(np.mean(happened)), 1.0 - bound if low == 1.0 else low, bound if high == 0.0 else high)


def _in_a_room(students: Bools, strangers: Bools) -> float:
    """The share of all faces where STRANGER_SHARE of them are strangers'."""
    return float((1.0 - STRANGER_SHARE) * np.mean(students) + STRANGER_SHARE * np.mean(strangers))


def _wrong_sure(students: Searched, strangers: Searched) -> float:
    wrong = _in_a_room(students.sure & ~students.right, strangers.sure)
    sure = _in_a_room(students.sure, strangers.sure)
    return wrong / sure if sure else 0.0


def _curve(strangers: Floats, students: Floats) -> Curve:
    """FNIR at the thresholds that give FPIR from 1 in 1000 to 1 in 3."""
    rates = np.geomspace(0.001, 1 / 3, 40)
    return [(float(each), float(np.mean(students > np.quantile(strangers, each)))) for each in rates]
