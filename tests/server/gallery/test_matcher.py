import numpy as np
import pytest

from server.errors import BadRequest, UnknownStudent
from server.gallery import Gallery
from server.gallery.constants import family_constants
from server.gallery.matcher import likeness
from tests.server.gallery.made_up_people import MadeUpPeople, number

CLASS = range(30)
STRANGERS = range(100, 700)


@pytest.fixture
def people():
    return MadeUpPeople(700)


@pytest.fixture
def matcher(people):
    return people.gallery(CLASS).matcher()


def named(matcher, faces, **sizes):
    """Each face in a picture of its own."""
    return [matcher.identify(face[None], **sizes)[0] for face in faces]


def test_students_are_named_for_sure(people, matcher):
    matches = matcher.identify(people.photographs(CLASS))
    assert [match.student_id for match in matches] == [number(person) for person in CLASS]
    assert {match.verdict for match in matches} == {"sure"}
    assert min(match.probability for match in matches) > 0.95


def test_who_is_named_passes_the_threshold_and_who_is_not_named_does_not(people, matcher):
    matches = [*named(matcher, people.photographs(CLASS)), *named(matcher, people.photographs(STRANGERS))]
    assert {(match.student_id is not None) == (match.lead >= 0) for match in matches} == {True}


def test_few_strangers_are_named(people, matcher):
    names = [match.student_id for match in named(matcher, people.photographs(STRANGERS))]
    assert sum(name is not None for name in names) <= 0.02 * len(STRANGERS)


def test_a_stranger_is_unknown_with_candidates_nearest_first(people, matcher):
    match = named(matcher, people.photographs([100]))[0]
    assert (match.verdict, match.student_id) == ("unknown", None)
    distances = [candidate.distance for candidate in match.candidates]
    assert len(distances) == 5
    assert distances == sorted(distances)
    assert np.median([match.probability for match in named(matcher, people.photographs(STRANGERS))]) < 0.1


def test_distances_of_candidates_are_plain_euclidean_ones(people):
    gallery = people.gallery(CLASS)
    probe = people.photographs([3])
    candidate = gallery.matcher().identify(probe)[0].candidates[0]
    assert candidate.distance == pytest.approx(np.linalg.norm(gallery.embeddings[3] - probe[0]), abs=1e-5)


def test_how_alike_faces_are_is_said_by_what_is_usual_for_their_family():
    dlib, khuface = (family_constants(name) for name in ("dlib", "khuface"))
    said = {
        apart: (likeness(apart, dlib), likeness(apart, khuface)) for apart in (0.3, 0.45, 0.55, 0.6, 0.8, 0.95, 1.1)
    }
    assert said == {
        0.3: ("very", "very"),
        0.45: ("well", "very"),
        0.55: ("somewhat", "very"),
        0.6: ("hardly", "very"),
        0.8: ("hardly", "well"),
        0.95: ("hardly", "somewhat"),
        1.1: ("hardly", "hardly"),
    }


def test_a_class_of_people_who_resemble_each_other_asks_for_more():
    alike = MadeUpPeople(700, apart=0.58, own=0.25)
    mixed = MadeUpPeople(700, apart=0.80, own=0.25)
    thresholds = [people.gallery(CLASS).matcher().calibrations[None].threshold for people in (alike, mixed)]
    assert thresholds[0] < thresholds[1] - 0.05
    names = [match.student_id for match in named(alike.gallery(CLASS).matcher(), alike.photographs(STRANGERS))]
    assert sum(name is not None for name in names) <= 0.03 * len(STRANGERS)


def test_a_lower_rate_of_strangers_asks_for_more(people):
    gallery = people.gallery(CLASS)
    thresholds = [gallery.matcher(fpir=fpir).calibrations[None].threshold for fpir in (0.1, 0.01, 0.001)]
    assert thresholds == sorted(thresholds, reverse=True)


def test_no_student_is_named_twice_in_a_picture(people, matcher):
    faces = people.photographs([4, 4, 4, 7])
    names = [match.student_id for match in matcher.identify(faces)]
    assert sorted(name for name in names if name) == [number(4), number(7)]


