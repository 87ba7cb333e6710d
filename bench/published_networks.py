"""MTCNN and MobileFaceNet, converted, beside the published files in LiteRT, their own runtime.

Measured is the processor's time of one thread, which what else runs on the machine moves far less than the clock's.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.recognition_chips import photographs, real_chips
from bench.table import Row, faster, limited
from converter.tflite import Network
from server.errors import SetupProblem
from server.recognition.engines.onnx_engine import CPU, OnnxModel
from server.recognition.model_files import find_model_files, open_networks
from server.recognition.weights import published_network
from server.recognition.weights.cache import models_folder
from server.recognition.weights.published import published

CHIPS: Final = 1000
CHIP_SIZE: Final = 112
LEVEL_SIZE: Final = (768, 432)
"""The pyramid's first level of a picture of 1920x1080 for faces of 30 px, columns and rows."""
CLOSE: Final = 1e-4
REPEAT: Final = 15
LITERT_BATCH: Final = 2
"""The published file takes two chips at once, and no other number."""

Pictures = NDArray[np.uint8]
Run = Callable[[Pictures], NDArray[np.float32]]


def rows() -> Iterator[Row]:
    """All figures; none where the weights or LiteRT are missing. Takes about a minute."""
    try:
        ours = {name: _ours(published_network(name)) for name in ("pnet", "mobilefacenet")}
        originals = {name: _litert(name) for name in ("pnet", "mobilefacenet")}
    except (SetupProblem, ImportError) as missing:
        print(f"NOT RUN: MTCNN and MobileFaceNet beside LiteRT: {missing}", file=sys.stderr)
        return
    chips = _chips(CHIPS)
    yield _difference(ours["mobilefacenet"], originals["mobilefacenet"], chips)
    yield from _times(ours, originals, _ours(open_networks(find_model_files()).embedder_onnx), chips)


def _difference(ours: Run, original: Run, chips: Pictures) -> Row:
    pairs = np.split(chips, len(chips) // LITERT_BATCH)
    largest = max(float(np.abs(ours(pair) - original(pair)).max()) for pair in pairs)
    return limited(f"MobileFaceNet, {len(chips)} chips: largest difference from LiteRT's", largest, CLOSE, "")


def _times(ours: Mapping[str, Run], originals: Mapping[str, Run], resnet: Run, chips: Pictures) -> Iterator[Row]:
    pair, eight, larger = chips[:LITERT_BATCH], chips[:8], np.resize(real_chips(), (8, 150, 150, 3))
    level = np.ascontiguousarray(cv2.resize(next(photographs()), LEVEL_SIZE)[None], np.uint8)
    seconds = _processor_seconds(
        {
            "embedded": partial(ours["mobilefacenet"], pair),
            "embedded by LiteRT": partial(originals["mobilefacenet"], pair),
            "eight": partial(ours["mobilefacenet"], eight),
            "eight by ResNet": partial(resnet, larger),
            "searched": partial(ours["pnet"], level),
            "searched by LiteRT": partial(originals["pnet"], level),
        }
    )
    each = {name: taken * 1e3 / (8 if "eight" in name else LITERT_BATCH) for name, taken in seconds.items()}
    yield faster("MobileFaceNet, a chip of two, beside LiteRT", each["embedded"], each["embedded by LiteRT"], "ms", 1)
    yield faster("MobileFaceNet, a chip of eight, beside dlib's ResNet", each["eight"], each["eight by ResNet"], "ms")
    size = "x".join(map(str, LEVEL_SIZE))
    yield faster(
        f"P-Net, {size}, beside LiteRT", seconds["searched"] * 1e3, seconds["searched by LiteRT"] * 1e3, "ms", 1
    )


def _processor_seconds(work: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Medians, run in turn."""
    taken: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(REPEAT + 1):
        for name, run in work.items():
            begin = time.process_time()
            run()
            taken[name].append(time.process_time() - begin)
    return {name: float(np.median(times[1:])) for name, times in taken.items()}


def _chips(count: int) -> Pictures:
    """Chips of faces, smaller than they were cut."""
    real = [cv2.resize(chip, (CHIP_SIZE, CHIP_SIZE), interpolation=cv2.INTER_AREA) for chip in real_chips()]
    return np.resize(np.stack(real).astype(np.uint8), (count, CHIP_SIZE, CHIP_SIZE, 3))


def _ours(model: bytes) -> Run:
    return OnnxModel(model, CPU, threads=1).run


def _litert(name: Network) -> Run:
    """The published file, which takes pictures as the converted one does."""
    from ai_edge_litert.interpreter import Interpreter

    path = models_folder() / published(name).sources[0].files[0].name
    interpreter: Any = Interpreter(str(path), num_threads=1)
    taken, given = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]

    def run(pictures: Pictures) -> NDArray[np.float32]:
        values = (pictures.astype(np.float32) - 127.5) / 128
        if list(interpreter.get_input_details()[0]["shape"]) != list(values.shape):
            interpreter.resize_tensor_input(taken, values.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(taken, values)
        interpreter.invoke()
        result: NDArray[np.float32] = interpreter.get_tensor(given)
        return result

    return run
