"""What the other students of a place tell a class about strangers."""

import numpy as np
import pytest

from server.errors import BadRequest
from server.gallery import Gallery
from tests.server.gallery.made_up_people import MadeUpPeople, number

CLASS = range(20)
OTHERS = range(20, 320)
STRANGERS = range(400, 800)


@pytest.fixture
def people():
    return MadeUpPeople(800)


def threshold(matcher):
    return matcher.calibrations[None].threshold


def share_named(matcher, faces):
    return np.mean([matcher.identify(face[None])[0].student_id is not None for face in faces])


def test_among_people_who_resemble_each_other_three_students_are_named_on_better_evidence():
    alike = MadeUpPeople(800, apart=0.50, own=0.2)
    alone, among = (alike.gallery(range(3)).matcher(others=others) for others in (None, alike.gallery(OTHERS)))
    strangers = alike.photographs(STRANGERS)
    assert threshold(among) < threshold(alone)
    assert share_named(among, strangers) <= share_named(alone, strangers) <= 0.01


def test_among_people_who_do_not_resemble_each_other_fewer_students_are_missed(people):
    alone, among = (people.gallery(CLASS).matcher(others=others) for others in (None, people.gallery(OTHERS)))
    faces = people.photographs(list(CLASS) * 10, noise=2.4)
    assert share_named(among, faces) > share_named(alone, faces)
    assert share_named(among, people.photographs(STRANGERS)) <= 0.01


def test_the_rate_that_was_promised_holds_and_students_are_named_all_the_same(people):
    among = people.gallery(CLASS).matcher(others=people.gallery(OTHERS))
    assert share_named(among, people.photographs(STRANGERS)) <= 0.02
    assert share_named(among, people.photographs(CLASS)) == 1.0


def test_others_may_be_the_whole_place_the_class_among_them(people):
    whole, others = people.gallery(range(320)), people.gallery(OTHERS)
    of_class = whole.of([number(each) for each in CLASS])
    rows = [row for row, student in enumerate(whole.student_ids) if student in others.students]
    outside = Gallery([whole.student_ids[row] for row in rows], whole.embeddings[rows], model_id="made-up")
    assert threshold(of_class.matcher(others=whole)) == threshold(of_class.matcher(others=outside))


def test_others_unlike_the_class_do_not_move_its_threshold(people):
    alike = MadeUpPeople(30, apart=0.5, own=0.2).gallery(CLASS)
    assert threshold(alike.matcher(others=people.gallery(OTHERS))) == threshold(alike.matcher())


def test_the_sizes_that_the_others_were_not_seen_at_are_decided_by_the_class_alone(people):
    rows = people.photographs(CLASS)
    gallery = Gallery([number(each) for each in CLASS], rows, model_id="made-up", reduced={30: rows})
    among = gallery.matcher(others=people.gallery(OTHERS))
    assert among.calibrations[30].threshold == gallery.matcher().calibrations[30].threshold
    assert threshold(among) != threshold(gallery.matcher())


@pytest.mark.parametrize("students", [1, 2, 3])
def test_a_class_of_any_size_may_be_among_others(people, students):
    matcher = people.gallery(range(students)).matcher(others=people.gallery(OTHERS))
    assert share_named(matcher, people.photographs(STRANGERS)) <= 0.02


def test_an_empty_class_among_others_names_nobody(people):
    empty = Gallery([], np.empty((0, 128), np.float32), model_id="made-up")
    assert share_named(empty.matcher(others=people.gallery(OTHERS)), people.photographs([1])) == 0


def test_others_of_another_model_are_refused(people):
    other = Gallery(["a"], people.photographs([1]), model_id="other")
    with pytest.raises(BadRequest):
        people.gallery(CLASS).matcher(others=other)
