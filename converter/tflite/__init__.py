"""MTCNN's three networks and MobileFaceNet as ONNX, from TFLite files.

file = ModelFile.read(path)
model = convert("pnet", file)           # pictures: uint8 (n, h, w, 3) RGB -> scores, regression
model = convert("rnet", file)           # pictures: uint8 (n, 24, 24, 3) -> scores, regression
model = convert("onet", file)           # pictures: uint8 (n, 48, 48, 3) -> scores, regression, landmarks
model = convert("mobilefacenet", file)  # chips: uint8 (n, 112, 112, 3) RGB -> embeddings: float32 (n, 192)
"""

from typing import TYPE_CHECKING, Final, Literal, get_args

from ..model_file import ModelFile, ModelFileError
from .mobilefacenet import read_mobilefacenet
from .mtcnn import read_onet, read_pnet, read_rnet

if TYPE_CHECKING:
    import onnx

__all__ = ["CONVERTER_VERSION", "NETWORKS", "ModelFile", "ModelFileError", "Network", "convert"]

CONVERTER_VERSION: Final = 1  # raised whenever the same file would give another graph

Network = Literal["pnet", "rnet", "onet", "mobilefacenet"]
NETWORKS: Final[tuple[Network, ...]] = get_args(Network)


def convert(network: Network, file: ModelFile) -> "onnx.ModelProto":
    """The ONNX model of `network` from `file`; raises ModelFileError if that is not what it holds.

    The same file gives the same bytes on every machine.
    """
    # onnx takes a fifth of a second to import, and what was converted is kept
    from .mobilefacenet_graph import mobilefacenet_model
    from .mtcnn_graph import onet_model, pnet_model, rnet_model

    metadata = {"source_sha256": file.sha256, "converter_version": str(CONVERTER_VERSION)}
    match network:
        case "pnet":
            return pnet_model(read_pnet(file), metadata)
        case "rnet":
            return rnet_model(read_rnet(file), metadata)
        case "onet":
            return onet_model(read_onet(file), metadata)
        case "mobilefacenet":
            return mobilefacenet_model(read_mobilefacenet(file), metadata)
