"""MobileFaceNet as ONNX, from the two files of a TensorFlow.js graph model: the JSON and the weights.

Of the JSON only the list of weights is read: their names must be just those of MobileFaceNet, whose structure is known.
"""

import json
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .convolution import FoldedConvolution
from .model_file import MAX_WEIGHT, ModelFile, ModelFileError
from .tflite import CONVERTER_VERSION
from .tflite.layers import SAME, Slopes, zeros_around
from .tflite.mobilefacenet import (
    BLOCKS,
    CHIP_SIZE,
    EMBEDDING_SIZE,
    LAST_FILTERS,
    STEM_FILTERS,
    Activated,
    Bottleneck,
    MobileFaceNetWeights,
)

if TYPE_CHECKING:
    import onnx

BODY = "MobileFaceNet/MobileFaceNet"
HEAD = "MobileFaceNet/Logits"
NORMALISING = frozenset({"embeddings/Sum/reduction_indices", "embeddings/Maximum/y"})
"""Constants of the division by the vector's length, which is left out: TFLite's model ends before it."""
SLOPE = -2.0
"""By what a stored number makes a slope. PReLU is written out as slope / 2 * (x - |x|), and this file has every slope
with the other sign: taken as they are the network tells nobody apart, with the signs turned its unit vectors are those
of TFLite's network to 3e-7 (tried on photographs, 2026-11-30).
"""
GROUPS = ((2, 5), (3, 1), (4, 6), (5, 1), (6, 2))
"""The number in the name of each group of blocks, and how many blocks it has."""


def convert_mobilefacenet(listing: ModelFile, weights: ModelFile) -> "onnx.ModelProto":
    """The ONNX model of the network in the JSON `listing` and `weights`; raises ModelFileError if it is another."""
    from .tflite.mobilefacenet_graph import mobilefacenet_model  # onnx takes a fifth of a second to import

    metadata = {"source_sha256": weights.sha256, "converter_version": str(CONVERTER_VERSION)}
    return mobilefacenet_model(read_mobilefacenet(listing, weights), metadata)


def read_mobilefacenet(listing: ModelFile, weights: ModelFile) -> MobileFaceNetWeights:
    """The network's weights; raises ModelFileError if that is not what the files hold."""
    named = NamedWeights(listing, weights)
    stem = named.activated(f"{BODY}/Conv2d_0", 3, STEM_FILTERS, 3, CHIP_SIZE, 2)
    size = CHIP_SIZE // 2
    by_channel = named.activated_by_channel(f"{BODY}/SeparableConv2d", 3, STEM_FILTERS, size, 1)
    narrowing = named.convolution(f"{BODY}/Conv", 1, STEM_FILTERS, STEM_FILTERS)
    depth, blocks = STEM_FILTERS, []
    for place, (between, channels, halves) in zip(_places(), BLOCKS, strict=True):
        blocks.append(
            Bottleneck(
                named.activated(f"{place}/Conv", 1, between, depth, size, 1),
                named.activated_by_channel(f"{place}/SeparableConv2d", 3, between, size, 2 if halves else 1),
                named.convolution(f"{place}/Conv_1", 1, channels, between),
                halves,
            )
        )
        depth, size = channels, size // 2 if halves else size
    network = MobileFaceNetWeights(
        stem,
        by_channel,
        narrowing,
        tuple(blocks),
        named.activated(f"{BODY}/Conv2d_7", 1, LAST_FILTERS, depth, size, 1),
        named.by_channel(f"{HEAD}/SeparableConv2d", size, LAST_FILTERS, (0, 0), 1),
        named.convolution(f"{HEAD}/Conv", 1, LAST_FILTERS, LAST_FILTERS),
        named.convolution(f"{HEAD}/LinearConv1x1", 1, EMBEDDING_SIZE, LAST_FILTERS),
    )
    named.end()
    return network


def _places() -> Iterator[str]:
    for group, blocks in GROUPS:
        for number in range(blocks):
            yield f"{BODY}/Conv2d_{group}_InvResBlock_{number}"


