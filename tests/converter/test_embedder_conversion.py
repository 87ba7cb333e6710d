"""The converted embedder gives dlib's vectors, whatever the weights and whichever version of dlib wrote the file."""

from pathlib import Path

import cv2
import dlib
import numpy as np
import onnx
import pytest

from converter.dat import ModelFile, ModelFileError, convert_embedder
from server.recognition.engines.converted import ConvertedEmbedder
from server.recognition.engines.onnx_engine import CPU, OnnxModel
from tests.converter.dat_writer import ResNetFile, Versions
from tests.converter.network_files import difficult_chips, embedder_file, files, photographs

OTHER_VERSIONS = (
    Versions(),
    Versions(convolution="con_6", affine="affine_2", relu="relu_2", matrix="fc_3"),
    Versions(convolution="con_5", affine="bn_con2", first=2, later=1),
)


def converted(file: ModelFile) -> ConvertedEmbedder:
    return ConvertedEmbedder(OnnxModel(convert_embedder(file).SerializeToString(), CPU, threads=1), dimensions=128)


def dlib_vectors(path: Path, chips: np.ndarray) -> np.ndarray:
    network = dlib.face_recognition_model_v1(str(path))
    return np.array([network.compute_face_descriptor(chip) for chip in chips])


def test_embeddings_of_difficult_chips_are_those_of_dlib() -> None:
    chips = difficult_chips()
    difference = converted(embedder_file()).embed(chips) - dlib_vectors(files().embedder, chips)
    assert np.abs(difference).max() < 1e-5


def test_embeddings_of_photographs_are_those_of_dlib() -> None:
    chips = np.stack([cv2.resize(picture, (150, 150)) for picture in photographs()])
    difference = converted(embedder_file()).embed(chips) - dlib_vectors(files().embedder, chips)
    assert np.abs(difference).max() < 1e-5


@pytest.mark.parametrize("versions", OTHER_VERSIONS, ids=lambda versions: f"{versions.convolution}-{versions.affine}")
def test_another_network_of_the_same_layers_is_dlibs_too(versions: Versions, tmp_path: Path) -> None:
    path = tmp_path / "another.dat"
    path.write_bytes(ResNetFile(5, versions).content())
    chips = difficult_chips()[::5]
    expected = dlib_vectors(path, chips)
    assert np.abs(converted(ModelFile.read(path)).embed(chips) - expected).max() < 1e-5 * np.abs(expected).max()


def test_an_embedding_does_not_depend_on_the_batch_it_is_in() -> None:
    embedder = converted(embedder_file())
    chips = np.tile(difficult_chips(), (3, 1, 1, 1))[:35]
    together = embedder.embed(chips)
    alone = np.concatenate([embedder.embed(chips[index : index + 1]) for index in (0, 15, 33)])
    assert np.abs(together[[0, 15, 33]] - alone).max() < 1e-6


def test_no_chips_give_no_embeddings() -> None:
    assert converted(embedder_file()).embed(np.zeros((0, 150, 150, 3), np.uint8)).shape == (0, 128)


def test_chips_need_not_lie_in_one_piece() -> None:
    embedder, chips = converted(embedder_file()), difficult_chips()[:2]
    assert np.array_equal(embedder.embed(chips[:, :, ::-1]), embedder.embed(np.ascontiguousarray(chips[:, :, ::-1])))


def test_the_model_says_which_file_it_was_made_of() -> None:
    model = convert_embedder(embedder_file())
    onnx.checker.check_model(model, full_check=True)
    assert {"source_sha256": embedder_file().sha256}.items() <= {p.key: p.value for p in model.metadata_props}.items()


def test_a_convolution_that_includes_a_relu_is_refused() -> None:
    content = ResNetFile(5, Versions(convolution="con_6")).content()
    at = content.index(b"0", content.index(b"1", content.index(b"con_6") + 19_000))
    with pytest.raises(ModelFileError):
        convert_embedder(ModelFile.of_bytes("other.dat", content[:at] + b"1" + content[at + 1 :]))
