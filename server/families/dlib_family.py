"""dlib's own networks of 2016: MMOD or HOG finds the faces, the ResNet embeds them."""

from dataclasses import replace
from typing import Final

from server.families.family import Embedder, Family

# Of dlib_face_recognition_resnet_model_v1.dat as dlib published it (face_recognition_models 0.3.0).
EMBEDDER_SHA256: Final = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"

RESNET: Final = Embedder(
    name="dlib-resnet",
    title="dlib's face recognition ResNet",
    model=f"dlib-resnet-{EMBEDDER_SHA256[:16]}",
    alignment="dlib150",
    dimensions=128,
    unit=False,
    scaling="(x - (122.782, 117.001, 104.298)) / 256",
    licence="CC0 1.0",
    origin="PyPI face_recognition_models 0.3.0, dlib_face_recognition_resnet_model_v1.dat (davisking/dlib-models)",
)

DLIB: Final = Family(
    name="dlib",
    title="dlib's MMOD and ResNet",
    detectors=("mmod", "hog", "mtcnn", "yunet"),
    embedders=(RESNET,),
    landmarks="dlib",
    decision="dlib",
    min_face_px=30,
)


def with_embedder(sha256: str) -> Family:
    """The family with another file of the same ResNet; nothing was fitted for it but for dlib's own."""
    if sha256 == EMBEDDER_SHA256:
        return DLIB
    other = replace(RESNET, title="a ResNet of dlib's form", model=f"dlib-resnet-{sha256[:16]}", origin="--embedder")
    return replace(DLIB, embedders=(other,))