def test_of_two_faces_that_fit_a_student_the_better_one_is_named(people):
    gallery = people.gallery(CLASS)
    own, other = gallery.embeddings[4], people.photographs([4])[0]
    names = [match.student_id for match in gallery.matcher().identify(np.stack([other, own]))]
    assert names == [None, number(4)]


def test_the_order_of_the_faces_does_not_matter(people, matcher):
    faces = people.photographs([*range(20), *range(100, 110)])
    order = np.random.default_rng(1).permutation(len(faces))
    together = matcher.identify(faces)
    assert matcher.identify(faces[order]) == [together[face] for face in order]
    assert named(matcher, faces) == together


def test_one_person_under_two_numbers_is_asked_about_and_moves_nobody_elses_threshold(people):
    plain = people.gallery(CLASS)
    twice = plain.joined(Gallery(["twin"], people.photographs([5]), model_id="made-up"))
    before, after = (gallery.matcher().calibrations[None].threshold for gallery in (plain, twice))
    assert after == pytest.approx(before, abs=0.01)
    match = twice.matcher().identify(people.photographs([5]))[0]
    assert {candidate.student_id for candidate in match.candidates[:2]} == {"twin", number(5)}
    assert match.student_id in {"twin", number(5)}
    assert match.verdict == "check" or match.candidates[1].distance - match.candidates[0].distance > 0.05


@pytest.mark.parametrize("size", [1, 2, 3, 5, 300])
def test_a_class_of_any_size_knows_its_students_and_not_the_strangers(people, size):
    matcher = people.gallery(range(size)).matcher()
    matches = named(matcher, people.photographs(range(size)))
    wrong = [match for person, match in enumerate(matches) if match.student_id not in {None, number(person)}]
    assert not wrong
    assert sum(match.student_id is None for match in matches) <= 0.05 * size
    strangers = named(matcher, people.photographs(range(300, 700)))
    assert sum(match.student_id is not None for match in strangers) <= 0.03 * len(strangers)


def test_a_student_who_is_alone_is_known_in_a_worse_photograph_and_no_stranger_is_taken_for_him(people):
    matcher = people.gallery([0]).matcher()
    assert np.mean([match.student_id is not None for match in named(matcher, people.photographs([0] * 200, 1.7))]) > 0.7
    assert not any(match.student_id for match in named(matcher, people.photographs(STRANGERS)))


def test_an_empty_gallery_knows_nobody(people):
    matcher = Gallery([], np.empty((0, 128), np.float32), model_id="made-up").matcher()
    match = matcher.identify(people.photographs([1]))[0]
    assert (match.verdict, match.student_id, match.candidates) == ("unknown", None, ())


def test_a_picture_without_faces_has_no_matches(matcher):
    assert matcher.identify(np.empty((0, 128), np.float32)) == []


def test_several_photographs_bring_a_student_nearer(people):
    probes = people.photographs(CLASS, noise=1.6)
    one, three = (people.gallery(CLASS, photographs=count).matcher().identify(probes) for count in (1, 3))
    distance = [np.mean([match.candidates[0].distance for match in matches]) for matches in (one, three)]
    assert distance[1] < distance[0]


def test_a_thousand_photographs_of_one_student_change_little_for_the_others(people):
    plain = people.gallery(CLASS)
    many = plain.joined(Gallery([number(0)] * 1000, people.photographs([0] * 1000), model_id="made-up"))
    before, after = (gallery.matcher().calibrations[None].threshold for gallery in (plain, many))
    assert after == pytest.approx(before, abs=0.02)
    assert many.matcher().identify(people.photographs([0]))[0].student_id == number(0)


def test_a_photograph_of_somebody_else_among_three_is_not_used(people):
    gallery = people.gallery(CLASS, photographs=3)
    rows = gallery.embeddings.copy()
    rows[2] = people.photographs([500])[0]
    spoilt = Gallery(gallery.student_ids, rows, model_id="made-up").matcher()
    assert spoilt.identify(people.photographs([2]))[0].student_id == number(2)
    assert spoilt.identify(people.photographs([500]))[0].student_id is None


def test_a_face_too_small_to_tell_is_unknown_without_candidates(people, matcher):
    matches = matcher.identify(people.photographs([1, 2]), face_px=[20, 90])
    assert (matches[0].verdict, matches[0].probability, matches[0].candidates) == ("unknown", None, ())
    assert matches[1].student_id == number(2)


