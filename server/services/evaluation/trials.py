"""Try how well faces are recognised in classes drawn from people, and with dlib's threshold for comparison.

Whoever is not in a class is a stranger to it, or enrolled beside it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.errors import BadRequest
from server.faces import stacked
from server.gallery import DecisionConstants, Finding, Gallery, Match, Matcher, find_oddities
from server.gallery.scores import distances
from server.services.evaluation.error_rates import ErrorRates, Searched, error_rates, together
from server.services.evaluation.people import People, Photograph

DRAWS: Final = 30  # classes of each size; more of them do not narrow the limits, which are over people
MOST_STRANGERS: Final = 300
CLASS_SIZES: Final = (10, 30, 100, 300)
FEWEST_PEOPLE: Final = 2
Progress = Callable[[int, int], None]
# Photographs and whom they show; None: no face was found.
Faces = Sequence[tuple[str, Photograph | None]]


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried."""

    model_id: str
    enrol: int = 1  # so many usable photographs of each student are enrolled; the others are searched with
    fpir: float = 0.01  # the rate of strangers named that is asked for
    others: int = 0  # people who are enrolled beside each class
    constants: DecisionConstants | None = None  # None: those that ship for the model


def evaluate(
    people: People,
    trial: Trial,
    *,
    face_sizes: Sequence[int | None] = (None,),
    seed: int = 0,
    progress: Progress | None = None,
) -> list[ErrorRates]:
    """Error rates for each face size and class size that the people suffice for.

    Raises BadRequest where nobody has more photographs than are enrolled, or nobody would be left as a stranger.
    """
    usable = [name for name, photographs in people.items() if any(photographs)]
    able = [name for name in usable if sum(map(bool, people[name])) >= trial.enrol < len(people[name])]
    if not able or len(usable) < FEWEST_PEOPLE + trial.others:
        beside = f", and {trial.others} more to be enrolled beside them" if trial.others else ""
        raise BadRequest(
            f"Of {len(people)} people {len(usable)} have a photograph with a face and {len(able)} have more than "
            f"{trial.enrol} to enrol and search with; at least {FEWEST_PEOPLE} of the first and one of the second are "
            f"needed{beside}."
        )
    wanted = [(px, size) for px in face_sizes for size in _class_sizes(len(able), len(usable) - trial.others)]
    results = []
    for place, (face_px, size) in enumerate(wanted):
        random = np.random.default_rng(seed)
        classes = []
        for draw in range(DRAWS):
            if progress:
                progress(place * DRAWS + draw, len(wanted) * DRAWS)
            classes.append(_searched(people, *_drawn(able, usable, size, trial.others, random), trial, face_px))
        results.append(error_rates(classes, size, face_px, trial.fpir, trial.others, random))
    return results


def find_same_people(people: People, model_id: str, constants: DecisionConstants | None = None) -> list[Finding]:
    """Oddities of the photographs, such as one person in two folders, who would count as a stranger who was named."""
    photographs = {name: [each for each in shown if each] for name, shown in people.items()}
    return find_oddities(_gallery({name: shown for name, shown in photographs.items() if shown}, model_id, constants))


