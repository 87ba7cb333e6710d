"""Convolutions as the graphs want them, and what may be folded into them in double precision."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class FoldedConvolution:
    """A convolution that stands for several layers: kernel (filters, depth, rows, columns) and bias (filters,), both
    float32; the same stride and padding both ways.

    extra: how many more zeros than `padding` the end of rows and columns gets, as TensorFlow's SAME wants it.
    by_channel: each filter sees only the channel of its own number, and depth is 1.
    """

    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]
    stride: int
    padding: int
    extra: int = 0
    by_channel: bool = False


def normalised(first: FoldedConvolution, colour_means: Sequence[float], scale: float) -> FoldedConvolution:
    """`first` for values of 0 to 255 as they are: it takes (x - mean) / scale itself. Only without padding is that the
    same, for the zeros of a padding stand for the mean colour: raises ValueError for others.
    """
    if first.padding or first.extra:
        raise ValueError(f"A convolution with a padding of {first.padding} cannot take the colour means in.")
    kernel = first.kernel.astype(np.float64) / scale
    bias = first.bias - (kernel * np.asarray(colour_means)[None, :, None, None]).sum(axis=(1, 2, 3))
    return replace(first, kernel=kernel.astype(np.float32), bias=bias.astype(np.float32))


def widened(layer: FoldedConvolution, filters: int, depth: int) -> FoldedConvolution:
    """`layer` with filters and inputs that are zero added at the end."""
    kernel = np.zeros((filters, depth, *layer.kernel.shape[2:]), np.float32)
    kernel[: layer.kernel.shape[0], : layer.kernel.shape[1]] = layer.kernel
    bias = np.zeros(filters, np.float32)
    bias[: layer.bias.size] = layer.bias
    return replace(layer, kernel=kernel, bias=bias)


def merged(first: FoldedConvolution, second: FoldedConvolution) -> FoldedConvolution:
    """One convolution of 1x1 for two with nothing between them: second(first(x))."""
    outer = second.kernel[:, :, 0, 0].astype(np.float64)
    inner = np.column_stack([first.kernel[:, :, 0, 0], first.bias]).astype(np.float64)
    product = np.zeros((len(outer), inner.shape[1]))
    for channel in range(len(inner)):  # not by BLAS, whose last bits differ from one processor to another
        product += outer[:, channel, None] * inner[None, channel]
    kernel, bias = product[:, :-1, None, None], product[:, -1] + second.bias
    return replace(second, kernel=kernel.astype(np.float32), bias=bias.astype(np.float32))
