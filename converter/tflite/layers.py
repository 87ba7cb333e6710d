"""Read a network's layers one after another, each exactly as it is expected.

A TFLite file names no layers, only operators; what the converters of TensorFlow write out at length (PReLU, softmax)
is put together again here.
"""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..convolution import FoldedConvolution
from .model import Model, Operator

SAME, VALID = 0, 1
PLAIN: Final = {"activation": 0}
UNDILATED: Final = {"dilation_x": 1, "dilation_y": 1}
DENSE: Final = PLAIN | {"format": 0, "keeps": 0}

Slopes = NDArray[np.float32]
"""What PReLU multiplies negative values by, one for each channel."""


class LayerReader:
    """Takes one layer after another from the front of a model; `tensor` is always the number of a tensor.

    Every method raises ModelFileError where the next operators are not that layer. Not shared between threads.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._next = 0

    def input(self, *shape: int) -> int:
        """The one input: pictures (any number, rows, columns, 3)."""
        if len(self._model.inputs) != 1:
            raise self._model.error(f"the network has {len(self._model.inputs)} inputs where one is expected")
        (tensor,) = self._model.inputs
        found = self._model.shape(tensor)
        if found[1:] != shape:
            raise self._model.error(f"the network takes the shape {found} where pictures of {shape} are expected")
        return tensor

    def convolution(
        self, tensor: int, size: int, filters: int, stride: int = 1, padding: int = VALID
    ) -> tuple[int, FoldedConvolution]:
        """A convolution of `filters` kernels of size x size, with bias."""
        operator = self._operator("CONV_2D", _window(stride, padding) | PLAIN | UNDILATED, tensor, constants=2)
        depth = self._channels(tensor)
        kernel = self._model.weights(operator.inputs[1], (filters, size, size, depth), "the weights of a convolution")
        layer = self._convolution(tensor, operator, kernel.transpose(0, 3, 1, 2), stride, padding)
        return self._output(operator, self._windowed(tensor, size, stride, padding, filters)), layer

    def depthwise(self, tensor: int, size: int, stride: int = 1, padding: int = SAME) -> tuple[int, FoldedConvolution]:
        """A convolution of one kernel of size x size for each channel, with bias."""
        options = _window(stride, padding) | PLAIN | UNDILATED | {"multiplier": 1}
        operator = self._operator("DEPTHWISE_CONV_2D", options, tensor, constants=2)
        channels = self._channels(tensor)
        shape = (1, size, size, channels)
        kernel = self._model.weights(operator.inputs[1], shape, "the weights of a convolution by channels")
        layer = self._convolution(tensor, operator, kernel.transpose(3, 0, 1, 2), stride, padding, by_channel=True)
        return self._output(operator, self._windowed(tensor, size, stride, padding, channels)), layer

    def dense(self, tensor: int, width: int) -> tuple[int, NDArray[np.float32], NDArray[np.float32]]:
        """A fully connected layer of `width` outputs: its output, its weights (width, inputs) and its bias."""
        operator = self._operator("FULLY_CONNECTED", DENSE, tensor, constants=2)
        count, *sizes = self._model.shape(tensor)
        inputs = math.prod(sizes)
        weights = self._model.weights(operator.inputs[1], (width, inputs), "the weights of a connected layer")
        bias = self._model.weights(operator.inputs[2], (width,), "the biases of a connected layer")
        return self._output(operator, (count, width)), weights, bias

    def max_pool(self, tensor: int, size: int, padding: int) -> int:
        """The greatest of size x size, at each second row and column."""
        options = _window(2, padding) | PLAIN | {"width": size, "height": size}
        operator = self._operator("MAX_POOL_2D", options, tensor)
        return self._output(operator, self._windowed(tensor, size, 2, padding, self._channels(tensor)))

    def add(self, tensor: int, other: int) -> int:
        """The sum of two tensors of one shape."""
        return self._alike("ADD", tensor, other)

    def prelu(self, tensor: int) -> tuple[int, Slopes]:
        """PReLU, in either form in which it is written out:

        relu(x) + slope * -relu(-x), or relu(x) + slope / 2 * (x - |x|).
        """
        positive = self._alike("RELU", tensor)
        if self._peek() == "NEG":
            negative, factor = self._alike("NEG", self._alike("RELU", self._alike("NEG", tensor))), 1
        else:
            negative, factor = self._alike("SUB", tensor, self._alike("ABS", tensor)), 2
        slopes, scaled = self._slopes(negative)
        return self._alike("ADD", positive, scaled), slopes * np.float32(factor)

    def softmax(self, tensor: int) -> int:
        """Softmax over the last dimension, as exp(x - max) / sum."""
        highest = self._reduced("REDUCE_MAX", tensor)
        differences = self._output(self._operator("SUB", PLAIN, tensor, highest), self._model.shape(tensor))
        powers = self._alike("EXP", differences)
        total = self._reduced("SUM", powers)
        return self._output(self._operator("DIV", PLAIN, powers, total), self._model.shape(tensor))

    def flatten(self, tensor: int, size: int) -> int:
        """(n, 1, 1, size) as (n, size)."""
        operator = self._operator("RESHAPE", {}, tensor, constants=1)
        count, *sizes = self._model.shape(tensor)
        if sizes != [1, 1, size]:
            raise self._model.error(
                f"the last layer has the shape {(count, *sizes)} where (any, 1, 1, {size}) is expected"
            )
        self._model.expect_integers(operator.inputs[1], (count, size), (2,), "the sizes of the last layer")
        return self._output(operator, (count, size))

    def end(self, *results: int) -> None:
        """Nothing may follow, and the network's outputs must be these."""
        if left := len(self._model.operators) - self._next:
            raise self._model.error(f"{left} operators follow where the network ends")
        if self._model.outputs != results:
            raise self._model.error(f"the network gives the tensors {self._model.outputs} where {results} are expected")

    def _convolution(
        self,
        tensor: int,
        operator: Operator,
        kernel: NDArray[np.float32],
        stride: int,
        padding: int,
        by_channel: bool = False,
    ) -> FoldedConvolution:
        bias = self._model.weights(operator.inputs[2], (len(kernel),), "the biases of a convolution")
        before, after = zeros_around(self._model.shape(tensor)[1], kernel.shape[2], stride, padding)
        return FoldedConvolution(kernel, bias, stride, before, after - before, by_channel)

    def _slopes(self, negative: int) -> tuple[Slopes, int]:
        """The product of a constant for each channel and `negative`: the constant, and the tensor of the product."""
        operator = self._take("MUL", PLAIN)
        if len(operator.inputs) != 2 or operator.inputs[1] != negative:
            raise self._unexpected(operator, (negative,))
        slopes = self._model.weights(operator.inputs[0], (self._channels(negative),), "the slopes of a PReLU")
        return slopes, self._output(operator, self._model.shape(negative))

    def _reduced(self, name: str, tensor: int) -> int:
        operator = self._operator(name, {"keeps": 1}, tensor, constants=1)
        shape = self._model.shape(tensor)
        self._model.expect_integers(operator.inputs[1], (len(shape) - 1,), (), "the dimensions of a softmax")
        return self._output(operator, (*shape[:-1], 1))

    def _alike(self, name: str, *tensors: int) -> int:
        """The output of an operator that keeps the shape, of tensors of one shape."""
        shape = self._model.shape(tensors[0])
        if any(self._model.shape(tensor) != shape for tensor in tensors):
            raise self._model.error(f"operator {self._next}, {name}, takes tensors of different shapes")
        return self._output(self._operator(name, PLAIN if name in ("ADD", "SUB") else {}, *tensors), shape)

    def _operator(self, name: str, options: Mapping[str, int], *tensors: int, constants: int = 0) -> Operator:
        """The next operator, which must take these tensors in any order, and behind them that many constants."""
        operator = self._take(name, options)
        found = operator.inputs
        if len(found) != len(tensors) + constants or not _same(name, found[: len(tensors)], tensors):
            raise self._unexpected(operator, tensors)
        return operator

    def _take(self, name: str, options: Mapping[str, int]) -> Operator:
        found = self._peek()
        if found != name:
            raise self._model.error(f"operator {self._next} is {found or 'missing'} where {name} is expected")
        operator = self._model.operators[self._next]
        if dict(operator.options) != dict(options):
            raise self._model.error(
                f"operator {self._next}, {name}, has {operator.options} where {options} is expected"
            )
        self._next += 1
        return operator

    def _peek(self) -> str | None:
        return self._model.operators[self._next].name if self._next < len(self._model.operators) else None

    def _output(self, operator: Operator, shape: tuple[int, ...]) -> int:
        """The number of the one tensor that an operator gives, which must be of this shape."""
        found = [self._model.shape(tensor) for tensor in operator.outputs]
        if found != [shape]:
            raise self._model.error(
                f"operator {self._next - 1}, {operator.name}, gives {found} where [{shape}] is expected"
            )
        return operator.outputs[0]

    def _windowed(self, tensor: int, size: int, stride: int, padding: int, channels: int) -> tuple[int, ...]:
        """The shape behind windows of size x size over pictures."""
        count, *sizes, _ = self._model.shape(tensor)
        if len(sizes) != 2:
            raise self._model.error(f"a layer of windows takes the shape {self._model.shape(tensor)}, no picture's")
        rows, columns = (outputs(each, size, stride, padding) for each in sizes)
        return count, rows, columns, channels

    def _channels(self, tensor: int) -> int:
        shape = self._model.shape(tensor)
        if len(shape) not in (2, 4):
            raise self._model.error(f"a layer takes the shape {shape}, which is no picture's and no vector's")
        return shape[-1]

    def _unexpected(self, operator: Operator, tensors: tuple[int, ...]) -> Exception:
        number = self._next - 1
        return self._model.error(
            f"operator {number}, {operator.name}, takes the tensors {operator.inputs} where {tensors} are expected"
        )


def zeros_around(size: int, kernel: int, stride: int, padding: int) -> tuple[int, int]:
    """How many zeros TensorFlow puts before and behind `size` rows or columns."""
    if padding == VALID:
        return 0, 0
    missing = max(0, (outputs(size, kernel, stride, padding) - 1) * stride + kernel - size)
    return missing // 2, missing - missing // 2


def outputs(size: int, kernel: int, stride: int, padding: int) -> int:
    """How many rows or columns TensorFlow makes of `size`."""
    return -(-size // stride) if padding == SAME else (size - kernel) // stride + 1


def _window(stride: int, padding: int) -> dict[str, int]:
    return {"padding": padding, "stride_x": stride, "stride_y": stride}


def _same(name: str, found: tuple[int, ...], expected: tuple[int, ...]) -> bool:
    """Whether an operator takes what is expected: a sum in either order."""
    return sorted(found) == sorted(expected) if name == "ADD" else found == expected
