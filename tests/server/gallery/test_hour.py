import numpy as np
import pytest

from server.errors import BadRequest
from server.gallery import Gallery
from server.gallery.hour import SeenFace, decide_hour
from tests.server.gallery.made_up_people import MadeUpPeople, number

CLASS = range(20)
PICTURES = 6


@pytest.fixture(scope="module")
def people():
    return MadeUpPeople(80)


@pytest.fixture(scope="module")
def matcher(people):
    return people.gallery(CLASS).matcher()


def seat(place, size=60):
    return (100 * place, 0, 100 * place + size - 1, size - 1)


def picture(people, present, noise=1.0, size=60):
    """One picture; everybody keeps the seat of his place in the list."""
    faces = people.photographs(present, noise=noise)
    return [SeenFace(face, seat(place, size)) for place, face in enumerate(faces)]


def present_ones(presences, verdict="sure"):
    return {presence.student_id for presence in presences if presence.verdict == verdict}


def test_everybody_who_sat_there_is_present_once(people, matcher):
    presences = decide_hour(matcher, [picture(people, CLASS) for _ in range(PICTURES)])
    assert [presence.student_id for presence in presences] == [number(person) for person in CLASS]
    assert {(presence.verdict, presence.pictures) for presence in presences} == {("sure", PICTURES)}


def test_who_did_not_come_is_not_present_and_strangers_take_nobodys_place(people, matcher):
    there = [*range(15), 40, 41, 42]
    presences = decide_hour(matcher, [picture(people, there) for _ in range(PICTURES)])
    assert present_ones(presences) == {number(person) for person in range(15)}
    assert {presence.student_id for presence in presences} <= {number(person) for person in range(15)}


def test_a_student_who_turns_away_in_half_of_the_pictures_is_present(people, matcher):
    pictures = [picture(people, CLASS, noise=1.0 if number_ % 2 else 2.6) for number_ in range(PICTURES)]
    assert len(present_ones(decide_hour(matcher, pictures))) >= 0.9 * len(CLASS)
    alone = decide_hour(matcher, [picture(people, CLASS, noise=2.6)])
    assert len(present_ones(alone)) < 0.9 * len(CLASS)


def test_one_lucky_picture_of_a_stranger_does_not_decide(people, matcher):
    gallery = people.gallery(CLASS)
    stranger = people.photographs([50])[0]
    lucky = (0.64 * gallery.embeddings[4] + 0.36 * stranger).astype(np.float32)
    pictures = [[SeenFace(people.photographs([50])[0], seat(0))] for _ in range(PICTURES)]
    pictures[2] = [SeenFace(lucky, seat(0))]
    once = matcher.identify(lucky[None])[0]
    assert once.student_id == number(4)
    assert present_ones(decide_hour(matcher, pictures)) == set()


def test_a_student_who_nearly_fits_is_asked_about(people, matcher):
    found = {"check": 0, "sure": 0}
    for noise in (1.7, 1.9, 2.1, 2.3):
        for presence in decide_hour(matcher, [picture(people, CLASS, noise=noise) for _ in range(2)]):
            found[presence.verdict] += 1
    assert found["check"] > 0
    assert found["sure"] > 0


def test_of_two_faces_in_one_picture_only_one_is_a_student(people, matcher):
    twice = [[SeenFace(face, seat(place)) for place, face in enumerate(people.photographs([4, 4]))] for _ in range(3)]
    assert [presence.student_id for presence in decide_hour(matcher, twice)] == [number(4)]


def test_pictures_without_faces_and_faces_too_small_say_nothing(people, matcher):
    assert decide_hour(matcher, []) == []
    assert decide_hour(matcher, [[], picture(people, [1], size=12)]) == []
    assert decide_hour(matcher, [[SeenFace(np.zeros(128, np.float32), seat(0))]]) == []


def test_an_empty_gallery_names_nobody(people):
    empty = Gallery([], np.empty((0, 128), np.float32), model_id="made-up").matcher()
    assert decide_hour(empty, [picture(people, [1])]) == []


def test_numbers_that_are_not_finite_are_refused(matcher):
    with pytest.raises(BadRequest):
        decide_hour(matcher, [[SeenFace(np.full(128, np.nan, np.float32), seat(0))]])
