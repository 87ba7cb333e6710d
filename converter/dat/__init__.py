"""Convert dlib's two face networks from `.dat` files to ONNX; this needs NumPy and onnx, and nothing of dlib."""

from typing import TYPE_CHECKING

from ..model_file import ModelFile, ModelFileError
from .mmod import read_mmod
from .resnet import read_resnet

if TYPE_CHECKING:
    import onnx

__all__ = ["CONVERTER_VERSION", "ModelFile", "ModelFileError", "convert_detector", "convert_embedder"]

CONVERTER_VERSION = 1  # raised whenever the same file would give another graph: what was converted before is then stale


def convert_embedder(file: ModelFile) -> "onnx.ModelProto":
    """The face embedder, any of dlib's ResNet; see graphs.resnet_model. Raises ModelFileError for another network."""
    from .graphs import resnet_model  # onnx takes a fifth of a second to import, and what was converted is kept

    return resnet_model(read_resnet(file), _metadata(file))


def convert_detector(file: ModelFile) -> "onnx.ModelProto":
    """The MMOD face detector; see graphs.mmod_model. Raises ModelFileError for another network."""
    from .graphs import mmod_model  # as above

    return mmod_model(read_mmod(file), _metadata(file))


def _metadata(file: ModelFile) -> dict[str, str]:
    return {"source_sha256": file.sha256, "converter_version": str(CONVERTER_VERSION)}
