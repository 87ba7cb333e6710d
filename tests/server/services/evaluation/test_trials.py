import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from server.errors import BadImage, BadRequest
from server.services.evaluation.people import Photograph, PhotographReader
from server.services.evaluation.trials import DRAWS, Trial, evaluate, find_same_people
from tests.server.gallery.made_up_people import MadeUpPeople, number


def shown(people, count, photographs=2, noise=1.0):
    """Everybody with so many photographs, large and of 40 px."""
    each = [people.photographs(range(count), noise=noise) for _ in range(photographs)]
    small = [people.photographs(range(count), noise=1.5 * noise) for _ in range(photographs)]
    return {
        number(person): [
            Photograph({None: large[person], 40: little[person]}, {None: large[person], 40: little[person]})
            for large, little in zip(each, small, strict=True)
        ]
        for person in range(count)
    }


@pytest.fixture(scope="module")
def people():
    return MadeUpPeople(80)


@pytest.fixture(scope="module")
def results(people):
    return evaluate(shown(people, 80, noise=1.5), Trial("made-up"), face_sizes=(None, 40))


def test_every_class_size_that_leaves_a_stranger_is_tried_at_every_face_size(results):
    assert [(each.face_px, each.class_size) for each in results] == [(None, 10), (None, 30), (40, 10), (40, 30)]
    assert {each.classes for each in results} == {DRAWS}
    assert [each.strangers for each in results] == [70, 50, 70, 50]


def test_rates_lie_within_their_limits_over_people(results):
    for each in results:
        for rate in (each.fpir, each.fnir):
            assert 0 <= rate.low <= rate.value <= rate.high <= 1


def test_errors_that_never_happened_are_bounded_by_the_number_of_people(people):
    result = evaluate(shown(people, 60, noise=0.1), Trial("made-up"))[0]
    assert (result.fnir.value, result.fnir.low) == (0.0, 0.0)
    assert result.fnir.high == pytest.approx(3 / 60)


def test_small_faces_are_missed_more_often(results):
    assert results[2].fnir.value > results[0].fnir.value


def test_dlib_at_its_best_threshold_is_told_beside_dlib_at_its_own(results):
    for each in results:
        assert 0 < each.best_threshold < 0.8
        assert each.dlib_fnir <= each.best_fnir or each.best_threshold > 0.6


def test_curves_fall_from_few_strangers_named_to_many(results):
    for each in results:
        for curve in (each.curve, each.dlib_curve):
            missed = [fnir for _, fnir in curve]
            assert missed == sorted(missed, reverse=True)


def test_a_face_that_was_not_found_counts_as_missed(people):
    found = shown(people, 60, noise=0.1)
    hidden = {
        name: [photographs[0], None if name < number(30) else photographs[1]] for name, photographs in found.items()
    }
    result = evaluate(hidden, Trial("made-up"))[0]
    assert result.fnir.value == pytest.approx(0.5, abs=0.1)


def test_an_unusable_first_photograph_lets_the_second_be_enrolled(people):
    three = {name: [None, *photographs] for name, photographs in shown(people, 60, noise=0.1).items()}
    assert evaluate(three, Trial("made-up"))[0].fnir.value == pytest.approx(0.5)


def test_few_people_make_one_small_class(people):
    results = evaluate(shown(people, 5), Trial("made-up"))
    assert [each.class_size for each in results] == [2]


def test_people_enrolled_beside_a_class_are_no_strangers_to_it(people):
    (result,) = evaluate(shown(people, 60), Trial("made-up", others=45))
    assert (result.class_size, result.strangers, result.others) == (10, 5, 45)


def test_people_who_do_not_suffice_for_those_beside_the_class_are_refused(people):
    with pytest.raises(BadRequest, match="59 more to be enrolled beside"):
        evaluate(shown(people, 60), Trial("made-up", others=59))


