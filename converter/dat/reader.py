"""Read integers, texts, numbers and tensors from a dlib `.dat` file, each checked before it is believed.

Nothing but ModelFileError comes out of a damaged file, and no memory is taken that the file does not fill.
"""

import math
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from ..model_file import MAX_WEIGHT, ModelFile, ModelFileError

# The serialisation is that of `dlib/serialize.h`, `dlib/float_details.h` and `dlib/cuda/tensor.h`.
MAX_TEXT_BYTES = 64  # the longest tag of a layer in dlib has 24
SPECIAL_EXPONENTS = range(32000, 32003)  # infinities and not-a-number: `float_details::is_inf` and so on

Shape = tuple[int, int, int, int]  # samples, channels, rows, columns


class DatReader:
    """Takes one value after another from the front of a model file; `what` names the value in errors.

    Methods raise ModelFileError for bytes that are not such a value or not the expected one. Not for several threads.
    """

    def __init__(self, file: ModelFile) -> None:
        self._file = file
        self._offset = 0

    def error(self, problem: str) -> ModelFileError:
        """problem: a clause that says what is wrong at the present place."""
        return self._file.error(self._offset, problem)

    def integer(self, what: str) -> int:
        # A control byte (bit 7 the sign, bits 0 to 3 the byte count), then the little-endian magnitude.
        control = self._take(1, what)[0]
        size = control & 0x0F
        if control & 0x70 or not 1 <= size <= 8:
            raise self.error(f"the control byte of {what} is {control:#04x}, which begins no integer")
        magnitude = int.from_bytes(self._take(size, what), "little")
        return -magnitude if control & 0x80 else magnitude

    def expect(self, expected: int | Collection[int], what: str) -> int:
        """An integer that must be `expected` or one of them."""
        allowed = (expected,) if isinstance(expected, int) else tuple(expected)
        value = self.integer(what)
        if value not in allowed:
            raise self.error(f"{what} is {value} where {' or '.join(map(str, allowed))} is expected")
        return value

    def expect_boolean(self, expected: bool, what: str) -> None:
        if self.boolean(what) != expected:
            raise self.error(f"{what} is {not expected} where {expected} is expected")

    def boolean(self, what: str) -> bool:
        """An ASCII `1` or `0`."""
        byte = self._take(1, what)
        if byte not in (b"0", b"1"):
            raise self.error(f"{what} is the byte {byte[0]:#04x}, which is no boolean")
        return byte == b"1"

    def expect_text(self, expected: Collection[str], what: str) -> str:
        """A text, its length before it, that must be one of `expected`."""
        length = self.integer(f"the length of {what}")
        if not 0 <= length <= MAX_TEXT_BYTES:
            raise self.error(f"{what} would be {length} bytes long where at most {MAX_TEXT_BYTES} are possible")
        text = self._take(length, what).decode("ascii", "backslashreplace")
        if text not in expected:
            raise self.error(f"{what} is {text!r} where {' or '.join(expected)} is expected")
        return text

    def number(self, what: str) -> float:
        """A finite float or double: an integer mantissa and an integer exponent of two."""
        mantissa, exponent = self.integer(what), self.integer(what)
        if exponent in SPECIAL_EXPONENTS:
            raise self.error(f"{what} is not finite")
        try:
            return math.ldexp(mantissa, exponent)
        except OverflowError:
            raise self.error(f"{what} is {mantissa} * 2**{exponent}, which is no number of a network") from None

    def tensor(self, shape: Shape, what: str) -> NDArray[np.float32]:
        """A tensor of just this shape, read-only; no value is beyond MAX_WEIGHT."""
        found = self._tensor_shape(what)
        if found != shape:
            raise self.error(f"{what} have the shape {found} where {shape} is expected")
        values = np.frombuffer(self._take(4 * math.prod(shape), what), "<f4")
        if not (np.abs(values) <= MAX_WEIGHT).all():
            raise self.error(f"{what} hold a value that is not finite or beyond {MAX_WEIGHT:g}")
        return values

    def skip_tensor(self, what: str) -> None:
        """Pass over a tensor of any shape (gradients, cached outputs)."""
        shape = self._tensor_shape(what)
        if min(shape) < 0:
            raise self.error(f"{what} have the impossible shape {shape}")
        self._take(4 * math.prod(shape), what)

    def alias(self, shape: Shape, what: str) -> None:
        """Pass over a view into a tensor, of which only the shape is stored; it must be `shape`."""
        self.expect(1, f"the version of the view of {what}")
        found = self._shape(what)
        if found != shape:
            raise self.error(f"the view of {what} has the shape {found} where {shape} is expected")

    def end(self) -> None:
        """Raise unless nothing follows."""
        left = len(self._file.data) - self._offset
        if left:
            raise self.error(f"{left} bytes follow where the network ends")

    def _tensor_shape(self, what: str) -> Shape:
        self.expect(2, f"the version of the tensor of {what}")
        return self._shape(what)

    def _shape(self, what: str) -> Shape:
        samples, channels, rows, columns = (self.integer(f"a dimension of {what}") for _ in range(4))
        return samples, channels, rows, columns

    def _take(self, size: int, what: str) -> bytes:
        left = len(self._file.data) - self._offset
        if size > left:
            raise self.error(f"{what} would need {size} bytes where the file has {left} left")
        begin, self._offset = self._offset, self._offset + size
        return self._file.data[begin : self._offset]
