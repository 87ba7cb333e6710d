"""Settings to findings of `doctor` about what only the concrete classes know: models, engine, key file, camera."""

from collections.abc import Iterator

from cameras.probe import NoPicture, probe_camera, without_password
from server.config import Settings
from server.doctor import Finding
from server.errors import BadImage
from server.recognition.engines import choose
from server.recognition.model_files import find_model_files, open_networks
from server.store.database.cipher import key_file_problems


def check_models(settings: Settings) -> Iterator[Finding]:
    """The model files are whole."""
    files = find_model_files(settings.embedder)
    networks = open_networks(files)
    which = "dlib's published embedder" if files.published else str(files.embedder)
    yield Finding("models", "fine", f"{which}, SHA-256 {networks.embedder_sha256[:16]}…")


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
