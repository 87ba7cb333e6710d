"""Two students by one face are found; two who sit apart, or are seen together, are not."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from server.domain.shared_faces import Place, SeenFaces, SharedFace, overlap, shared_faces

NINE = datetime(2026, 3, 9, 0, 0, tzinfo=UTC)


def place(left: int, minutes: Iterable[int], top: int = 100) -> Place:
    return Place((left, top, left + 59, top + 59), frozenset(NINE + timedelta(minutes=each) for each in minutes))


def found(places: dict[str, dict[str, Place]], there: set[str] | None = None) -> list[tuple[str, str, str]]:
    pairs = shared_faces(3, SeenFaces(places), set(places) if there is None else there)
    return [(each.student, each.other, each.why) for each in pairs]


def test_two_at_one_place_are_asked_about_and_two_side_by_side_are_not() -> None:
    first, second, beside = place(100, range(10)), place(112, range(10, 20)), place(150, range(20))
    assert found({"b": {"x": first}, "a": {"x": second}}) == [("a", "b", "place")]
    assert found({"b": {"x": first}, "a": {"x": beside}}) == []
    assert found({"b": {"x": first}, "a": {"x": place(112, range(10, 20), top=300)}}) == []


def test_only_who_is_marked_as_there_is_asked_about() -> None:
    places = {"a": {"x": place(100, range(10))}, "b": {"x": place(100, range(10, 20))}}
    assert found(places, {"a"}) == []
    assert found(places, {"a", "b", "never seen"}) == [("a", "b", "place")]


def test_who_passed_a_place_had_none() -> None:
    assert found({"a": {"x": place(100, range(10))}, "b": {"x": place(100, (11, 12))}}) == []


def test_two_in_one_picture_are_two() -> None:
    assert found({"a": {"x": place(100, range(10))}, "b": {"x": place(120, range(5, 15))}}) == []


def test_another_camera_may_show_them_apart() -> None:
    one = {"x": place(100, range(10)), "y": place(100, range(10))}
    two = {"x": place(100, range(10, 20)), "y": place(500, range(10, 20))}
    assert found({"a": one, "b": two}) == []
    assert found({"a": {"x": one["x"]}, "b": {"y": place(100, range(9))}}) == [], "places of two cameras are not one"


def test_a_doubtful_face_for_two_is_asked_about_unless_the_other_has_a_face_too() -> None:
    faces = SeenFaces(alike={"b": frozenset({"a", "c"})}, seen=frozenset({"b", "c"}))
    assert shared_faces(2, faces, {"a", "b", "c"}) == [SharedFace(2, "a", "b", "face")]
    assert shared_faces(2, faces, {"a", "c"}) == []


def test_many_places_are_compared_with_their_neighbours_only() -> None:
    rows = {
        f"{row}-{seat}": {"x": place(70 * seat, range(20), top=90 * row)} for row in range(20) for seat in range(15)
    }
    assert found(rows) == []


def test_overlap_is_of_whole_pixels() -> None:
    assert overlap((0, 0, 9, 9), (0, 0, 9, 9)) == 1
    assert overlap((0, 0, 9, 9), (10, 0, 19, 9)) == 0
    assert overlap((0, 0, 9, 9), (5, 0, 14, 9)) == 50 / 150
    assert overlap((5, 5, 4, 4), (5, 5, 4, 4)) == 0
