"""Whether the weights that set-up fetches are here; tests that need them are listed as NOT RUN where they are not."""

import os
from functools import cache
from pathlib import Path
from typing import Final

import pytest

CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rollcall"
"""Where set-up has put them, whatever other folder a test names meanwhile."""


@cache
def are_here() -> bool:
    from server.recognition.weights import stored_models  # loads the networks' libraries, which few tests need

    return all(stored.state == "ready" for stored in stored_models(CACHE))


def need(family: str) -> None:
    """Skip unless the family's networks are here."""
    if family != "dlib" and not are_here():
        pytest.skip(f"family {family} needs the weights of MTCNN and MobileFaceNet: face_recog_server.py models fetch")
