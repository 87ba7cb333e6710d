"""Recorded pictures with the faces in them: sealed, read again, forgotten, erased."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select, text, update

from server.domain.attendance import State
from server.errors import BadRequest, Internal, SetupProblem, UnknownCourse, UnknownStudent
from server.store import open_store
from server.store.base import Sighting
from server.store.database.tables import sightings
from server.store.sql import SqlStore
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


def seen(store: SqlStore) -> list[list[Sighting]]:
    return [list(found) for _, found in store.pictures(COURSE, DAY)]


def same(found: Sighting, put: Sighting) -> bool:
    np.testing.assert_array_equal(found.embedding, put.embedding)
    return replace(found, embedding=None) == replace(put, embedding=None)


class TestKeeping:
    def test_pictures_come_back_by_time_with_their_sightings(self, store: SqlStore) -> None:
        enrol(store)
        doubtful = replace(sighting(STUDENTS[1]), verdict="check", probability=None)
        both = [sighting(near=(STUDENTS[2],), value=-1.5), doubtful]
        second, first = picture(at=NOW + minutes(1), faces=0), picture(hour=2)
        assert store.add_picture(second, [], now=NOW) == 0
        assert store.add_picture(first, both, now=NOW) == 2
        found = store.pictures(COURSE, DAY)
        assert [each for each, _ in found] == [first, second]
        assert all(same(*pair) for pair in zip(found[0][1], both, strict=True))
        assert found[1][1] == ()
        assert store.pictures(COURSE, DAY + timedelta(days=1)) == store.pictures("nowhere", DAY) == []

    def test_a_picture_is_kept_once(self, store: SqlStore) -> None:
        enrol(store)
        assert store.add_picture(picture(), [sighting()], now=NOW) == 1
        assert store.add_picture(picture(), [sighting(), sighting(STUDENTS[1])], now=NOW) == 0
        assert store.add_picture(picture(device="camera at the back"), [sighting()], now=NOW) == 1
        assert len(store.pictures(COURSE, DAY)) == 2

    def test_two_faces_of_one_picture_may_be_the_same_students(self, store: SqlStore) -> None:
        enrol(store)
        assert store.add_picture(picture(), [sighting(), sighting(value=0.25)], now=NOW) == 2

    def test_what_nobody_knows_is_refused_whole(self, store: SqlStore) -> None:
        enrol(store)
        with pytest.raises(UnknownStudent):
            store.add_picture(picture(), [sighting(), sighting("nobody")], now=NOW)
        with pytest.raises(UnknownCourse):
            store.add_picture(picture(course="nowhere"), [], now=NOW)
        with pytest.raises(BadRequest):
            store.add_picture(picture(hour=25), [], now=NOW)
        with pytest.raises(Internal):
            store.add_picture(picture(), [replace(sighting(), embedding=np.zeros(3, np.float32))], now=NOW)
        assert store.pictures(COURSE, DAY) == []

    def test_an_embedding_is_sealed_in_the_database(self, store: SqlStore) -> None:
        enrol(store)
        store.add_picture(picture(), [sighting(value=0.5)], now=NOW)
        sealed = store._database.read(lambda c: bytes(c.scalar(select(sightings.c.sealed))))
        assert len(sealed) == 12 + 512 + 16
        assert np.full(128, 0.5, "<f4").tobytes()[:16] not in sealed

    def test_a_sealed_embedding_cannot_be_given_to_another_student(self, store: SqlStore) -> None:
        enrol(store)
        store.add_picture(picture(), [sighting()], now=NOW)
        store._database.write(lambda c: c.execute(update(sightings).values(student=STUDENTS[1])))
        with pytest.raises(SetupProblem):
            store.pictures(COURSE, DAY)

    def test_pictures_without_embeddings_need_no_key(self, store: SqlStore, database_url: str) -> None:
        enrol(store)
        store.add_picture(picture(), [sighting(value=None)], now=NOW)
        keyless = open_store(database_url, key_file=None)
        try:
            assert seen(keyless)[0][0].embedding is None
        finally:
            keyless.close()

    def test_one_key_seals_sightings_and_templates(self, store: SqlStore, key_file: Path) -> None:
        enrol(store)
        store.add_picture(picture(), [sighting()], now=NOW)
        store.add_templates([template()], [], at=NOW)
        assert key_file.exists()
        assert len(store.templates(MODEL)) == len(seen(store)) == 1


class TestCounts:
    def test_the_counts_change_with_every_picture_and_removal(self, store: SqlStore) -> None:
        enrol(store)
        assert store.picture_counts(COURSE, DAY) == {}
        counts = []
        acts = (
            lambda: store.add_picture(picture(), [sighting(), sighting(STUDENTS[1])], now=NOW),
            lambda: store.add_picture(picture(at=NOW + minutes(1)), [], now=NOW + minutes(1)),
            lambda: store.erase(STUDENTS[0], at=NOW, by="officer"),
            lambda: store.forget_sightings(NOW + minutes(1)),
        )
        for act in acts:
            act()
            counts.append(store.picture_counts(COURSE, DAY))
        assert counts == [{1: (1, 2)}, {1: (2, 2)}, {1: (2, 1)}, {1: (1, 0)}]

    def test_each_hour_is_counted_and_read_by_itself(self, store: SqlStore) -> None:
        enrol(store)
        for hour, after in ((1, 0), (1, 1), (2, 2)):
            store.add_picture(replace(picture(at=NOW + minutes(after)), hour=hour), [sighting()], now=NOW)
        assert store.picture_counts(COURSE, DAY) == {1: (2, 2), 2: (1, 1)}
        assert [each.hour for each, _ in store.pictures(COURSE, DAY, hour=2)] == [2]
        ((later, (face,)),) = store.pictures(COURSE, DAY, hour=1, after=NOW)
        assert (later.taken_at, face.student) == (NOW + minutes(1), STUDENTS[0])
        assert store.pictures(COURSE, DAY, hour=2, after=NOW + minutes(2)) == []


class TestForgetting:
    def test_old_pictures_go_with_their_sightings(self, store: SqlStore) -> None:
        enrol(store)
        store.add_picture(picture(), [sighting(), sighting(STUDENTS[1])], now=NOW)
        store.add_picture(picture(at=NOW + minutes(1)), [sighting()], now=NOW)
        assert store.forget_sightings(NOW + minutes(1)) == 2
        assert [each.taken_at for each, _ in store.pictures(COURSE, DAY)] == [NOW + minutes(1)]
        assert store.forget_sightings(NOW + minutes(1)) == 0

    def test_an_erasure_takes_sightings_and_the_name_among_others_candidates(self, store: SqlStore) -> None:
        enrol(store, *STUDENTS, "2015", '"', "2015110%")
        gone, other = STUDENTS[0], STUDENTS[1]
        near = (gone, "2015", '"', "2015110%")
        store.add_picture(picture(), [sighting(gone), sighting(other, near=near[:2])], now=NOW)
        assert store.erase(gone, at=NOW, by="officer").sightings == 1
        assert [[each[0] for each in one.candidates] for one in seen(store)[0]] == [[other, "2015"]]
        store.erase('"', at=NOW, by="officer")
        assert states(store) == {}

    def test_an_erased_student_is_kept_neither_as_seen_nor_as_candidate(self, store: SqlStore) -> None:
        enrol(store)
        store.erase(STUDENTS[0], at=NOW, by="officer")
        put = [sighting(), sighting(STUDENTS[1], near=(STUDENTS[0],))]
        assert store.add_picture(picture(), put, now=NOW) == 1
        assert [[each[0] for each in one.candidates] for one in seen(store)[0]] == [[STUDENTS[1]]]
        counts = store._database.read(lambda c: c.scalar(text("SELECT count(*) FROM sightings")))
        assert counts == 1


def test_confirmed_sightings_are_those_of_students_who_were_there(store: SqlStore) -> None:
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
    store.add_picture(picture(), [sighting(each, value=0.25) for each in STUDENTS], now=NOW)
    others = [sighting(there, model="other"), sighting(late, value=None)]
    store.add_picture(picture(at=NOW + minutes(1)), others, now=NOW)
    store.add_picture(picture(at=NOW + minutes(2), hour=2), [sighting(there)], now=NOW)
    found = store.confirmed_sightings(COURSE, MODEL)
    assert [(student, float(embedding[0]), face_px) for student, embedding, face_px in found] == [
        (there, 0.25, 39),
        (late, 0.25, 39),
    ]
    assert store.confirmed_sightings("nowhere", MODEL) == []
