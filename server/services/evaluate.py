"""How well would this decide: people's embeddings in, rates of error out, beside dlib as it comes. Knows no files.

Classes are drawn again and again from the people given; whoever is not in a class is a stranger to it. Rates and their
names are those of ISO/IEC 19795-1 and NIST's FRTE: FPIR, searches of people not enrolled that name somebody; FNIR,
searches of enrolled people that do not name them, photographs without a usable face included.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.errors import BadRequest
from server.gallery import Gallery, Match, Matcher
from server.services.people_shown import People, Photograph

DRAWS: Final = 30
"""Classes drawn of each size; their number does not narrow the limits, which are over people."""
MOST_STRANGERS: Final = 300
CLASS_SIZES: Final = (10, 30, 100, 300)
BOOTSTRAPS: Final = 500
DLIB_THRESHOLD: Final = 0.6
FEWEST_PEOPLE: Final = 2
Progress = Callable[[int, int], None]
Curve = list[tuple[float, float]]
"""Points of (FPIR, FNIR)."""
Enrolled = dict[str, NDArray[np.float32]]
"""dlib's own embeddings of each student's photographs, (k, 128)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate, 0 to 1, and its 95 % limits over people."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Result:
    """One class size at one face size (None: as photographed), over `classes` drawn classes.

    fpir95: 95th percentile over classes. rank1: students' faces whose nearest student is the right one. wrong_sure: of
    the faces named `sure`, those named wrongly. check: of all faces. dlib: at 0.6; best: dlib at the one threshold that
    gives these strangers the rate asked for, which nobody could have known.
    """

    class_size: int
    face_px: int | None
    classes: int
    strangers: int
    fpir: Rate
    fpir95: float
    fnir: Rate
    rank1: float
    wrong_sure: float
    check: float
    dlib_fpir: float
    dlib_fnir: float
    best_threshold: float
    best_fnir: float
    curve: Curve
    dlib_curve: Curve


@dataclass
class _Tally:
    """What happened, face by face; infinity: no face, or another student is nearer."""

    named: dict[str, list[bool]] = field(default_factory=dict)
    missed: dict[str, list[bool]] = field(default_factory=dict)
    by_class: list[float] = field(default_factory=list)
    rank1: list[bool] = field(default_factory=list)
    sure: list[bool] = field(default_factory=list)
    check: list[bool] = field(default_factory=list)
    leads: list[list[float]] = field(default_factory=lambda: [[], []])
    plain: list[list[float]] = field(default_factory=lambda: [[], []])


def evaluate(
    people: People, model_id: str, *, enrol: int = 1, face_sizes: Sequence[int | None] = (None,), fpir: float = 0.01,
    seed: int = 0, progress: Progress | None = None,
) -> list[Result]:
    """A Result for each face size and class size that the people suffice for.

    enrol: how many photographs of each student are enrolled, the first usable ones; the others are searched with.
    Raises BadRequest where nobody has more photographs than that, or nobody would be left as a stranger.
    """
    able = [name for name, photographs in people.items() if sum(map(bool, photographs)) >= enrol < len(photographs)]
    usable = sum(any(photographs) for photographs in people.values())
    if not able or usable < FEWEST_PEOPLE:
        raise BadRequest(
            f"Of {len(people)} people {usable} have a photograph with a face and {len(able)} have more than {enrol} to "
            f"enrol and search with; at least {FEWEST_PEOPLE} of the first and one of the second are needed.")
    wanted = [(px, size) for px in face_sizes for size in _class_sizes(len(able), usable)]
    results = []
    for done, (face_px, size) in enumerate(wanted):
        if progress:
            progress(done, len(wanted))
        results.append(_result(people, able, model_id, enrol, size, face_px, fpir, np.random.default_rng(seed)))
    return results


