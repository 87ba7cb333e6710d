"""Open the recogniser that is set."""

from server.config import Settings
from server.recognition import Recogniser, open_recogniser


def recogniser_of(settings: Settings) -> Recogniser:
    """Raises SetupProblem where a model cannot be used."""
    return open_recogniser(
        engine=settings.engine,
        detector=settings.detector,
        min_face_px=settings.min_face_px,
        embedder=settings.embedder,
        threads=settings.threads or None,
        max_faces=settings.max_faces,
    )
