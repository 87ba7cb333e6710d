"""Open the recogniser that is set."""

from server.config import Settings
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
