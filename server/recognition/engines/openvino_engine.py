"""The networks on OpenVINO, where it is installed (`pip install openvino`). The one place that imports it."""

import numpy as np
import openvino
from numpy.typing import NDArray
from openvino import properties

from server.errors import SetupProblem

from .base import Floats, Networks
from .converted import ConvertedDetector, ConvertedEmbedder, available_cores


class OpenvinoModel:
    """A loaded network. Each run is a request of its own, so several threads may run it at once."""

    def __init__(self, model: bytes, threads: int) -> None:
        settings = {
            # By itself OpenVINO computes in bfloat16 where the processor can, which moves an embedding by up to 0.01:
            # one machine would then name a student whom another does not.
            properties.hint.inference_precision(): openvino.Type.f32,
            properties.hint.performance_mode(): properties.hint.PerformanceMode.LATENCY,
            properties.inference_num_threads(): threads,
        }
        try:
            core = openvino.Core()
            self._model = core.compile_model(core.read_model(model), "CPU", settings)
        except RuntimeError as error:
            raise SetupProblem(f"OpenVINO {openvino.__version__} cannot load the network: {error}") from error

        self._outputs = [each.get_any_name() for each in self._model.outputs]

    def run(self, pictures: NDArray[np.uint8]) -> Floats:
        results = self._model.create_infer_request().infer([pictures], share_inputs=True)
        return np.array(results[0], np.float32)

    def outputs(self, pictures: NDArray[np.uint8]) -> dict[str, Floats]:
        """The network's outputs by name."""
        results = self._model.create_infer_request().infer([pictures], share_inputs=True)
        return {name: np.array(results[name], np.float32) for name in self._outputs}


class OpenvinoEngine:
    """OpenVINO in float32 with `threads` threads (0: as many as there are cores)."""

    name = "openvino"

    def __init__(self, threads: int = 0) -> None:
        self._threads = threads or available_cores()

    @property
    def detail(self) -> str:
        return f"OpenVINO {openvino.__version__} on the CPU with {self._threads} threads, in float32"

    def open_embedder(self, networks: Networks) -> ConvertedEmbedder:
        return ConvertedEmbedder(OpenvinoModel(networks.embedder_onnx, self._threads))

    def open_detector(self, networks: Networks) -> ConvertedDetector:
        return ConvertedDetector(OpenvinoModel(networks.detector_onnx, self._threads))

    def open_network(self, model: bytes) -> OpenvinoModel:
        return OpenvinoModel(model, threads=1)
