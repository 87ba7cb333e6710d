"""Somebody's own embedder: described in a small file, tried before it is used, refused with a sentence."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from server.errors import SetupProblem
from server.families.own import description_path
from server.recognition import open_recogniser
from server.recognition.arcface_alignment import arcface_chips
from tests.server.recognition.photographs import fetched
from tests.weights import need

LENGTH = 24
DESCRIPTION = """
name = "Averages"
licence = "CC0-1.0"
alignment = "{alignment}"
length = {length}
input_px = {side}
colour = "{colour}"
mean = [10, 20, 30.5]
scale = 0.02
"""


def averages(side: int) -> np.ndarray[Any, Any]:
    """Weights that turn a picture, flattened with colours first, into LENGTH numbers."""
    return np.random.default_rng(4).normal(size=(3 * side * side, LENGTH)).astype(np.float32) / side


def network(
    folder: Path,
    *,
    side: int = 112,
    batch: int | str = "n",
    colours_last: bool = False,
    alignment: str = "arcface112",
    colour: str = "RGB",
    length: int = LENGTH,
    described_side: int | None = None,
    divide_by: float = 1.0,
    opset: int = 13,
) -> Path:
    """An ONNX file of one matrix product, and its description beside it."""
    shape = [batch, side, side, 3] if colours_last else [batch, 3, side, side]
    nodes = [helper.make_node("Transpose", ["x"], ["y"], perm=[0, 3, 1, 2])] if colours_last else []
    nodes += [
        helper.make_node("Flatten", ["y" if colours_last else "x"], ["flat"], axis=1),
        helper.make_node("MatMul", ["flat", "w"], ["product"]),
        helper.make_node("Div", ["product", "by"], ["embedding"]),
    ]
    graph = helper.make_graph(
        nodes,
        "averages",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [batch, LENGTH])],
        [numpy_helper.from_array(averages(side), "w"), numpy_helper.from_array(np.float32(divide_by), "by")],
    )
    path = folder / "averages.onnx"
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    text = DESCRIPTION.format(alignment=alignment, colour=colour, length=length, side=described_side or side)
    description_path(path).write_text(text, encoding="utf-8")
    return path


def expected(chips: np.ndarray[Any, Any], colour: str, side: int = 112) -> np.ndarray[Any, Any]:
    """What the network answers to chips, both sides averaged, divided by its length."""
    vectors = []
    for chip in (chips, chips[:, :, ::-1]):
        ordered = chip[..., ::-1] if colour == "BGR" else chip
        scaled = (ordered.astype(np.float32) - np.float32([10, 20, 30.5])) * np.float32(0.02)
        vectors.append(scaled.transpose(0, 3, 1, 2).reshape(len(chips), -1) @ averages(side))
    mean = (vectors[0] + vectors[1]) / 2
    return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"colour": "BGR"},
        {"colours_last": True},
        {"batch": 1},
        {"opset": 9},
    ],
    ids=str,
)
def test_gets_its_pictures_as_it_is_described(tmp_path: Path, options: dict[str, Any]) -> None:
    need("khuface")
    file, image = network(tmp_path, **options), fetched("obama.jpg")
    opened = open_recogniser("auto", embedder=file, threads=1)
    (face,) = opened.faces(image, min_face_px=80)
    assert (opened.family, opened.dimensions, opened.detector) == ("own", LENGTH, "mtcnn")
    wanted = expected(arcface_chips(image, face.landmarks[None]), options.get("colour", "RGB"))[0]
    assert np.abs(face.embedding - wanted).max() < 1e-4


def test_of_another_size_gets_its_chips_in_that_size(tmp_path: Path) -> None:
    need("khuface")
    opened = open_recogniser(str(network(tmp_path, side=96)), threads=1)
    (face,) = opened.faces(fetched("obama.jpg"), min_face_px=80)
    assert face.embedding.shape == (LENGTH,)


def test_with_dlibs_alignment_needs_no_weights_that_are_fetched(tmp_path: Path) -> None:
    file = network(tmp_path, side=150, alignment="dlib150")
    opened = open_recogniser("auto", detector="hog", embedder=file, threads=1)
    (face,) = opened.faces(fetched("obama.jpg"), min_face_px=80)
    assert np.linalg.norm(face.embedding) == pytest.approx(1, abs=1e-5)


class TestIsRefused:
    def problem(self, file: Path) -> str:
        with pytest.raises(SetupProblem) as caught:
            open_recogniser("auto", detector="hog", embedder=file, threads=1)
        assert caught.value.text.endswith(".") or ":" in caught.value.text
        return caught.value.text

    def of_dlibs_side(self, folder: Path, **options: Any) -> str:
        return self.problem(network(folder, side=150, alignment="dlib150", **options))

    def test_that_is_no_network(self, tmp_path: Path) -> None:
        file = network(tmp_path, side=150, alignment="dlib150")
        for content in (b"", b"not a network", file.read_bytes()[: 2**14]):
            file.write_bytes(content)
            assert "is no ONNX network" in self.problem(file)

    def test_that_wants_a_picture_of_another_size(self, tmp_path: Path) -> None:
        assert "wants an input of shape" in self.of_dlibs_side(tmp_path, described_side=112)

    def test_whose_vectors_are_of_another_length(self, tmp_path: Path) -> None:
        assert "gives vectors of 24 numbers" in self.of_dlibs_side(tmp_path, length=128)

    def test_that_answers_with_no_number(self, tmp_path: Path) -> None:
        assert "answers with what is no number" in self.of_dlibs_side(tmp_path, divide_by=0.0)

    def test_of_an_onnx_too_old(self, tmp_path: Path) -> None:
        assert "too old" in self.of_dlibs_side(tmp_path, opset=6)

    def test_with_two_inputs(self, tmp_path: Path) -> None:
        file = network(tmp_path, side=150, alignment="dlib150")
        model = onnx.load(file)
        model.graph.input.append(helper.make_tensor_value_info("z", TensorProto.FLOAT, [1]))
        file.write_bytes(model.SerializeToString())
        assert "has 2 inputs" in self.problem(file)

    def test_with_weights_in_other_files(self, tmp_path: Path) -> None:
        file = network(tmp_path, side=150, alignment="dlib150")
        onnx.save_model(onnx.load(file), file, save_as_external_data=True, location="weights", size_threshold=0)
        assert "keeps its weights in other files" in self.problem(file)

    def test_with_an_operation_that_no_engine_knows(self, tmp_path: Path) -> None:
        file = network(tmp_path, side=150, alignment="dlib150")
        model = onnx.load(file)
        model.graph.node[-1].op_type = "Divination"
        file.write_bytes(model.SerializeToString())
        assert "cannot load the network" in self.problem(file)
