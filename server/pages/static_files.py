"""The files that the pages' browsers keep: their path changes with them, so that each is asked for once."""

import gzip
import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from litestar import Response

STATIC: Final = files("server.pages") / "static"
MEDIA_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
FOR_EVER: Final = "public, max-age=31536000, immutable"
# Of a server of another version at the same database: its pages ask for files that are not ours.
NOT_OURS: Final = "no-cache"
LEAST_PACKED: Final = 1024  # bytes; less than that fits into the first packet as it is


@dataclass(frozen=True, slots=True)
class StaticFile:
    content: bytes
    packed: bytes
    media_type: str


def _read() -> dict[str, StaticFile]:
    found = {}
    for file in sorted(STATIC.iterdir(), key=lambda each: each.name):
        kind = MEDIA_TYPES.get(file.name.rpartition(".")[2])
        if kind is not None:
            content = file.read_bytes()
            found[file.name] = StaticFile(content, gzip.compress(content, 9, mtime=0), kind)
    return found


FILES: Final = _read()
VERSION: Final = hashlib.sha256(b"".join(each.content for each in FILES.values())).hexdigest()[:12]
"""Of all files together: a module finds those that it imports beside itself."""


def path_of(name: str) -> str:
    """Where a browser asks for it."""
    return f"/static/{VERSION}/{name}"


def file_response(version: str, name: str, accepted: str) -> Response[bytes] | None:
    """accepted: the header Accept-Encoding. None: there is no such file."""
    found = FILES.get(name)
    if found is None:
        return None
    headers = {"Cache-Control": FOR_EVER if version == VERSION else NOT_OURS, "Vary": "Accept-Encoding"}
    if takes_gzip(accepted):
        return Response(found.packed, media_type=found.media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(found.content, media_type=found.media_type, headers=headers)


def packed(content: bytes, media_type: str, accepted: str, status: int) -> Response[Any]:
    """An answer in as few bytes as the browser takes. accepted: the header Accept-Encoding."""
    headers = {"Vary": "Accept-Encoding"}
    if len(content) >= LEAST_PACKED and takes_gzip(accepted):
        content, headers["Content-Encoding"] = gzip.compress(content, 6, mtime=0), "gzip"
    return Response(content, status_code=status, media_type=media_type, headers=headers)


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header (RFC 9110, section 12.5.3) names gzip, and not with a weight of nothing."""
    for part in accepted[:500].split(","):
        coding, _, weight = part.replace(" ", "").partition(";q=")
        if coding.lower() == "gzip":
            return not weight or weight.strip("0.") != ""
    return False
