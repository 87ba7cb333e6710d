"""What a camera's pictures show of people at known places, as the product keeps it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from server.clock import utc_now
from server.domain.evidence import Sign
from server.faces import Face
from server.recognition.frames import frames_around
from server.recognition.recogniser import FamilyRecogniser
from server.services.held_up.shape import Shape, shape_of
from server.services.held_up.signs import HourSigns, spread_of
from server.store import FacePoints, RecordedPicture, Sighting

NEAR = 0.9
"""How far from a place a face may be, in widths of a head's face there."""


@dataclass(slots=True)
class SeenHour:
    """For each picture the faces, by the number of their place. Who is recognised is not the question here: everybody
    is sure to be who they are.
    """

    recogniser: FamilyRecogniser
    pictures: list[dict[int, tuple[Face, float]]] = field(default_factory=list)

    def add(self, image: NDArray[np.uint8], places: Sequence[tuple[float, float, float]]) -> None:
        """places: x, y and the width of a head's face."""
        faces = self.recogniser.look(image)
        framed = frames_around(image, [face.box for face in faces])
        shown: dict[int, tuple[Face, float]] = {}
        for face, share in zip(faces, framed, strict=True):
            middle = np.array([(face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2])
            apart = [float(np.linalg.norm(middle - place[:2])) / place[2] for place in places]
            if min(apart) < NEAR:
                shown[int(np.argmin(apart))] = face, share
        self.pictures.append(shown)

    def of(self, place: int) -> list[Face]:
        return [each[place][0] for each in self.pictures if place in each]

    def shape(self, place: int) -> tuple[Shape, float, float]:
        """Its shape, how much its embeddings differ, and its width."""
        faces = self.of(place)
        spread = spread_of(np.stack([face.embedding for face in faces]))
        width = float(np.median([face.width for face in faces]))
        return shape_of(np.stack([face.landmarks for face in faces])), spread, width

    def signs(self, enrolled: Sequence[NDArray[np.float32]] = ()) -> dict[int, tuple[Sign, ...]]:
        """What is told, by place. enrolled: one embedding a place."""
        hour = HourSigns(self.recogniser.model_id, lambda who: np.array([enrolled[int(who)]] if len(enrolled) else []))
        begins = utc_now()
        for number, shown in enumerate(self.pictures):
            at = begins + timedelta(minutes=number)
            picture = RecordedPicture("bench", date(2026, 3, 2), 1, at, "camera", len(shown), 1920, 1080)
            hour.add(picture, [_sighting(place, *each, self.recogniser.model_id) for place, each in shown.items()])
        return {int(who): signs for who, signs in hour.signs().items()}


def _sighting(place: int, face: Face, share: float, model_id: str) -> Sighting:
    points = FacePoints(face.landmarks, share)
    return Sighting(str(place), "sure", 0.99, (), face.box, face.embedding, model_id, points)


def interval(happened: Iterable[bool]) -> tuple[int, int, float, float]:
    """How many of how many, and the limits of the share in percent (95 %, Clopper and Pearson)."""
    from scipy.stats import beta

    found = list(happened)
    hits, total = sum(found), len(found)
    low = 100 * float(beta.ppf(0.025, hits, total - hits + 1)) if hits else 0.0
    high = 100 * float(beta.ppf(0.975, hits + 1, total - hits)) if hits < total else 100.0
    return hits, total, low, high
