"""Find dlib's model files, and keep the published networks converted in the user's cache, for the user alone."""

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
from settings.folders import cache_folder, private_folder, take_from_others

if TYPE_CHECKING:
    import onnx

EMBEDDER: Final = "dlib_face_recognition_resnet_model_v1.dat"
DETECTOR: Final = "mmod_human_face_detector.dat"
LANDMARKS: Final = "shape_predictor_5_face_landmarks.dat"
# What the published files are converted to: only these are kept, and taken from where they are kept.
CONVERTED_EMBEDDER_SHA256: Final = "b0e5e20d12e28adf907e73683027b9bc8b2318badc5ab5581baa5202a4229ce6"
CONVERTED_DETECTOR_SHA256: Final = "4f0ccfa9b38bcd2b7f5f62d00fa7309cb8355fd3ac665d2bf06959a647a61527"
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
    """Converted, or taken from the cache, where one that is not the pinned one is made again. Raises SetupProblem.

    Another embedder is converted at each start, for nothing says what it must be. Safe when several processes start
    together.
    """
    folder = cache_folder() if cache is None else cache
    take_from_others(folder)
    try:
        embedder, detector = ModelFile.read(files.embedder), ModelFile.read(files.detector)
        if files.published:
            embedder.require_hash(EMBEDDER_SHA256)
        detector.require_hash(mmod_network.PUBLISHED_SHA256)
        return Networks(
            embedder_onnx=_converted(folder, "embedder", embedder, convert_embedder, CONVERTED_EMBEDDER_SHA256)
            if files.published
            else _bytes_of(convert_embedder(embedder)),
            detector_onnx=_converted(folder, "detector", detector, convert_detector, CONVERTED_DETECTOR_SHA256),
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


def _converted(
    folder: Path, kind: str, file: ModelFile, convert: Callable[[ModelFile], "onnx.ModelProto"], pinned: str
) -> bytes:
    name = f"{kind}-{file.sha256[:16]}-v{CONVERTER_VERSION}-{pinned[:32]}.onnx"
    cached = _cached(folder / name, pinned)
    if cached is not None:
        return cached
    model = _bytes_of(convert(file))
    if _digest(model) == pinned:
        _keep(folder, name, model)
    else:
        log.warning("the %s is converted to another file than is pinned, and not kept: run `make setup`", kind)
    return model


def _bytes_of(model: "onnx.ModelProto") -> bytes:
    whole: bytes = model.SerializeToString()
    return whole


def _cached(path: Path, pinned: str) -> bytes | None:
    try:
        model = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        log.warning("the cached network %s cannot be read (%s); it is converted again", path, error)
        return None
    if _digest(model) == pinned:
        return model
    log.warning("the cached network %s is damaged; it is converted again", path)
    return None


def _keep(folder: Path, name: str, model: bytes) -> None:
    try:
        private_folder(folder)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".converting-") as workplace:
            written = Path(workplace) / name
            written.touch(mode=0o600)
            written.write_bytes(model)
            os.replace(written, folder / name)  # whole or not at all; of two processes the later one's is kept
    except OSError as error:
        log.warning("the converted network is not kept, the next start converts it again: %s", error)


def _digest(model: bytes) -> str:
    return hashlib.sha256(model).hexdigest()
