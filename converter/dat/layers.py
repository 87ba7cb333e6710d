"""Read the layers of a dlib network, and refuse one that differs in anything from what is expected.

The stored fields are those of `dlib/dnn/core.h` and `dlib/dnn/layers.h`, in the versions that dlib 19 and 20 write.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..convolution import FoldedConvolution
from .reader import DatReader

Floats = NDArray[np.float32]
EMPTY = (0, 0, 0, 0)


@dataclass(frozen=True)
class Parameters:
    """What a layer holds."""

    # A convolution's kernel (filters, depth, rows, columns) and bias (filters,); an affine layer's factor and offset,
    # both (channels,); a fully connected layer's matrix (inputs, outputs) and none.
    weight: Floats
    bias: Floats


NOTHING = Parameters(np.zeros(0, np.float32), np.zeros(0, np.float32))


class Layer:
    """A layer of dlib's; most compute something."""

    computes = True

    def read(self, reader: DatReader) -> Parameters:  # noqa: ARG002 - of some layers the file holds nothing
        """What the file has of the layer. Raises ModelFileError for another one."""
        return NOTHING


@dataclass(frozen=True)
class Convolution(Layer):
    """A square convolution (`con_`) with bias."""

    filters: int
    depth: int
    size: int
    stride: int
    padding: int

    def read(self, reader: DatReader) -> Parameters:
        version = reader.expect_text(("con_4", "con_5", "con_6"), "the kind of a layer")
        kernel_shape = (self.filters, self.depth, self.size, self.size)
        weights = self.filters * self.depth * self.size**2
        values = reader.tensor((weights + self.filters, 1, 1, 1), "a convolution's parameters")
        reader.expect(self.filters, "a convolution's number of filters")
        _expect_window(reader, self.size, self.stride, self.padding, "a convolution")
        reader.alias(kernel_shape, "a convolution's kernel")
        reader.alias((1, self.filters, 1, 1), "a convolution's biases")
        _skip_multipliers(reader)
        if version in ("con_5", "con_6"):
            reader.expect_boolean(True, "whether a convolution has biases")
        if version == "con_6":
            reader.expect_boolean(False, "whether a convolution holds a ReLU")
        return Parameters(values[:weights].reshape(kernel_shape), values[weights:])


@dataclass(frozen=True)
class Affine(Layer):
    """A factor and an offset for each channel (`affine_`), or a batch normalisation (`bn_`), turned into one."""

    channels: int

    def read(self, reader: DatReader) -> Parameters:
        version = reader.expect_text(("affine_", "affine_2", "bn_con2"), "the kind of a layer")
        shape = (1, self.channels, 1, 1)
        values = reader.tensor((2 * self.channels, 1, 1, 1), "an affine layer's parameters")
        reader.alias(shape, "an affine layer's factors")
        reader.alias(shape, "an affine layer's offsets")
        factor, offset = values[: self.channels], values[self.channels :]
        if version == "bn_con2":
            return self._read_normalisation(reader, factor, offset)
        reader.expect(0, "an affine layer's mode")
        if version == "affine_2":
            reader.expect_boolean(False, "whether an affine layer is disabled")
        return Parameters(factor, offset)

    def _read_normalisation(self, reader: DatReader, gamma: Floats, beta: Floats) -> Parameters:
        reader.skip_tensor("a batch's means")
        reader.skip_tensor("a batch's deviations")
        shape = (1, self.channels, 1, 1)
        means = reader.tensor(shape, "a normalisation's means").astype(np.float64)
        variances = reader.tensor(shape, "a normalisation's variances").astype(np.float64)
        reader.integer("a normalisation's number of updates")
        reader.integer("a normalisation's window")
        _skip_multipliers(reader)
        epsilon = reader.number("a normalisation's epsilon")
        if epsilon <= 0 or (variances < 0).any():
            raise reader.error("a normalisation's epsilon or one of its variances is not positive")
        factor = gamma / np.sqrt(variances + epsilon)
        return Parameters(factor.astype(np.float32), (beta - factor * means).astype(np.float32))


@dataclass(frozen=True)
class Relu(Layer):
    """max(x, 0)."""

    def read(self, reader: DatReader) -> Parameters:
        if reader.expect_text(("relu_", "relu_2"), "the kind of a layer") == "relu_2":
            reader.expect_boolean(False, "whether a ReLU is disabled")
        return NOTHING


@dataclass(frozen=True)
class Pool(Layer):
    """A square pooling without padding."""

    kind: str  # `max_pool_2` or `avg_pool_2`
    size: int  # 0: the whole picture
    stride: int

    def read(self, reader: DatReader) -> Parameters:
        reader.expect_text((self.kind,), "the kind of a layer")
        _expect_window(reader, self.size, self.stride, 0, "a pooling")
        return NOTHING


