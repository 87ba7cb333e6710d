"""Fold what stands behind a convolution into it, in double precision."""

import numpy as np

from ..convolution import FoldedConvolution
from .layers import Parameters


def fold(convolution: Parameters, affine: Parameters, stride: int, padding: int) -> FoldedConvolution:
    """The convolution that gives factor * (convolution) + offset."""
    factor = affine.weight.astype(np.float64)
    kernel = convolution.weight * factor[:, None, None, None]
    bias = convolution.bias * factor + affine.bias
    return FoldedConvolution(kernel.astype(np.float32), bias.astype(np.float32), stride, padding)
