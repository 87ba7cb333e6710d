"""Keep the surest of overlapping detections."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.recognition.detection import Detection

# Of two boxes the weaker goes when they share more than this of the box around both: dlib's test_box_overlap with the
# value stored in mmod_human_face_detector.dat.
MAX_HULL_SHARE: Final = 0.3382761351109955
# Most detections that are compared, the surest; a picture of nothing but faces has some thousands.
MAX_CONSIDERED: Final = 20_000


def suppressed(found: NDArray[np.float64]) -> list[Detection]:
    """The surest of each group of overlapping detections, surest first.

    found: float64 (n, 5), left, top, right, bottom in pixels, and score; boxes become whole pixels as in dlib.
    """
    order = np.lexsort((found[:, 1], found[:, 0], -found[:, 4]))[:MAX_CONSIDERED]
    boxes = np.floor(found[order, :4] + 0.5)
    scores = found[order, 4]
    kept: list[Detection] = []
    while len(boxes):
        left, top, right, bottom = (int(side) for side in boxes[0])
        kept.append(Detection((left, top, right, bottom), float(scores[0])))
        others = _hull_share(boxes[0], boxes) <= MAX_HULL_SHARE
        others[0] = False
        boxes, scores = boxes[others], scores[others]
    return kept


def _hull_share(box: NDArray[np.float64], boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    # Shared area over the area of the bounding box of both; right and bottom are inside a box.
    inner = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2]) + 1
    outer = np.maximum(box[2:], boxes[:, 2:]) - np.minimum(box[:2], boxes[:, :2]) + 1
    shared: NDArray[np.float64] = np.prod(np.maximum(inner, 0), axis=1) / np.prod(outer, axis=1)
    return shared
