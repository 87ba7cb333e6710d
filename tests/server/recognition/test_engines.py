"""Each engine keeps the same promises, and the setting chooses it with a reason."""

import importlib.util
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from server.errors import SetupProblem
from server.recognition.engines import Engine, Networks, choose
from server.recognition.engines.onnx_engine import CUDA, OnnxEngine, OnnxModel
from server.recognition.weights import published_network
from tests import weights
from tests.converter.network_files import difficult_chips, networks

ENGINES = ("onnx", "openvino", "dlib")
CHIPS = difficult_chips()[::3]


def need(engine: str) -> None:
    if engine == "openvino" and importlib.util.find_spec("openvino") is None:
        pytest.skip("OpenVINO is not installed: `pip install openvino` installs it")


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    need(request.param)
    return choose(request.param, threads=1).engine


@pytest.fixture(scope="module")
def reference() -> NDArray[np.float32]:
    return choose("dlib").engine.open_embedder(networks()).embed(CHIPS)


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patched.setenv("LOCALAPPDATA", str(tmp_path_factory.mktemp("cache")))
        yield


class TestEveryEngine:
    def test_embeds_as_dlib_does(self, engine: Engine, reference: NDArray[np.float32]) -> None:
        embeddings = engine.open_embedder(networks()).embed(CHIPS)
        assert embeddings.dtype == np.float32
        assert np.abs(embeddings - reference).max() < 1e-5

    def test_embeds_no_chips(self, engine: Engine) -> None:
        assert engine.open_embedder(networks()).embed(CHIPS[:0]).shape == (0, 128)

    def test_may_be_asked_by_several_threads_at_once(self, engine: Engine) -> None:
        session = engine.open_embedder(networks())
        alone = [session.embed(CHIPS[number : number + 1]) for number in range(3)]
        together: dict[int, NDArray[np.float32]] = {}
        threads = [
            threading.Thread(target=lambda n=n: together.update({n: session.embed(CHIPS[n : n + 1])})) for n in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(np.array_equal(together[number], alone[number]) for number in range(3))

    def test_says_what_it_runs_on(self, engine: Engine) -> None:
        assert "CPU" in engine.detail or "GPU" in engine.detail
        assert any(character.isdigit() for character in engine.detail)


def test_openvino_scores_levels_as_onnx_runtime_does() -> None:
    need("openvino")
    level = np.random.default_rng(0).integers(0, 256, (2, 200, 150, 3), dtype=np.uint8)
    scores = [choose(name, threads=1).engine.open_detector(networks()).scores(level) for name in ("onnx", "openvino")]
    assert np.abs(scores[0] - scores[1]).max() < 1e-4


@pytest.mark.parametrize("windows", [0, 3])
def test_openvino_answers_by_the_names_that_onnx_runtime_has(windows: int) -> None:
    need("openvino")
    weights.need("khuface")
    pictures = np.random.default_rng(0).integers(0, 256, (windows, 48, 48, 3), dtype=np.uint8)
    model = published_network("onet", weights.CACHE)
    engines = [choose(name, threads=1).engine for name in ("onnx", "openvino")]
    ours, theirs = (engine.open_network(model).outputs(pictures) for engine in engines)
    assert {"scores", "regression", "landmarks"} <= ours.keys() & theirs.keys()
    for name, answer in ours.items():
        assert theirs[name].shape == answer.shape
        assert np.allclose(theirs[name], answer, atol=1e-4)


def test_dlibs_own_detector_finds_nothing_where_nothing_is() -> None:
    detector = choose("dlib").engine.open_detector(networks())
    assert detector.boxes(np.full((90, 90, 3), 128, np.uint8), 0) == []


def test_auto_takes_onnx_runtime_and_says_why() -> None:
    choice = choose("auto")
    assert choice.engine.name == "onnx"
    assert choice.reason.startswith("auto takes ONNX Runtime")


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_that_is_asked_for_is_taken(name: str) -> None:
    need(name)
    choice = choose(name)
    assert choice.engine.name == name
    assert f"engine = {name}" in choice.reason


def test_an_engine_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(SetupProblem, match=r"No engine is called 'tensorflow'.*onnx, openvino, dlib"):
        choose("tensorflow")


def test_openvino_that_is_not_installed_is_refused_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(SetupProblem, match="pip install openvino"):
        choose("openvino")


def test_the_number_of_threads_is_the_one_that_is_set() -> None:
    assert choose("onnx", threads=3).engine.detail.endswith("with 3 threads, in float32") or has_gpu()


def test_a_model_that_is_none_is_refused_by_onnx_runtime() -> None:
    broken = Networks(b"no model", b"", "", "", "")
    with pytest.raises(SetupProblem, match="cannot load the network"):
        OnnxEngine(threads=1).open_embedder(broken)


def test_a_network_that_dlib_cannot_load_is_refused() -> None:
    with pytest.raises(SetupProblem, match="cannot load the network"):
        choose("dlib").engine.open_embedder(Networks(b"", b"", __file__, __file__, ""))


def has_gpu() -> bool:
    import onnxruntime

    return CUDA in onnxruntime.get_available_providers()


def test_a_gpu_gives_dlibs_embeddings_too(reference: NDArray[np.float32]) -> None:
    if not has_gpu():
        pytest.skip("no CUDA GPU: needs onnxruntime-gpu and an NVIDIA card")
    model = OnnxModel(networks().embedder_onnx, CUDA, threads=1)
    if model.provider != CUDA:
        pytest.skip("no CUDA GPU: onnxruntime-gpu is installed, but found no usable card")
    assert np.abs(model.run(CHIPS) - reference).max() < 1e-5
