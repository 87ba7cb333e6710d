import numpy as np
import pytest

from server.errors import BadRequest
from server.gallery import Gallery
from tests.server.gallery.made_up_people import MadeUpPeople, number


@pytest.fixture(scope="module")
def people():
    return MadeUpPeople(20)


def test_the_gallery_of_some_students_names_no_other(people):
    some = people.gallery(range(10)).of([number(1), number(2), "not enrolled"])
    assert some.students == {number(1), number(2)}
    assert some.matcher().identify(people.photographs([5]))[0].student_id is None


def test_reduced_embeddings_follow_their_students(people):
    rows = people.photographs(range(3))
    gallery = Gallery(["a", "b", "c"], rows, model_id="m", reduced={40: rows + 1, 30: rows + 2}).of(["b"])
    assert list(gallery.reduced) == [30, 40]
    np.testing.assert_array_equal(gallery.reduced[40], rows[1:2] + 1)


def test_a_gallery_never_changes(people):
    rows = people.photographs(range(3))
    gallery = Gallery(["a", "b", "c"], rows, model_id="m")
    rows[:] = 0
    assert gallery.embeddings.all()
    with pytest.raises(ValueError, match="read-only"):
        gallery.embeddings[0] = 0


def test_a_gallery_of_another_model_is_refused(people):
    one, other = (Gallery(["a"], people.photographs([1]), model_id=model) for model in ("one", "other"))
    with pytest.raises(BadRequest, match=r"one .* other"):
        one.joined(other)
    with pytest.raises(BadRequest):
        one.require_model("other")
    one.require_model("one")


@pytest.mark.parametrize("spoil", [np.nan, np.inf, 1e39, 1e30, 1e-30, 0.0])
def test_embeddings_that_cannot_be_are_refused_with_the_students_number(people, spoil):
    rows = people.photographs(range(3)).astype(np.float64)
    rows[1] = spoil
    with pytest.raises(BadRequest, match="student b"):
        Gallery(["a", "b", "c"], rows, model_id="m")


def test_embeddings_of_another_shape_are_refused(people):
    with pytest.raises(BadRequest):
        Gallery(["a", "b"], people.photographs(range(3)), model_id="m")
    with pytest.raises(BadRequest):
        Gallery(["a"], people.photographs([0]), model_id="m", reduced={30: people.photographs([0, 1])})
    with pytest.raises(BadRequest):
        Gallery(["a"], people.photographs([0]), model_id="m", reduced={0: people.photographs([0])})


@pytest.mark.parametrize("fpir", [0.0, 1.0, -1.0, float("nan")])
def test_a_rate_that_cannot_be_is_refused(people, fpir):
    with pytest.raises(BadRequest):
        people.gallery(range(3)).matcher(fpir=fpir)
