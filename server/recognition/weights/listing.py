"""List the model files of every family, with their hashes, licences and states, for people to look at."""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from server.recognition.weights.cache import State, StoredModel, models_folder, stored_models
from server.recognition.weights.published import DLIB, DLIB_PACKAGE, InstalledFile


@dataclass(frozen=True)
class ListedFile:
    """A model file. sha256: the one that is pinned, 64 hex digits; origin: the package that brings it."""

    family: str
    path: Path
    purpose: str
    state: State
    sha256: str
    licence: str
    origin: str


def listed_files(cache: Path | None = None) -> list[ListedFile]:
    """The files of MTCNN and MobileFaceNet, then dlib's; each is read and its hash compared."""
    ours = [listed for stored in stored_models(cache) for listed in _of_stored(stored, models_folder(cache))]
    return [*ours, *(_installed(file) for file in DLIB)]


def _of_stored(stored: StoredModel, folder: Path) -> list[ListedFile]:
    package = stored.source.package
    return [
        ListedFile(
            "khuface",
            folder / file.name,
            stored.model.purpose,
            stored.state,
            file.sha256,
            stored.model.licence,
            f"npm {package.name}@{package.version}",
        )
        for file in stored.source.files
    ]


def _installed(file: InstalledFile) -> ListedFile:
    path = _dlib_folder() / file.name
    origin = f"Python {DLIB_PACKAGE}"
    return ListedFile("dlib", path, file.purpose, _state(path, file.sha256), file.sha256, file.licence, origin)


def _dlib_folder() -> Path:
    spec = find_spec(DLIB_PACKAGE)
    places = spec.submodule_search_locations if spec is not None else None
    return Path(places[0] if places else DLIB_PACKAGE) / "models"


def _state(path: Path, sha256: str) -> State:
    try:
        with path.open("rb") as file:
            return "ready" if hashlib.file_digest(file, "sha256").hexdigest() == sha256 else "damaged"
    except OSError:
        return "missing"
