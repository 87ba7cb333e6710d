"""Read a TFLite model: its tensors, and its operators in the order in which they run.

Of the schema (tensorflow/lite/schema/schema.fbs, version 3) it knows what convolutional networks in float32 need;
whatever else a file holds is refused.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..model_file import MAX_WEIGHT, ModelFile, ModelFileError
from .flatbuffer import FlatBuffer, Table

IDENTIFIER = b"TFL3"
MOST = 4096  # tensors, operators or buffers; MobileFaceNet has 370
MOST_NAMED = 8  # tensors that an operator takes or gives; what is shared in a file is no longer so once it is read
MOST_DIMENSIONS = 4
MOST_ELEMENTS = 1 << 31  # of a tensor; P-Net's largest has 12 million
FLOAT32, INT32 = 0, 2


@dataclass(frozen=True)
class Options:
    """The options of an operator: the number of their kind, and each one's field, kind and default."""

    kind: int
    fields: Mapping[str, tuple[int, str, int]]


_ACTIVATION_ONLY = {"activation": (0, "byte", 0)}
_WINDOW = {"padding": (0, "byte", 0), "stride_x": (1, "int", 0), "stride_y": (2, "int", 0)}
NO_OPTIONS = Options(0, {})
OPERATORS: Mapping[int, tuple[str, Options]] = {
    0: ("ADD", Options(11, _ACTIVATION_ONLY)),
    3: (
        "CONV_2D",
        Options(1, _WINDOW | {"activation": (3, "byte", 0), "dilation_x": (4, "int", 1), "dilation_y": (5, "int", 1)}),
    ),
    4: (
        "DEPTHWISE_CONV_2D",
        Options(
            2,
            _WINDOW
            | {"multiplier": (3, "int", 0), "activation": (4, "byte", 0)}
            | {"dilation_x": (5, "int", 1), "dilation_y": (6, "int", 1)},
        ),
    ),
    9: ("FULLY_CONNECTED", Options(8, _ACTIVATION_ONLY | {"format": (1, "byte", 0), "keeps": (2, "bool", 0)})),
    17: (
        "MAX_POOL_2D",
        Options(5, _WINDOW | {"width": (3, "int", 0), "height": (4, "int", 0), "activation": (5, "byte", 0)}),
    ),
    18: ("MUL", Options(21, _ACTIVATION_ONLY)),
    19: ("RELU", NO_OPTIONS),
    22: ("RESHAPE", Options(17, {})),
    41: ("SUB", Options(28, _ACTIVATION_ONLY)),
    42: ("DIV", Options(29, _ACTIVATION_ONLY)),
    47: ("EXP", NO_OPTIONS),
    59: ("NEG", NO_OPTIONS),
    74: ("SUM", Options(27, {"keeps": (0, "bool", 0)})),
    82: ("REDUCE_MAX", Options(27, {"keeps": (0, "bool", 0)})),
    101: ("ABS", NO_OPTIONS),
}
"""Of each operator's number in the schema: its name there and its options."""


@dataclass(frozen=True)
class Tensor:
    """A tensor of the model: its shape, its type (FLOAT32 or INT32), and the buffer that holds its values, if any."""

    shape: tuple[int, ...]
    kind: int
    buffer: int


@dataclass(frozen=True)
class Operator:
    """An operator: its name in the schema, its options, and the numbers of the tensors it takes and gives."""

    name: str
    options: Mapping[str, int]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


