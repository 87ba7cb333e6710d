"""Constants made from made-up people hold for other people of the same kind."""

import numpy as np
import pytest

from server.errors import BadRequest
from server.gallery import Gallery
from server.gallery.constants import family_constants
from server.gallery.fitting import Population, Setting, World, fit, half
from tests.server.gallery.made_up_people import MadeUpPeople, number


def population(people, count, photographs=2, noise=1.5):
    owners = np.array([number(person) for person in range(count) for _ in range(photographs)])
    rows = np.repeat(np.arange(count), photographs)
    faces = people.photographs(rows, noise)
    by_size = {None: faces, 30: people.photographs(rows, 2 * noise)}
    return Population("made up", owners, by_size, by_size)


def test_three_people_are_too_few_and_it_is_said_how_many_are_needed():
    with pytest.raises(BadRequest, match="3 people 3 have two photographs with a face; at least 40"):
        fit([population(MadeUpPeople(3), 3)], family_constants("dlib"), fitted="on three people")


def test_people_whose_faces_were_not_found_do_not_count():
    shown = population(MadeUpPeople(60), 60)
    shown.faces[None][:60] = 0
    with pytest.raises(BadRequest, match="60 people 30 have"):
        fit([shown], family_constants("dlib"), fitted="on thirty people")


def test_the_halves_share_nobody_and_are_always_the_same():
    shown = population(MadeUpPeople(50), 50)
    one, other = (half(shown, which) for which in ("choosing", "reporting"))
    assert not set(one.people) & set(other.people)
    assert sorted(one.people + other.people) == shown.people
    assert half(shown, "choosing").people == one.people


@pytest.mark.parametrize("kind", ["mixed", "similar", "similar, others"])
def test_nobody_is_enrolled_with_the_photograph_that_comes_nor_a_stranger_to_themselves(kind):
    shown = population(MadeUpPeople(80), 80, photographs=3)
    setting = Setting(10, kind, 2, photographs=2)
    for each in World(shown, setting, np.random.default_rng(0), reduced=False, apart=np.inf).classes(5):
        assert len(each.names) == len(each.templates.students) == 10
        assert not set(each.names) & set(each.who)
        enrolled = {row.tobytes() for row in each.templates.probes}
        assert not enrolled & {row.tobytes() for row in each.students}


def test_a_class_larger_than_the_people_is_not_drawn():
    world = World(population(MadeUpPeople(20), 20), Setting(30), np.random.default_rng(0), reduced=False, apart=np.inf)
    assert list(world.classes(3)) == []


def test_constants_from_people_keep_the_promise_for_other_people():
    people = MadeUpPeople(1200, apart=0.7, own=0.3)
    constants = fit([population(people, 120)], family_constants("dlib"), fitted="on made-up people", family="mine")
    assert (constants.family, constants.fitted) == ("mine", "on made-up people")
    students, strangers = range(300, 330), range(400, 1200)
    ids = [number(person) for person in students]
    matcher = Gallery(ids, people.photographs(students, 1.5), model_id="m", constants=constants).matcher()
    named = [matcher.identify(face[None])[0].student_id for face in people.photographs(strangers, 1.5)]
    assert np.mean([name is not None for name in named]) <= 0.02
    known = [match.student_id for match in matcher.identify(people.photographs(students, 1.5))]
    assert np.mean([name == number(person) for name, person in zip(known, students, strict=True)]) > 0.8
