"""A convolution and what stands before or behind it in, one convolution that does the same out; in double precision."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .layers import Parameters


@dataclass(frozen=True)
class FoldedConvolution:
    """A convolution that stands for several layers: kernel (filters, depth, rows, columns) and bias (filters,), both
    float32; the same stride and padding both ways.
    """

    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]
    stride: int
    padding: int


def fold(convolution: Parameters, affine: Parameters, stride: int, padding: int) -> FoldedConvolution:
    """The convolution that gives factor * (convolution) + offset."""
    factor = affine.weight.astype(np.float64)
    kernel = convolution.weight * factor[:, None, None, None]
    bias = convolution.bias * factor + affine.bias
    return FoldedConvolution(kernel.astype(np.float32), bias.astype(np.float32), stride, padding)


def normalised(first: FoldedConvolution, colour_means: Sequence[float]) -> FoldedConvolution:
    """`first` for values of 0 to 255 as they are: it takes (x - mean) / 256 itself. Only without padding is that the
    same, for the zeros of a padding stand for the mean colour: raises ValueError for others.
    """
    if first.padding:
        raise ValueError(f"A convolution with a padding of {first.padding} cannot take the colour means in.")
    kernel = first.kernel.astype(np.float64) / 256
    bias = first.bias - (kernel * np.asarray(colour_means)[None, :, None, None]).sum(axis=(1, 2, 3))
    return FoldedConvolution(kernel.astype(np.float32), bias.astype(np.float32), first.stride, 0)


def widened(layer: FoldedConvolution, filters: int, depth: int) -> FoldedConvolution:
    """`layer` with filters and inputs that are zero added at the end."""
    kernel = np.zeros((filters, depth, *layer.kernel.shape[2:]), np.float32)
    kernel[: layer.kernel.shape[0], : layer.kernel.shape[1]] = layer.kernel
    bias = np.zeros(filters, np.float32)
    bias[: layer.bias.size] = layer.bias
    return FoldedConvolution(kernel, bias, layer.stride, layer.padding)
