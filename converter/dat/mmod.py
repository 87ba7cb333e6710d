"""Read the weights of dlib's face detector from `mmod_human_face_detector.dat`, batch normalisations folded in."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..convolution import FoldedConvolution
from ..model_file import ModelFile
from .layers import Affine, Convolution, Layer, NetworkParameters, Relu, fold, read_colour_means, read_network
from .reader import DatReader

PUBLISHED_SHA256 = "4cb19393e2fbaf2b1609a9319ad5386618c886a6234ec1b971f3e87c85d87fe6"  # face_recognition_models 0.3.0

# (filters, depth, size, stride, padding), from the input to the output: `net_type` in dlib's
# tools/python/src/cnn_face_detector.cpp. All but the last are followed by a normalisation and a ReLU.
CONVOLUTIONS = (
    (16, 3, 5, 2, 0),
    (32, 16, 5, 2, 0),
    (32, 32, 5, 2, 0),
    (45, 32, 5, 1, 2),
    (45, 45, 5, 1, 2),
    (45, 45, 5, 1, 2),
    (1, 45, 9, 1, 4),
)

WINDOW_SIZE = 80  # pixels, both ways, at the level on which the face is found


@dataclass(frozen=True)
class OverlapRule:
    """How much area two boxes may share before the weaker goes.

    `test_box_overlap` in dlib/image_processing/box_overlap_testing.h.
    """

    hull: float  # share of their common bounding box
    covered: float  # share of either box


@dataclass(frozen=True)
class MmodWeights:
    """The detector: its input is (level - colour_means) / 256, of RGB pictures of any size."""

    colour_means: tuple[float, float, float]
    # The last has one filter, the score, and no ReLU; a score over 0 is a face of WINDOW_SIZE.
    convolutions: tuple[FoldedConvolution, ...]
    suppression: OverlapRule


def read_mmod(file: ModelFile) -> MmodWeights:
    """Raises ModelFileError unless the file holds exactly this network and nothing else."""
    reader = DatReader(file)
    reader.expect(1, "the version of the loss")
    reader.expect_text(("loss_mmod_",), "the kind of the loss")
    suppression = _read_options(reader)
    return _weights(read_network(reader, _read_input, tuple(_layers())), suppression)


def _read_options(reader: DatReader) -> OverlapRule:
    reader.expect(1, "the version of the detector's options")
    reader.expect(WINDOW_SIZE, "the width of the detector's window")
    reader.expect(WINDOW_SIZE, "the height of the detector's window")
    for _ in range(3):
        reader.number("a loss of training")
    suppression = OverlapRule(_read_share(reader), _read_share(reader))
    _read_share(reader)
    _read_share(reader)
    return suppression


def _read_share(reader: DatReader) -> float:
    share = reader.number("an overlap of boxes")
    if not 0 <= share <= 1:
        raise reader.error(f"an overlap of boxes is {share:g}, which is not within 0 to 1")
    return share


def _read_input(reader: DatReader) -> tuple[float, float, float]:
    reader.expect_text(("input_rgb_image_pyramid",), "the kind of the input")
    return read_colour_means(reader)


def _layers() -> Iterator[Layer]:
    for number, (filters, depth, size, stride, padding) in enumerate(CONVOLUTIONS, 1):
        yield Convolution(filters, depth, size, stride, padding)
        if number < len(CONVOLUTIONS):
            yield from (Affine(filters), Relu())


def _weights(network: NetworkParameters, suppression: OverlapRule) -> MmodWeights:
    used = iter([parameters for parameters in network.parameters if parameters.weight.size])
    folded = [fold(next(used), next(used), stride, padding) for *_, stride, padding in CONVOLUTIONS[:-1]]
    last = next(used)
    *_, stride, padding = CONVOLUTIONS[-1]
    folded.append(FoldedConvolution(last.weight, last.bias, stride, padding))
    return MmodWeights(network.colour_means, tuple(folded), suppression)
