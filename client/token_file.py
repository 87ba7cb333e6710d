"""Read a device's token from a file that nobody else may read."""

import os
import stat
import sys
from pathlib import Path
from typing import Final

from client.errors import UsageError

MOST_BYTES: Final = 1024


def read_token(path: Path) -> str:
    """Raises UsageError for a file that others can read, or that holds no token."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(MOST_BYTES)
    except OSError as error:
        raise UsageError(f"The token file {path} cannot be read: {error.strerror or error}.") from error
    if sys.platform != "win32" and stat.S_IMODE(mode) & 0o077:
        raise UsageError(f"Others can read the token file {path}: keep it to yourself by `chmod 600 {path}`.")
    token = content.decode("ascii", "replace").strip()
    if not token or not token.isprintable() or " " in token or not token.isascii():
        raise UsageError(f"The token file {path} holds no token: it is one line, as `device add` printed it.")
    return token
