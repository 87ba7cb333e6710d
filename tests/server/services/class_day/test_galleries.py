"""The gallery follows the store, whichever process changes it, and is never seen half."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from server.errors import SetupProblem
from server.services.class_day.galleries import Galleries
from server.store import RosterLine, Store, Template, open_store
from tests.server.gallery.made_up_people import MadeUpPeople

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MODEL = "model"


def template(student: str, number: int, model: str = MODEL) -> Template:
    embedding = np.random.default_rng(number).normal(size=128).astype(np.float32)
    return Template(student, number.to_bytes(32, "big"), f"{student}_{number}.jpg", model, embedding)


@pytest.fixture
def galleries(store: Store) -> Galleries:
    return Galleries(store, MODEL)


def test_an_empty_store_gives_an_empty_gallery(galleries: Galleries) -> None:
    assert galleries.current().students == frozenset()


def test_what_another_process_enrols_and_erases_is_there_and_gone_at_the_next_question(
    galleries: Galleries, store: Store, tmp_path: Path
) -> None:
    other = open_store(str(tmp_path / "rollcall.sqlite"), key_file=tmp_path / "rollcall.key")
    try:
        other.templates.add([template("a", 1), template("a", 2), template("b", 3)], [], at=NOW)
        assert galleries.current().students == {"a", "b"}
        other.erasures.erase("a", at=NOW, by="test")
        assert galleries.current().students == {"b"}
    finally:
        other.close()


def test_a_gallery_in_hand_never_changes(galleries: Galleries, store: Store) -> None:
    store.templates.add([template("a", 1)], [], at=NOW)
    before = galleries.current()
    store.templates.add([template("b", 2)], [], at=NOW)
    assert before.students == {"a"}
    assert galleries.current().students == {"a", "b"}


def test_templates_of_another_model_are_not_in_it(galleries: Galleries, store: Store) -> None:
    store.templates.add([template("a", 1), template("b", 2, model="another")], [], at=NOW)
    assert galleries.current().students == {"a"}


def test_a_courses_matcher_is_kept_until_the_gallery_changes(galleries: Galleries, store: Store) -> None:
    store.templates.add([template("a", 1), template("b", 2)], [], at=NOW)
    course = frozenset({"a"})
    kept = galleries.matcher(course)
    assert galleries.matcher(frozenset({"a"})) is kept
    assert galleries.matcher(None) is not kept
    store.templates.add([template("a", 3)], [], at=NOW)
    assert galleries.matcher(course) is not kept


@pytest.mark.parametrize("way", [-1, 1])
def test_a_shift_that_older_constants_allowed_moves_no_farther_than_these_may_be_wrong(
    galleries: Galleries, store: Store, way: int
) -> None:
    store.rosters.change([RosterLine("a", "A", "course")], at=NOW, by="test", day=NOW.date())
    store.templates.add([template("a", 1), template("b", 2)], [], at=NOW)
    before = galleries.matcher(frozenset({"a"})).calibrations[None].threshold
    store.courses.set_shift("course", MODEL, way * 0.5, students=10, sightings=30, at=NOW, by="test")
    most = galleries.current().constants.thresholds.error
    moved = galleries.matcher(frozenset({"a"}), "course").calibrations[None].threshold - before
    assert moved == pytest.approx(way * most)
    assert galleries.shift_of("course") == way * most


def test_whoever_else_is_enrolled_shows_a_course_where_strangers_lie(galleries: Galleries, store: Store) -> None:
    photographs = MadeUpPeople(60).photographs(range(60))
    store.templates.add(
        [
            Template(f"s{each:02d}", each.to_bytes(32, "big"), f"{each}.jpg", MODEL, photograph)
            for each, photograph in enumerate(photographs)
        ],
        [],
        at=NOW,
    )
    course = frozenset(f"s{each:02d}" for each in range(10))
    everybody = galleries.current()
    alone, among = everybody.of(course).matcher(), everybody.of(course).matcher(others=everybody)
    found = galleries.matcher(course).calibrations[None].mean_distance
    assert found == among.calibrations[None].mean_distance > alone.calibrations[None].mean_distance
    assert among.calibrations[None].threshold > alone.calibrations[None].threshold
    assert set(galleries.matcher(course).students) == course


def test_a_students_photographs_are_seen_together_or_not_at_all(galleries: Galleries, store: Store) -> None:
    done = threading.Event()
    halves: list[int] = []

    def look() -> None:
        while not done.is_set():
            rows = list(galleries.current().student_ids)
            halves.extend(rows.count(student) for student in set(rows) if rows.count(student) != 3)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(40):
        store.templates.add([template(f"s{number}", 3 * number + part) for part in range(3)], [], at=NOW)
    done.set()
    for thread in threads:
        thread.join(30)
    assert halves == []
    assert len(galleries.current().students) == 40


def test_a_lost_key_is_said(store: Store, tmp_path: Path) -> None:
    store.templates.add([template("a", 1)], [], at=NOW)
    other = open_store(str(tmp_path / "rollcall.sqlite"), key_file=tmp_path / "lost.key")
    try:
        with pytest.raises(SetupProblem, match=r"lost\.key"):
            Galleries(other, MODEL).current()
    finally:
        other.close()
