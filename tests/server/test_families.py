"""A family says all of itself in one place, and is known without loading a network."""

import subprocess
import sys
from pathlib import Path

import pytest

from server.errors import SetupProblem
from server.families import DEFAULT, ENGINES, FAMILIES, family_of
from server.families.choice import chosen_family
from server.families.family import ALIGNMENT_IDS, MAX_MODEL_ID, Embedder, Family, model_id
from server.families.own import description_path, own_family
from server.recognition import open_recogniser
from server.recognition.alignment import CHIP_PADDING, CHIP_PX
from server.recognition.engines import OPENERS
from tests.converter.dat_writer import ResNetFile
from tests.running import ROOT

DESCRIPTION = """
name = "SFace"
licence = "Apache-2.0"
alignment = "arcface112"
length = 128
input_px = 112
colour = "BGR"
mean = [127.5, 127.5, 127.5]
scale = 0.0078125
"""


def own_network(folder: Path, description: str = DESCRIPTION, content: bytes = b"a network") -> Path:
    path = folder / "sface.onnx"
    path.write_bytes(content)
    description_path(path).write_text(description, encoding="utf-8")
    return path


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda each: each.name)
class TestEveryFamily:
    def test_is_found_by_its_model_id_with_and_without_mirror(self, family: Family) -> None:
        ids = {family.model_id(mirror) for mirror in (True, False)}
        assert len(ids) == 2
        assert all(len(each) <= MAX_MODEL_ID for each in ids)
        assert all(family_of(each) is family for each in ids)

    def test_says_licence_and_origin_of_every_embedder(self, family: Family) -> None:
        assert all(each.licence and each.origin and each.scaling for each in family.embedders)

    def test_is_opened_by_its_name(self, family: Family) -> None:
        assert chosen_family(family.name) is family


def test_the_families_have_embeddings_of_these_lengths() -> None:
    assert {name: each.dimensions for name, each in FAMILIES.items()} == {"khuface": 192, "dlib": 128, "fused": 320}


def test_dlibs_model_id_is_what_it_always_was() -> None:
    assert FAMILIES["dlib"].model_id() == "dlib-resnet-55533b28a95800a5/5pt-150-0.25/mirror"


def test_auto_is_the_default_family_whatever_is_installed() -> None:
    assert chosen_family("auto") is DEFAULT


def test_a_model_id_tells_embedder_and_alignment_apart() -> None:
    ids = {
        model_id((Embedder("own", "", model, alignment, 4, True, "", "", ""),), mirror)
        for model in ("a-1", "b-2")
        for alignment in ALIGNMENT_IDS
        for mirror in (True, False)
    }
    assert len(ids) == 8


def test_a_model_id_that_the_store_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 64 characters"):
        model_id((Embedder("own", "", "x" * 60, "dlib150", 4, True, "", "", ""),), mirror=True)


def test_dlibs_alignment_is_named_by_the_chips_it_cuts() -> None:
    assert f"5pt-{CHIP_PX}-{CHIP_PADDING}" == ALIGNMENT_IDS["dlib150"]


def test_every_engine_that_can_be_set_is_there() -> None:
    assert set(OPENERS) == set(ENGINES)


def test_families_are_known_without_loading_a_library() -> None:
    program = "import sys, server.families.choice; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"numpy", "dlib", "cv2", "onnx", "onnxruntime"} & set(done.stdout.split())


class TestAnotherEmbedderOfDlibsForm:
    def test_has_the_model_id_of_the_recogniser_that_is_opened_with_it(self, tmp_path: Path) -> None:
        other = tmp_path / "other.dat"
        other.write_bytes(ResNetFile(1).content())
        ids = [chosen_family("dlib", embedder).model_id() for embedder in (None, other)]
        assert ids == [
            open_recogniser("dlib", detector="hog", embedder=embedder).model_id for embedder in (None, other)
        ]
        assert ids[0] != ids[1]

    def test_that_is_not_there_is_named_with_the_option_to_mend(self, tmp_path: Path) -> None:
        with pytest.raises(SetupProblem, match=r"missing\.dat cannot be read: No such file.*--embedder"):
            chosen_family("auto", tmp_path / "missing.dat")

    def test_does_not_go_with_another_family(self, tmp_path: Path) -> None:
        with pytest.raises(SetupProblem, match="family dlib"):
            chosen_family("khuface", tmp_path / "missing.dat")


class TestSomebodysOwnNetwork:
    def test_is_described_by_the_file_beside_it(self, tmp_path: Path) -> None:
        family, form = own_family(own_network(tmp_path))
        assert (family.title, family.dimensions, family.detectors[0], family.landmarks) == (
            "SFace",
            128,
            "mtcnn",
            "mtcnn",
        )
        assert (form.colour, form.mean, form.scale) == ("BGR", (127.5, 127.5, 127.5), 0.0078125)
        assert family.decision is None

    def test_is_named_by_itself_and_by_how_it_is_described(self, tmp_path: Path) -> None:
        ids = {
            own_family(own_network(tmp_path, description, content))[0].model_id()
            for description in (DESCRIPTION, DESCRIPTION.replace("BGR", "RGB"))
            for content in (b"one", b"another")
        }
        assert len(ids) == 4
        assert all(family_of(each) is None for each in ids)

    def test_may_be_named_as_the_family(self, tmp_path: Path) -> None:
        path = own_network(tmp_path)
        assert chosen_family(str(path)) == chosen_family("auto", path)

    @pytest.mark.parametrize(
        ("was", "becomes", "problem"),
        [
            ('name = "SFace"', "", "lacks name"),
            ('name = "SFace"', "name = 5", "name = 5"),
            ("length = 128", "length = 0", "whole number from 1"),
            ("length = 128", "length = true", "whole number from 1"),
            ("length = 128", "length = 5000", "whole number from 1"),
            ("112\n", "112.5\n", "input_px"),
            ("BGR", "GRB", "one of RGB, BGR"),
            ("arcface112", "none", "one of arcface112, dlib150"),
            ("[127.5, 127.5, 127.5]", "127.5", "three numbers"),
            ("scale = 0.0078125", "scale = nan", "a number other than 0"),
            ("scale = 0.0078125", "scale = 0", "a number other than 0"),
            ("scale = 0.0078125", "scale = 1\nsize = 3", "may not hold size"),
            ("scale = 0.0078125", "scale 1", "is not TOML"),
        ],
    )
    def test_that_is_described_wrongly_is_refused_with_a_sentence(
        self, tmp_path: Path, was: str, becomes: str, problem: str
    ) -> None:
        with pytest.raises(SetupProblem, match=problem) as caught:
            own_family(own_network(tmp_path, DESCRIPTION.replace(was, becomes)))
        assert caught.value.text.endswith(".")

    def test_without_a_description_is_refused_with_what_it_needs(self, tmp_path: Path) -> None:
        path = own_network(tmp_path)
        description_path(path).unlink()
        with pytest.raises(SetupProblem, match=r"sface\.toml.*cannot be read.*docs/models\.md"):
            own_family(path)
