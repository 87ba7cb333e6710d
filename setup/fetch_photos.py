"""Fetch the few real photographs of face_recognition's source distribution into .cache/photos, for demo and tests.

Standard library only; pip does the download and checks the hash. Running it again does nothing.
"""

import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / ".cache" / "photos"
RELEASE = "face_recognition==1.3.0"
SHA256 = "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec"
PHOTOGRAPH = re.compile(
    r"face_recognition-1\.3\.0/(?:examples|tests/test_images)/(?P<name>[A-Za-z0-9_-]+\.(?:jpg|png))"
)
MAX_PHOTOGRAPH_BYTES = 16 * 1024 * 1024
"""The server's own limit for an image file; the largest of the release has 0.9 MB."""


def download(folder: Path) -> bytes:
    """The release's archive, fetched by pip and compared with SHA256. Raises CalledProcessError."""
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{RELEASE} --hash=sha256:{SHA256}\n", encoding="utf-8")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--no-binary",
            "face_recognition",
            "--dest",
            str(folder),
            "--requirement",
            str(wanted),
        ],
        check=True,
    )
    return next(folder.glob("*.tar.gz")).read_bytes()


def photographs(archive: bytes) -> Iterator[tuple[str, bytes]]:
    """File name and bytes of each photograph; names hold no folder, links and whatever else are passed over."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as members:
        for member in members:
            found = PHOTOGRAPH.fullmatch(member.name)
            if not found or not member.isreg() or member.size > MAX_PHOTOGRAPH_BYTES:
                continue
            content = members.extractfile(member)
            if content is not None:
                yield found["name"], content.read()


def unpack(archive: bytes, folder: Path) -> list[str]:
    """Write the photographs into `folder`, each whole or not at all; their names."""
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for name, content in photographs(archive):
        part = folder / f"{name}.part"
        part.write_bytes(content)
        os.replace(part, folder / name)
        names.append(name)
    return names


def main() -> int:
    complete = FOLDER / "complete"
    if complete.exists() and complete.read_text(encoding="utf-8").strip() == SHA256:
        print(f"The photographs are in {FOLDER.relative_to(PROJECT)} already.")
        return 0
    try:
        with tempfile.TemporaryDirectory() as temporary:
            names = unpack(download(Path(temporary)), FOLDER)
    except (subprocess.CalledProcessError, OSError, tarfile.TarError) as error:
        print(
            f"The photographs of {RELEASE} could not be fetched: {error}. Run this again when pip has a network.",
            file=sys.stderr,
        )
        return 1
    if not names:
        print(f"The archive of {RELEASE} holds no photographs where they are expected.", file=sys.stderr)
        return 1
    complete.write_text(SHA256 + "\n", encoding="utf-8")
    print(f"{len(names)} photographs are in {FOLDER.relative_to(PROJECT)}: {', '.join(sorted(names))}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
