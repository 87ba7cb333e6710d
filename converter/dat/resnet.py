"""Read the weights of dlib's face embedder, `dlib_face_recognition_resnet_model_v1.dat` or another of its shape."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..convolution import FoldedConvolution
from ..model_file import ModelFile
from .layers import (
    Add,
    Affine,
    Convolution,
    FullyConnected,
    Layer,
    NetworkParameters,
    Pool,
    Relu,
    Tag,
    fold,
    read_colour_means,
    read_network,
)
from .reader import DatReader

CHIP_SIZE = 150  # pixels, both ways
EMBEDDING_SIZE = 128
STEM_FILTERS = 32
# (channels, whether the block halves the picture), from the input to the output: `anet_type` in dlib's
# tools/python/src/face_recognition.cpp.
BLOCKS = (
    *((32, False),) * 3,
    *((64, True), (64, False), (64, False), (64, False)),
    *((128, True), (128, False), (128, False)),
    *((256, True), (256, False), (256, False)),
    (256, True),
)


@dataclass(frozen=True)
class Block:
    """Two convolutions beside a shortcut."""

    first: FoldedConvolution
    second: FoldedConvolution
    # The shortcut is an average over 2x2, and the smaller of both branches is filled up with zeros: channels at the
    # end, rows at the bottom, columns at the right.
    halves: bool


@dataclass(frozen=True)
class ResNetWeights:
    """The embedder: its input is (chip - colour_means) / 256, of RGB chips of 150x150."""

    colour_means: tuple[float, float, float]
    stem: FoldedConvolution
    blocks: tuple[Block, ...]
    projection: NDArray[np.float32]  # (256, 128)


def read_resnet(file: ModelFile) -> ResNetWeights:
    """Raises ModelFileError unless the file holds exactly this network and nothing else."""
    reader = DatReader(file)
    reader.expect(1, "the version of the loss")
    if reader.expect_text(("loss_metric_", "loss_metric_2"), "the kind of the loss") == "loss_metric_2":
        reader.number("the loss's margin")
        reader.number("the loss's distance")
    return _weights(read_network(reader, _read_input, tuple(_layers())))


def _layers() -> Iterator[Layer]:
    yield from (Convolution(STEM_FILTERS, 3, size=7, stride=2, padding=0), Affine(STEM_FILTERS), Relu())
    yield Pool("max_pool_2", size=3, stride=2)
    depth = STEM_FILTERS
    for channels, halves in BLOCKS:
        yield from _block_layers(depth, channels, halves)
        depth = channels
    yield Pool("avg_pool_2", size=0, stride=1)
    yield FullyConnected(depth, EMBEDDING_SIZE)


def _block_layers(depth: int, channels: int, halves: bool) -> Iterator[Layer]:
    yield Tag()
    yield Convolution(channels, depth, size=3, stride=2 if halves else 1, padding=0 if halves else 1)
    yield from (Affine(channels), Relu())
    yield from (Convolution(channels, channels, size=3, stride=1, padding=1), Affine(channels))
    if halves:
        yield from (Tag(), Tag(), Pool("avg_pool_2", size=2, stride=2))
    yield from (Add(), Relu())


def _read_input(reader: DatReader) -> tuple[float, float, float]:
    reader.expect_text(("input_rgb_image_sized",), "the kind of the input")
    means = read_colour_means(reader)
    reader.expect(CHIP_SIZE, "the input's rows")
    reader.expect(CHIP_SIZE, "the input's columns")
    return means


def _weights(network: NetworkParameters) -> ResNetWeights:
    used = iter([parameters for parameters in network.parameters if parameters.weight.size])
    stem = fold(next(used), next(used), stride=2, padding=0)
    blocks = []
    for _, halves in BLOCKS:
        first = fold(next(used), next(used), stride=2 if halves else 1, padding=0 if halves else 1)
        blocks.append(Block(first, fold(next(used), next(used), stride=1, padding=1), halves))
    return ResNetWeights(network.colour_means, stem, tuple(blocks), next(used).weight)
