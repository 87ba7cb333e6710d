"""Hold what was decided about a face."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["sure", "check", "unknown"]
# As half of one person's photographs are, as hardly another person's, as nearly all of one person's; or less.
Likeness = Literal["very", "well", "somewhat", "hardly"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A student who may be this face."""

    student_id: str
    # Plain Euclidean between embeddings, lower is more alike.
    distance: float
    alike: Likeness


@dataclass(frozen=True, slots=True)
class Match:
    """What was decided about a face."""

    verdict: Verdict
    # `sure` and `check` name a student, `unknown` has None.
    student_id: str | None
    # 0 to 1, that the student named (of `unknown`: the first candidate) is the right one, where one face in ten is a
    # stranger's. None, as lead is: the face is too small to say.
    probability: float | None
    # Nearest first.
    candidates: tuple[Candidate, ...]
    # By how much that student passes the threshold, in distance; below 0 they do not.
    lead: float | None
    # Whether the face may count for that student when the hour is decided; a stranger's is not worth keeping.
    plausible: bool = False