def test_how_many_strangers_were_tried_does_not_change_the_share_of_wrong_names(people):
    found = shown(people, 80, noise=1.5)
    near = [Photograph({None: each.embeddings[None] * 0.999}, each.plain) for each in found[number(0)]]
    few, many = ({**found, **{f"stranger {each}": near for each in range(count)}} for count in (1, 20))
    wrong = [evaluate(each, Trial("made-up"))[0].wrong_sure for each in (few, many)]
    assert wrong[1] < 3 * wrong[0] + 0.02


def test_one_person_in_two_folders_is_told(people):
    found = shown(people, 30, noise=0.5)
    found["again"] = [found[number(4)][1]]
    assert [each.students for each in find_same_people(found, "made-up")] == [(number(4), "again")]


@pytest.mark.parametrize(("count", "photographs"), [(1, 2), (30, 1), (0, 0)])
def test_people_who_do_not_suffice_are_refused(people, count, photographs):
    with pytest.raises(BadRequest):
        evaluate(shown(people, count, photographs), Trial("made-up"))


class OneFace:
    """A recogniser that finds a face in everything that is not black."""

    model_id = "made-up"
    box = (10, 10, 59, 59)

    @property
    def embedding(self):
        return np.ones(128, np.float32)

    def faces(self, image):
        return [self] if image.any() else []

    def at_boxes(self, image, boxes):
        assert boxes == [self.box]
        return [self]


def decode(data):
    if data == b"damaged":
        raise BadImage("It is damaged.")
    return np.full((80, 80, 3), len(data), np.uint8)


def reader():
    return PhotographReader(
        OneFace(), OneFace(), decode, lambda recogniser, image, box: {40: np.zeros(128, np.float32)}
    )


def test_what_stands_beside_it_gets_the_box_as_it_draws_one(tmp_path):
    class Beside(OneFace):
        box = (0, 0, 9, 9)

    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.jpg").write_bytes(b"x")
    asked = replace(reader(), plain=Beside(), drawn=lambda box: {OneFace.box: Beside.box}[box])
    assert asked.read(tmp_path, lambda done, total: None).people["a"][0] is not None


def test_photographs_are_looked_at_person_by_person_in_the_order_of_their_names(tmp_path):
    for name, data in {"b/2.jpg": b"", "b/1.PNG": b"x", "a/1.jpg": b"damaged", "a/notes.txt": b"x"}.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    seen = []
    shown = reader().read(tmp_path, lambda done, total: seen.append((done, total)))
    assert {name: [each is not None for each in photographs] for name, photographs in shown.people.items()} == {
        "a": [False],
        "b": [True, False],
    }
    assert sorted(shown.people["b"][0].embeddings, key=str) == [40, None]
    assert seen[-1] == (3, 3)


def test_each_file_that_gives_no_face_is_told_by_name_and_why(tmp_path):
    folder = tmp_path / "김하늘"
    folder.mkdir()
    for name, data in {"1.jpg": b"x", "2.jpg": b"", "3.jpg": b"damaged", "4.jpg": b"x", "5.heic": b"x"}.items():
        (folder / name).write_bytes(data)
    os.mkfifo(folder / "6.jpg")
    (folder / "7.jpg").symlink_to("7.jpg")
    shown = reader().read(tmp_path, lambda done, total: None)
    assert [each is not None for each in shown.people["김하늘"]] == [True, False, False]
    told = {remark.split(": ")[0]: remark for remark in shown.remarks}
    assert sorted(told) == [f"김하늘/{name}" for name in ("2.jpg", "3.jpg", "4.jpg", "5.heic", "6.jpg", "7.jpg")]
    assert "no face" in told["김하늘/2.jpg"]
    assert "It is damaged." in told["김하늘/3.jpg"]
    assert "the same photograph" in told["김하늘/4.jpg"]
    assert ".jpg" in told["김하늘/5.heic"]


def test_a_folder_without_people_is_refused(tmp_path):
    (tmp_path / "loose.jpg").write_bytes(b"x")
    with pytest.raises(BadRequest, match="one folder for each person"):
        reader().read(tmp_path, lambda done, total: None)
    with pytest.raises(BadRequest, match="cannot be read"):
        reader().read(Path(tmp_path / "missing"), lambda done, total: None)