@dataclass(frozen=True)
class Add(Layer):
    """The sum of the layer before and of a tagged one, of which the smaller is filled up with zeros."""

    def read(self, reader: DatReader) -> Parameters:
        reader.expect_text(("add_prev_",), "the kind of a layer")
        return NOTHING


@dataclass(frozen=True)
class FullyConnected(Layer):
    """A product with a matrix, without bias (`fc_no_bias`)."""

    inputs: int
    outputs: int

    def read(self, reader: DatReader) -> Parameters:
        version = reader.expect_text(("fc_2", "fc_3"), "the kind of a layer")
        shape = (self.inputs, self.outputs, 1, 1)
        reader.expect(self.outputs, "a matrix's outputs")
        reader.expect(self.inputs, "a matrix's inputs")
        values = reader.tensor(shape, "a matrix's weights")
        reader.alias(shape, "a matrix's weights")
        reader.alias(EMPTY, "a matrix's biases")
        reader.expect(1, "a matrix's mode of bias")
        _skip_multipliers(reader)
        if version == "fc_3":
            reader.boolean("whether a matrix uses biases")  # without meaning in a layer that has none
        return Parameters(values.reshape(self.inputs, self.outputs), NOTHING.bias)


@dataclass(frozen=True)
class Tag(Layer):
    """A tag, or a skip back to one: it computes nothing, and the file holds only its version."""

    computes = False


COLOUR_SCALE = 256.0  # what colours are divided by behind their means: dlib's `input_rgb_image`

InputReader = Callable[[DatReader], tuple[float, float, float]]


@dataclass(frozen=True)
class NetworkParameters:
    """A network's parameters, from the input to the output."""

    colour_means: tuple[float, float, float]  # red, green, blue, 0 to 255; taken off the input
    parameters: tuple[Parameters, ...]


def read_network(reader: DatReader, read_input: InputReader, layers: Sequence[Layer]) -> NetworkParameters:
    """Read `layers`, given from the input to the output, the first a convolution; then the file must end."""
    # dlib writes a layer's sub-network before the layer itself, so the versions come from the output to the input, and
    # the parameters from the input to the output.
    later = layers[1:]
    versions = [reader.expect((1, 2) if layer.computes else 1, "the version of a layer") for layer in reversed(later)]
    first_version = reader.expect((2, 3), "the version of the first layer")
    means = read_input(reader)
    parameters = [layers[0].read(reader)]
    _skip_state(reader)
    if first_version == 3:
        reader.expect(1, "the first layer's expansion")
    for layer, version in zip(later, reversed(versions), strict=True):
        parameters.append(layer.read(reader))
        if layer.computes:
            _skip_state(reader, has_gradient=version == 2)
    reader.end()
    return NetworkParameters(means, tuple(parameters))


def read_colour_means(reader: DatReader) -> tuple[float, float, float]:
    """The means of red, green and blue, each from 0 to 255."""
    red, green, blue = (reader.number("a colour's mean") for _ in range(3))
    if not all(0 <= mean <= 255 for mean in (red, green, blue)):
        raise reader.error(f"the colours' means {red:g}, {green:g}, {blue:g} are not within 0 to 255")
    return red, green, blue


def fold(convolution: Parameters, affine: Parameters, stride: int, padding: int) -> FoldedConvolution:
    """The convolution that gives factor * (convolution) + offset, computed in double precision."""
    factor = affine.weight.astype(np.float64)
    kernel = convolution.weight * factor[:, None, None, None]
    bias = convolution.bias * factor + affine.bias
    return FoldedConvolution(kernel.astype(np.float32), bias.astype(np.float32), stride, padding)


def _expect_window(reader: DatReader, size: int, stride: int, padding: int, what: str) -> None:
    for name, expected in (("size", size), ("stride", stride), ("padding", padding)):
        reader.expect(expected, f"the vertical {name} of {what}")
        reader.expect(expected, f"the horizontal {name} of {what}")


def _skip_multipliers(reader: DatReader) -> None:
    for _ in range(4):
        reader.number("a multiplier of training")


def _skip_state(reader: DatReader, has_gradient: bool = True) -> None:
    reader.expect_boolean(True, "whether a layer is set up")
    reader.boolean("whether a layer's gradient is stale")
    reader.boolean("whether a layer's output is disabled")
    reader.skip_tensor("a layer's gradient")
    reader.skip_tensor("a layer's cached output")
    if has_gradient:
        reader.skip_tensor("a layer's gradient of parameters")