class Model:
    """A TFLite model of one subgraph. Raises ModelFileError where the file is none."""

    def __init__(self, file: ModelFile) -> None:
        self._file = file
        root = FlatBuffer(file).root(IDENTIFIER)
        if (version := root.number(0, "uint")) != 3:
            raise root.error(f"the version of the schema is {version} where 3 is expected")
        codes = [_operator_code(code) for code in root.tables(1, "operator code", MOST)]
        subgraphs = list(root.tables(2, "subgraph", 1))
        if not subgraphs:
            raise root.error("there is no subgraph")
        (subgraph,) = subgraphs
        self._buffers = list(root.tables(4, "buffer", MOST))
        self._tensors = [self._tensor(each) for each in subgraph.tables(0, "tensor", MOST)]
        self.inputs = self._numbers(subgraph, 1, "the inputs")
        self.outputs = self._numbers(subgraph, 2, "the outputs")
        self.operators = tuple(self._operator(each, codes) for each in subgraph.tables(3, "operator", MOST))

    def error(self, problem: str) -> ModelFileError:
        """The error to raise for `problem`, a clause that says what is wrong with the network."""
        return ModelFileError(f"The model file {self._file.name} cannot be used: {problem}.")

    def shape(self, tensor: int) -> tuple[int, ...]:
        """The shape of a tensor."""
        return self._tensors[tensor].shape

    def weights(self, tensor: int, shape: tuple[int, ...], what: str) -> NDArray[np.float32]:
        """The stored float32 values of a tensor of just this shape, read-only; every value is finite."""
        values = self._stored(tensor, FLOAT32, shape, what).view("<f4")
        if not (np.abs(values) <= MAX_WEIGHT).all():
            raise self.error(f"{what} hold a value that is not finite or beyond {MAX_WEIGHT:g}")
        return values.reshape(shape)

    def expect_integers(self, tensor: int, expected: tuple[int, ...], shape: tuple[int, ...], what: str) -> None:
        """The stored int32 values of a tensor must be `expected`."""
        values = tuple(int(value) for value in self._stored(tensor, INT32, shape, what).view("<i4"))
        if values != expected:
            raise self.error(f"{what} are {values} where {expected} is expected")

    def _stored(self, tensor: int, kind: int, shape: tuple[int, ...], what: str) -> NDArray[np.uint8]:
        found = self._tensors[tensor]
        if (found.kind, found.shape) != (kind, shape):
            raise self.error(f"{what} have the type {found.kind} and the shape {found.shape}, not {kind} and {shape}")
        table = self._buffers[found.buffer]
        data = table.bytes(0, what)
        if data.size != 4 * math.prod(shape):
            raise table.error(f"{what} are {data.size} bytes where {4 * math.prod(shape)} are expected")
        return data

    def _tensor(self, table: Table) -> Tensor:
        shape = table.integers(0, "a tensor's shape", MOST_DIMENSIONS)
        if any(size < 1 for size in shape) or math.prod(shape) > MOST_ELEMENTS:
            raise table.error(f"a tensor has the impossible shape {shape}")
        kind, buffer = table.number(1, "byte"), table.number(2, "uint")
        if kind not in (FLOAT32, INT32):
            raise table.error(f"a tensor has the type {kind}, and only float32 (0) and int32 (2) are understood")
        if buffer >= len(self._buffers):
            raise table.error(f"a tensor names the buffer {buffer} of {len(self._buffers)}")
        return Tensor(shape, kind, buffer)

    def _operator(self, table: Table, codes: list[tuple[str, Options]]) -> Operator:
        code = table.number(0, "uint")
        if code >= len(codes):
            raise table.error(f"an operator names the code {code} of {len(codes)}")
        name, options = codes[code]
        inputs = self._numbers(table, 1, f"the inputs of {name}")
        outputs = self._numbers(table, 2, f"the outputs of {name}")
        return Operator(name, _options(table, name, options), inputs, outputs)

    def _numbers(self, table: Table, field: int, what: str) -> tuple[int, ...]:
        numbers = table.integers(field, what, MOST_NAMED)
        for number in numbers:
            if not 0 <= number < len(self._tensors):
                raise table.error(f"{what} name the tensor {number} of {len(self._tensors)}")
        return numbers


def _operator_code(table: Table) -> tuple[str, Options]:
    number = max(table.number(0, "byte"), table.number(3, "int"))  # the second replaced the first when bytes ran out
    if number not in OPERATORS:
        raise table.error(f"the operator of number {number} is none that these networks are made of")
    if (version := table.number(2, "int", 1)) != 1:
        raise table.error(f"the operator {OPERATORS[number][0]} has the version {version} where 1 is expected")
    return OPERATORS[number]


def _options(table: Table, name: str, options: Options) -> Mapping[str, int]:
    """The options that are stored with the operator in `table`; where none need be, none may be."""
    kind = table.number(3, "ubyte")
    if kind != options.kind and kind:
        raise table.error(f"{name} has options of the kind {kind} where {options.kind} is expected")
    if not kind or not table.has(4):
        return {each: default for each, (_, _, default) in options.fields.items()}
    stored = table.table(4, f"options of {name}")
    return {each: stored.number(field, form, default) for each, (field, form, default) in options.fields.items()}
