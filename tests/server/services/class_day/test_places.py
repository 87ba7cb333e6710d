"""Where each student was seen, and whose doubtful face may as well be another's."""

from datetime import UTC, datetime, timedelta

import numpy as np

from server.domain.shared_faces import shared_faces
from server.gallery import Candidate, Gallery, Presence
from server.gallery.constants import family_constants
from server.services.class_day.places import PlacesSoFar
from server.store import Sighting

NINE = datetime(2026, 3, 2, tzinfo=UTC)
MATCHER = Gallery(
    ["a", "b"], np.eye(192, dtype=np.float32)[:2], model_id="test", constants=family_constants("khuface")
).matcher()
FACE = np.zeros(192, dtype=np.float32)
LEAD = MATCHER.constants.resemblance.clear_lead


def sighting(student: str, left: int, verdict: str = "sure") -> Sighting:
    return Sighting(student, verdict, 0.9, ((student, 0.5),), (left, 10, left + 49, 59), None, "m")  # type: ignore[arg-type]


def test_a_place_is_the_middle_of_what_names_somebody() -> None:
    places = PlacesSoFar()
    for minute, left in enumerate((100, 104, 108)):
        places.add("front", NINE + timedelta(minutes=minute), [sighting("a", left), sighting("b", 300, "unknown")])
    places.add("back", NINE, [sighting("a", 500)])
    found = places.faces((), MATCHER).places
    assert found["a"]["front"].box == (104, 10, 153, 59)
    assert len(found["a"]["front"].times) == 3
    assert found["a"]["back"].box[0] == 500
    assert "b" not in found


def test_a_doubtful_face_that_is_as_near_to_another_is_shared_and_a_clear_one_is_not() -> None:
    def alike(verdict: str, apart: float) -> frozenset[str]:
        candidates = (Candidate("a", 0.8, 0.9), Candidate("b", 0.8 + apart, 0.8))
        presence = Presence("a", verdict, 0.7, (0,), candidates, FACE)  # type: ignore[arg-type]
        return PlacesSoFar().faces([presence], MATCHER).alike.get("a", frozenset())

    assert alike("check", LEAD / 2) == {"b"}
    assert alike("check", LEAD * 2) == frozenset()
    assert alike("sure", LEAD / 2) == frozenset()


def test_one_doubtful_face_for_two_who_are_marked_as_there_is_asked_about() -> None:
    candidates = (Candidate("a", 0.8, 0.9), Candidate("b", 0.8 + LEAD / 2, 0.8))
    faces = PlacesSoFar().faces([Presence("a", "check", 0.7, (0,), candidates, FACE)], MATCHER)
    assert [(each.student, each.other, each.why) for each in shared_faces(3, faces, {"a", "b"})] == [("a", "b", "face")]
