"""What other classes have taught, as constants: how the threshold of a class follows from what it shows of itself.

Fitted by `python -m bench.accuracy fit` on the people set aside for choosing (docs/accuracy.md says which and when);
nobody among them is used for what is reported. To be measured again whenever the model or the scores change.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.gallery.description import SHRINKAGE, Description
from server.gallery.others import Outside

REFERENCE_FPIR: Final = 0.01
"""The rate of strangers who are given a name for which COEFFICIENTS were fitted."""
TAIL_TRUST: Final = 30.0
"""As SHRINKAGE, for the lower fifth of the strangers: a tail needs more people than a mean."""
COEFFICIENTS: Final = (
    0.4187,
    0.0078,
    0.0057,
    -0.0276,
    -0.0694,
    0.0705,
    0.564,
    0.208,
    -0.332,
    -0.6999,
    -0.0672,
    0.1161,
    -0.1262,
    -0.0663,
)
"""Of the features, in their order; fitted November 2026."""
CAUTION: Final = 0.02
"""Subtracted, so that the *mean* rate over classes, not the median, stays below what was asked for: with it the mean is
0.6 to 0.8 of that for mixed classes of 10, of 30 and of 100 of the people for choosing in our harder set, which leaves
room for people who were not seen."""
UNTOLD: Final = (0.45, 0.38)
"""The threshold of one student, and of two, who tell nothing: about where REFERENCE_FPIR of strangers are named in our
strictest population, the drawn-together one (November 2026, the people for choosing)."""
TAIL_SCALE: Final = 0.028
"""The rate falls by e where the threshold falls by this: the mean excess below the threshold (peaks over threshold
with an exponential tail, the Gumbel case of Pickands 1975), measured on the strangers of the same classes."""
THRESHOLD_ERROR: Final = 0.028
"""Standard deviation, over classes, of the true threshold about the predicted one."""
FEW: Final = 5
MOST_SHARE: Final = 0.05
"""The tail of the other students' scores begins where FEW of them lie, at MOST_SHARE of them at most."""
CAUTION_AMONG_OTHERS: Final = 0.015
ERROR_AMONG_OTHERS: Final = 0.022
"""As CAUTION and THRESHOLD_ERROR, of what some hundreds of other students show."""

LOG_ODDS_AT_THRESHOLD: Final = 4.29
LOG_ODDS_SLOPE: Final = 37.4
"""Logistic regression of "the nearest student is the right one" on (threshold - score), on the same classes, where one
face in ten is a stranger's; docs/accuracy.md holds it against
what was observed on the people for reporting."""


def features(seen: Description) -> NDArray[np.float64]:
    """What the threshold is predicted from, (14,), for a class that tells something of strangers.

    The two products are for small faces: how far these lie apart says less of strangers the smaller they are.
    """
    n = seen.students
    size = math.log(n)
    trust, tail_trust = n / (n + SHRINKAGE), n / (n + TAIL_TRUST)
    mean = float(seen.strangers.mean())
    lowest = float(np.sort(seen.strangers)[: max(1, len(seen.strangers) // 5)].mean())
    sizes = seen.averaged_sizes
    return np.array(
        [
            1.0,
            size,
            trust,
            trust * size,
            trust * mean,
            tail_trust,
            tail_trust * (lowest - mean),
            trust * seen.mean,
            trust * seen.spread,
            seen.crowding_weight,
            trust * seen.averaged_photographs,
            trust * sizes,
            trust * sizes**2,
            trust * sizes * mean,
        ]
    )


def threshold(seen: Description, fpir: float, outside: Outside) -> float:
    """Score under which a face is given a name, so that a share `fpir` of strangers' faces is."""
    reference = (1 - outside.trust) * _foretold(seen) + outside.trust * _shown(outside.scores)
    return reference + TAIL_SCALE * math.log(fpir / REFERENCE_FPIR)


def _foretold(seen: Description) -> float:
    """The same for REFERENCE_FPIR, by the class alone."""
    if not seen.tells:
        return UNTOLD[0 if seen.students < 2 else 1]
    return float(features(seen) @ np.array(COEFFICIENTS)) - CAUTION


def _shown(scores: NDArray[np.float64]) -> float:
    """The level under which REFERENCE_FPIR of the others lie, from the share that FEW of them are."""
    if not scores.size:
        return 0.0
    share = float(np.clip(FEW / len(scores), REFERENCE_FPIR, MOST_SHARE))
    return float(np.quantile(scores, share)) - TAIL_SCALE * math.log(share / REFERENCE_FPIR) - CAUTION_AMONG_OTHERS


def fpir_interval(fpir: float, trust: float) -> tuple[float, float]:
    """Where the rate of nine classes in ten lies: the error of the threshold carried over to the rate.

    trust: how much what other students show counts.
    """
    spread = 1.645 * ((1 - trust) * THRESHOLD_ERROR + trust * ERROR_AMONG_OTHERS) / TAIL_SCALE
    return fpir * math.exp(-spread), min(1.0, fpir * math.exp(spread))


def probability(lead: NDArray[np.float64]) -> NDArray[np.float64]:
    """That the best student is the right one, where one face in ten is a stranger's; lead: threshold minus score."""
    odds = np.clip(LOG_ODDS_AT_THRESHOLD + LOG_ODDS_SLOPE * lead, -700.0, 700.0)
    result: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-odds))
    return result