def test_small_faces_are_decided_by_what_the_class_looks_like_at_that_size(people):
    shift = np.full(128, 0.02, np.float32)
    rows = people.photographs(CLASS)
    gallery = Gallery([number(person) for person in CLASS], rows, model_id="made-up", reduced={30: rows + shift})
    probes = people.photographs(CLASS) + shift
    small, large = (gallery.matcher().identify(probes, face_px=np.full(30, px)) for px in (30, 200))
    assert small[0].candidates[0].distance < large[0].candidates[0].distance
    assert {match.verdict for match in small} == {"sure"}


def test_an_embedding_of_zeros_is_unknown(matcher):
    match = matcher.identify(np.zeros((1, 128), np.float32))[0]
    assert (match.verdict, match.candidates) == ("unknown", ())


@pytest.mark.parametrize(
    "probes",
    [
        np.full((1, 128), np.nan, np.float32),
        np.full((1, 128), np.inf, np.float32),
        np.zeros((1, 127), np.float32),
        np.zeros(128, np.float32),
    ],
)
def test_faces_that_cannot_be_are_refused(matcher, probes):
    with pytest.raises(BadRequest):
        matcher.identify(probes)


@pytest.mark.parametrize("sizes", [[30], [[30, 30]], [30, float("nan")], ["a", "b"]])
def test_sizes_that_do_not_fit_the_faces_are_refused(people, matcher, sizes):
    with pytest.raises(BadRequest):
        matcher.identify(people.photographs([1, 2]), face_px=sizes)


def test_verify_tells_a_student_from_another_person(people, matcher):
    assert all(matcher.verify(number(person), people.photographs([person])[0]) for person in CLASS)
    assert not any(matcher.verify(number(3), face) for face in people.photographs(STRANGERS))
    assert not matcher.verify(number(3), np.zeros(128, np.float32))


def test_verify_still_knows_students_of_a_homogeneous_class():
    alike = MadeUpPeople(200, apart=0.58)
    matcher = alike.gallery(range(30)).matcher()
    known = [matcher.verify(number(person), alike.photographs([person], noise=0.8)[0]) for person in range(30)]
    taken = [matcher.verify(number(3), face) for face in alike.photographs(range(30, 200))]
    assert sum(known) > 20
    assert not any(taken)


def test_verify_refuses_a_student_without_a_photograph_and_an_impossible_rate(people, matcher):
    face = people.photographs([3])[0]
    with pytest.raises(UnknownStudent):
        matcher.verify(number(99), face)
    with pytest.raises(BadRequest):
        matcher.verify(number(3), face, fmr=0.0)
    with pytest.raises(BadRequest):
        matcher.verify(number(3), np.full(128, np.nan, np.float32))


def test_a_whole_university_is_calibrated_by_some_of_its_students():
    many = MadeUpPeople(4300)
    matcher, smaller = (many.gallery(range(size)).matcher() for size in (4000, 900))
    whole, part = matcher.calibrations[None], smaller.calibrations[None]
    assert whole.threshold < part.threshold
    names = [match.student_id for match in named(matcher, many.photographs(range(4000, 4300)))]
    assert sum(name is not None for name in names) <= 0.03 * len(names)


def test_faces_that_are_each_alone_in_their_picture_may_all_be_one_student(people):
    matcher = people.gallery(range(30)).matcher()
    faces = np.concatenate([people.photographs([7, 7], noise=0.5), people.photographs([40])])
    assert [match.student_id for match in matcher.identify_each(faces)] == [number(7), number(7), None]
    assert [match.student_id for match in matcher.identify(faces)].count(number(7)) == 1


def test_two_students_who_fit_a_face_alike_share_its_probability(people):
    gallery = people.gallery(range(30))
    twin = Gallery(["twin"], gallery.embeddings[5:6] * np.float32(1.001), model_id="made-up")
    face = people.photographs([5], noise=0.3)
    alone, twice = (each.matcher().identify(face)[0] for each in (gallery, gallery.joined(twin)))
    assert alone.probability > 0.99
    assert twice.verdict == "check"
    assert twice.probability < 0.9
