"""Check what only the concrete classes know, for `doctor`: models, engine, key file, camera."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cameras.errors import CameraLost, NoSuchCamera
from cameras.opening import find_source
from cameras.settings import camera_settings
from server.config import Settings
from server.doctor import CheckResult
from server.errors import BadImage, SetupProblem
from server.faces import Recogniser
from server.families import Family
from server.families.family import LANDMARKS
from server.families.own import own_family
from server.recognition.engines import choose
from server.recognition.model_files import find_model_files, open_networks
from server.recognition.weights import ListedFile, listed_files
from server.store.database.key_file import key_file_problems

# What brings the files of a family back.
REMEDIES: Final = {
    "khuface": "face_recog_server.py models fetch",
    "dlib": "pip install --force-reinstall face_recognition_models",
}
WRONG: Final = {"missing": "not on this machine", "damaged": "damaged"}


def check_models(settings: Settings) -> Iterator[CheckResult]:
    listed = listed_files()
    families = list(dict.fromkeys(file.family for file in listed))
    whole = {each for each in families if all(file.state == "ready" for file in listed if file.family == each)}
    for family in families:
        yield _check_family(family, [file for file in listed if file.family == family], whole)
    if settings.embedder is not None and settings.embedder.suffix.lower() == ".onnx":
        yield CheckResult("models", "fine", _own(settings.embedder))
        return
    if settings.embedder is None and "dlib" not in whole:
        return
    files = find_model_files(settings.embedder)
    networks = open_networks(files)
    which = "dlib's published embedder" if files.published else str(files.embedder)
    yield CheckResult("models", "fine", f"{which}, SHA-256 {networks.embedder_sha256[:16]}…")


def check_family(settings: Settings, family: Family) -> CheckResult:
    """The family that the server would run with this database, and whether its weights are here."""
    needed = {"khuface" if LANDMARKS[part.alignment] == "mtcnn" else "dlib" for part in family.embedders}
    if any(file.state != "ready" for file in listed_files() if file.family in needed):
        return CheckResult("family", "broken", f"{family.name}, whose weights are not all here: no server starts.")
    finder = settings.detector or family.detectors[0]
    text = f"{family.name}: {family.title}, {family.dimensions} numbers a face, faces found by {finder}"
    return CheckResult("family", "fine", text)


def _own(embedder: Path) -> str:
    family, _ = own_family(embedder)
    return f"{family.title} ({embedder}), {family.embedders[0].licence}, vectors of {family.dimensions} numbers"


def _check_family(family: str, files: list[ListedFile], whole: set[str]) -> CheckResult:
    """whole: families whose files are all here; with one of them what is missing of another need not be mended."""
    wrong = [file for file in files if file.state != "ready"]
    if not wrong:
        described = (f"{file.path.name} ({file.sha256[:12]}…, {file.licence})" for file in files)
        return CheckResult(family, "fine", ", ".join(described))
    named = ", ".join(f"{file.path.name} is {WRONG[file.state]}" for file in wrong)
    remedy = f"run `{REMEDIES[family]}`"
    if not whole or (family == "dlib" and any(file.state == "damaged" for file in wrong)):
        return CheckResult(family, "broken", f"{named}: {remedy}.")
    return CheckResult(family, "warning", f"{named}: {remedy}; without them, family {min(whole)} works.")


def check_engine(settings: Settings) -> Iterator[CheckResult]:
    choice = choose(settings.engine, settings.threads)
    yield CheckResult("engine", "fine", f"{choice.engine.detail}. {choice.reason}")


def check_key_file(settings: Settings) -> Iterator[CheckResult]:
    """The templates' key is there, whole, and nobody else's to read."""
    path = settings.key_path
    if problems := key_file_problems(path):
        yield from (CheckResult("key file", "warning", problem) for problem in problems)
    elif path.exists():
        yield CheckResult("key file", "fine", f"{path}; keep a copy apart from the database's backup")
    else:
        yield CheckResult("key file", "fine", f"{path} does not exist yet; it is made with the first enrolment")


def check_camera(named: str, open_recogniser: Callable[[], Recogniser]) -> Iterator[CheckResult]:
    """The camera gives a picture, and does not lie. named: as `attendance_client.py watch --camera` takes it.

    Without the networks nothing is said of how it lies.
    """
    name = "The camera"
    try:
        source = find_source(named.strip(), camera_settings(os.environ))
        name = source.name
        with closing(source.pictures(lambda _: True)) as pictures:
            picture = next(pictures, None)
    except NoSuchCamera as error:
        raise BadImage(error.text) from None
    except CameraLost as error:
        raise BadImage(error.of(name).text) from None
    if picture is None:
        raise BadImage(f"{name} gives no picture: try it in another program.")
    size = f"{name} gives {picture.shape[1]} x {picture.shape[0]} pixels"
    if turns := _turns(picture, open_recogniser):
        lies = f"faces stand upright only when it is turned by {90 * turns} degrees to the left"
        yield CheckResult("camera", "warning", f"{size}; {lies}: turn the camera, or its picture in its settings.")
    else:
        yield CheckResult("camera", "fine", size)


def _turns(picture: NDArray[np.uint8], open_recogniser: Callable[[], Recogniser]) -> int:
    # Quarters to the left that turn a BGR picture upright; 0 where that is not known.
    try:
        recogniser = open_recogniser()
    except SetupProblem:
        return 0
    return recogniser.quarter_turns(np.ascontiguousarray(picture[:, :, ::-1]), recogniser.min_face_px)
