"""Write PReLU from operators that ONNX Runtime runs in its blocked layout.

Its own operator for PReLU leaves that layout: each picture is copied into the plain one and back, and MobileFaceNet
takes 2.2 times as long (one thread, AVX-512; measured 2026-11-30). A convolution of 1x1 for each channel stays in it.
"""

import numpy as np
from numpy.typing import NDArray

from ..convolution import FoldedConvolution
from ..graph import GraphBuilder
from .layers import Slopes


def prelu(graph: GraphBuilder, source: str, slopes: Slopes) -> str:
    """PReLU as slope * x + (1 - slope) * relu(x); in the shorter form below where all its signs are 1."""
    if (slopes < 1).all():
        return prelu_up_to_sign(graph, source, slopes)[0]
    exact = slopes.astype(np.float64)
    positive = _scaled(graph, graph.rectified(source), 1 - exact)
    return graph.node("Add", [_scaled(graph, source, exact), positive])


def prelu_up_to_sign(graph: GraphBuilder, source: str, slopes: Slopes) -> tuple[str, NDArray[np.float64]]:
    """PReLU times a sign for each channel, and the signs, for the next layer to take in: an operator less.

    With the sign of 1 - slope it is sign * slope * x + relu(|1 - slope| * x), and a convolution runs its own ReLU.
    """
    exact = slopes.astype(np.float64)
    signs = np.where(exact < 1, 1.0, -1.0)
    bent = graph.rectified(_scaled(graph, source, np.abs(1 - exact)))
    return graph.node("Add", [_scaled(graph, source, signs * exact), bent]), signs


def _scaled(graph: GraphBuilder, source: str, factors: NDArray[np.float64]) -> str:
    kernel = factors.astype(np.float32)[:, None, None, None]
    return graph.convolution(
        source, FoldedConvolution(kernel, np.zeros(len(kernel), np.float32), 1, 0, by_channel=True)
    )
