"""Settings to findings of `doctor` about what only the concrete classes know: models, engine, key file, camera."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cameras.probe import NoPicture, probe_camera, without_password
from server.config import Settings
from server.doctor import Finding
from server.errors import BadImage
from server.families.own import own_family
from server.recognition.engines import choose
from server.recognition.model_files import find_model_files, open_networks
from server.recognition.weights import ListedFile, listed_files
from server.store.database.cipher import key_file_problems

REMEDIES: Final = {
    "khuface": "face_recog_server.py models fetch",
    "dlib": "pip install --force-reinstall face_recognition_models",
}
"""What brings the files of a family back."""
WRONG: Final = {"missing": "not on this machine", "damaged": "damaged"}


def check_models(settings: Settings) -> Iterator[Finding]:
    """The model files are whole, and which they are."""
    listed = listed_files()
    for family in dict.fromkeys(file.family for file in listed):
        yield _check_family(family, [file for file in listed if file.family == family])
    if settings.embedder is not None and settings.embedder.suffix == ".onnx":
        yield Finding("models", "fine", _own(settings.embedder))
        return
    files = find_model_files(settings.embedder)
    networks = open_networks(files)
    which = "dlib's published embedder" if files.published else str(files.embedder)
    yield Finding("models", "fine", f"{which}, SHA-256 {networks.embedder_sha256[:16]}…")


def _own(embedder: Path) -> str:
    family, _ = own_family(embedder)
    return f"{family.title} ({embedder}), {family.embedders[0].licence}, vectors of {family.dimensions} numbers"


def _check_family(family: str, files: list[ListedFile]) -> Finding:
    wrong = [file for file in files if file.state != "ready"]
    if not wrong:
        described = (f"{file.path.name} ({file.sha256[:12]}…, {file.licence})" for file in files)
        return Finding(family, "fine", ", ".join(described))
    named = ", ".join(f"{file.path.name} is {WRONG[file.state]}" for file in wrong)
    remedy = f"run `{REMEDIES[family]}`"
    if family == "dlib":
        return Finding(family, "broken", f"{named}: {remedy}.")
    return Finding(family, "warning", f"{named}: {remedy}; without them, family dlib works.")


def check_engine(settings: Settings) -> Iterator[Finding]:
    """Which engine runs the models, and why."""
    choice = choose(settings.engine, settings.threads)
    yield Finding("engine", "fine", f"{choice.engine.detail}. {choice.reason}")


def check_key_file(settings: Settings) -> Iterator[Finding]:
    """The key that encrypts the templates is there, whole, and nobody else's to read."""
    path = settings.key_path
    if problems := key_file_problems(path):
        yield from (Finding("key file", "warning", problem) for problem in problems)
    elif path.exists():
        yield Finding("key file", "fine", f"{path}; keep a copy apart from the database's backup")
    else:
        yield Finding("key file", "fine", f"{path} does not exist yet; it is made with the first enrolment")


def check_camera(source: str) -> Iterator[Finding]:
    """The camera gives a picture."""
    try:
        width, height = probe_camera(source)
    except NoPicture as error:
        raise BadImage(str(error)) from None
    yield Finding("camera", "fine", f"{without_password(source)} gives {width} x {height} pixels")
