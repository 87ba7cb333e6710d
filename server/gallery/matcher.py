"""Say who the faces of a picture are, and when we do not know."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from server.errors import BadRequest, UnknownStudent
from server.gallery.assignment import NOBODY, assign
from server.gallery.calibration import Calibration
from server.gallery.constants import DecisionConstants, Probabilities
from server.gallery.match import Candidate, Likeness, Match, Verdict
from server.gallery.scores import distances
from server.gallery.vetoes import Vetoes

MOST_CANDIDATES: Final = 5
# Gives the student (a column) of each face, or NOBODY, by their leads (k, n).
Choose = Callable[[NDArray[np.float64]], NDArray[np.intp]]
UNREADABLE: Final = Match("unknown", None, None, (), None)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What speaks for each student (n) in each face (k)."""

    # Euclidean distances.
    plain: NDArray[np.float64]
    # Threshold minus score, over 0: may be named. They are what faces of different sizes have in common.
    leads: NDArray[np.float64]
    # Probability that the student is the right one.
    chances: NDArray[np.float64]
    # Whether somebody has said that the face is not the student's: no lead, no chance, but a rival to others still.
    refused: NDArray[np.bool_]


class Matcher:
    """Decides about the faces of one picture at a time. Never changes, so any thread may use it."""

    def __init__(
        self,
        constants: DecisionConstants,
        calibrations: Mapping[int | None, Calibration],
        vetoes: Vetoes | None = None,
    ) -> None:
        # Calibrations by face size in pixels, None being a large face.
        self.constants = constants
        self.calibrations = dict(calibrations)
        self.vetoes = vetoes

    def shifted(self, shift: float) -> "Matcher":
        """The same with every threshold moved, in distance: above 0 more faces are named. Probabilities stay."""
        moved = {px: replace(each, threshold=each.threshold + shift) for px, each in self.calibrations.items()}
        return Matcher(self.constants, moved, self.vetoes)

    def heeding(self, vetoes: Vetoes) -> "Matcher":
        """The same, which names no student for a face that is vetoed for them.

        Nobody else is named there more easily for it: whoever is vetoed stays a rival.
        """
        return Matcher(self.constants, self.calibrations, vetoes)

    def identify(self, probes: NDArray[np.float32], face_px: ArrayLike | None = None) -> list[Match]:
        """A match for each face (k, d) of one picture, in their order; no student twice.

        face_px are the widths of their boxes, None: all large. A face under `smallest_face_px`, or with an
        embedding of zeros, is `unknown` with no candidates. Raises BadRequest for other shapes and for numbers that are
        not finite.
        """
        return self._matches(probes, face_px, lambda leads: assign(-leads, 0.0))

    def identify_each(self, probes: NDArray[np.float32], face_px: ArrayLike | None = None) -> list[Match]:
        """As `identify`, of faces each of which is alone in its picture: several may be one student."""
        return self._matches(probes, face_px, _best_each)

    def verify(self, student_id: str, probe: NDArray[np.float32], fmr: float = 1e-4) -> bool:
        """Whether this face, (d,), is that student's; another person's is at most at the rate fmr.

        Raises UnknownStudent for one without a photograph here, BadRequest for another shape, numbers that are not
        finite, or a rate outside 0 to 1.
        """
        if not 0.0 < fmr < 1.0:
            raise BadRequest(f"The rate of false matches must lie between 0 and 1, not at {fmr}.")
        if student_id not in self.students:
            raise UnknownStudent(f"No photograph of student {student_id} is in this gallery; enrol one first.")
        face = self.checked(np.asarray(probe)[None])
        large = self.calibrations[None]
        distance = distances(face, large.templates.means[[self.students.index(student_id)]])[0, 0]
        return bool(face.any() and distance <= large.pair_threshold(fmr))

    @property
    def students(self) -> tuple[str, ...]:
        """Who may be named, in the order of the columns of what `judge` gives."""
        return self.calibrations[None].templates.students

    @property
    def dimensions(self) -> int:
        """Length of the embeddings; 0 where there are none."""
        return int(self.calibrations[None].templates.means.shape[1])

    def checked(self, probes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Embeddings (k, d) float32. Raises BadRequest for another shape and for numbers not finite."""
        return checked_faces(probes, self.dimensions)

    @property
    def smallest_face_px(self) -> int:
        """Width of the box under which a face is not decided about."""
        visible = self.constants.visibility
        return visible.smallest_px if len(self.calibrations) > 1 else visible.smallest_unreduced_px

    def in_doubt(self, matches: Sequence[Match]) -> NDArray[np.bool_]:
        """(k,), the faces that a second look may decide otherwise, where these were embedded without a mirror."""
        look = self.constants.first_look
        leads = np.array([-np.inf if match.lead is None else match.lead for match in matches], np.float64)
        asked = np.array([match.verdict == "check" for match in matches], np.bool_)
        doubtful: NDArray[np.bool_] = asked | ((leads > look.doubt_from) & (leads < look.doubt_to))
        return doubtful

    def judge(
        self,
        faces: NDArray[np.float32],
        sizes: NDArray[np.float64],
        handicaps: NDArray[np.float64] | None = None,
        refused: NDArray[np.bool_] | None = None,
    ) -> Judged:
        """What speaks for each student in each face (k, d), before anything is decided.

        sizes (k,) are in pixels, handicaps (k,) distances by which each face has to be better, refused (k, n) students
        who a face cannot be beside those that it is vetoed for. Assumes what `identify` checks.
        """
        more = np.zeros(len(faces)) if handicaps is None else handicaps
        shape = (len(faces), len(self.students))
        known = np.zeros(shape, np.bool_) if refused is None else refused
        judged = Judged(np.empty(shape), np.empty(shape), np.empty(shape), known.copy())
        levels = [self._level(size) for size in sizes]
        for level in set(levels):
            rows = np.array([each == level for each in levels])
            calibration = self.calibrations[level]
            judged.plain[rows] = distances(faces[rows], calibration.templates.means)
            judged.refused[rows] |= self._refused(faces[rows], judged.plain[rows])
            scores = calibration.scores(judged.plain[rows], faces[rows]) + more[rows, None]
            scores[judged.refused[rows]] = np.inf
            judged.leads[rows] = calibration.threshold - scores
            judged.chances[rows] = chances(calibration.reference - scores, self.constants.probabilities)
        return judged

    def refused(self, faces: NDArray[np.float32]) -> NDArray[np.bool_]:
        """(k, n), which students faces (k, d) are vetoed for."""
        return self._refused(faces, distances(faces, self.calibrations[None].templates.means))

    def candidates(self, judged: Judged, face: int, columns: NDArray[np.intp]) -> tuple[Candidate, ...]:
        """These students with their distances to a face (a row); who it was said not to be is left out."""
        plain, possible = judged.plain[face], columns[~judged.refused[face, columns]]
        near = [(self.students[column], float(plain[column])) for column in possible]
        return tuple(Candidate(student, apart, likeness(apart, self.constants)) for student, apart in near)

    def _refused(self, faces: NDArray[np.float32], plain: NDArray[np.float64]) -> NDArray[np.bool_]:
        if self.vetoes is None:
            return np.zeros(plain.shape, np.bool_)
        return self.vetoes.refused(faces, plain, self.students, self.constants.tracks.link_distance)

    def _matches(self, probes: NDArray[np.float32], face_px: ArrayLike | None, choose: Choose) -> list[Match]:
        faces = self.checked(probes)
        sizes = _sizes(face_px, len(faces))
        matches = [UNREADABLE] * len(faces)
        readable = np.flatnonzero((sizes >= self.smallest_face_px) & faces.any(axis=1))
        if not len(readable) or not self.students:
            return matches
        judged = self.judge(faces[readable], sizes[readable])
        chosen = choose(judged.leads)
        for row, (face, columns) in enumerate(zip(readable, nearest(judged.plain), strict=True)):
            matches[face] = self._match(judged, row, chosen[row], columns)
        return matches

    def _level(self, size: float) -> int | None:
        # The size, of those calibrated for, that is nearest by ratio; large beyond the largest of them.
        known = [px for px in self.calibrations if px is not None]
        if not known or size >= max(known) * math.sqrt(2.0):
            return None
        return min(known, key=lambda px: abs(math.log(size / px)))

    def _match(self, judged: Judged, face: int, chosen: np.intp, columns: NDArray[np.intp]) -> Match:
        plain = judged.plain[face]
        possible = columns[~judged.refused[face, columns]]
        if chosen == NOBODY and not len(possible):
            return UNREADABLE
        best = possible[0] if chosen == NOBODY else chosen
        lead = float(judged.leads[face, best])
        plausible = lead >= -self.constants.tracks.check_band
        told = float(judged.chances[face, best]), self.candidates(judged, face, columns), lead, plausible
        if chosen == NOBODY:
            return Match("unknown", None, *told)
        return Match(self._verdict(plain, chosen, columns), self.students[chosen], *told)

    def _verdict(self, plain: NDArray[np.float64], chosen: np.intp, columns: NDArray[np.intp]) -> Verdict:
        others = plain[columns[columns != chosen]]
        clear = self.constants.resemblance.clear_lead
        return "sure" if not others.size or plain[chosen] + clear <= others[0] else "check"


def likeness(distance: float, constants: DecisionConstants) -> Likeness:
    """How alike two faces are that far apart, by what is usual for the family's embeddings."""
    if distance <= constants.resemblance.one_person_under:
        return "very"
    if distance <= constants.verification.level:
        return "well"
    return "somewhat" if distance <= constants.resemblance.same_person_at_most else "hardly"


def chances(leads: NDArray[np.float64], fitted: Probabilities) -> NDArray[np.float64]:
    """(k, n), that each student is the right one, where one face in ten is a stranger's."""
    # Nobody is the alternative to all of them, so students who fit alike share what there is.
    odds = np.exp(np.clip(fitted.at_threshold + fitted.slope * leads, -700.0, 300.0))
    shares: NDArray[np.float64] = odds / (1.0 + odds.sum(axis=1, keepdims=True))
    return shares


def _best_each(leads: NDArray[np.float64]) -> NDArray[np.intp]:
    return np.where(leads.max(axis=1) >= 0, leads.argmax(axis=1), NOBODY)


def nearest(plain: NDArray[np.float64]) -> NDArray[np.intp]:
    """The columns of each row's smallest distances, (k, up to MOST_CANDIDATES), nearest first."""
    few = min(MOST_CANDIDATES, plain.shape[1])
    columns = np.argpartition(plain, few - 1, axis=1)[:, :few]
    order = np.take_along_axis(plain, columns, axis=1).argsort(axis=1, kind="stable")
    return np.take_along_axis(columns, order, axis=1)


def checked_faces(probes: NDArray[np.float32], dimensions: int) -> NDArray[np.float32]:
    """Embeddings (k, d) float32; 0 dimensions allow any d. Raises BadRequest otherwise."""
    faces = np.asarray(probes, np.float32)
    if faces.ndim != 2 or dimensions not in {0, faces.shape[1]}:
        raise BadRequest(f"The faces of a picture must have embeddings of shape (k, {dimensions}), not {faces.shape}.")
    if not np.isfinite(faces).all():
        raise BadRequest("An embedding of a face holds a number that is not finite; take the picture again.")
    return faces


def _sizes(face_px: ArrayLike | None, faces: int) -> NDArray[np.float64]:
    try:
        sizes = np.full(faces, np.inf) if face_px is None else np.asarray(face_px, np.float64)
    except (TypeError, ValueError):
        sizes = np.empty(0)
    if sizes.shape != (faces,) or np.isnan(sizes).any():
        raise BadRequest(f"{faces} faces need {faces} sizes in pixels, each a number; given was {face_px!r}.")
    return sizes
