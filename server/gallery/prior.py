"""What other classes have taught, as constants: how the threshold of a class follows from what it shows of itself.

Fitted by `python -m bench.accuracy fit` on the people set aside for choosing (docs/accuracy.md says which and when);
nobody among them is used for what is reported. To be measured again whenever the model or the scores change.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.gallery.description import SHRINKAGE, Description

REFERENCE_FPIR: Final = 0.01
"""The rate of strangers who are given a name for which COEFFICIENTS were fitted."""
TAIL_TRUST: Final = 30.0
"""As SHRINKAGE, for the lower fifth of the strangers: a tail needs more people than a mean."""
COEFFICIENTS: Final = (0.4508, -0.0831, -0.089, 0.0598, 0.3281, 0.0293, 0.3718, 0.034, -0.2465, -0.4778)
"""Of the features, in their order; fitted November 2025."""
CAUTION: Final = 0.02
"""Subtracted, so that the *mean* rate over classes, not the median, is what was asked for in every population tried."""
TAIL_SCALE: Final = 0.028
"""The rate falls by e where the threshold falls by this: the mean excess below the threshold (peaks over threshold
with an exponential tail, the Gumbel case of Pickands 1975), measured on the strangers of the same classes."""
THRESHOLD_ERROR: Final = 0.035
"""Standard deviation, over classes, of the true threshold about the predicted one."""


LOG_ODDS_AT_THRESHOLD: Final = 4.72
LOG_ODDS_SLOPE: Final = 39.2
"""Logistic regression of "the nearest student is the right one" on (threshold - score), on the same classes, where one
face in ten is a stranger's; from 0.26 to 0.999 the shares observed agree with it to within 0.01."""


def features(seen: Description) -> NDArray[np.float64]:
    """What the threshold is predicted from, (10,); where the class says nothing, only its size remains."""
    n = max(seen.students, 1)
    size = math.log(n)
    if not seen.tells:
        return np.array([1.0, size, 0, 0, 0, 0, 0, 0, 0, 0])
    trust, tail_trust = n / (n + SHRINKAGE), n / (n + TAIL_TRUST)
    mean = float(seen.strangers.mean())
    lowest = float(np.sort(seen.strangers)[: max(1, len(seen.strangers) // 5)].mean())
    return np.array([1.0, size, trust, trust * size, trust * mean, tail_trust, tail_trust * (lowest - mean),
                     trust * seen.mean, trust * seen.spread, seen.crowding_weight])


def threshold(seen: Description, fpir: float) -> float:
    """Score under which a face is given a name, so that a share `fpir` of strangers' faces is."""
    reference = float(features(seen) @ np.array(COEFFICIENTS)) - CAUTION
    return reference + TAIL_SCALE * math.log(fpir / REFERENCE_FPIR)


def fpir_interval(fpir: float) -> tuple[float, float]:
    """Where the rate of nine classes in ten lies: the error of the threshold carried over to the rate."""
    spread = 1.645 * THRESHOLD_ERROR / TAIL_SCALE
    return fpir * math.exp(-spread), min(1.0, fpir * math.exp(spread))


def probability(lead: NDArray[np.float64]) -> NDArray[np.float64]:
    """That the best student is the right one, where one face in ten is a stranger's; lead: threshold minus score."""
    odds = np.clip(LOG_ODDS_AT_THRESHOLD + LOG_ODDS_SLOPE * lead, -700.0, 700.0)
    result: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-odds))
    return result
