"""The embedder's weights in, an ONNX model of it out.

Input `chips`: uint8 (n, 150, 150, 3), RGB. Output `embeddings`: float32 (n, 128), as dlib gives them, not normalised.
"""

import numpy as np
import onnx

from ..convolution import normalised
from ..graph import GraphBuilder, Result
from .layers import COLOUR_SCALE
from .resnet import CHIP_SIZE, EMBEDDING_SIZE, Block, ResNetWeights

STEM_SIZE = 35  # rows and columns behind the stem: 150 -> 72 by the convolution -> 35 by the pooling


def resnet_model(weights: ResNetWeights, metadata: dict[str, str]) -> onnx.ModelProto:
    """The model; `metadata` is stored in it."""
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
    """A block on `size` rows and columns: the shortcut has size // 2, the convolutions one less if it is even."""
    shortcut = graph.node("AveragePool", [picture], kernel_shape=[2, 2], strides=[2, 2])
    channels, depth = block.first.kernel.shape[:2]
    missing = size // 2 - ((size - 3) // 2 + 1)
    branch = _filled(graph, _branch(graph, picture, block), channels=0, edge=missing)
    return graph.rectified(graph.node("Add", [branch, _filled(graph, shortcut, channels - depth, edge=0)]))


def _filled(graph: GraphBuilder, picture: str, channels: int, edge: int) -> str:
    """Zeros added: `channels` at the end, `edge` rows at the bottom and columns at the right."""
    if channels == edge == 0:
        return picture
    return graph.node("Pad", [picture, graph.constant(np.array([0, 0, 0, 0, 0, channels, edge, edge], np.int64))])
