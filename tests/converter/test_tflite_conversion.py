"""The converted networks give what the published files give in LiteRT, their own runtime."""

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from converter.convolution import FoldedConvolution, merged
from converter.graph import GraphBuilder, Result
from converter.tflite import NETWORKS, Network, convert
from converter.tflite.prelu import prelu, prelu_up_to_sign
from server.recognition.weights.published import published
from tests.converter.network_files import photographs, shrunk
from tests.converter.weights_files import crops, weights_file

CLOSE = 1e-4
SIZES: dict[Network, int] = {"rnet": 24, "onet": 48, "mobilefacenet": 112}
Floats = NDArray[np.float32]


def session(network: Network) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(convert(network, weights_file(network)).SerializeToString(), options)


@pytest.fixture(scope="module")
def sessions() -> Callable[[Network], onnxruntime.InferenceSession]:
    made: dict[Network, onnxruntime.InferenceSession] = {}
    return lambda network: made.setdefault(network, session(network))


def outputs(opened: onnxruntime.InferenceSession, pictures: NDArray[np.uint8]) -> dict[str, Floats]:
    names = [output.name for output in opened.get_outputs()]
    return dict(zip(names, opened.run(None, {opened.get_inputs()[0].name: pictures}), strict=True))


class Original:
    """A published file in LiteRT, which takes and gives what MTCNN and MobileFaceNet did when they were trained."""

    def __init__(self, network: Network) -> None:
        litert = pytest.importorskip("ai_edge_litert.interpreter", reason="LiteRT is not installed here")
        self._interpreter: Any = litert.Interpreter(model_content=weights_file(network).data, num_threads=1)

    def __call__(self, pictures: NDArray[np.uint8], size: int) -> list[Floats]:
        """Outputs in the file's order; of MTCNN, whose pictures lie the other way round, for turned pictures."""
        values = (pictures.astype(np.float32) - 127.5) / 128
        (taken,) = self._interpreter.get_input_details()
        self._interpreter.resize_tensor_input(taken["index"], (size, *values.shape[1:]))
        self._interpreter.allocate_tensors()
        pieces = [self._run(taken["index"], values[begin : begin + size]) for begin in range(0, len(values), size)]
        return [np.concatenate(each) for each in zip(*pieces, strict=True)]

    def _run(self, index: int, values: Floats) -> list[Floats]:
        self._interpreter.set_tensor(index, np.ascontiguousarray(values))
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(each["index"]) for each in self._interpreter.get_output_details()]


