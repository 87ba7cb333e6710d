"""Settings in, a recogniser out: the one place that puts detector, engine and model files together."""

from pathlib import Path
from typing import Final

from server.errors import SetupProblem
from server.model_id import model_id
from server.recognition.alignment import Aligner
from server.recognition.detection import Detector
from server.recognition.dlib_reference import DlibMmodDetector
from server.recognition.engines import Engine, Networks, PictureDetector, choose
from server.recognition.hog import HogDetector
from server.recognition.mmod import MmodDetector
from server.recognition.model_files import find_model_files, open_networks
from server.recognition.recogniser import Recogniser

DETECTORS: Final = ("mmod", "hog")


def open_recogniser(
    engine: str = "auto",
    detector: str = "mmod",
    min_face_px: int = 30,
    mirror: bool = True,
    embedder: Path | None = None,
    threads: int | None = None,
    max_faces: int = 200,
) -> Recogniser:
    """A recogniser that is ready to work.

    engine: auto, onnx, openvino or dlib; dlib itself is the reference, and slow. detector: mmod, or hog (faces of
    40 px and more, frontal). min_face_px: smallest face looked for, the width of its box. mirror: average with the
    mirror image's embedding. embedder: another .dat file of dlib's face recognition ResNet. threads: of the engine;
    None: as many as there are cores. max_faces: most faces of one picture. Raises SetupProblem with what to do.
    """
    if detector not in DETECTORS:
        raise SetupProblem(f"No detector is called {detector!r}; the detector is one of {', '.join(DETECTORS)}.")
    if min_face_px < 1 or max_faces < 1:
        raise SetupProblem(f"min_face_px is {min_face_px} and max_faces {max_faces}; both must be 1 or more.")
    chosen = choose(engine, threads or 0).engine
    files = find_model_files(embedder)
    networks = open_networks(files)
    return Recogniser(
        _detector(detector, chosen, networks),
        Aligner(files.landmarks),
        chosen.open_embedder(networks),
        model_id=model_id(networks.embedder_sha256, mirror=mirror),
        engine=chosen.name,
        detector_name=detector,
        min_face_px=min_face_px,
        mirror=mirror,
        max_faces=max_faces,
    )


def _detector(name: str, engine: Engine, networks: Networks) -> Detector:
    if name == "hog":
        return HogDetector()
    session = engine.open_detector(networks)
    return DlibMmodDetector(session) if isinstance(session, PictureDetector) else MmodDetector(session)
