"""A face that a first look leaves in doubt is embedded again, by its box, and decided by that."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest

from server.extraction import LocalExtractor
from server.faces import Face
from server.services.class_day.galleries import Galleries
from server.services.class_day.recognition import Recognition
from server.services.class_day.work_queue import WorkQueue
from server.store import Store, Template
from tests.server.gallery.made_up_people import MadeUpPeople, number

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MODEL = "made-up"
CLASS = range(8)


class TwoLooks:
    """Sees the people named in a picture; the first look gives embeddings of its own, `looks` says what was asked."""

    model_id = MODEL
    min_face_px = 30
    dimensions = 128
    looks_twice = True

    def __init__(self, people: MadeUpPeople, first: dict[int, Any]) -> None:
        self._whole = people.photographs(range(len(people.faces)))
        self._first = first
        self.looks: list[Any] = []

    def look(self, image: Any) -> list[Face]:
        shown = [int(word) for word in bytes(image[0]).decode().split()]
        self.looks.append(shown)
        return [self._face(person, self._first.get(person, self._whole[person])) for person in shown]

    def quarter_turns(self, image: Any, min_face_px: int) -> int:
        return 0

    def at_boxes(self, image: Any, boxes: Any) -> list[Face]:
        people = [box[0] // 100 for box in boxes]
        self.looks.append(("again", people))
        return [self._face(person, self._whole[person]) for person in people]

    @staticmethod
    def _face(person: int, embedding: Any) -> Face:
        return Face((person * 100, 0, person * 100 + 79, 79), embedding, np.zeros((5, 2), np.float32), 1.0)


@pytest.fixture
def queue() -> Iterator[WorkQueue]:
    opened = WorkQueue("test", workers=1, most_waiting=2)
    yield opened
    opened.close()


@pytest.fixture
def people() -> MadeUpPeople:
    return MadeUpPeople(12, apart=0.9, own=0.2)


def recognition(store: Store, queue: WorkQueue, recogniser: Any, people: MadeUpPeople) -> Recognition:
    rows = people.photographs(CLASS)
    store.templates.add(
        [Template(number(each), bytes([each]) * 32, f"{each}.jpg", MODEL, rows[each]) for each in CLASS], [], at=NOW
    )
    decode = lambda data: np.frombuffer(data, np.uint8).reshape(1, -1)  # noqa: E731
    return Recognition(LocalExtractor(recogniser, decode), store, Galleries(store, MODEL), queue)


def named(found: Any) -> list[str | None]:
    return [face.match.student_id for face in found.faces]


def at_the_threshold(store: Store, people: MadeUpPeople, person: int) -> Any:
    """A face between the person's photograph and a stranger's, as near to the threshold as can be."""
    matcher = Galleries(store, MODEL).matcher(None)
    own, other = people.photographs([person], noise=0)[0], people.photographs([11], noise=0)[0]
    mixed = [((1 - share) * own + share * other).astype(np.float32) for share in np.linspace(0, 1, 200)]
    leads = [matcher.identify(each[None])[0].lead for each in mixed]
    return mixed[int(np.argmin(np.abs(leads)))]


def test_faces_far_from_the_threshold_are_looked_at_once(store: Store, queue: WorkQueue, people: MadeUpPeople) -> None:
    recogniser = TwoLooks(people, {})
    found = recognition(store, queue, recogniser, people).identify(b"1 4 10", None, date(2026, 3, 2))
    assert named(found) == [number(1), number(4), None]
    assert recogniser.looks == [[1, 4, 10]]


def test_a_face_in_doubt_is_decided_by_its_second_look_and_kept_by_it(
    store: Store, queue: WorkQueue, people: MadeUpPeople
) -> None:
    recogniser = TwoLooks(people, {})
    service = recognition(store, queue, recogniser, people)
    recogniser._first[4] = at_the_threshold(store, people, 4)
    found = service.identify(b"1 4 10", None, date(2026, 3, 2))
    assert named(found) == [number(1), number(4), None]
    assert recogniser.looks == [[1, 4, 10], ("again", [4])]
    assert found.faces[1].match.verdict == "sure"
    assert np.array_equal(found.faces[1].embedding, recogniser._whole[4])


def test_without_a_doubt_nothing_is_asked_again(store: Store, queue: WorkQueue, people: MadeUpPeople) -> None:
    recogniser = TwoLooks(people, {})
    service = recognition(store, queue, recogniser, people)
    recogniser._first[4] = at_the_threshold(store, people, 4)
    recogniser.looks_twice = False
    service.identify(b"4", None, date(2026, 3, 2))
    assert recogniser.looks == [[4]]
