"""What is decided about a face, as plain values."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["sure", "check", "unknown"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A student who may be this face. distance: plain Euclidean between embeddings, lower is more alike."""

    student_id: str
    distance: float


@dataclass(frozen=True, slots=True)
class Match:
    """What was decided about a face. `sure` and `check` name a student, `unknown` has None.

    probability: 0 to 1, that the student named (of `unknown`: the first candidate) is the right one, where one face in
    ten is a stranger's. lead: by how much that student passes the threshold, in distance; below 0 they do not. Both
    None: the face is too small to say. candidates: nearest first. plausible: whether the face may count for that
    student when the hour is decided; a stranger's is not worth keeping.
    """

    verdict: Verdict
    student_id: str | None
    probability: float | None
    candidates: tuple[Candidate, ...]
    lead: float | None
    plausible: bool = False
