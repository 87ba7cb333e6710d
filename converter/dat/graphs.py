"""Build the ONNX models of dlib's two networks."""

import numpy as np
import onnx

from ..convolution import FoldedConvolution, normalised, widened
from ..graph import GraphBuilder, Result
from .layers import COLOUR_SCALE
from .mmod import MmodWeights
from .resnet import CHIP_SIZE, EMBEDDING_SIZE, Block, ResNetWeights

# ONNX Runtime's fast convolutions (blocks of channels as wide as a vector) want whole blocks of 16 inputs: 45 channels
# widened to 48 take 73 ms where 45 take 94 (1920x1080, one thread, AVX-512; measured 2026-11-21).
BLOCK = 16
STEM_SIZE = 35  # rows and columns behind the stem: 150 -> 72 by the convolution -> 35 by the pooling


def mmod_model(weights: MmodWeights, metadata: dict[str, str]) -> onnx.ModelProto:
    """The detector: `levels`, uint8 (n, height, width, 3) RGB, to `scores`, float32 (n, rows, columns), dlib's own."""
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
    # The last layer's one filter of 9x9 in two steps: each of its rows is a filter of its own along the picture's
    # rows, and their nine results, each moved by its row, are added up. A single filter would cost as much as 16.
    depth = -(-last.kernel.shape[1] // BLOCK) * BLOCK
    kernel = widened(last, 1, depth).kernel[0]
    size = kernel.shape[1]
    by_rows = graph.constant(kernel.transpose(1, 0, 2)[:, :, None, :])
    pad = last.padding
    rows = graph.node("Conv", [picture, by_rows], kernel_shape=[1, size], pads=[0, pad, 0, pad])
    moved_sum = graph.constant(np.eye(size, dtype=np.float32)[None, :, :, None])
    inputs = [rows, moved_sum, graph.constant(last.bias)]
    return graph.node("Conv", inputs, kernel_shape=[size, 1], pads=[pad, 0, pad, 0])


def resnet_model(weights: ResNetWeights, metadata: dict[str, str]) -> onnx.ModelProto:
    """The embedder: `chips`, uint8 (n, 150, 150, 3) RGB, to `embeddings`, float32 (n, 128), not normalised."""
    graph = GraphBuilder("dlib_face_recognition_resnet")
    stem = normalised(weights.stem, weights.colour_means, COLOUR_SCALE)
    picture = graph.rectified(graph.convolution(graph.planes("chips"), stem))
    picture = graph.node("MaxPool", [picture], kernel_shape=[3, 3], strides=[2, 2])
    size = STEM_SIZE
    for block in weights.blocks:
        picture = _halving(graph, picture, block, size) if block.halves else _keeping(graph, picture, block)
        size = size // 2 if block.halves else size
    average = graph.node("Flatten", [graph.node("GlobalAveragePool", [picture])])
    embeddings = graph.node("MatMul", [average, graph.constant(weights.projection)])
    source = ("chips", ("n", CHIP_SIZE, CHIP_SIZE, 3))
    return graph.model(source, [Result(embeddings, "embeddings", ("n", EMBEDDING_SIZE))], metadata)


def _branch(graph: GraphBuilder, picture: str, block: Block) -> str:
    return graph.convolution(graph.rectified(graph.convolution(picture, block.first)), block.second)


def _keeping(graph: GraphBuilder, picture: str, block: Block) -> str:
    return graph.rectified(graph.node("Add", [_branch(graph, picture, block), picture]))


def _halving(graph: GraphBuilder, picture: str, block: Block, size: int) -> str:
    # On `size` rows and columns the shortcut has size // 2, the convolutions one less if that is even.
    shortcut = graph.node("AveragePool", [picture], kernel_shape=[2, 2], strides=[2, 2])
    channels, depth = block.first.kernel.shape[:2]
    missing = size // 2 - ((size - 3) // 2 + 1)
    branch = _filled(graph, _branch(graph, picture, block), channels=0, edge=missing)
    return graph.rectified(graph.node("Add", [branch, _filled(graph, shortcut, channels - depth, edge=0)]))


def _filled(graph: GraphBuilder, picture: str, channels: int, edge: int) -> str:
    """With zeros: `channels` at the end, `edge` rows at the bottom and columns at the right."""
    if channels == edge == 0:
        return picture
    return graph.node("Pad", [picture, graph.constant(np.array([0, 0, 0, 0, 0, channels, edge, edge], np.int64))])
