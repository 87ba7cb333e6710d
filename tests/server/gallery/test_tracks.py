import numpy as np
import pytest

from server.errors import BadRequest
from server.gallery import Gallery
from server.gallery.tracks import SeenFace, decide_hour
from tests.server.gallery.made_up_people import MadeUpPeople, number

CLASS = range(20)
PICTURES = 6


@pytest.fixture
def people():
    return MadeUpPeople(80)


@pytest.fixture
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
    assert {(presence.verdict, presence.seen_in) for presence in presences} == {("sure", tuple(range(PICTURES)))}
    assert {presence.candidates[0].student_id == presence.student_id for presence in presences} == {True}


def test_it_is_told_in_which_pictures_a_student_was_seen(people, matcher):
    pictures = [picture(people, [3, 5]), [], picture(people, [5]), picture(people, [3, 40])]
    assert {each.student_id: each.seen_in for each in decide_hour(matcher, pictures)} == {
        number(3): (0, 3),
        number(5): (0, 2),
    }


def test_whoever_is_asked_about_comes_with_those_he_may_be(people):
    gallery = people.gallery(CLASS)
    twice = gallery.joined(Gallery(["twin"], gallery.embeddings[5:6] + 0.001, model_id="made-up")).matcher()
    (presence,) = decide_hour(twice, [picture(people, [5]) for _ in range(3)])
    assert presence.verdict == "check"
    assert {candidate.student_id for candidate in presence.candidates[:2]} == {number(5), "twin"}
    assert presence.candidates[0].distance <= presence.candidates[1].distance


def test_students_faces_are_plausible_and_most_strangers_are_not(people, matcher):
    students, strangers = (
        [matcher.identify(face[None])[0].plausible for face in people.photographs(who)]
        for who in (CLASS, range(20, 80))
    )
    assert all(students)
    assert sum(strangers) < 0.2 * len(strangers)


def test_a_face_that_misses_the_threshold_by_a_little_is_plausible(people, matcher):
    matches = [match for noise in (1.8, 2.2, 2.6, 3.0) for match in matcher.identify(people.photographs(CLASS, noise))]
    doubtful = [match for match in matches if match.student_id is None]
    assert {match.plausible for match in doubtful} == {True, False}
    assert {match.lead >= -matcher.constants.tracks.check_band for match in doubtful if match.plausible} == {True}


def test_a_face_too_small_to_tell_is_not_plausible(people, matcher):
    (match,) = matcher.identify(people.photographs([1]), face_px=[12])
    assert match.lead is None
    assert not match.plausible


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


def test_three_doubtful_pictures_say_more_than_one(people, matcher):
    doubtful = [picture(people, CLASS, noise=2.4) for _ in range(3)]
    once, thrice = (present_ones(decide_hour(matcher, pictures)) for pictures in (doubtful[:1], doubtful))
    assert len(thrice) >= len(once) + 4


def test_sixty_pictures_of_one_seat_make_no_student_of_a_stranger(people, matcher):
    strangers = range(20, 80)
    pictures = [picture(people, strangers, noise=2.0) for _ in range(60)]
    assert present_ones(decide_hour(matcher, pictures)) == set()


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


def test_boxes_without_an_area_are_no_seat(people, matcher):
    faces = [SeenFace(face, (10, 40, 69, 39)) for face in people.photographs([3, 3], noise=0.5)]
    (presence,) = decide_hour(matcher, [[face] for face in faces])
    assert (presence.student_id, presence.seen_in) == (number(3), (0, 1))


def test_two_cameras_of_a_room_add_up_and_name_nobody_twice(people, matcher):
    front = [picture(people, CLASS) for _ in range(2)]
    back = [
        [
            SeenFace(face.embedding, seat(place), "back")
            for place, face in enumerate(picture(people, list(reversed(CLASS))))
        ]
        for _ in range(2)
    ]
    presences = decide_hour(matcher, [front[0], back[0], front[1], back[1]])
    assert [presence.student_id for presence in presences] == [number(person) for person in CLASS]
    assert {(presence.verdict, presence.seen_in) for presence in presences} == {("sure", (0, 1, 2, 3))}


@pytest.mark.parametrize(("camera", "seen_in"), [("", (0, 1)), ("back", (0,))])
def test_a_place_in_the_picture_of_another_camera_is_nobodys_seat(people, matcher, camera, seen_in):
    fitted = matcher.constants.tracks
    (face,) = picture(people, [3])
    step = np.random.default_rng(1).normal(size=face.embedding.shape)
    step *= (fitted.link_distance + fitted.seat_bonus / 2) / np.linalg.norm(step)
    other = SeenFace((face.embedding + step).astype(np.float32), face.box, camera)
    (presence,) = [each for each in decide_hour(matcher, [[face], [other]]) if each.student_id == number(3)]
    assert presence.seen_in == seen_in
