"""A model id names what embeddings depend on, and is known without loading a model."""

from pathlib import Path

import pytest

from server.errors import SetupProblem
from server.model_id import ALIGNMENT, MAX_MODEL_ID, model_id, model_id_of
from server.recognition import open_recogniser
from server.recognition.alignment import CHIP_PADDING, CHIP_PX
from tests.converter.dat_writer import ResNetFile


def test_a_model_id_tells_embedder_alignment_and_mirror_apart() -> None:
    ids = {
        model_id(sha256, alignment, mirror)
        for sha256 in ("a" * 64, "b" * 64)
        for alignment in ("five", "other")
        for mirror in (True, False)
    }
    assert len(ids) == 8
    assert all(len(each) <= MAX_MODEL_ID for each in ids)


def test_a_model_id_that_the_store_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 64 characters"):
        model_id("a" * 64, "x" * 40, mirror=True)


def test_the_alignment_is_named_by_the_chips_it_cuts() -> None:
    assert f"5pt-{CHIP_PX}-{CHIP_PADDING}" == ALIGNMENT


def test_the_model_id_is_the_recognisers(tmp_path: Path) -> None:
    other = tmp_path / "other.dat"
    other.write_bytes(ResNetFile(1).content())
    ids = [model_id_of(None), model_id_of(other)]
    assert ids == [open_recogniser(detector="hog", embedder=embedder).model_id for embedder in (None, other)]
    assert ids[0] != ids[1]


def test_an_embedder_that_is_not_there_is_named_with_the_option_to_mend(tmp_path: Path) -> None:
    with pytest.raises(SetupProblem, match=r"missing\.dat cannot be read: No such file.*--embedder"):
        model_id_of(tmp_path / "missing.dat")
