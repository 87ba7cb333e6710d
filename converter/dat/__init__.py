"""dlib's two face networks as ONNX: a `.dat` file in, an `onnx.ModelProto` out. A package that stands by itself: it
needs NumPy and onnx, and nothing of dlib.

    file = ModelFile.read(path)
    model = convert_embedder(file)          # chips: uint8 (n, 150, 150, 3) RGB -> embeddings: float32 (n, 128)
    model = convert_detector(file)          # levels: uint8 (n, h, w, 3) RGB -> scores: float32 (n, rows, columns)
"""

from typing import TYPE_CHECKING

from ..model_file import ModelFile, ModelFileError
from .mmod import read_mmod
from .resnet import read_resnet

if TYPE_CHECKING:
    import onnx

__all__ = ["CONVERTER_VERSION", "ModelFile", "ModelFileError", "convert_detector", "convert_embedder"]

CONVERTER_VERSION = 1  # raised whenever the same file would give another graph: what was converted before is then stale


def convert_embedder(file: ModelFile) -> "onnx.ModelProto":
    """The face embedder in `file`, any of dlib's ResNet; raises ModelFileError if that is not what it holds."""
    from .resnet_graph import resnet_model  # onnx takes a fifth of a second to import, and what was converted is kept

    return resnet_model(read_resnet(file), _metadata(file))


def convert_detector(file: ModelFile) -> "onnx.ModelProto":
    """The MMOD face detector in `file`; raises ModelFileError if that is not what it holds."""
    from .mmod_graph import mmod_model  # as above

    return mmod_model(read_mmod(file), _metadata(file))


def _metadata(file: ModelFile) -> dict[str, str]:
    return {"source_sha256": file.sha256, "converter_version": str(CONVERTER_VERSION)}
