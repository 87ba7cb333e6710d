"""How many operations dlib's networks take as they are defined, and the machine's own rate of multiplying matrices.

Padding of channels and the shorter way around a layer are not counted: they are the converter's affair.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from converter.dat.mmod import CONVOLUTIONS
from converter.dat.resnet import BLOCKS, CHIP_SIZE, EMBEDDING_SIZE, STEM_FILTERS

MATRIX_SIZE: Final = 1024


def embedder_operations() -> int:
    """Floating-point operations (a multiplication and an addition count two) for one chip."""
    return 2 * (sum(_embedder_products()) + 256 * EMBEDDING_SIZE)


def detector_operations(height: int, width: int) -> int:
    """Floating-point operations for one level."""
    total = 0
    for filters, depth, size, stride, padding in CONVOLUTIONS:
        height, width = _outputs(height, size, stride, padding), _outputs(width, size, stride, padding)
        total += filters * depth * size**2 * height * width
    return 2 * total


def matmul(threads: int) -> tuple[Callable[[], object], int]:
    """ONNX Runtime's MatMul of two square float32 matrices: what to call, and its operations."""
    shape = [MATRIX_SIZE, MATRIX_SIZE]
    values = np.random.default_rng(0).random((2, *shape), np.float32)
    left, result = (helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("a", "c"))
    right = numpy_helper.from_array(values[1], "b")  # a constant, as weights are, so that it is packed beforehand
    graph = helper.make_graph([helper.make_node("MatMul", ["a", "b"], ["c"])], "matmul", [left], [result], [right])
    model: onnx.ModelProto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.force_spinning_stop", "1")
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return partial(session.run, None, {"a": values[0]}), 2 * MATRIX_SIZE**3


def _embedder_products() -> Iterator[int]:
    side = _outputs(CHIP_SIZE, 7, 2, 0)
    yield STEM_FILTERS * 3 * 7**2 * side**2
    side, depth = _outputs(side, 3, 2, 0), STEM_FILTERS
    for channels, halves in BLOCKS:
        inner = _outputs(side, 3, 2, 0) if halves else side
        yield 9 * channels * (depth + channels) * inner**2
        side, depth = side // 2 if halves else side, channels


def _outputs(side: int, size: int, stride: int, padding: int) -> int:
    return (side + 2 * padding - size) // stride + 1
