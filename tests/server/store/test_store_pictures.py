"""Recorded pictures with the faces in them: sealed, read again, forgotten, erased."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select, text, update

from server.domain.attendance import State
from server.errors import BadRequest, Internal, UnknownCourse, UnknownStudent
from server.store import Sighting, Store, open_store
from server.store.database.cipher import PREFIX_BYTES
from server.store.database.tables import sightings
from tests.server.store.store_values import (
    COURSE,
    DAY,
    MODEL,
    NOW,
    STUDENTS,
    enrol,
    mark,
    minutes,
    picture,
    record,
    request,
    sighting,
    states,
    template,
)


def seen(store: Store) -> list[list[Sighting]]:
    return [list(found) for _, found in store.pictures.of_day(COURSE, DAY)]


def same(found: Sighting, put: Sighting) -> bool:
    np.testing.assert_array_equal(found.embedding, put.embedding)
    return replace(found, embedding=None) == replace(put, embedding=None)


class TestKeeping:
    def test_pictures_come_back_by_time_with_their_sightings(self, store: Store) -> None:
        enrol(store)
        doubtful = replace(sighting(STUDENTS[1]), verdict="check", probability=None)
        both = [sighting(near=(STUDENTS[2],), value=-1.5), doubtful]
        second, first = picture(at=NOW + minutes(1), faces=0), picture(hour=2)
        assert store.pictures.add(second, [], now=NOW) == 0
        assert store.pictures.add(first, both, now=NOW) == 2
        found = store.pictures.of_day(COURSE, DAY)
        assert [each for each, _ in found] == [first, second]
        assert all(same(*pair) for pair in zip(found[0][1], both, strict=True))
        assert found[1][1] == ()
        assert store.pictures.of_day(COURSE, DAY + timedelta(days=1)) == store.pictures.of_day("nowhere", DAY) == []

    def test_a_picture_is_kept_once(self, store: Store) -> None:
        enrol(store)
        assert store.pictures.add(picture(), [sighting()], now=NOW) == 1
        assert store.pictures.add(picture(), [sighting(), sighting(STUDENTS[1])], now=NOW) == 0
        assert store.pictures.add(picture(device="camera at the back"), [sighting()], now=NOW) == 1
        assert len(store.pictures.of_day(COURSE, DAY)) == 2

    def test_two_faces_of_one_picture_may_be_the_same_students(self, store: Store) -> None:
        enrol(store)
        assert store.pictures.add(picture(), [sighting(), sighting(value=0.25)], now=NOW) == 2

    def test_what_nobody_knows_is_refused_whole(self, store: Store) -> None:
        enrol(store)
        with pytest.raises(UnknownStudent):
            store.pictures.add(picture(), [sighting(), sighting("nobody")], now=NOW)
        with pytest.raises(UnknownCourse):
            store.pictures.add(picture(course="nowhere"), [], now=NOW)
        with pytest.raises(BadRequest):
            store.pictures.add(picture(hour=25), [], now=NOW)
        with pytest.raises(Internal):
            store.pictures.add(picture(), [replace(sighting(), embedding=np.zeros((2, 64), np.float32))], now=NOW)
        assert store.pictures.of_day(COURSE, DAY) == []

    def test_an_embedding_is_sealed_in_the_database(self, store: Store) -> None:
        enrol(store)
        store.pictures.add(picture(), [sighting(value=0.5)], now=NOW)
        sealed = store._database.read(lambda c: bytes(c.scalar(select(sightings.c.sealed))))
        assert len(sealed) == PREFIX_BYTES + 12 + 512 + 16
        assert np.full(128, 0.5, "<f4").tobytes()[:16] not in sealed

    def test_a_sealed_embedding_cannot_be_given_to_another_student(self, store: Store) -> None:
        enrol(store)
        store.pictures.add(picture(), [sighting()], now=NOW)
        store._database.write(lambda c: c.execute(update(sightings).values(student=STUDENTS[1])))
        assert store.pictures.of_day(COURSE, DAY) == [(picture(), ())]
        assert [each.table for each in store.records.unreadable()] == ["sightings"]

    def test_pictures_without_embeddings_need_no_key(self, store: Store, database_url: str) -> None:
        enrol(store)
        store.pictures.add(picture(), [sighting(value=None)], now=NOW)
        keyless = open_store(database_url, key_file=None)
        try:
            assert seen(keyless)[0][0].embedding is None
        finally:
            keyless.close()

    def test_one_key_seals_sightings_and_templates(self, store: Store, key_file: Path) -> None:
        enrol(store)
        store.pictures.add(picture(), [sighting()], now=NOW)
        store.templates.add([template()], [], at=NOW)
        assert key_file.exists()
        assert len(store.templates.of_model(MODEL)) == len(seen(store)) == 1


class TestCounts:
    def test_the_counts_change_with_every_picture_and_removal(self, store: Store) -> None:
        enrol(store)
        assert store.pictures.counts(COURSE, DAY) == {}
        counts = []
        acts = (
            lambda: store.pictures.add(picture(), [sighting(), sighting(STUDENTS[1])], now=NOW),
            lambda: store.pictures.add(picture(at=NOW + minutes(1)), [], now=NOW + minutes(1)),
            lambda: store.erasures.erase(STUDENTS[0], at=NOW, by="officer"),
            lambda: store.pictures.forget(NOW + minutes(1)),
        )
        for act in acts:
            act()
            counts.append(store.pictures.counts(COURSE, DAY))
        assert counts == [{1: (1, 2)}, {1: (2, 2)}, {1: (2, 1)}, {1: (1, 0)}]

    def test_each_hour_is_counted_and_read_by_itself(self, store: Store) -> None:
        enrol(store)
        for hour, after in ((1, 0), (1, 1), (2, 2)):
            store.pictures.add(replace(picture(at=NOW + minutes(after)), hour=hour), [sighting()], now=NOW)
        assert store.pictures.counts(COURSE, DAY) == {1: (2, 2), 2: (1, 1)}
        assert [each.hour for each, _ in store.pictures.of_day(COURSE, DAY, hour=2)] == [2]
        ((later, (face,)),) = store.pictures.of_day(COURSE, DAY, hour=1, after=NOW)
        assert (later.taken_at, face.student) == (NOW + minutes(1), STUDENTS[0])
        assert store.pictures.of_day(COURSE, DAY, hour=2, after=NOW + minutes(2)) == []


class TestForgetting:
    def test_old_pictures_go_with_their_sightings(self, store: Store) -> None:
        enrol(store)
        store.pictures.add(picture(), [sighting(), sighting(STUDENTS[1])], now=NOW)
        store.pictures.add(picture(at=NOW + minutes(1)), [sighting()], now=NOW)
        assert store.pictures.forget(NOW + minutes(1)) == 2
        assert [each.taken_at for each, _ in store.pictures.of_day(COURSE, DAY)] == [NOW + minutes(1)]
        assert store.pictures.forget(NOW + minutes(1)) == 0

    def test_an_erasure_takes_sightings_and_the_name_among_others_candidates(self, store: Store) -> None:
        enrol(store, *STUDENTS, "2015", '"', "2015110%")
        gone, other = STUDENTS[0], STUDENTS[1]
        near = (gone, "2015", '"', "2015110%")
        store.pictures.add(picture(), [sighting(gone), sighting(other, near=near[:2])], now=NOW)
        assert store.erasures.erase(gone, at=NOW, by="officer").sightings == 1
        assert [[each[0] for each in one.candidates] for one in seen(store)[0]] == [[other, "2015"]]
        store.erasures.erase('"', at=NOW, by="officer")
        assert states(store) == {}

    def test_an_erased_student_is_kept_neither_as_seen_nor_as_candidate(self, store: Store) -> None:
        enrol(store)
        store.erasures.erase(STUDENTS[0], at=NOW, by="officer")
        put = [sighting(), sighting(STUDENTS[1], near=(STUDENTS[0],))]
        assert store.pictures.add(picture(), put, now=NOW) == 1
        assert [[each[0] for each in one.candidates] for one in seen(store)[0]] == [[STUDENTS[1]]]
        counts = store._database.read(lambda c: c.scalar(text("SELECT count(*) FROM sightings")))
        assert counts == 1


def test_confirmed_sightings_are_those_of_students_who_were_there(store: Store) -> None:
    enrol(store)
    there, late, absent, excused, unmarked = STUDENTS
    record(
        store,
        request(
            mark(there),
            mark(late, State.LATE),
            mark(absent, State.ABSENT),
            mark(excused, State.EXCUSED),
            mark(unmarked, hour=2),
        ),
    )
    store.pictures.add(picture(), [sighting(each, value=0.25) for each in STUDENTS], now=NOW)
    others = [sighting(there, model="other"), sighting(late, value=None)]
    store.pictures.add(picture(at=NOW + minutes(1)), others, now=NOW)
    store.pictures.add(picture(at=NOW + minutes(2), hour=2), [sighting(there)], now=NOW)
    found = store.pictures.confirmed(COURSE, MODEL)
    assert [(student, float(embedding[0]), face_px) for student, embedding, face_px in found] == [
        (there, 0.25, 30),
        (late, 0.25, 30),
    ]
    assert store.pictures.confirmed("nowhere", MODEL) == []