def _class_sizes(able: int, usable: int) -> list[int]:
    """Those of CLASS_SIZES that leave a stranger; where people are too few for any, half of them."""
    return [size for size in CLASS_SIZES if size <= able and size < usable] or [min(able, usable // 2)]


def _result(
    people: People, able: Sequence[str], model_id: str, enrol: int, size: int, face_px: int | None, fpir: float,
    random: np.random.Generator,
) -> Result:
    tally = _Tally()
    strangers = 0
    for _ in range(DRAWS):
        students = [str(each) for each in random.choice(able, size, replace=False)]
        others = [name for name in people if name not in set(students) and any(people[name])]
        outside = [str(each) for each in random.permutation(others)[:MOST_STRANGERS]]
        _try_class({name: people[name] for name in students}, {name: people[name] for name in outside}, model_id,
                   enrol, face_px, fpir, tally)
        strangers = len(outside)
    return _summary(tally, size, face_px, strangers, fpir, random)


def _try_class(
    students: People, strangers: People, model_id: str, enrol: int, face_px: int | None, fpir: float, tally: _Tally
) -> None:
    enrolled = {name: [each for each in photographs if each][:enrol] for name, photographs in students.items()}
    matcher = _gallery(enrolled, model_id).matcher(fpir)
    plain = {name: np.stack([each.plain[None] for each in photographs]) for name, photographs in enrolled.items()}
    named = [_stranger(matcher, plain, name, photographs, face_px, tally) for name, photographs in strangers.items()]
    tally.by_class.append(float(np.mean(named)))
    for name, photographs in students.items():
        used = set(map(id, enrolled[name]))
        for photograph in photographs:
            if photograph is None or id(photograph) not in used:
                _student(matcher, plain, name, photograph, face_px, tally)


def _gallery(enrolled: dict[str, list[Photograph]], model_id: str) -> Gallery:
    rows = [(name, each) for name, photographs in enrolled.items() for each in photographs]
    by_size = {px: np.stack([each.embeddings[px] for _, each in rows]) for px in rows[0][1].embeddings}
    reduced = {px: each for px, each in by_size.items() if px is not None}
    return Gallery([name for name, _ in rows], by_size[None], model_id=model_id, reduced=reduced)


def _stranger(
    matcher: Matcher, plain: Enrolled, name: str, photographs: Sequence[Photograph | None], face_px: int | None,
    tally: _Tally,
) -> bool:
    face = [each for each in photographs if each][-1]
    match, lead = _searched(matcher, face, face_px)
    named = match.student_id is not None
    tally.named.setdefault(name, []).append(named)
    tally.leads[0].append(float(lead.max()))
    tally.plain[0].append(min(_nearest(plain, face.plain[face_px]).values()))
    tally.check.append(match.verdict == "check")
    if match.verdict == "sure":
        tally.sure.append(False)
    return named


def _student(
    matcher: Matcher, plain: Enrolled, name: str, face: Photograph | None, face_px: int | None, tally: _Tally
) -> None:
    missed = tally.missed.setdefault(name, [])
    if face is None:
        missed.append(True)
        tally.rank1.append(False)
        tally.leads[1].append(-np.inf)
        tally.plain[1].append(np.inf)
        return
    match, lead = _searched(matcher, face, face_px)
    own = matcher.students.index(name)
    missed.append(match.student_id != name)
    tally.rank1.append(bool(match.candidates) and match.candidates[0].student_id == name)
    tally.leads[1].append(float(lead[own]) if lead.argmax() == own else -np.inf)
    distances = _nearest(plain, face.plain[face_px])
    tally.plain[1].append(distances[name] if min(distances, key=lambda each: distances[each]) == name else np.inf)
    tally.check.append(match.verdict == "check")
    if match.verdict == "sure":
        tally.sure.append(match.student_id == name)


def _searched(matcher: Matcher, face: Photograph, face_px: int | None) -> tuple[Match, NDArray[np.float64]]:
    """What is decided about the face alone in a picture, and its lead for each student."""
    embedding, sizes = face.embeddings[face_px][None], np.array([np.inf if face_px is None else float(face_px)])
    return matcher.identify(embedding, sizes)[0], matcher.judge(embedding, sizes).leads[0]


def _nearest(plain: Enrolled, face: NDArray[np.float32]) -> dict[str, float]:
    return {name: float(np.linalg.norm(rows - face, axis=1).min()) for name, rows in plain.items()}


def _summary(
    tally: _Tally, size: int, face_px: int | None, strangers: int, fpir: float, random: np.random.Generator
) -> Result:
    leads = [-np.array(each) for each in tally.leads]
    plain = [np.array(each) for each in tally.plain]
    best = float(np.quantile(plain[0], fpir))
    return Result(
        size, face_px, len(tally.by_class), strangers, _rate(tally.named, random),
        float(np.percentile(tally.by_class, 95)), _rate(tally.missed, random), float(np.mean(tally.rank1)),
        1.0 - float(np.mean(tally.sure or [True])), float(np.mean(tally.check)),
        float(np.mean(plain[0] <= DLIB_THRESHOLD)), float(np.mean(plain[1] > DLIB_THRESHOLD)),
        best, float(np.mean(plain[1] > best)), _curve(*leads), _curve(*plain),
    )


def _rate(outcomes: dict[str, list[bool]], random: np.random.Generator) -> Rate:
    """Mean over people of each one's share, and its limits by drawing people again (bootstrap, Efron 1979).

    Where nobody or everybody erred, the limit is the exact one of n people: 3 / n at 95 % (ISO/IEC 19795-1, rule of 3).
    """
    shares = np.array([np.mean(each) for each in outcomes.values()])
    again = random.choice(shares, (BOOTSTRAPS, len(shares))).mean(axis=1)
    low, high = (float(each) for each in np.percentile(again, [2.5, 97.5]))
    bound = min(1.0, 3.0 / len(shares))
    return Rate(float(shares.mean()), 1.0 - bound if low == 1.0 else low, bound if high == 0.0 else high)


def _curve(strangers: NDArray[np.float64], students: NDArray[np.float64]) -> Curve:
    """FNIR at the thresholds that give FPIR from 1 in 1000 to 1 in 3; lower values are more alike."""
    rates = np.geomspace(0.001, 1 / 3, 40)
    return [(float(rate), float(np.mean(students > np.quantile(strangers, rate)))) for rate in rates]
