"""Read MobileFaceNet, an embedder of face chips.

Structure: Chen et al., "MobileFaceNets: Efficient CNNs for Accurate Real-Time Face Verification on Mobile Devices"
(2018), as sirius-ai/MobileFaceNet_TF trained it: 192 numbers, batch norm folded in by TensorFlow's converter.
"""

from dataclasses import dataclass

from ..convolution import FoldedConvolution
from ..model_file import ModelFile
from .layers import SAME, VALID, LayerReader, Slopes
from .model import Model

CHIP_SIZE = 112  # pixels, both ways
EMBEDDING_SIZE = 192
STEM_FILTERS = 64
LAST_FILTERS = 512
# (channels between, channels, whether it halves the picture), from the input to the output.
BLOCKS = (
    *((128, 64, True), *((128, 64, False),) * 4),
    *((256, 128, True), *((256, 128, False),) * 6),
    *((512, 128, True), *((256, 128, False),) * 2),
)


@dataclass(frozen=True)
class Activated:
    """A convolution and the slopes of the PReLU behind it."""

    convolution: FoldedConvolution
    slopes: Slopes


@dataclass(frozen=True)
class Bottleneck:
    """Widen, look at each channel by itself, narrow again; a block that does not halve adds its input."""

    widening: Activated
    by_channel: Activated
    narrowing: FoldedConvolution
    halves: bool


@dataclass(frozen=True)
class MobileFaceNetWeights:
    """The network's weights, from the input (RGB, (x - 127.5) / 128) to the output."""

    stem: Activated
    stem_by_channel: Activated
    stem_narrowing: FoldedConvolution
    blocks: tuple[Bottleneck, ...]
    last: Activated
    weighing: FoldedConvolution
    mixing: FoldedConvolution
    embedding: FoldedConvolution


def read_mobilefacenet(file: ModelFile) -> MobileFaceNetWeights:
    """The network in `file`; raises ModelFileError if that is not what it holds."""
    reader = LayerReader(Model(file))
    tensor, convolution = reader.convolution(reader.input(CHIP_SIZE, CHIP_SIZE, 3), 3, STEM_FILTERS, 2, SAME)
    tensor, stem = _activated(reader, tensor, convolution)
    tensor, stem_by_channel = _activated(reader, *reader.depthwise(tensor, 3))
    tensor, stem_narrowing = reader.convolution(tensor, 1, STEM_FILTERS, padding=SAME)
    blocks = []
    for between, channels, halves in BLOCKS:
        tensor, block = _bottleneck(reader, tensor, between, channels, halves)
        blocks.append(block)
    tensor, last = _activated(reader, *reader.convolution(tensor, 1, LAST_FILTERS, padding=SAME))
    tensor, weighing = reader.depthwise(tensor, CHIP_SIZE // 16, padding=VALID)
    tensor, mixing = reader.convolution(tensor, 1, LAST_FILTERS)
    tensor, embedding = reader.convolution(tensor, 1, EMBEDDING_SIZE, padding=SAME)
    reader.end(reader.flatten(tensor, EMBEDDING_SIZE))
    return MobileFaceNetWeights(stem, stem_by_channel, stem_narrowing, tuple(blocks), last, weighing, mixing, embedding)


def _bottleneck(reader: LayerReader, tensor: int, between: int, channels: int, halves: bool) -> tuple[int, Bottleneck]:
    source = tensor
    tensor, widening = _activated(reader, *reader.convolution(tensor, 1, between, padding=SAME))
    tensor, by_channel = _activated(reader, *reader.depthwise(tensor, 3, 2 if halves else 1))
    tensor, narrowing = reader.convolution(tensor, 1, channels, padding=SAME)
    result = tensor if halves else reader.add(tensor, source)
    return result, Bottleneck(widening, by_channel, narrowing, halves)


def _activated(reader: LayerReader, tensor: int, convolution: FoldedConvolution) -> tuple[int, Activated]:
    tensor, slopes = reader.prelu(tensor)
    return tensor, Activated(convolution, slopes)
