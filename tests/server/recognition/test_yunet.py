"""YuNet by OpenCV: its boxes in our form, and every file that is none refused with one sentence.

The network itself is in no registry: a made-up one of the same outputs takes white squares of 8, 16, 32 px for faces.
"""

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from server.errors import SetupProblem
from server.recognition import open_recogniser
from server.recognition.detection import Detection
from server.recognition.yunet import YunetDetector

STRIDES = (8, 16, 32)
CHANNELS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}


def made_up_yunet(folder: Path) -> Path:
    """Each window of 8, 16 and 32 px is a face where all of it is white, and the largest such window is the surest."""
    nodes, weights, outputs = [], [], []
    for kind, channels in CHANNELS.items():
        for stride in STRIDES:
            name = f"{kind}_{stride}"
            white = np.full((channels, 3, stride, stride), 1 / (3 * 255 * stride**2), np.float32)
            kernel = white * (20 if kind in {"cls", "obj"} else 0)
            bias = np.full(channels, -19 + stride / 64 if kind in {"cls", "obj"} else 0, np.float32)
            weights += [numpy_helper.from_array(kernel, f"w_{name}"), numpy_helper.from_array(bias, f"b_{name}")]
            weights.append(numpy_helper.from_array(np.array([1, -1, channels], np.int64), f"s_{name}"))
            nodes.append(
                helper.make_node(
                    "Conv",
                    ["input", f"w_{name}", f"b_{name}"],
                    [f"c_{name}"],
                    kernel_shape=[stride] * 2,
                    strides=[stride] * 2,
                )
            )
            scored = f"c_{name}"
            if kind in {"cls", "obj"}:
                nodes.append(helper.make_node("Sigmoid", [scored], [f"p_{name}"]))
                scored = f"p_{name}"
            nodes.append(helper.make_node("Transpose", [scored], [f"t_{name}"], perm=[0, 2, 3, 1]))
            nodes.append(helper.make_node("Reshape", [f"t_{name}", f"s_{name}"], [name]))
            outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, None, channels]))
    given = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, 640, 640])
    graph = helper.make_graph(nodes, "made up", [given], outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=6)
    path = folder / "yunet.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def picture_with(*squares: tuple[int, int, int]) -> np.ndarray:
    """Black, 320x256, with white squares: left, top, side."""
    picture = np.zeros((256, 320, 3), np.uint8)
    for left, top, side in squares:
        picture[top : top + side, left : left + side] = 255
    return picture


def sizes(found: list[Detection]) -> set[int]:
    return {each.box[2] - each.box[0] + 1 for each in found}


def test_its_boxes_come_in_our_form(tmp_path: Path) -> None:
    detector = YunetDetector(made_up_yunet(tmp_path))
    found = detector.find(picture_with((64, 96, 32), (240, 32, 16)), 12)
    sizes = {box[2] - box[0] + 1 for box in (each.box for each in found)}
    assert sizes == {16, 32}
    assert all(0 < each.score <= 1 for each in found)
    assert {each.box[2] - each.box[0] + 1 for each in detector.find(picture_with((64, 96, 32), (240, 32, 16)), 24)} == {
        32
    }
    assert detector.find(picture_with(), 12) == []


def test_it_serves_family_dlib_with_dlibs_own_landmarks(tmp_path: Path) -> None:
    opened = open_recogniser("dlib", detector_file=made_up_yunet(tmp_path), min_face_px=24, threads=1)
    (face,) = opened.faces(picture_with((64, 96, 32)))
    assert opened.detector == "yunet"
    assert face.embedding.shape == (128,)


def test_without_its_file_it_is_refused_with_the_option_that_names_it() -> None:
    with pytest.raises(SetupProblem, match="--detector-file"):
        open_recogniser("dlib", detector="yunet")


@pytest.mark.parametrize("content", [b"", b"not a network", "another network"])
def test_a_file_that_is_no_yunet_is_refused_with_a_sentence(
    tmp_path: Path, content: bytes | str, capfd: pytest.CaptureFixture[str]
) -> None:
    file = made_up_yunet(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"kps_16", b"kps_17") if isinstance(content, str) else content)
    with pytest.raises(SetupProblem, match=r"OpenCV cannot run .*yunet\.onnx as YuNet's network"):
        YunetDetector(file)
    assert capfd.readouterr().err == ""


def test_a_file_that_is_not_there_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SetupProblem, match="cannot be read: No such file"):
        YunetDetector(tmp_path / "missing.onnx")
