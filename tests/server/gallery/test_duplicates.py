import numpy as np
import pytest

from server.gallery import Gallery
from server.gallery.duplicates import find_oddities
from tests.server.gallery.made_up_people import MadeUpPeople, number


@pytest.fixture(scope="module")
def people():
    return MadeUpPeople(60)


def with_rows(gallery, ids, rows):
    return gallery.joined(Gallery(ids, rows, model_id="made-up"))


def test_nothing_is_odd_about_a_class_of_different_people(people):
    assert find_oddities(people.gallery(range(40))) == []
    assert find_oddities(people.gallery(range(40), photographs=3)) == []


def test_an_empty_gallery_has_nothing_odd():
    assert find_oddities(Gallery([], np.empty((0, 128), np.float32), model_id="made-up")) == []


def test_one_person_under_two_numbers_is_told_with_both_numbers(people):
    findings = find_oddities(with_rows(people.gallery(range(40)), ["twin"], people.photographs([5], noise=0.5)))
    assert [(finding.kind, finding.students) for finding in findings] == [("one person", (number(5), "twin"))]
    assert number(5) in findings[0].text
    assert "twin" in findings[0].text
    assert findings[0].text.endswith(".")


def test_people_who_resemble_each_other_more_than_chance_allows_are_told(people):
    gallery = people.gallery(range(40))
    direction = np.random.default_rng(3).normal(size=128)
    similar = gallery.embeddings[:1] + (0.41 * direction / np.linalg.norm(direction)).astype(np.float32)
    findings = find_oddities(with_rows(gallery, ["similar"], similar))
    assert [(finding.kind, finding.students) for finding in findings] == [("look-alikes", (number(0), "similar"))]


def test_a_photograph_of_somebody_else_is_told_and_whether_it_is_used(people):
    spoilt = with_rows(people.gallery(range(10), photographs=2), [number(3)], people.photographs([50]))
    (finding,) = find_oddities(spoilt)
    assert (finding.kind, finding.students) == ("odd photograph", (number(3),))
    assert "Photograph 3 of 3" in finding.text
    assert "not used" in finding.text


def test_of_two_photographs_that_disagree_neither_is_preferred(people):
    findings = find_oddities(with_rows(people.gallery(range(10)), [number(3)], people.photographs([50])))
    assert findings[0].kind == "odd photograph"
    assert "both are used" in findings[0].text


def test_one_person_under_two_numbers_is_found_in_a_whole_university():
    many = MadeUpPeople(1200)
    findings = find_oddities(with_rows(many.gallery(range(1200)), ["twin"], many.photographs([1100], noise=0.5)))
    assert [each.students for each in findings if each.kind == "one person"] == [(number(1100), "twin")]
    # 1200 people make 720 000 pairs: a few of these look alike by chance, and are told as no more than that.
    assert {each.kind for each in findings} <= {"one person", "look-alikes"}
    assert len(findings) <= 5


def test_a_picture_that_stands_for_many_students_is_told_once(people):
    many = [f"many{each:02d}" for each in range(20)]
    (finding,) = find_oddities(with_rows(people.gallery(range(40)), many, people.photographs([50] * 20, noise=0.3)))
    assert finding.kind == "one person"
    assert finding.students == tuple(many)
    assert "many09 and 10 more" in finding.text


def test_pairs_that_have_nothing_to_do_with_each_other_are_told_apart(people):
    twice = with_rows(people.gallery(range(40)), ["twin of 3", "twin of 9"], people.photographs([3, 9], noise=0.5))
    assert {finding.students for finding in find_oddities(twice)} == {
        (number(3), "twin of 3"),
        (number(9), "twin of 9"),
    }


def test_one_person_under_two_numbers_is_told_in_a_homogeneous_class_too():
    alike = MadeUpPeople(60, apart=0.58)
    assert find_oddities(alike.gallery(range(40))) == []
    findings = find_oddities(with_rows(alike.gallery(range(40)), ["twin"], alike.photographs([5], noise=0.7)))
    assert [finding.students for finding in findings] == [(number(5), "twin")]


def test_a_photograph_of_a_classmate_is_told_with_the_classmates_number(people):
    for photographs in (1, 2):
        spoilt = with_rows(people.gallery(range(10), photographs), [number(3)], people.photographs([7], noise=0.5))
        (odd,) = (each for each in find_oddities(spoilt) if each.kind == "odd photograph")
        assert odd.students == (number(3), number(7))
        assert f"It looks like student {number(7)}." in odd.text


def test_a_photograph_of_somebody_else_may_be_told_though_people_of_the_class_are_as_near():
    alike = MadeUpPeople(60, apart=0.58)
    right = alike.gallery(range(30), photographs=2)
    assert find_oddities(alike.gallery(range(30), photographs=3)) == []
    found = [find_oddities(with_rows(right, [number(3)], alike.photographs([other]))) for other in range(40, 60)]
    told = [findings[0] for findings in found if findings]
    assert any(finding.distance < 0.6 and "it is used all the same" in finding.text for finding in told)
