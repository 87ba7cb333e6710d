"""Open the recogniser that is set."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

from server.config import Settings
from server.errors import SetupProblem
from server.faces import Recogniser
from server.families import FAMILIES, Family
from server.recognition import open_recogniser


def recogniser_of(settings: Settings, family: Family, *, mirror: bool = True) -> Recogniser:
    """Raises SetupProblem where a network cannot be used."""
    return open_recogniser(
        family.name if family.name in FAMILIES else "auto",
        engine=settings.engine,
        detector=settings.detector,
        min_face_px=settings.min_face_px,
        mirror=mirror,
        embedder=settings.embedder,
        detector_file=settings.detector_file,
        threads=settings.threads or None,
        max_faces=settings.max_faces,
    )


def other_recognisers(settings: Settings, family: str, tell: Callable[[str], None]) -> Iterator[Recogniser]:
    """Those of the other families, as they come. tell: is told of one whose networks are not here."""
    own = replace(settings, embedder=None, detector=None, detector_file=None)
    for other in FAMILIES.values():
        if other.name == family:
            continue
        try:
            yield recogniser_of(own, other)
        except SetupProblem as problem:
            tell(f"Family {other.name} is left out: {problem.text}")


class OtherRecognisers:
    """Opened when they are first asked for, and then kept. For any thread."""

    def __init__(self, settings: Settings, family: str, tell: Callable[[str], None]) -> None:
        self._opened: list[Recogniser] | None = None
        self._come = other_recognisers(settings, family, tell)
        self._lock = threading.Lock()

    def __call__(self) -> list[Recogniser]:
        with self._lock:
            if self._opened is None:
                self._opened = list(self._come)
            return self._opened
