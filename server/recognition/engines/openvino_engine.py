"""The networks on OpenVINO, where it is installed (`pip install openvino`). The one place that imports it."""

from collections.abc import Mapping

import numpy as np
import openvino
from numpy.typing import NDArray
from openvino import properties

from converter.dat.resnet import EMBEDDING_SIZE
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
            self._outputs = self._model.outputs
        except RuntimeError as error:
            raise SetupProblem(f"OpenVINO {openvino.__version__} cannot load the network: {error}") from error

    def outputs(self, pictures: NDArray[np.uint8]) -> Mapping[str, Floats]:
        if not len(pictures):  # OpenVINO refuses to pool nothing
            return {name: np.zeros(_shape_of_none(each), np.float32) for each in self._outputs for name in each.names}
        results = self._model.create_infer_request().infer([pictures], share_inputs=True)
        # One output may have several names there, ours among them.
        return {name: np.array(results[each], np.float32) for each in self._outputs for name in each.names}

    def run(self, pictures: NDArray[np.uint8]) -> Floats:
        results = self._model.create_infer_request().infer([pictures], share_inputs=True)
        return np.array(results[0], np.float32)


class OpenvinoEngine:
    """OpenVINO in float32 with `threads` threads (0: as many as there are cores)."""

    name = "openvino"

    def __init__(self, threads: int = 0) -> None:
        self._threads = threads or available_cores()

    @property
    def detail(self) -> str:
        return f"OpenVINO {openvino.__version__} on the CPU with {self._threads} threads, in float32"

    @property
    def workers(self) -> int:
        """See Engine: OpenVINO shares the work of one call out to its threads."""
        return 1

    def open_network(self, model: bytes) -> OpenvinoModel:
        return OpenvinoModel(model, self._threads)

    def open_embedder(self, networks: Networks) -> ConvertedEmbedder:
        return ConvertedEmbedder(self.open_network(networks.embedder_onnx), dimensions=EMBEDDING_SIZE)

    def open_detector(self, networks: Networks) -> ConvertedDetector:
        return ConvertedDetector(OpenvinoModel(networks.detector_onnx, self._threads))


def _shape_of_none(output: openvino.ConstOutput) -> tuple[int, ...]:
    return tuple(0 if side.is_dynamic else side.get_length() for side in output.partial_shape)
