"""Writes dlib `.dat` files of the embedder: any weights, in the versions of dlib's layers that are asked for."""

import itertools
import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from converter.dat.resnet import BLOCKS, EMBEDDING_SIZE

Floats = NDArray[np.float32]
Step = tuple[str, tuple[int, ...]]
"""A kind of layer and its sizes; None stands for a mark, which has no details."""


@dataclass(frozen=True)
class Versions:
    """Which of its forms each layer is written in; the default is that of the published file."""

    convolution: str = "con_4"
    affine: str = "affine_"
    relu: str = "relu_"
    matrix: str = "fc_2"
    first: int = 3
    later: int = 2


@dataclass
class DatWriter:
    """Collects the bytes of a file; the opposite of convert.dat.DatReader."""

    data: bytearray = field(default_factory=bytearray)

    def integer(self, value: int) -> None:
        magnitude = abs(value).to_bytes(max((abs(value).bit_length() + 7) // 8, 1), "little")
        self.data += bytes([len(magnitude) | (0x80 if value < 0 else 0)]) + magnitude

    def boolean(self, value: bool) -> None:
        self.data += b"1" if value else b"0"

    def text(self, value: str) -> None:
        self.integer(len(value))
        self.data += value.encode()

    def number(self, value: float) -> None:
        mantissa, exponent = math.frexp(value)
        self.integer(int(mantissa * 2**53))
        self.integer(exponent - 53)

    def tensor(self, shape: tuple[int, ...], values: Floats) -> None:
        self.integer(2)
        for size in shape:
            self.integer(size)
        self.data += struct.pack(f"<{values.size}f", *values.ravel())

    def alias(self, *shape: int) -> None:
        self.integer(1)
        for size in shape:
            self.integer(size)


class ResNetFile:
    """A file of the embedder's network with random weights of moderate size, drawn from `seed`."""

    def __init__(self, seed: int, versions: Versions | None = None) -> None:
        self._random = np.random.default_rng(seed)
        self._versions = versions or Versions()
        self._writer = DatWriter()

    def content(self) -> bytes:
        """The file's bytes."""
        writer, versions = self._writer, self._versions
        steps = list(self._steps())
        writer.integer(1)
        writer.text("loss_metric_2")
        writer.number(0.04)
        writer.number(0.6)
        for step in reversed(steps[1:]):
            writer.integer(1 if step is None else versions.later)
        writer.integer(versions.first)
        self._input()
        self._details(steps[0])
        self._state(has_gradient=True)
        if versions.first == 3:
            writer.integer(1)
        for step in itertools.filterfalse(lambda step: step is None, steps[1:]):
            self._details(step)
            self._state(has_gradient=versions.later == 2)
        return bytes(writer.data)

    def _steps(self) -> Iterator[Step | None]:
        yield from [("con", (32, 3, 7, 2, 0)), ("affine", (32,)), ("relu", ()), ("max_pool_2", (3, 2))]
        depth = 32
        for channels, halves in BLOCKS:
            yield None
            yield "con", (channels, depth, 3, 2 if halves else 1, 0 if halves else 1)
            yield from [("affine", (channels,)), ("relu", ()), ("con", (channels, channels, 3, 1, 1))]
            yield "affine", (channels,)
            if halves:
                yield from [None, None, ("avg_pool_2", (2, 2))]
            yield from [("add_prev_", ()), ("relu", ())]
            depth = channels
        yield from [("avg_pool_2", (0, 1)), ("fc", (256, EMBEDDING_SIZE))]

    def _details(self, step: Step) -> None:
        kind, sizes = step
        if kind in ("con", "affine", "fc", "relu"):
            getattr(self, f"_{kind}")(*sizes)
            return
        self._writer.text(kind)
        if sizes:
            size, stride = sizes
            self._window(size, stride, 0)

    def _con(self, filters: int, depth: int, size: int, stride: int, padding: int) -> None:
        writer, version = self._writer, self._versions.convolution
        weights = filters * depth * size * size
        writer.text(version)
        spread = math.sqrt(1.5 / (depth * size * size))
        values = self._random.normal(0, spread, weights + filters).astype(np.float32)
        writer.tensor((weights + filters, 1, 1, 1), values)
        writer.integer(filters)
        self._window(size, stride, padding)
        writer.alias(filters, depth, size, size)
        writer.alias(1, filters, 1, 1)
        self._multipliers()
        if version != "con_4":
            writer.boolean(True)
        if version == "con_6":
            writer.boolean(False)

    def _affine(self, channels: int) -> None:
        writer, version = self._writer, self._versions.affine
        writer.text(version)
        values = self._random.uniform(0.4, 0.9, 2 * channels).astype(np.float32)
        writer.tensor((2 * channels, 1, 1, 1), values)
        writer.alias(1, channels, 1, 1)
        writer.alias(1, channels, 1, 1)
        if version == "bn_con2":
            self._normalisation(channels)
            return
        writer.integer(0)
        if version == "affine_2":
            writer.boolean(False)

    def _normalisation(self, channels: int) -> None:
        writer = self._writer
        writer.tensor((0, 0, 0, 0), np.zeros(0, np.float32))
        writer.tensor((0, 0, 0, 0), np.zeros(0, np.float32))
        writer.tensor((1, channels, 1, 1), self._random.normal(0, 0.1, channels).astype(np.float32))
        writer.tensor((1, channels, 1, 1), self._random.uniform(0.5, 2, channels).astype(np.float32))
        writer.integer(1000)
        writer.integer(100)
        self._multipliers()
        writer.number(0.0001)

    def _relu(self) -> None:
        self._writer.text(self._versions.relu)
        if self._versions.relu == "relu_2":
            self._writer.boolean(False)

    def _fc(self, inputs: int, outputs: int) -> None:
        writer, version = self._writer, self._versions.matrix
        writer.text(version)
        writer.integer(outputs)
        writer.integer(inputs)
        writer.tensor((inputs, outputs, 1, 1), self._random.normal(0, 0.1, inputs * outputs).astype(np.float32))
        writer.alias(inputs, outputs, 1, 1)
        writer.alias(0, 0, 0, 0)
        writer.integer(1)
        self._multipliers()
        if version == "fc_3":
            writer.boolean(True)

    def _input(self) -> None:
        self._writer.text("input_rgb_image_sized")
        for mean in (122.782, 117.001, 104.298):
            self._writer.number(float(np.float32(mean)))
        self._writer.integer(150)
        self._writer.integer(150)

    def _window(self, size: int, stride: int, padding: int) -> None:
        for value in (size, size, stride, stride, padding, padding):
            self._writer.integer(value)

    def _multipliers(self) -> None:
        for _ in range(4):
            self._writer.number(1.0)

    def _state(self, *, has_gradient: bool) -> None:
        for value in (True, True, False):
            self._writer.boolean(value)
        for _ in range(3 if has_gradient else 2):
            self._writer.tensor((0, 0, 0, 0), np.zeros(0, np.float32))
