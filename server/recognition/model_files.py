"""Find dlib's model files, and keep their networks converted in the user's cache."""

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from converter.dat import CONVERTER_VERSION, ModelFile, ModelFileError, convert_detector, convert_embedder
from converter.dat import mmod as mmod_network
from server.errors import SetupProblem
from server.families.dlib_family import EMBEDDER_SHA256
from server.recognition.engines import Networks
from settings.folders import cache_folder

if TYPE_CHECKING:
    import onnx

EMBEDDER: Final = "dlib_face_recognition_resnet_model_v1.dat"
DETECTOR: Final = "mmod_human_face_detector.dat"
LANDMARKS: Final = "shape_predictor_5_face_landmarks.dat"
LANDMARKS_SHA256: Final = "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ModelFiles:
    """published: the embedder must be the one that dlib published."""

    embedder: Path
    detector: Path
    landmarks: Path
    published: bool


def find_model_files(embedder: Path | None = None) -> ModelFiles:
    """Those of the package face_recognition_models, another embedder where one is given. Raises SetupProblem."""
    # Importing face_recognition would load 149 MB and change Pillow for the whole process.
    spec = find_spec("face_recognition_models")
    if spec is None or not spec.submodule_search_locations:
        raise SetupProblem(
            "dlib's model files are missing: install the package face_recognition_models (`make setup` does)."
        )
    folder = Path(spec.submodule_search_locations[0]) / "models"
    landmarks = folder / LANDMARKS
    try:
        ModelFile.read(landmarks).require_hash(LANDMARKS_SHA256)
    except ModelFileError as error:
        raise _problem(error) from error
    return ModelFiles(embedder or folder / EMBEDDER, folder / DETECTOR, landmarks, published=embedder is None)


def open_networks(files: ModelFiles, cache: Path | None = None) -> Networks:
    """Converted, or taken from the cache, where one that is damaged is made again. Raises SetupProblem.

    Safe when several processes start together.
    """
    folder = cache_folder() if cache is None else cache
    try:
        embedder, detector = ModelFile.read(files.embedder), ModelFile.read(files.detector)
        if files.published:
            embedder.require_hash(EMBEDDER_SHA256)
        detector.require_hash(mmod_network.PUBLISHED_SHA256)
        return Networks(
            embedder_onnx=_converted(folder, "embedder", embedder, convert_embedder),
            detector_onnx=_converted(folder, "detector", detector, convert_detector),
            embedder_dat=str(files.embedder),
            detector_dat=str(files.detector),
            embedder_sha256=embedder.sha256,
        )
    except ModelFileError as error:
        raise _problem(error) from error


def _problem(error: ModelFileError) -> SetupProblem:
    return SetupProblem(
        f"{error} Reinstall face_recognition_models (`pip install --force-reinstall face_recognition_models`), "
        "or name another embedder by --embedder."
    )


def _converted(folder: Path, kind: str, file: ModelFile, convert: Callable[[ModelFile], "onnx.ModelProto"]) -> bytes:
    # The cached file's name ends in the hash of its own content: it is whole, or it is not the file of that name.
    stem = f"{kind}-{file.sha256[:16]}-v{CONVERTER_VERSION}"
    cached = _cached(folder, stem)
    if cached is not None:
        return cached
    model: bytes = convert(file).SerializeToString()
    _keep(folder, f"{stem}-{_digest(model)}.onnx", model)
    return model


def _cached(folder: Path, stem: str) -> bytes | None:
    for path in sorted(folder.glob(f"{stem}-*.onnx")):
        try:
            model = path.read_bytes()
        except OSError as error:
            log.warning("the cached network %s cannot be read (%s); it is converted again", path, error)
            continue
        if path.stem == f"{stem}-{_digest(model)}":
            return model
        log.warning("the cached network %s is damaged; it is converted again", path)
    return None


def _keep(folder: Path, name: str, model: bytes) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".converting-") as workplace:
            written = Path(workplace) / name
            written.write_bytes(model)
            os.replace(written, folder / name)  # whole or not at all; of two processes the later one's is kept
    except OSError as error:
        log.warning("the converted network is not kept, the next start converts it again: %s", error)


def _digest(model: bytes) -> str:
    return hashlib.sha256(model).hexdigest()[:32]
