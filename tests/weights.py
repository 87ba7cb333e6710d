"""Whether the weights that set-up fetches are here; tests that need them are listed as NOT RUN where they are not."""

from functools import cache

import pytest


@cache
def are_here() -> bool:
    from server.recognition.weights import stored_models  # loads the networks' libraries, which few tests need

    return all(stored.state == "ready" for stored in stored_models())


def need(family: str) -> None:
    """Skip unless the family's networks are here."""
    if family != "dlib" and not are_here():
        pytest.skip(f"family {family} needs the weights of MTCNN and MobileFaceNet: face_recog_server.py models fetch")