class NamedWeights:
    """The weights of a graph model, each taken once by its name. Raises ModelFileError where one is not as expected."""

    def __init__(self, listing: ModelFile, weights: ModelFile) -> None:
        self._listing = listing
        self._found = dict(self._read(listing, weights))

    def activated(self, place: str, kernel: int, filters: int, depth: int, size: int, stride: int) -> Activated:
        """A convolution over `size` rows and columns, and its PReLU."""
        zeros = zeros_around(size, kernel, stride, SAME)
        convolution = self.convolution(place, kernel, filters, depth, zeros, stride)
        return Activated(convolution, self._slopes(place, filters))

    def activated_by_channel(self, place: str, kernel: int, channels: int, size: int, stride: int) -> Activated:
        """A convolution by channels over `size` rows and columns, and its PReLU."""
        zeros = zeros_around(size, kernel, stride, SAME)
        return Activated(self.by_channel(place, kernel, channels, zeros, stride), self._slopes(place, channels))

    def convolution(
        self, place: str, kernel: int, filters: int, depth: int, zeros: tuple[int, int] = (0, 0), stride: int = 1
    ) -> FoldedConvolution:
        """A convolution with bias; zeros: before and behind the picture."""
        weights = self._take(f"{place}/Conv2D_weights", kernel, kernel, depth, filters).transpose(3, 2, 0, 1)
        bias = self._take(f"{place}/Conv2D_bn_offset", filters)
        return FoldedConvolution(weights, bias, stride, zeros[0], zeros[1] - zeros[0])

    def by_channel(
        self, place: str, kernel: int, channels: int, zeros: tuple[int, int], stride: int
    ) -> FoldedConvolution:
        """A convolution of one kernel for each channel, with bias."""
        weights = self._take(f"{place}/depthwise_weights", kernel, kernel, channels, 1).transpose(2, 3, 0, 1)
        bias = self._take(f"{place}/depthwise_bn_offset", channels)
        return FoldedConvolution(weights, bias, stride, zeros[0], zeros[1] - zeros[0], by_channel=True)

    def end(self) -> None:
        """No weights may be left."""
        if left := sorted(self._found.keys() - NORMALISING):
            raise self._error(f"it lists weights that MobileFaceNet has not, {left[0]} among them")

    def _slopes(self, place: str, channels: int) -> Slopes:
        return self._take(f"{place}/mul", channels) * np.float32(SLOPE)

    def _take(self, name: str, *shape: int) -> NDArray[np.float32]:
        values = self._found.pop(name, None)
        if values is None:
            raise self._error(f"it lists no weights {name}")
        if values.shape != shape:
            raise self._error(f"{name} have the shape {values.shape} where {shape} is expected")
        if not (np.abs(values) <= MAX_WEIGHT).all():
            raise self._error(f"{name} hold a value that is not finite or beyond {MAX_WEIGHT:g}")
        return values

    def _read(self, listing: ModelFile, weights: ModelFile) -> Iterator[tuple[str, NDArray[np.float32]]]:
        offset = 0
        for name, shape, kind in self._listed(listing):
            size = 4 * math.prod(shape)
            if offset + size > len(weights.data):
                raise self._error(f"{name} end at byte {offset + size} of {len(weights.data)} in {weights.name}")
            yield name, np.frombuffer(weights.data, kind, math.prod(shape), offset).reshape(shape)
            offset += size
        if offset != len(weights.data):
            raise self._error(f"it lists {offset} bytes of weights where {weights.name} has {len(weights.data)}")

    def _listed(self, listing: ModelFile) -> Iterator[tuple[str, tuple[int, ...], str]]:
        """Name, shape and NumPy's kind of each weight in the order in which they are stored."""
        try:
            (group,) = json.loads(listing.data)["weightsManifest"]
            entries = [
                (entry["name"], tuple(entry["shape"]), entry["dtype"], "quantization" in entry)
                for entry in group["weights"]
            ]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise self._error("it is no graph model of TensorFlow.js with one group of weights") from error
        for name, shape, kind, is_quantised in entries:
            if not isinstance(name, str) or not _is_shape(shape):
                raise self._error(f"it lists weights of the name {name!r} and the shape {shape!r}")
            if kind not in ("float32", "int32") or is_quantised:
                raise self._error(f"{name} are of the kind {kind!r} or quantised, and only float32 and int32 are read")
            yield name, shape, "<f4" if kind == "float32" else "<i4"

    def _error(self, problem: str) -> ModelFileError:
        return ModelFileError(f"The model file {self._listing.name} cannot be used: {problem}.")


def _is_shape(shape: tuple[Any, ...]) -> bool:
    return all(isinstance(size, int) and 0 < size < 1 << 16 for size in shape) and math.prod(shape) < 1 << 31