def _class_sizes(able: int, usable: int) -> list[int]:
    """Those of CLASS_SIZES that leave a stranger; where people are too few for any, half of them."""
    return [size for size in CLASS_SIZES if size <= able and size < usable] or [min(able, usable // 2)]


def _drawn(
    able: Sequence[str], usable: Sequence[str], size: int, others: int, random: np.random.Generator
) -> tuple[list[str], list[str], list[str]]:
    """Who is in the class, who is enrolled beside it, who is a stranger."""
    students = [str(each) for each in random.choice(able, size, replace=False)]
    rest = [str(each) for each in random.permutation(sorted(set(usable) - set(students)))]
    return students, rest[:others], rest[others:][:MOST_STRANGERS]


def _searched(
    people: People,
    students: Sequence[str],
    others: Sequence[str],
    strangers: Sequence[str],
    trial: Trial,
    face_px: int | None,
) -> tuple[Searched, Searched]:
    """The faces of the students that are not enrolled, and one of each stranger, against the class."""
    enrolled = {name: [each for each in people[name] if each][: trial.enrol] for name in students}
    beside = {name: [each for each in people[name] if each][: trial.enrol] for name in others}
    matcher = _gallery(enrolled, trial.model_id, trial.constants).matcher(
        trial.fpir, others=_gallery(beside, trial.model_id, trial.constants) if beside else None
    )
    coming = [(name, face) for name in students for face in people[name] if not _among(face, enrolled[name])]
    foreign = [(name, [face for face in people[name] if face][-1]) for name in strangers]
    return (_searched_for(coming, matcher, enrolled, face_px), _searched_for(foreign, matcher, enrolled, face_px))


def _among(face: Photograph | None, enrolled: Sequence[Photograph]) -> bool:
    return any(face is each for each in enrolled)


def _gallery(
    enrolled: dict[str, list[Photograph]], model_id: str, constants: DecisionConstants | None = None
) -> Gallery:
    rows = [(name, each) for name, photographs in enrolled.items() for each in photographs]
    sizes: set[int | None] = set.intersection(*(set(each.embeddings) for _, each in rows)) if rows else {None}
    by_size = {px: stacked([each.embeddings[px] for _, each in rows]) for px in sizes}
    reduced = {px: each for px, each in by_size.items() if px is not None}
    return Gallery([name for name, _ in rows], by_size[None], model_id=model_id, reduced=reduced, constants=constants)


def _searched_for(
    faces: Faces, matcher: Matcher, enrolled: dict[str, list[Photograph]], face_px: int | None
) -> Searched:
    """What is decided about each face, alone in its picture; a photograph without a face finds nobody."""
    found = [(name, face) for name, face in faces if face]
    places = {name: column for column, name in enumerate(matcher.students)}
    own = np.array([places.get(name, -1) for name, _ in found], dtype=np.intp)
    embeddings = stacked([face.embeddings[face_px] for _, face in found], matcher.dimensions)
    sizes = np.full(len(found), np.inf if face_px is None else float(face_px))
    outcomes = [
        _outcome(match, name) for match, (name, _) in zip(matcher.identify_each(embeddings, sizes), found, strict=True)
    ]
    named, right, sure, check, nearest = np.array(outcomes, np.bool_).reshape(-1, 5).T
    scores = -matcher.judge(embeddings, sizes).leads
    plain = _plain(matcher.students, enrolled, [face.plain[face_px] for _, face in found])
    of_found = Searched(
        [name for name, _ in found], named, right, sure, check, nearest, _own(scores, own), _own(plain, own)
    )
    return together([of_found, _not_found([name for name, face in faces if not face])])


def _not_found(people: Sequence[str]) -> Searched:
    never = np.zeros(len(people), np.bool_)
    nowhere = np.full(len(people), np.inf)
    return Searched(people, never, never, never, never, never, nowhere, nowhere)


def _outcome(match: Match, name: str) -> tuple[bool, ...]:
    """Whether somebody was named, rightly, for sure, with a question; whether the nearest is the right one."""
    nearest = bool(match.candidates) and match.candidates[0].student_id == name
    return (
        match.student_id is not None,
        match.student_id == name,
        match.verdict == "sure",
        match.verdict == "check",
        nearest,
    )


def _plain(
    students: Sequence[str], enrolled: dict[str, list[Photograph]], faces: Sequence[NDArray[np.float32]]
) -> NDArray[np.float64]:
    """(k, n), dlib's own distances to the nearest photograph of each student."""
    counts = [len(enrolled[name]) for name in students]
    photographs = stacked([each.plain[None] for name in students for each in enrolled[name]])
    apart = distances(stacked(faces, photographs.shape[1]), photographs)
    nearest: NDArray[np.float64] = np.minimum.reduceat(apart, np.cumsum([0, *counts[:-1]]), axis=1)
    return nearest


def _own(values: NDArray[np.float64], own: NDArray[np.intp]) -> NDArray[np.float64]:
    """Of each face the value of its own student, infinity where another's is smaller; of a stranger's the smallest."""
    smallest = values.min(axis=1)
    mine = np.where(own < 0, smallest, values[np.arange(len(own)), own])
    result: NDArray[np.float64] = np.where(mine <= smallest, mine, np.inf)
    return result
