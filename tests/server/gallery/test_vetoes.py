"""A face that is vetoed for a student is not proposed as theirs, and the student is found as before."""

import pytest

from server.gallery import Matcher, SeenFace, Vetoes, decide_hour
from tests.server.gallery.made_up_people import MadeUpPeople, number

CLASS = range(30)
LOOK_ALIKE = 100  # of student 0, and on no list


@pytest.fixture
def people() -> MadeUpPeople:
    found = MadeUpPeople(200)
    found.faces[LOOK_ALIKE] = found.faces[0] + 0.35 * (found.faces[LOOK_ALIKE] - found.faces[0])
    return found


@pytest.fixture
def matcher(people: MadeUpPeople) -> Matcher:
    return people.gallery(CLASS).matcher()


@pytest.fixture
def heeding(people: MadeUpPeople, matcher: Matcher) -> Matcher:
    return matcher.heeding(Vetoes({number(0): people.photographs([LOOK_ALIKE])}))


def test_the_face_is_not_named_again_and_is_no_candidate(
    people: MadeUpPeople, matcher: Matcher, heeding: Matcher
) -> None:
    faces = people.photographs([LOOK_ALIKE] * 20)
    assert {each.student_id for each in matcher.identify_each(faces)} == {number(0)}, "this is why it is vetoed"
    for match in heeding.identify_each(faces):
        assert match.student_id != number(0)
        assert number(0) not in [each.student_id for each in match.candidates]


def test_the_student_is_found_beside_the_look_alike(people: MadeUpPeople, heeding: Matcher) -> None:
    for _ in range(20):
        own, other = heeding.identify(people.photographs([0, LOOK_ALIKE]))
        assert (own.student_id, own.verdict) == (number(0), "sure")
        assert other.student_id is None


def test_others_are_found_as_without_a_veto(people: MadeUpPeople, matcher: Matcher, heeding: Matcher) -> None:
    faces = people.photographs([*CLASS][1:])
    assert [each.student_id for each in heeding.identify(faces)] == [
        each.student_id for each in matcher.identify(faces)
    ]


def test_a_whole_hour_heeds_it(people: MadeUpPeople, matcher: Matcher, heeding: Matcher) -> None:
    pictures = [
        [
            SeenFace(face, (200 * seat, 0, 200 * seat + 99, 99), "front")
            for seat, face in enumerate(people.photographs([LOOK_ALIKE, 1]))
        ]
        for _ in range(8)
    ]
    assert {each.student_id for each in decide_hour(matcher, pictures)} == {number(0), number(1)}
    one, *others = decide_hour(heeding, pictures)
    assert one.student_id == number(1)
    assert one.face.shape == (128,)
    for other in others:
        assert other.verdict == "check", "the vetoed student is as near: nobody else is sure instead"
        assert number(0) not in [other.student_id, *(each.student_id for each in other.candidates)]


def test_the_student_who_comes_later_is_no_part_of_the_look_alikes_track(
    people: MadeUpPeople, heeding: Matcher
) -> None:
    seat = (0, 0, 99, 99)
    pictures = [[SeenFace(people.photographs([who])[0], seat, "front")] for who in [LOOK_ALIKE] * 3 + [0] * 4]
    found = {each.student_id: each.seen_in for each in decide_hour(heeding, pictures)}
    assert found[number(0)] == (3, 4, 5, 6)


def test_a_moved_threshold_keeps_it(people: MadeUpPeople, heeding: Matcher) -> None:
    assert heeding.shifted(0.02).identify(people.photographs([LOOK_ALIKE]))[0].student_id is None


def test_in_a_class_of_one_the_face_is_nobodys(people: MadeUpPeople) -> None:
    alone = people.gallery([0]).matcher().heeding(Vetoes({number(0): people.photographs([LOOK_ALIKE])}))
    (match,) = alone.identify(people.photographs([LOOK_ALIKE]))
    assert (match.student_id, match.candidates, match.plausible) == (None, (), False)
