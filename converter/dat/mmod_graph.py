"""The detector's weights in, an ONNX model of it out.

Input `levels`: uint8 (n, height, width, 3), RGB, any size of at least SMALLEST_LEVEL. Output `scores`: float32
(n, rows, columns), dlib's own numbers: where the windows lie, `mmod.CELL_STRIDE` tells.
"""

import numpy as np
import onnx

from ..convolution import FoldedConvolution, normalised, widened
from ..graph import GraphBuilder, Result
from .layers import COLOUR_SCALE
from .mmod import MmodWeights

# ONNX Runtime's fast convolutions (blocks of channels as wide as a vector) want whole blocks of 16 inputs: 45 channels
# widened to 48 take 73 ms where 45 take 94 (1920x1080, one thread, AVX-512; measured 2026-11-21).
BLOCK = 16


def mmod_model(weights: MmodWeights, metadata: dict[str, str]) -> onnx.ModelProto:
    """The model; `metadata` is stored in it."""
    graph = GraphBuilder("dlib_mmod_face_detector")
    first, *middle, last = weights.convolutions
    picture = graph.rectified(
        graph.convolution(graph.planes("levels"), normalised(first, weights.colour_means, COLOUR_SCALE))
    )
    for layer in middle:
        filters, depth = (-(-channels // BLOCK) * BLOCK for channels in layer.kernel.shape[:2])
        picture = graph.rectified(graph.convolution(picture, widened(layer, filters, depth)))
    scores = graph.node("Squeeze", [_score(graph, picture, last), graph.constant(np.array([1], np.int64))])
    source = ("levels", ("n", "height", "width", 3))
    return graph.model(source, [Result(scores, "scores", ("n", "rows", "columns"))], metadata)


def _score(graph: GraphBuilder, picture: str, last: FoldedConvolution) -> str:
    """The last layer's one filter of 9x9 in two steps: each of its rows is a filter of its own along the picture's
    rows, and their nine results, each moved by its row, are added up. A single filter would cost as much as 16.
    """
    depth = -(-last.kernel.shape[1] // BLOCK) * BLOCK
    kernel = widened(last, 1, depth).kernel[0]
    size = kernel.shape[1]
    by_rows = graph.constant(kernel.transpose(1, 0, 2)[:, :, None, :])
    pad = last.padding
    rows = graph.node("Conv", [picture, by_rows], kernel_shape=[1, size], pads=[0, pad, 0, pad])
    moved_sum = graph.constant(np.eye(size, dtype=np.float32)[None, :, :, None])
    inputs = [rows, moved_sum, graph.constant(last.bias)]
    return graph.node("Conv", inputs, kernel_shape=[size, 1], pads=[pad, 0, pad, 0])
