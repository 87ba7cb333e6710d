"""Make somebody's own embedder, an ONNX file, take what every network here takes: uint8 pictures, RGB, rows first."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from server.errors import SetupProblem
from server.families.own import InputForm
from server.recognition.engines import Network

# Since this operator set arithmetic broadcasts, as the steps that are put before the network need.
OLDEST_OPSET: Final = 7
# Chips that a network is tried on before it is used: noise, which no network should answer with no number.
TRIALS: Final = 3


class OwnEmbedder:
    """Somebody's own network, tried before it is used. Any number of threads may use it."""

    def __init__(self, network: Network, file: Path, form: InputForm, dimensions: int, batches: bool) -> None:
        self._network = network
        self._file = file
        self._px = form.input_px
        self._dimensions = dimensions
        self._batches = batches
        random = np.random.default_rng(0)
        self.embed(random.integers(0, 256, (TRIALS, form.input_px, form.input_px, 3), dtype=np.uint8))

    def embed(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See ChipEmbedder. Raises SetupProblem for an answer of another shape or with what is no number."""
        sized = _sized(chips, self._px)
        parts = [sized] if self._batches else [sized[at : at + 1] for at in range(len(sized))]
        vectors = [np.asarray(self._answer(part), np.float32).reshape(len(part), -1) for part in parts if len(part)]
        answer = np.concatenate(vectors) if vectors else np.empty((0, self._dimensions), np.float32)
        if answer.shape[1] != self._dimensions:
            raise SetupProblem(
                f"The network {self._file} gives vectors of {answer.shape[1]} numbers and its description says "
                f"length = {self._dimensions}: correct one of them."
            )
        if not np.isfinite(answer).all():
            raise SetupProblem(
                f"The network {self._file} answers with what is no number: compare its description's colour, mean and "
                "scale with what it was trained on, or take another."
            )
        return answer

    def _answer(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        try:
            return self._network.run(np.ascontiguousarray(chips))
        except Exception as error:  # each engine raises classes of its own
            raise SetupProblem(f"The network {self._file} cannot be run: {error}") from error


def own_model(file: Path, form: InputForm) -> tuple[bytes, bool]:
    """The network with its input's preparation built in, and whether it takes several pictures at once.

    Raises SetupProblem where the file is no network of one picture of that size.
    """
    model = _parsed(file)
    initial = {each.name for each in model.graph.initializer}
    inputs = [each for each in model.graph.input if each.name not in initial]
    if len(inputs) != 1:
        raise SetupProblem(f"The network {file} has {len(inputs)} inputs; an embedder has one, a picture.")
    batches, rows_first = _layout(file, inputs[0], form.input_px)
    model.graph.ClearField("input")
    model.graph.input.append(helper.make_tensor_value_info("chips", TensorProto.UINT8, ["n", None, None, 3]))
    steps = _preparation(model, inputs[0].name, form, rows_first)
    for at, node in enumerate(steps):
        model.graph.node.insert(at, node)
    return model.SerializeToString(), batches


def _parsed(file: Path) -> onnx.ModelProto:
    try:
        model = onnx.load_model(str(file), load_external_data=False)
    except OSError as error:
        raise SetupProblem(f"The embedder {file} cannot be read: {error.strerror}. Name another.") from error
    except Exception as error:  # protobuf raises a class of its own
        raise SetupProblem(f"The file {file} is no ONNX network: {error}.") from error
    if not model.graph.node or not model.graph.output:
        raise SetupProblem(f"The file {file} is no ONNX network: it holds no operation.")
    if any(each.data_location == TensorProto.EXTERNAL for each in model.graph.initializer):
        raise SetupProblem(f"The network {file} keeps its weights in other files: save it as one file.")
    if any(each.version < OLDEST_OPSET for each in model.opset_import if each.domain in {"", "ai.onnx"}):
        raise SetupProblem(f"The network {file} is of an ONNX too old to be used here: save it with opset 7 or later.")
    return model


def _layout(file: Path, given: onnx.ValueInfoProto, side: int) -> tuple[bool, bool]:
    # Whether the input takes several pictures, and whether it has colours last. Raises SetupProblem.
    tensor = given.type.tensor_type
    shape = [each.dim_value if each.HasField("dim_value") else None for each in tensor.shape.dim]
    first, last = _fits(shape, (3, side, side)), _fits(shape, (side, side, 3))
    if tensor.elem_type != TensorProto.FLOAT or not (first or last):
        raise SetupProblem(
            f"The network {file} wants an input of shape {shape}; its description promises float32 pictures of "
            f"{side}x{side} in three colours (input_px)."
        )
    return shape[0] is None, not first


def _fits(shape: list[int | None], picture: tuple[int, int, int]) -> bool:
    # Whether an input of that shape takes such a picture; None: any size.
    return len(shape) == 4 and all(is_ in {None, wanted} for is_, wanted in zip(shape[1:], picture, strict=True))


def _preparation(model: onnx.ModelProto, name: str, form: InputForm, colours_last: bool) -> list[onnx.NodeProto]:
    # uint8 RGB rows first becomes (x - mean) * scale in the network's order.
    constants: dict[str, NDArray[Any]] = {
        "own/mean": np.array(form.mean, np.float32),
        "own/scale": np.array(form.scale, np.float32),
        "own/order": np.array([2, 1, 0] if form.colour == "BGR" else [0, 1, 2], np.int64),
    }
    model.graph.initializer.extend(numpy_helper.from_array(value, key) for key, value in constants.items())
    last = "own/scaled" if not colours_last else name
    steps = [
        helper.make_node("Cast", ["chips"], ["own/float"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["own/float", "own/order"], ["own/ordered"], axis=3),
        helper.make_node("Sub", ["own/ordered", "own/mean"], ["own/centred"]),
        helper.make_node("Mul", ["own/centred", "own/scale"], [last]),
    ]
    if not colours_last:
        steps.append(helper.make_node("Transpose", [last], [name], perm=[0, 3, 1, 2]))
    return steps


def _sized(chips: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    if chips.shape[1] == side or not len(chips):
        return chips
    import cv2  # only where the network's side is another than the alignment's

    return np.stack(
        [np.asarray(cv2.resize(chip, (side, side), interpolation=cv2.INTER_AREA), np.uint8) for chip in chips]
    )
