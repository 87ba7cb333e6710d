"""Write MobileFaceNet as an ONNX model.

Input `chips`: uint8 (n, 112, 112, 3), RGB. Output `embeddings`: float32 (n, 192), as the network gives them, of any
length: the angle between two is what tells people apart.
"""

from dataclasses import replace

import numpy as np
import onnx
from numpy.typing import NDArray

from ..convolution import FoldedConvolution, merged
from ..graph import GraphBuilder, Result
from .mobilefacenet import CHIP_SIZE, EMBEDDING_SIZE, Activated, Bottleneck, MobileFaceNetWeights
from .prelu import prelu_up_to_sign

COLOUR_MEAN, COLOUR_SCALE = 127.5, 128.0  # (x - mean) / scale, as the network was trained

Signs = NDArray[np.float64]
"""By what the next layer must multiply each channel that it takes."""


def mobilefacenet_model(weights: MobileFaceNetWeights, metadata: dict[str, str]) -> onnx.ModelProto:
    """The model; `metadata` is stored in it."""
    graph = GraphBuilder("mobilefacenet")
    picture, signs = _activated(graph, _centred(graph, "chips"), _scaled_first(weights.stem))
    picture, signs = _activated(graph, picture, weights.stem_by_channel, signs)
    first, *blocks = weights.blocks
    picture = _bottleneck(graph, picture, _behind(_signed(weights.stem_narrowing, signs), first))
    for block in blocks:
        picture = _bottleneck(graph, picture, block)
    picture, signs = _activated(graph, picture, weights.last)
    picture = graph.convolution(picture, _signed(weights.weighing, signs))
    picture = graph.convolution(picture, merged(weights.mixing, weights.embedding))
    embeddings = graph.node("Flatten", [picture])
    source = ("chips", ("n", CHIP_SIZE, CHIP_SIZE, 3))
    return graph.model(source, [Result(embeddings, "embeddings", ("n", EMBEDDING_SIZE))], metadata)


def _centred(graph: GraphBuilder, chips: str) -> str:
    """Colours less their mean; that cannot go into the first layer, whose padding stands for the mean."""
    return graph.node("Sub", [graph.planes(chips), graph.constant(np.array([COLOUR_MEAN], np.float32))])


def _scaled_first(layer: Activated) -> Activated:
    kernel = layer.convolution.kernel / np.float32(COLOUR_SCALE)  # a power of two: exact
    return replace(layer, convolution=replace(layer.convolution, kernel=kernel))


def _behind(narrowing: FoldedConvolution, block: Bottleneck) -> Bottleneck:
    """The first block with the narrowing before it: it halves the picture, so nothing else takes what comes between."""
    widening = replace(block.widening, convolution=merged(narrowing, block.widening.convolution))
    return replace(block, widening=widening)


def _bottleneck(graph: GraphBuilder, picture: str, block: Bottleneck) -> str:
    wide, signs = _activated(graph, picture, block.widening)
    wide, signs = _activated(graph, wide, block.by_channel, signs)
    narrow = graph.convolution(wide, _signed(block.narrowing, signs))
    return narrow if block.halves else graph.node("Add", [narrow, picture])


def _activated(graph: GraphBuilder, picture: str, layer: Activated, signs: Signs | None = None) -> tuple[str, Signs]:
    convolution = layer.convolution if signs is None else _signed(layer.convolution, signs)
    return prelu_up_to_sign(graph, graph.convolution(picture, convolution), layer.slopes)


def _signed(layer: FoldedConvolution, signs: Signs) -> FoldedConvolution:
    """`layer` for a picture whose channels were multiplied by `signs`, each 1 or -1."""
    by_filter = signs[:, None, None, None] if layer.by_channel else signs[None, :, None, None]
    return replace(layer, kernel=(layer.kernel * by_filter).astype(np.float32))
