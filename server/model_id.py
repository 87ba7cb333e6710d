"""What an embedding depends on, as one name: the embedder, the alignment, the mirror. Loads no model and no library."""

import hashlib
from pathlib import Path
from typing import Final

from server.errors import SetupProblem

EMBEDDER_SHA256: Final = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
"""Of dlib_face_recognition_resnet_model_v1.dat as dlib published it (face_recognition_models 0.3.0)."""
ALIGNMENT: Final = "5pt-150-0.25"
"""dlib's five landmarks, and side in pixels and padding of the chips that are cut by them."""
MAX_MODEL_ID: Final = 64  # characters; what the store's column holds


def model_id(embedder_sha256: str, alignment: str = ALIGNMENT, mirror: bool = True) -> str:
    """What an embedding depends on, in at most 64 characters: the embedder by its hash, the alignment, the mirror.

    Embeddings of different ids are not comparable. Raises ValueError if `alignment` is too long a name.
    """
    identifier = f"dlib-resnet-{embedder_sha256[:16]}/{alignment}/{'mirror' if mirror else 'single'}"
    if len(identifier) > MAX_MODEL_ID:
        raise ValueError(f"The model id {identifier} has more than {MAX_MODEL_ID} characters; shorten the alignment's.")
    return identifier


def model_id_of(embedder: Path | None) -> str:
    """The model id of the recogniser that is opened with this embedder (None: dlib's own), without opening it.

    Raises SetupProblem where the file cannot be read.
    """
    if embedder is None:
        return model_id(EMBEDDER_SHA256)
    try:
        with embedder.open("rb") as file:
            return model_id(hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        raise SetupProblem(
            f"The embedder {embedder} cannot be read: {error.strerror}. Name another by --embedder, "
            "or none for dlib's own."
        ) from error
