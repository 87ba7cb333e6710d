"""The files of constants: what ships can be read, what is damaged is said in a sentence."""

import msgspec
import pytest

from server.errors import SetupProblem
from server.families import FAMILIES
from server.gallery import Gallery, read_constants
from server.gallery.constants import FOLDER, constants_of, constants_text, family_constants
from tests.server.gallery.made_up_people import MadeUpPeople, number


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_family_that_ships_has_constants_of_its_own(family):
    constants = family_constants(family)
    assert constants.family == family
    assert constants_of(FAMILIES[family].model_id(), FAMILIES[family].dimensions) == constants


def test_embeddings_of_no_family_are_decided_about_as_those_of_their_length():
    assert constants_of("somebody's own", 128) == family_constants("dlib")
    assert constants_of("somebody's own", 512) == family_constants("khuface")


def test_what_is_written_is_read_again(tmp_path):
    constants = msgspec.structs.replace(family_constants("khuface"), fitted='on "Ana\\\\people"')
    (tmp_path / "mine.toml").write_text(constants_text(constants), encoding="utf-8")
    assert read_constants(tmp_path / "mine.toml") == constants


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("[thresholds]", ""),
        lambda text: text.replace("level", "levle", 1),
        lambda text: text.replace("margin_weight = ", "margin_weight = nan # "),
        lambda text: text.replace("margin_weight = ", 'margin_weight = "much" # '),
        lambda text: text[: len(text) // 2] + "[",
        lambda _: "",
    ],
)
def test_a_file_that_holds_no_constants_is_refused_with_what_to_do(tmp_path, spoil):
    text = (FOLDER / "khuface.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(spoil(text), encoding="utf-8")
    with pytest.raises(SetupProblem, match="make them by"):
        read_constants(tmp_path / "mine.toml")


def test_a_file_that_is_not_there_is_said():
    with pytest.raises(SetupProblem, match="cannot be read"):
        read_constants(FOLDER / "nobody.toml")


def test_a_gallery_decides_by_the_constants_it_is_given():
    people = MadeUpPeople(40)
    plain = people.gallery(range(30))
    strict = msgspec.structs.replace(plain.constants.thresholds, level=plain.constants.thresholds.level - 1)
    constants = msgspec.structs.replace(plain.constants, thresholds=strict)
    own = Gallery(plain.student_ids, plain.embeddings, model_id="made-up", constants=constants)
    faces = people.photographs(range(30))
    assert all(match.student_id for match in plain.matcher().identify(faces))
    assert not any(match.student_id for match in own.matcher().identify(faces))
    assert own.of([number(1)]).constants == constants == own.joined(plain).constants


@pytest.mark.parametrize("name", ["khuface", "fused"])
def test_nobody_looks_for_faces_that_nothing_would_be_decided_about(name):
    family = FAMILIES[name]
    assert constants_of(family.model_id(), family.dimensions).visibility.smallest_px == family.min_face_px