def turned(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return pictures.transpose(0, 2, 1, 3)


def furthest(found: Floats, expected: Floats) -> float:
    assert found.shape == expected.shape
    return float(np.abs(found - expected).max())


def assert_a_refiner_is_the_original(found: dict[str, Floats], expected: list[Floats]) -> None:
    scores, regression, *landmarks = expected
    assert furthest(found["scores"], scores[:, 1]) < CLOSE
    assert furthest(found["regression"], regression) < CLOSE
    if landmarks:
        assert furthest(found["landmarks"], landmarks[0].reshape(-1, 2, 5).transpose(0, 2, 1)) < CLOSE


@pytest.mark.parametrize("network", ["rnet", "onet"])
def test_windows_are_judged_as_by_the_original_on_1000_windows(network: Network, sessions: Any) -> None:
    windows = crops([shrunk(picture, 200) for picture in photographs()], 1000, SIZES[network])
    expected = Original(network)(turned(windows), 100)
    assert expected[0][:, 1].max() > 0.5, "no window shows a face: the test would compare little"
    assert_a_refiner_is_the_original(outputs(sessions(network), windows), expected)


@pytest.mark.parametrize("longest", [640, 301, 97])
def test_whole_pictures_are_searched_as_by_the_original(longest: int, sessions: Any) -> None:
    original = Original("pnet")
    for picture in photographs():
        level = shrunk(picture, longest)[None]
        scores, regression = original(turned(level), 1)
        found = outputs(sessions("pnet"), level)
        assert furthest(found["scores"], scores[..., 1].transpose(0, 2, 1)) < CLOSE
        assert furthest(found["regression"], regression.transpose(0, 3, 2, 1)) < CLOSE


@pytest.mark.parametrize("height", [12, 13, 14, 31])
@pytest.mark.parametrize("width", [12, 13, 14, 32])
def test_levels_of_every_size_are_searched_as_by_the_original(height: int, width: int, sessions: Any) -> None:
    levels = np.random.default_rng(height * width).integers(0, 256, (2, height, width, 3), dtype=np.uint8)
    scores, regression = Original("pnet")(turned(levels), 2)
    found = outputs(sessions("pnet"), levels)
    assert furthest(found["scores"], scores[..., 1].transpose(0, 2, 1)) < CLOSE
    assert furthest(found["regression"], regression.transpose(0, 3, 2, 1)) < CLOSE


def chips(count: int) -> NDArray[np.uint8]:
    """Squares of photographs, shrunk so that most show a part of a face."""
    return crops([shrunk(picture, longest) for picture in photographs() for longest in (300, 400, 600)], count, 112)


@pytest.mark.parametrize(
    "count", [pytest.param(20, id="20 chips"), pytest.param(1000, id="1000 chips", marks=pytest.mark.slow)]
)
def test_faces_are_embedded_as_by_the_original(count: int, sessions: Any) -> None:
    taken = chips(count)
    (expected,) = Original("mobilefacenet")(taken, 2)
    found = np.concatenate([outputs(sessions("mobilefacenet"), each)["embeddings"] for each in np.split(taken, 10)])
    assert furthest(found, expected) < CLOSE
    assert furthest(unit(found), unit(expected)) < 1e-5


def unit(vectors: Floats) -> Floats:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("network", ["rnet", "onet", "mobilefacenet"])
def test_any_number_is_taken_and_each_is_looked_at_by_itself(network: Network, sessions: Any) -> None:
    pictures = np.random.default_rng(3).integers(0, 256, (7, *(SIZES[network],) * 2, 3), dtype=np.uint8)
    together = outputs(sessions(network), pictures)
    for number in range(len(pictures)):
        alone = outputs(sessions(network), pictures[number : number + 1])
        assert all(furthest(alone[name], together[name][number : number + 1]) < 1e-4 for name in alone)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_file_always_gives_the_bytes_that_are_pinned(network: Network) -> None:
    made = [convert(network, weights_file(network)).SerializeToString() for _ in range(2)]
    assert made[0] == made[1]
    assert hashlib.sha256(made[0]).hexdigest() == published(network).sources[0].converted_sha256


def test_two_convolutions_of_1x1_are_merged_into_one() -> None:
    random = np.random.default_rng(2)
    first, second = (
        FoldedConvolution(
            random.normal(size=(*shape, 1, 1)).astype(np.float32), random.normal(size=shape[0]).astype(np.float32), 1, 0
        )
        for shape in ((7, 5), (4, 7))
    )
    x = random.normal(size=5)
    expected = second.kernel[:, :, 0, 0] @ (first.kernel[:, :, 0, 0] @ x + first.bias) + second.bias
    one = merged(first, second)
    np.testing.assert_allclose(one.kernel[:, :, 0, 0] @ x + one.bias, expected, rtol=1e-5)


SLOPES = np.array([0, 0.25, 1, -0.5, 1.75, 0.9999, -9.4, 8.9], np.float32)


def run_graph(result: str, graph: GraphBuilder, pictures: NDArray[np.uint8]) -> Floats:
    channels = len(SLOPES)
    model = graph.model(("pictures", ("n", 5, 5, 3)), [Result(result, "out", ("n", channels, 5, 5))], {})
    found: Floats = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"pictures": pictures})[0]
    return found


@pytest.mark.parametrize("slopes", [SLOPES, np.minimum(SLOPES, 0.5)], ids=["any slope", "slopes under 1"])
def test_prelu_is_written_so_that_it_bends_each_channel_by_its_slope(slopes: Floats) -> None:
    random = np.random.default_rng(8)
    pictures = random.integers(0, 256, (2, 5, 5, 3), dtype=np.uint8)
    kernel = random.normal(size=(len(SLOPES), 3, 1, 1)).astype(np.float32)
    layer = FoldedConvolution(kernel, np.zeros(len(SLOPES), np.float32), 1, 0)
    graphs = [GraphBuilder("plain"), GraphBuilder("prelu"), GraphBuilder("signed")]
    before, bent, turned_too = (graph.convolution(graph.planes("pictures"), layer) for graph in graphs)
    plain = run_graph(before, graphs[0], pictures)
    expected = np.where(plain > 0, plain, plain * slopes[:, None, None])
    signed, signs = prelu_up_to_sign(graphs[2], turned_too, slopes)
    np.testing.assert_allclose(run_graph(prelu(graphs[1], bent, slopes), graphs[1], pictures), expected, atol=1e-3)
    found = run_graph(signed, graphs[2], pictures) * signs[:, None, None]
    np.testing.assert_allclose(found, expected, atol=1e-3)
    assert np.array_equal(signs, np.where(slopes < 1, 1, -1))
