"""The one script of others that the pages use: htmx, fetched by set-up and served from this machine."""

import hashlib
import logging
from functools import cache
from pathlib import Path
from typing import Final

from server.errors import SetupProblem
from server.npm import Package, PinnedFile, fetched, from_folder

# Of the npm registry, licence 0BSD. The hashes are of the package as it was published (2026-11-30).
HTMX: Final = Package(
    "htmx.org",
    "4.0.1",
    PinnedFile("htmx.org-4.0.1.tgz", 382_604, "5fba65616ca148a86d377e9771bcada7f35faee3558651feb929eea425e13b3c"),
    "package/dist",
)
HTMX_FILE: Final = PinnedFile("htmx.min.js", 37_448, "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130")

log = logging.getLogger(__name__)


def htmx_path(folder: Path) -> Path:
    """Where set-up keeps it. folder: the cache folder."""
    return folder / "pages" / f"htmx-{HTMX.version}.min.js"


def fetch_htmx(folder: Path, *, carried: Path | None = None) -> bool:
    """Keep htmx in the cache; whether it was missing. carried: a folder with the package, where there is no network.

    Raises SetupProblem where it cannot be had, or is another than is pinned.
    """
    path = htmx_path(folder)
    if _content(path) is not None:
        return False
    found = from_folder(carried, HTMX, [HTMX_FILE]) if carried else fetched(HTMX, [HTMX_FILE])
    if not found:
        raise SetupProblem(f"{carried} holds no {HTMX_FILE.name} of {HTMX.name} {HTMX.version}.")
    content = found[HTMX_FILE.name]
    if hashlib.sha256(content).hexdigest() != HTMX_FILE.sha256:
        raise SetupProblem(f"What came as {HTMX.name} {HTMX.version} is not what is pinned; nothing was kept.")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)
    return True


@cache
def htmx(folder: Path) -> bytes:
    """The script; nothing where it is missing or damaged: the pages then load whole where they would load a part."""
    content = _content(htmx_path(folder))
    if content is None:
        log.warning("the pages go without htmx, which is not in the cache: `make setup` fetches it")
    return content or b""


def _content(path: Path) -> bytes | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == HTMX_FILE.sha256 else None
