"""What a family of recognisers is: its detectors, its embedders and what is known about them. Loads no library."""

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

MAX_MODEL_ID: Final = 64  # characters; what the store's column holds

# How a face is turned upright before it is embedded. arcface112: MTCNN's five landmarks to ArcFace's template, chips
# of 112x112. dlib150: dlib's five landmarks and get_face_chip of 150x150 with padding 0.25.
Alignment = Literal["arcface112", "dlib150"]
# What a model id calls them: dlib's by landmarks, side in pixels and padding.
ALIGNMENT_IDS: Final[dict[Alignment, str]] = {"arcface112": "arcface112", "dlib150": "5pt-150-0.25"}
# Whose landmarks they go by.
LANDMARKS: Final[dict[Alignment, Literal["mtcnn", "dlib"]]] = {"arcface112": "mtcnn", "dlib150": "dlib"}


@dataclass(frozen=True, slots=True)
class Embedder:
    """A network that turns an upright face into a vector."""

    name: Literal["dlib-resnet", "mobilefacenet", "own"]
    title: str
    model: str  # its name in a model id, with 16 digits of the published file's SHA-256
    alignment: Alignment
    dimensions: int
    unit: bool  # its vectors are divided by their length, then times weight
    scaling: str  # what becomes of RGB values inside the network, in words
    licence: str
    origin: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Family:
    """Networks that belong together, and what holds for their embeddings alone."""

    name: str
    title: str
    detectors: tuple[str, ...]  # the usual one first
    embedders: tuple[Embedder, ...]  # their vectors stand behind one another
    landmarks: Literal["mtcnn", "dlib"]  # whose five points a face has, whichever detector found it
    decision: str | None  # whose constants decide (server.gallery.constants); None: none were fitted
    min_face_px: int
    looks_twice: bool = False  # a face is embedded without its mirror image first
    reduced: bool = True  # photographs are also enrolled as seen small

    @property
    def dimensions(self) -> int:
        """Length of an embedding."""
        return sum(each.dimensions for each in self.embedders)

    def model_id(self, mirror: bool = True) -> str:
        """What an embedding depends on: embedders, alignment, mirror; neither detector nor engine."""
        return model_id(self.embedders, mirror)


def model_id(embedders: tuple[Embedder, ...], mirror: bool) -> str:
    """See Family.model_id. Raises ValueError where it would be longer than the store holds."""
    sides = "mirror" if mirror else "single"
    if len(embedders) == 1:
        identifier = f"{embedders[0].model}/{ALIGNMENT_IDS[embedders[0].alignment]}/{sides}"
    else:
        parts = "-".join(each.model.rpartition("-")[2] for each in embedders)
        weights = "-".join(f"{each.weight:g}" for each in embedders)
        identifier = f"fused-{parts}/{weights}/{sides}"
    if len(identifier) > MAX_MODEL_ID:
        raise ValueError(f"The model id {identifier} has more than {MAX_MODEL_ID} characters; shorten the network's.")
    return identifier


def short_hash(content: bytes) -> str:
    """The first 16 digits of the SHA-256, by which a model id calls a file."""
    return hashlib.sha256(content).hexdigest()[:16]
