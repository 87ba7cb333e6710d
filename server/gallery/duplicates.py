"""Find what a person should look at among the photographs, and say it in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from server.gallery.constants import DecisionConstants
from server.gallery.gallery import Gallery
from server.gallery.resemblance import alike, chances, looks_like
from server.gallery.templates import Templates, from_the_middle

# A share of the typical distance. A photograph that is farther from the student's others than other students come by
# chance, and by this more, is odd: where people resemble each other, two of them are seldom `same_person_at_most`
# apart.
BEYOND_CHANCE: Final = 0.1
MOST_NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at."""

    kind: Literal["one person", "look-alikes", "odd photograph"]
    # Whom it concerns.
    students: tuple[str, ...]
    distance: float
    # A sentence that says what to do.
    text: str


def find_oddities(gallery: Gallery) -> list[Finding]:
    """One person under two numbers, look-alikes, photographs that do not fit the student's others; nearest first."""
    if not gallery.students:
        return []
    templates, constants = gallery.templates(None), gallery.constants
    groups = _groups(*alike(templates.means, constants))
    surely = constants.resemblance.one_person_under
    found = [_alike([templates.students[each] for each in group], apart, surely) for group, apart in groups]
    return sorted(
        [*found, *_odd_photographs(gallery, templates)], key=lambda finding: (finding.distance, finding.students)
    )


def _groups(pairs: NDArray[np.intp], near: NDArray[np.float64]) -> Iterator[tuple[NDArray[np.intp], float]]:
    # Students who hang together by pairs, and the smallest distance among them: fifty alike are told in one line.
    members, places = np.unique(pairs, return_inverse=True)
    one, other = places.reshape(-1, 2).T
    group_of = np.arange(len(members))
    while (group_of[one] != group_of[other]).any():
        lower = np.minimum(group_of[one], group_of[other])
        np.minimum.at(group_of, one, lower)
        np.minimum.at(group_of, other, lower)
    for group in np.unique(group_of):
        yield members[group_of == group], float(near[group_of[one] == group].min())


def _alike(students: list[str], distance: float, surely: float) -> Finding:
    shown = students if len(students) <= MOST_NAMED else [*students[:MOST_NAMED], f"{len(students) - MOST_NAMED} more"]
    names = f"{', '.join(shown[:-1])} and {shown[-1]}"
    if distance < surely:
        return Finding(
            "one person",
            tuple(students),
            distance,
            (
                f"Students {names} look like one person (distance {distance:.2f}): one person under several numbers, "
                "or a photograph filed under the wrong number. Compare their photographs."
            ),
        )
    return Finding(
        "look-alikes",
        tuple(students),
        distance,
        (
            f"Students {names} resemble each other more than chance allows (distance {distance:.2f}): compare their "
            "photographs, it may be one person under several numbers. If not, where both fit a face, the professor is "
            "asked, and a second and third photograph of each helps."
        ),
    )


def _odd_photographs(gallery: Gallery, templates: Templates) -> Iterator[Finding]:
    rows_of: dict[str, list[int]] = {}
    for row, student in enumerate(gallery.student_ids):
        rows_of.setdefault(student, []).append(row)
    photographs = [gallery.embeddings[np.array(rows_of[student])] for student in templates.students]
    apart = [from_the_middle(each) for each in photographs]
    middles = np.stack([each[near.argmin()] for each, near in zip(photographs, apart, strict=True)])
    constants = gallery.constants
    beyond = chances(middles, templates.means, constants) + BEYOND_CHANCE * constants.scores.typical_distance
    most = constants.resemblance.same_person_at_most
    for column, (shown, near, limit) in enumerate(zip(photographs, apart, np.minimum(most, beyond), strict=True)):
        for odd in np.flatnonzero(near > limit):
            suspects = shown if len(shown) == 2 else shown[[odd]]
            resembled = _resembled(suspects, templates, column, constants)
            used = near[odd] <= most
            yield _odd(templates.students[column], (int(odd), len(shown)), float(near[odd]), resembled, used=bool(used))


def _resembled(
    suspects: NDArray[np.float32], templates: Templates, column: int, constants: DecisionConstants
) -> list[str]:
    # The number of another student whom one of these photographs shows, if it does.
    found = [looks_like(each, templates.means, column, constants) for each in suspects]
    return [templates.students[each] for each in found if each is not None][:1]


def _odd(student: str, which: tuple[int, int], distance: float, resembled: list[str], *, used: bool) -> Finding:
    # Which: the photograph's place, and of how many.
    photograph, photographs = which
    if photographs == 2:
        advice = "which of the two is wrong cannot be told, and both are used"
    else:
        advice = "it is used all the same" if used else "it is not used"
    whose = f" It looks like student {resembled[0]}." if resembled else ""
    return Finding(
        "odd photograph",
        (student, *resembled),
        distance,
        (
            f"Photograph {photograph + 1} of {photographs} of student {student} does not look like the same person "
            f"(distance {distance:.2f} to the middle one); {advice}.{whose} Look at it and take it away if it shows "
            "somebody else."
        ),
    )
