"""The families of recognisers by name: networks that find and embed faces, and what is known about each."""

from typing import Final

from server.families.dlib_family import DLIB
from server.families.family import Embedder, Family
from server.families.fused import FUSED
from server.families.khuface import KHUFACE

FAMILIES: Final = {each.name: each for each in (KHUFACE, DLIB, FUSED)}
# The family of a new store.
DEFAULT: Final = KHUFACE
# What finds faces, in any family.
DETECTORS: Final = tuple(dict.fromkeys(name for each in FAMILIES.values() for name in each.detectors))
# What runs networks: ONNX Runtime, OpenVINO, dlib.
ENGINES: Final = ("onnx", "openvino", "dlib")

__all__ = ["DEFAULT", "DETECTORS", "ENGINES", "FAMILIES", "Embedder", "Family", "family_of"]


def family_of(model_id: str) -> Family | None:
    """The family whose embeddings have that model id; None: it is none of these, or not of its published weights."""
    ids = {each.model_id(mirror): each for each in FAMILIES.values() for mirror in (True, False)}
    return ids.get(model_id)
