"""Settings in, a recogniser out: the one place that picks detector, engine and model files."""

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from server.errors import SetupProblem
from server.recognition.alignment import ALIGNMENT_ID, Aligner
from server.recognition.detection import Detector
from server.recognition.dlib_reference import DlibEmbedder, DlibMmodDetector
from server.recognition.hog import HogDetector
from server.recognition.recogniser import Recogniser

ENGINES: Final = ("auto", "onnx", "openvino", "dlib")
DETECTORS: Final = ("mmod", "hog")


def open_recogniser(
    engine: str = "auto", detector: str = "mmod", min_face_px: int = 30, mirror: bool = True,
    embedder: Path | None = None, threads: int | None = None, max_faces: int = 200,
) -> Recogniser:
    """A recogniser that is ready to work.

    engine: auto, onnx, openvino or dlib; dlib itself is the reference, and slow. detector: mmod, or hog (faces of
    40 px and more, frontal). min_face_px: smallest face looked for, the width of its box. mirror: average with the
    mirror image's embedding. embedder: another .dat file of dlib's face recognition ResNet. threads: of the engine;
    None: as many as there are cores. max_faces: most faces of one picture. Raises SetupProblem with what to do.
    """
    if engine not in ENGINES or detector not in DETECTORS:
        raise SetupProblem(f"There is no engine {engine!r} with a detector {detector!r}; the engines are "
                           f"{', '.join(ENGINES)}, the detectors {', '.join(DETECTORS)}.")
    path = embedder or _model("dlib_face_recognition_resnet_model_v1.dat")
    network = DlibEmbedder(path)
    finder: Detector = HogDetector() if detector == "hog" else DlibMmodDetector(
        _model("mmod_human_face_detector.dat"))
    return Recogniser(
        finder, Aligner(_model("shape_predictor_5_face_landmarks.dat")), network,
        model_id=model_id(path, mirror=mirror), engine="dlib", detector_name=detector, min_face_px=min_face_px,
        mirror=mirror, max_faces=max_faces,
    )


def model_id(embedder: Path, *, mirror: bool) -> str:
    """Names what an embedding depends on: the embedder by the SHA-256 of its file, the alignment, the mirror."""
    digest = hashlib.sha256(embedder.read_bytes()).hexdigest()[:16]
    return f"dlib-resnet-{digest}/{ALIGNMENT_ID}/{'mirror' if mirror else 'single'}"


def _model(name: str) -> Path:
    found = find_spec("face_recognition_models")
    if found is None or not found.submodule_search_locations:
        raise SetupProblem("The models are missing: install face_recognition_models (make setup does).")
    return Path(found.submodule_search_locations[0]) / "models" / name
