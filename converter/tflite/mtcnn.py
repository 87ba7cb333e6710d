"""Read MTCNN's three networks, turned so that they take pictures as they stand.

MTCNN was trained in MATLAB, whose pictures lie the other way round: its networks want rows and columns exchanged, and
so do the TFLite files. Exchanging them in every kernel instead gives the same numbers for pictures as they are.

Structure: Zhang et al., "Joint Face Detection and Alignment Using Multitask Cascaded Convolutional Networks" (2016).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..convolution import FoldedConvolution
from ..model_file import ModelFile
from .layers import SAME, VALID, LayerReader, Slopes
from .model import Model

RNET_SIZE, ONET_SIZE = 24, 48  # pixels, both ways
PNET_TRACED = (1280, 960)  # the size for which the file was written; its kernels know none
LANDMARKS = 5


@dataclass(frozen=True)
class Stage:
    """A convolution, its PReLU, and the pooling behind it: its size (0: none) and padding."""

    size: int
    filters: int
    pool: int = 0
    padding: int = VALID


@dataclass(frozen=True)
class StageWeights:
    """What was read of a stage. pool: size, and rows and columns that may be missing at the end; None: no pooling."""

    convolution: FoldedConvolution
    slopes: Slopes
    pool: tuple[int, int] | None


@dataclass(frozen=True)
class Dense:
    """A fully connected layer: weights (outputs, inputs) and bias, inputs in the order channel, row, column."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]


@dataclass(frozen=True)
class PNetWeights:
    """P-Net. scores: two filters, no face and face; regression: left, top, right, bottom."""

    stages: tuple[StageWeights, ...]
    scores: FoldedConvolution
    regression: FoldedConvolution


@dataclass(frozen=True)
class RefinerWeights:
    """R-Net or O-Net. landmarks: of O-Net, x and y of each in turn; R-Net has none."""

    stages: tuple[StageWeights, ...]
    hidden: Dense
    slopes: Slopes
    scores: Dense
    regression: Dense
    landmarks: Dense | None


PNET_STAGES = (Stage(3, 10, 2, SAME), Stage(3, 16), Stage(3, 32))
RNET_STAGES = (Stage(3, 28, 3, SAME), Stage(3, 48, 3, VALID), Stage(2, 64))
ONET_STAGES = (Stage(3, 32, 3, SAME), Stage(3, 64, 3, VALID), Stage(3, 64, 2, SAME), Stage(2, 128))


def read_pnet(file: ModelFile) -> PNetWeights:
    """P-Net of `file`; raises ModelFileError if that is not what it holds."""
    reader = LayerReader(Model(file))
    tensor, stages = _read_stages(reader, reader.input(*PNET_TRACED, 3), PNET_STAGES)
    logits, scores = reader.convolution(tensor, 1, 2, padding=SAME)
    regressed, regression = reader.convolution(tensor, 1, 4, padding=SAME)
    reader.end(reader.softmax(logits), regressed)
    return PNetWeights(stages, scores, regression)


def read_rnet(file: ModelFile) -> RefinerWeights:
    """R-Net of `file`; raises ModelFileError if that is not what it holds."""
    return _read_refiner(file, RNET_SIZE, RNET_STAGES, 128, has_landmarks=False)


def read_onet(file: ModelFile) -> RefinerWeights:
    """O-Net of `file`; raises ModelFileError if that is not what it holds."""
    return _read_refiner(file, ONET_SIZE, ONET_STAGES, 256, has_landmarks=True)


def _read_refiner(
    file: ModelFile, size: int, stages: tuple[Stage, ...], width: int, has_landmarks: bool
) -> RefinerWeights:
    model = Model(file)
    reader = LayerReader(model)
    tensor, read = _read_stages(reader, reader.input(size, size, 3), stages)
    shape = model.shape(tensor)[1:]
    tensor, weights, bias = reader.dense(tensor, width)
    hidden = Dense(_upright_inputs(weights, shape), bias)
    tensor, slopes = reader.prelu(tensor)
    logits, *scores = reader.dense(tensor, 2)
    regressed, *regression = reader.dense(tensor, 4)
    results = [regressed]
    landmarks = None
    if has_landmarks:
        landmarked, weights, bias = reader.dense(tensor, 2 * LANDMARKS)
        results.append(landmarked)
        landmarks = Dense(_in_pairs(weights), _in_pairs(bias))
    reader.end(reader.softmax(logits), *results)
    return RefinerWeights(read, hidden, slopes, Dense(*scores), Dense(*regression), landmarks)


def _read_stages(reader: LayerReader, tensor: int, stages: tuple[Stage, ...]) -> tuple[int, tuple[StageWeights, ...]]:
    read = []
    for stage in stages:
        tensor, convolution = reader.convolution(tensor, stage.size, stage.filters)
        tensor, slopes = reader.prelu(tensor)
        upright = replace(convolution, kernel=convolution.kernel.transpose(0, 1, 3, 2))
        pool = None
        if stage.pool:
            tensor = reader.max_pool(tensor, stage.pool, stage.padding)
            # Of each SAME pooling here: one row more at the end where the number is odd, or 3 rows are looked at.
            pool = (stage.pool, int(stage.padding == SAME))
        read.append(StageWeights(upright, slopes, pool))
    return tensor, tuple(read)


def _upright_inputs(weights: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Inputs in the order (column, row, channel) as the file has them, in the order (channel, row, column)."""
    return weights.reshape(-1, *shape).transpose(0, 3, 2, 1).reshape(len(weights), -1)


def _in_pairs(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """x of all landmarks, then y of all, as x and y of each."""
    return values.reshape(2, LANDMARKS, -1).swapaxes(0, 1).reshape(values.shape)
