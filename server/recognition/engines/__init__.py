"""Choose an engine; its library is imported when it is chosen."""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

from server.errors import SetupProblem

from .base import DetectorSession, EmbedderSession, Engine, Network, Networks, PictureBox, PictureDetector

__all__ = [
    "Choice",
    "DetectorSession",
    "EmbedderSession",
    "Engine",
    "Network",
    "Networks",
    "PictureBox",
    "PictureDetector",
    "choose",
]


@dataclass(frozen=True)
class Choice:
    """An engine, and in a sentence for `doctor` why it is this one."""

    engine: Engine
    reason: str


def choose(engine: str = "auto", threads: int = 0) -> Choice:
    """The engine of that name (auto, onnx, openvino or dlib). Raises SetupProblem where what it needs is not installed.

    threads: 0 for as many as there are cores.
    """
    if engine == "auto":
        reason = "auto takes ONNX Runtime, which gives dlib's answers many times faster and is always installed."
        return Choice(_open_onnx(threads), reason)
    if engine not in OPENERS:
        raise SetupProblem(f"No engine is called {engine!r}; the engine is one of auto, {', '.join(OPENERS)}.")
    return Choice(OPENERS[engine](threads), f"The setting engine = {engine} asks for it.")


def _open_onnx(threads: int) -> Engine:
    from .onnx_engine import OnnxEngine

    return OnnxEngine(threads)


def _open_openvino(threads: int) -> Engine:
    if importlib.util.find_spec("openvino") is None:
        raise SetupProblem("The engine openvino needs OpenVINO: install it by `pip install openvino`, or set auto.")
    from .openvino_engine import OpenvinoEngine

    return OpenvinoEngine(threads)


def _open_dlib(_threads: int) -> Engine:
    from .dlib_engine import DlibEngine

    return DlibEngine()


OPENERS: dict[str, Callable[[int], Engine]] = {
    "onnx": _open_onnx,
    "openvino": _open_openvino,
    "dlib": _open_dlib,
}
