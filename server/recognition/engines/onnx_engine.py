"""The networks on ONNX Runtime: the CPU, or a CUDA GPU where its build is installed. The one place that imports it."""

from collections.abc import Mapping

import numpy as np
import onnxruntime
import onnxruntime.capi.onnxruntime_pybind11_state as status
from numpy.typing import NDArray

from converter.dat.resnet import EMBEDDING_SIZE
from server.errors import SetupProblem

from .base import Floats, Networks
from .converted import ConvertedDetector, ConvertedEmbedder, available_cores

CUDA = "CUDAExecutionProvider"
CPU = "CPUExecutionProvider"
# TensorFloat-32 would round inputs to ten bits and move embeddings; searching for the fastest algorithm anew for each
# size of level would take longer than the level.
CUDA_OPTIONS = {"use_tf32": "0", "cudnn_conv_algo_search": "HEURISTIC"}
# ONNX Runtime raises a class for each status code, and they have no base of their own.
LOADING_ERRORS = (
    status.EPFail,
    status.Fail,
    status.InvalidArgument,
    status.InvalidGraph,
    status.InvalidProtobuf,
    status.NotImplemented,
    status.RuntimeException,
    RuntimeError,
)


class OnnxModel:
    """A loaded network. ONNX Runtime lets several threads run it at once, without the interpreter lock."""

    def __init__(self, model: bytes, provider: str, threads: int) -> None:
        providers = [(CUDA, CUDA_OPTIONS), CPU] if provider == CUDA else [CPU]
        try:
            self._session = onnxruntime.InferenceSession(model, _options(threads), providers=providers)
        except LOADING_ERRORS as error:
            raise SetupProblem(f"ONNX Runtime {onnxruntime.__version__} cannot load the network: {error}") from error
        self._input = self._session.get_inputs()[0].name
        self._outputs = [each.name for each in self._session.get_outputs()]

    @property
    def provider(self) -> str:
        """What runs it: CUDA or CPU."""
        return str(self._session.get_providers()[0])

    def outputs(self, pictures: NDArray[np.uint8]) -> Mapping[str, Floats]:
        return dict(zip(self._outputs, self._session.run(None, {self._input: pictures}), strict=True))

    def run(self, pictures: NDArray[np.uint8]) -> Floats:
        output: Floats = self._session.run(self._outputs[:1], {self._input: pictures})[0]
        return output


class OnnxEngine:
    """ONNX Runtime with `threads` threads (0: as many as there are cores), on the GPU where its build is installed."""

    name = "onnx"

    def __init__(self, threads: int = 0) -> None:
        self._threads = threads or available_cores()
        self._provider = CUDA if CUDA in onnxruntime.get_available_providers() else CPU

    @property
    def detail(self) -> str:
        """For `doctor`: version, device and threads; a GPU that could not be used shows once a session was opened."""
        device = "a CUDA GPU" if self._provider == CUDA else f"the CPU with {self._threads} threads"
        return f"ONNX Runtime {onnxruntime.__version__} on {device}, in float32"

    @property
    def workers(self) -> int:
        """See Engine: each session has one thread, but on a GPU."""
        return 1 if self._provider == CUDA else self._threads

    def open_network(self, model: bytes) -> OnnxModel:
        return self._load(model, threads=1)

    def open_embedder(self, networks: Networks) -> ConvertedEmbedder:
        network = self.open_network(networks.embedder_onnx)
        return ConvertedEmbedder(network, self.workers, dimensions=EMBEDDING_SIZE)

    def open_detector(self, networks: Networks) -> ConvertedDetector:
        return ConvertedDetector(self._load(networks.detector_onnx, self._threads))

    def _load(self, model: bytes, threads: int) -> OnnxModel:
        loaded = OnnxModel(model, self._provider, threads)
        self._provider = loaded.provider  # where the GPU's libraries are missing, ONNX Runtime takes the CPU by itself
        return loaded


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that wait by spinning burn the cores of an idle server, and where another program takes turns on one of
    # two cores they keep the other from those who work: a picture took 61 ms instead of 42. On an idle machine it was
    # 19.0 against 19.1 (2026-11-21).
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # A plan of memory would be kept for each size of input, and levels come in any size: 315 MB became 255 without.
    options.enable_mem_pattern = False
    options.log_severity_level = 3  # errors only
    return options
