"""Write MTCNN's three networks as ONNX models.

Input `pictures`: uint8 (n, height, width, 3), RGB, upright; P-Net takes any size of at least 12, R-Net 24, O-Net 48.
Outputs, all float32: `scores`, the probability of a face, (n, rows, columns) of P-Net and (n,) of the others;
`regression`, (n, 4, rows, columns) or (n, 4): left, top, right, bottom, by how many widths or heights of the window its
edge lies off the face's; O-Net's `landmarks`, (n, 5, 2): x and y of left eye, right eye, nose, left and right corner of
the mouth as seen in the picture, in widths and heights of the window. Cell (row, column) of P-Net is the window of
12x12 pixels that begins at (2 * row, 2 * column).
"""

from dataclasses import replace

import numpy as np
import onnx
from numpy.typing import NDArray

from ..convolution import FoldedConvolution, normalised, widened
from ..graph import GraphBuilder, Result
from .mtcnn import LANDMARKS, ONET_SIZE, RNET_SIZE, Dense, PNetWeights, RefinerWeights, StageWeights
from .prelu import prelu

COLOUR_MEAN, COLOUR_SCALE = 127.5, 128.0  # (x - mean) / scale, as the networks were trained
# ONNX Runtime's fast convolutions want whole blocks of 16 channels: P-Net widened from 10 to 16 and with PReLU in two
# terms takes 0.6 of the time that its 10 channels and the operator PRelu take (one thread, AVX-512, 2026-11-30).
BLOCK = 16


def pnet_model(weights: PNetWeights, metadata: dict[str, str]) -> onnx.ModelProto:
    """The model; `metadata` is stored in it."""
    graph = GraphBuilder("mtcnn_pnet")
    cells, depth = _staged(graph, weights.stages)
    five = graph.convolution(cells, widened(_score_and_regression(weights), 5, depth))
    scores = graph.node("Sigmoid", [graph.node("Squeeze", [_channels(graph, five, 0, 1), _numbers(graph, 1)])])
    results = [
        Result(scores, "scores", ("n", "rows", "columns")),
        Result(_channels(graph, five, 1, 5), "regression", ("n", 4, "rows", "columns")),
    ]
    return graph.model(("pictures", ("n", "height", "width", 3)), results, metadata)


def rnet_model(weights: RefinerWeights, metadata: dict[str, str]) -> onnx.ModelProto:
    """The model; `metadata` is stored in it."""
    return _refiner_model("mtcnn_rnet", weights, RNET_SIZE, metadata)


def onet_model(weights: RefinerWeights, metadata: dict[str, str]) -> onnx.ModelProto:
    """The model; `metadata` is stored in it."""
    return _refiner_model("mtcnn_onet", weights, ONET_SIZE, metadata)


def _refiner_model(name: str, weights: RefinerWeights, size: int, metadata: dict[str, str]) -> onnx.ModelProto:
    graph = GraphBuilder(name)
    picture, depth = _staged(graph, weights.stages)
    inputs = graph.node("Flatten", [picture])
    hidden = _dense(graph, inputs, _deepened(weights.hidden, len(weights.stages[-1].slopes), depth))
    hidden = graph.node("PRelu", [hidden, graph.constant(weights.slopes)])
    score = graph.node("Squeeze", [_dense(graph, hidden, _odds(weights.scores)), _numbers(graph, 1)])
    results = [
        Result(graph.node("Sigmoid", [score]), "scores", ("n",)),
        Result(_dense(graph, hidden, weights.regression), "regression", ("n", 4)),
    ]
    if weights.landmarks is not None:
        pairs = graph.node("Reshape", [_dense(graph, hidden, weights.landmarks), _numbers(graph, -1, LANDMARKS, 2)])
        results.append(Result(pairs, "landmarks", ("n", LANDMARKS, 2)))
    return graph.model(("pictures", ("n", size, size, 3)), results, metadata)


def _staged(graph: GraphBuilder, stages: tuple[StageWeights, ...]) -> tuple[str, int]:
    """The pictures behind all stages, and how many channels they have, zeros at the end among them."""
    picture, depth = graph.planes("pictures"), 3
    for number, stage in enumerate(stages):
        layer = stage.convolution
        if number == 0:
            layer = normalised(layer, (COLOUR_MEAN,) * 3, COLOUR_SCALE)
        filters = -(-len(layer.kernel) // BLOCK) * BLOCK
        picture = graph.convolution(picture, widened(layer, filters, depth))
        picture = prelu(graph, picture, np.pad(stage.slopes, (0, filters - len(stage.slopes))))
        if stage.pool is not None:
            size, behind = stage.pool
            pads = [0, 0, behind, behind]
            picture = graph.node("MaxPool", [picture], kernel_shape=[size, size], strides=[2, 2], pads=pads)
        depth = filters
    return picture, depth


def _score_and_regression(weights: PNetWeights) -> FoldedConvolution:
    """One convolution of five filters: the log odds of a face, and the regression."""
    scores, regression = weights.scores, weights.regression
    kernel = np.concatenate([_difference(scores.kernel), regression.kernel])
    return replace(regression, kernel=kernel, bias=np.concatenate([_difference(scores.bias), regression.bias]))


def _odds(scores: Dense) -> Dense:
    """The log odds of a face: the softmax of two numbers is the sigmoid of their difference."""
    return Dense(_difference(scores.weights), _difference(scores.bias))


def _difference(pair: NDArray[np.float32]) -> NDArray[np.float32]:
    return (pair[1:].astype(np.float64) - pair[:1]).astype(np.float32)


def _deepened(layer: Dense, channels: int, depth: int) -> Dense:
    """`layer` for pictures that got channels of zeros at the end."""
    by_channel = layer.weights.reshape(len(layer.weights), channels, -1)
    return Dense(np.pad(by_channel, ((0, 0), (0, depth - channels), (0, 0))).reshape(len(by_channel), -1), layer.bias)


def _dense(graph: GraphBuilder, source: str, layer: Dense) -> str:
    return graph.node("Gemm", [source, graph.constant(layer.weights), graph.constant(layer.bias)], transB=1)


def _channels(graph: GraphBuilder, source: str, first: int, behind: int) -> str:
    return graph.node("Slice", [source, *(_numbers(graph, each) for each in (first, behind, 1))])


def _numbers(graph: GraphBuilder, *values: int) -> str:
    return graph.constant(np.array(values, np.int64))
