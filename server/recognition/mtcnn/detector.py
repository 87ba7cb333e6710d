"""Find the faces of a picture and their landmarks by MTCNN's three stages."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from server.faces import Box
from server.recognition.detection import Detection
from server.recognition.engines import Network
from server.recognition.landmarks import could_be_faces
from server.recognition.mtcnn.boxes import Boxes, corrected, shares, sides, squared, surest
from server.recognition.mtcnn.networks import MtcnnNetworks
from server.recognition.mtcnn.proposals import Candidates, propose
from server.recognition.reductions import Reductions

# Least scores of P-Net, R-Net and O-Net (demo.m of the authors' code).
PROPOSAL_SCORE: Final = 0.6
REFINED_SCORE: Final = 0.7
OUTPUT_SCORE: Final = 0.7
# Least score when O-Net looks at the box that it found itself: of what it took for a face in small, dark, blurred,
# compressed and turned groups that leaves out 6 of 10 that were none, and 2 of 603 faces (measured 2026-11-30).
SECOND_SCORE: Final = 0.5
# Of boxes that share more only the surest remains (detect_face.m of the authors' code): more of their union before
# R-Net and O-Net, more of the smaller box at the end.
MOST_SHARED: Final = 0.7
# Windows that share more than that of their union with one of which O-Net is that sure show the same face: O-Net need
# not see them. It sees a third of the windows so, and no face of the bench is lost (measured 2026-11-30).
ONE_FACE: Final = 0.5
SETTLED: Final = 0.95
# By what shares of a box's side its edges are moved, for `certainty`.
SHIFTS: Final = (-0.1, 0.0, 0.1)
SCALES: Final = (0.85, 1.0, 1.2)
MOVES: Final = np.array(
    [
        (x - grown, y - grown, x + grown, y + grown)
        for grown in ((scale - 1) / 2 for scale in SCALES)
        for x in SHIFTS
        for y in SHIFTS
    ],
    np.float32,
)
# A certainty over this is an upright face: of 782 portraits all but one have 7 and more, and turned by quarters none
# has more than 4, where O-Net's score of the box alone is over 0.99 for many that lie (measured 2026-11-30).
UPRIGHT: Final = 5.5
# Of what O-Net gives less than 0.9 the certainty decides: one face in twenty of the hard groups. Over 0.5 none of 602
# is lost, and 3 of 5 go that are none (measured 2026-11-30).
DOUBTFUL: Final = 0.9
LEAST_CERTAINTY: Final = 0.5
ODDS_LIMIT: Final = 1e-9
# Sides of the windows that R-Net and O-Net look at (Zhang et al. 2016, figure 2).
REFINED_PX: Final = 24
OUTPUT_PX: Final = 48
# Windows that a network gets at once: more leave the cache (R-Net takes 41 us a window of 16 and 101 of 256, O-Net
# 0.28 and 0.65 ms; one core of an EPYC, November 2026).
BATCH: Final = 16

Floats = NDArray[np.float32]
Part = TypeVar("Part")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Outputs:
    """What O-Net says of square windows: how sure it is of a face, its box and landmarks in pixels of the picture."""

    windows: Boxes
    scores: Floats
    boxes: Boxes
    landmarks: Floats

    def and_of(self, others: "Outputs") -> "Outputs":
        """Both, one behind the other."""
        return Outputs(*(np.concatenate([getattr(each, name) for each in (self, others)]) for name in self.__slots__))


class MtcnnDetector:
    """MTCNN on `workers` threads. Any number of threads may use it; nothing in it changes."""

    def __init__(self, networks: MtcnnNetworks, *, workers: int = 1) -> None:
        self._networks = networks
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="mtcnn") if workers > 1 else None

    def find(self, image: NDArray[np.uint8], min_face_px: int) -> list[Detection]:
        """See Detector; surest first, with the landmarks and the score that `landmarks` gives for the box, over 0.5.

        What has no face's landmarks, see could_be_faces, is no face.
        """
        picture = Reductions(image)
        proposed = propose(picture, self._networks.proposal, self._spread, min_face_px, PROPOSAL_SCORE)
        kept = surest(proposed.boxes, proposed.scores, MOST_SHARED)
        refined = self._refined(picture, squared(proposed.boxes[kept]))
        boxes = _boxes(self._settled(picture, refined))
        return self._without_doubtful(picture, _faces(boxes, *self._second_look(picture, boxes)))

    def landmarks(self, image: NDArray[np.uint8], boxes: Sequence[Box]) -> tuple[Floats, Floats]:
        """Landmarks float32 (n, 5, 2), as in Detection, and O-Net's scores (n,) of faces whose boxes are known."""
        return self._second_look(Reductions(image), boxes)

    def certainty(self, image: NDArray[np.uint8], boxes: Sequence[Box]) -> Floats:
        """How sure O-Net is, float32 (n,), of an upright face in each box and wherever the box is moved a little.

        The mean of the scores' logarithms of odds; see UPRIGHT.
        """
        return self._certainty(Reductions(image), boxes)

    def _certainty(self, picture: Reductions, boxes: Sequence[Box]) -> Floats:
        windows = squared(_edges(boxes))
        moved = windows[:, None, :] + sides(windows)[:, :1, None] * MOVES
        scores = self._outputs(picture, moved.reshape(-1, 4)).scores.reshape(-1, len(MOVES))
        odds = np.log(np.maximum(scores, ODDS_LIMIT) / np.maximum(1 - scores, ODDS_LIMIT))
        return np.asarray(odds.mean(axis=1), np.float32)

    def _without_doubtful(self, picture: Reductions, found: list[Detection]) -> list[Detection]:
        # Without those of which O-Net was not sure and is less so where their boxes are moved a little.
        doubtful = [each.box for each in found if each.score < DOUBTFUL]
        certain = dict(zip(doubtful, self._certainty(picture, doubtful), strict=True))
        return [each for each in found if certain.get(each.box, LEAST_CERTAINTY) >= LEAST_CERTAINTY]

    def _second_look(self, picture: Reductions, boxes: Sequence[Box]) -> tuple[Floats, Floats]:
        outputs = self._outputs(picture, squared(_edges(boxes)))
        return outputs.landmarks, outputs.scores

    def _refined(self, picture: Reductions, windows: Boxes) -> Candidates:
        # Of square windows those that R-Net takes for a face, corrected and square again.
        answer = self._answer(self._networks.refinement, picture.squares(windows, REFINED_PX))
        sure = answer["scores"] > REFINED_SCORE
        windows, scores, regression = windows[sure], answer["scores"][sure], answer["regression"][sure]
        kept = surest(windows, scores, MOST_SHARED)
        return Candidates(squared(corrected(windows[kept], regression[kept])), scores[kept])

    def _settled(self, picture: Reductions, refined: Candidates) -> Outputs:
        # What O-Net says of the windows that lead, and of the others only where it was not sure of their leader.
        first = surest(refined.boxes, refined.scores, ONE_FACE)
        leading = self._outputs(picture, refined.boxes[first])
        others = np.delete(refined.boxes, first, axis=0)
        settled = shares(others, leading.windows[leading.scores > SETTLED], ONE_FACE)
        return leading.and_of(self._outputs(picture, others[~settled]))

    def _outputs(self, picture: Reductions, windows: Boxes) -> Outputs:
        answer = self._answer(self._networks.output, picture.squares(windows, OUTPUT_PX))
        # A picture and its mirror image agree to 0.04 px with the half of a pixel, and not without (2026-11-30).
        landmarks = windows[:, None, :2] + answer["landmarks"] * sides(windows)[:, None, :] - np.float32(0.5)
        return Outputs(windows, answer["scores"], corrected(windows, answer["regression"]), landmarks)

    def _answer(self, network: Network, windows: NDArray[np.uint8]) -> Mapping[str, Floats]:
        batches = [windows[at : at + BATCH] for at in range(0, max(len(windows), 1), BATCH)]
        answers = self._spread(network.outputs, batches)
        return {name: np.concatenate([each[name] for each in answers]) for name in answers[0]}

    def _spread(self, work: Callable[[Part], Answer], parts: Iterable[Part]) -> list[Answer]:
        # What the work gives for each part, in their order, on as many threads as there are.
        return list(map(work, parts) if self._pool is None else self._pool.map(work, parts))


def _edges(boxes: Sequence[Box]) -> Boxes:
    return np.array(boxes, np.float32).reshape(-1, 4) + np.array([0, 0, 1, 1], np.float32)


def _boxes(found: Outputs) -> list[Box]:
    # Those of which O-Net is sure enough, each face once.
    sure = np.flatnonzero(found.scores > OUTPUT_SCORE)
    kept = sure[surest(found.boxes[sure], found.scores[sure], MOST_SHARED, "smaller")]
    return [_whole(box) for box in found.boxes[kept]]


def _faces(boxes: Sequence[Box], landmarks: Floats, scores: Floats) -> list[Detection]:
    # What is still a face at the second look, surest first.
    faces = np.flatnonzero((scores > SECOND_SCORE) & could_be_faces(landmarks))
    order = faces[np.argsort(-scores[faces], kind="stable")]
    return [Detection(boxes[at], float(scores[at]), landmarks[at]) for at in order]


def _whole(box: Boxes) -> Box:
    left, top, right, bottom = np.floor(box + 0.5).astype(int).tolist()
    return left, top, max(right - 1, left), max(bottom - 1, top)
