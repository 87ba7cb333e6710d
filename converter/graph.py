"""Build ONNX graphs: nodes are added one after another, each named by what it gives.

It knows convolutions and ONNX, but no network.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from .convolution import FoldedConvolution

OPSET = 17  # understood by ONNX Runtime since 1.12 and OpenVINO since 2022
IR_VERSION = 8

Size = int | str


@dataclass(frozen=True)
class Result:
    """An output of a model: the tensor, the name it gets, its shape."""

    tensor: str
    name: str
    shape: Sequence[Size]


class GraphBuilder:
    """Collects nodes and constants; a tensor is known by its name. Not shared between threads."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def node(self, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Add a node of one output and give that output's name."""
        output = f"{operator.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def constant(self, values: NDArray[np.generic]) -> str:
        """Add a constant and give its name."""
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def convolution(self, source: str, layer: FoldedConvolution) -> str:
        """Add a convolution with bias."""
        inputs = (source, self.constant(layer.kernel), self.constant(layer.bias))
        strides, pads = [layer.stride] * 2, [layer.padding] * 2 + [layer.padding + layer.extra] * 2
        groups = {"group": len(layer.kernel)} if layer.by_channel else {}
        return self.node("Conv", inputs, kernel_shape=layer.kernel.shape[2:], strides=strides, pads=pads, **groups)

    def rectified(self, source: str) -> str:
        """Add max(x, 0)."""
        return self.node("Relu", [source])

    def planes(self, pictures: str) -> str:
        """Turn uint8 pictures (n, rows, columns, 3) into float32 planes (n, 3, rows, columns) of the same values."""
        planes = self.node("Transpose", [pictures], perm=[0, 3, 1, 2])  # while a value is one byte, not four
        return self.node("Cast", [planes], to=TensorProto.FLOAT)

    def model(
        self, source: tuple[str, Sequence[Size]], results: Sequence[Result], metadata: dict[str, str]
    ) -> onnx.ModelProto:
        """The checked model with the uint8 input `source` (name, shape) and float32 outputs; a text in a shape is a
        size that the caller of the model chooses.
        """
        self._nodes += [helper.make_node("Identity", [result.tensor], [result.name]) for result in results]
        inputs = [helper.make_tensor_value_info(source[0], TensorProto.UINT8, list(source[1]))]
        outputs = [
            helper.make_tensor_value_info(result.name, TensorProto.FLOAT, list(result.shape)) for result in results
        ]
        graph = helper.make_graph(self._nodes, self._name, inputs, outputs, self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        helper.set_model_props(model, metadata)
        onnx.checker.check_model(model)
        return model
