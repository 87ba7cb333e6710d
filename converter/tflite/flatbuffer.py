"""Read tables, vectors and scalars of a FlatBuffer, each checked before it is believed.

It knows the encoding (flatbuffers.dev/internals), but no schema. Nothing but ModelFileError comes out of a damaged
file, offsets only lead forward or are checked, and no memory is taken that the file does not fill.
"""

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..model_file import ModelFile, ModelFileError

OFFSET = struct.Struct("<I")
BACK = struct.Struct("<i")
SHORT = struct.Struct("<H")
SCALARS = {"bool": struct.Struct("<?"), "byte": struct.Struct("<b"), "ubyte": struct.Struct("<B")}
SCALARS |= {"int": struct.Struct("<i"), "uint": struct.Struct("<I")}


class FlatBuffer:
    """A file's bytes, read at any offset. Not changed once it is made."""

    def __init__(self, file: ModelFile) -> None:
        self._file = file

    def error(self, offset: int, problem: str) -> ModelFileError:
        """The error to raise for `problem`, a clause that says what is wrong at byte `offset`."""
        return self._file.error(offset, problem)

    def root(self, identifier: bytes) -> "Table":
        """The outermost table; the four bytes behind its offset must be `identifier`."""
        found = bytes(self.take(4, 4, "the file's identifier"))
        if found != identifier:
            raise self.error(4, f"the file's identifier is {found!r} where {identifier!r} is expected")
        return Table(self, self.target(0, "the file"), "the file")

    def scalar(self, form: struct.Struct, offset: int, what: str) -> int:
        """A number of this form, which stands at a multiple of its own size."""
        if offset % form.size:
            raise self.error(offset, f"{what} does not stand at a multiple of {form.size} bytes")
        value: int = form.unpack(self.take(offset, form.size, what))[0]
        return value

    def target(self, offset: int, what: str) -> int:
        """Where the offset that is stored at `offset` leads to: always forward, and within the file."""
        target = offset + self.scalar(OFFSET, offset, f"the offset of {what}")
        if not offset < target < len(self._file.data):
            raise self.error(offset, f"the offset of {what} leads to byte {target}, out of the file")
        return target

    def take(self, offset: int, size: int, what: str) -> memoryview:
        """`size` bytes at `offset`."""
        if not 0 <= offset <= len(self._file.data) - size:
            left = max(0, len(self._file.data) - offset)
            raise self.error(offset, f"{what} would need {size} bytes where the file has {left} left")
        return memoryview(self._file.data)[offset : offset + size]

    def vector(self, offset: int, size: int, what: str) -> tuple[int, int]:
        """Where the elements of a vector begin that the offset at `offset` leads to, and how many of `size` bytes."""
        begin = self.target(offset, what)
        count = self.scalar(OFFSET, begin, f"the length of {what}")
        self.take(begin + 4, count * size, what)
        return begin + 4, count


class Table:
    """A table: fields by their number in the schema, each of which may be missing. `what` names it in messages."""

    def __init__(self, buffer: FlatBuffer, offset: int, what: str) -> None:
        self._buffer = buffer
        self._offset = offset
        self._what = what
        self._fields = self._field_offsets()

    def error(self, problem: str) -> ModelFileError:
        """The error to raise for `problem`, a clause that says what is wrong with this table."""
        return self._buffer.error(self._offset, problem)

    def number(self, field: int, kind: str, default: int = 0) -> int:
        """A bool, byte, ubyte, int or uint."""
        offset = self._field(field)
        return default if offset is None else self._buffer.scalar(SCALARS[kind], offset, f"a number of {self._what}")

    def has(self, field: int) -> bool:
        """Whether the field is stored."""
        return self._field(field) is not None

    def table(self, field: int, what: str) -> "Table":
        """A table that must be there."""
        return Table(self._buffer, self._buffer.target(self._required(field, what), what), what)

    def tables(self, field: int, what: str, most: int) -> Iterator["Table"]:
        """At most `most` tables; none where the field is missing. `what` names one of them."""
        offset = self._field(field)
        if offset is None:
            return
        begin, count = self._buffer.vector(offset, 4, f"the list of {what}s")
        if count > most:
            raise self._buffer.error(begin, f"there would be {count} {what}s where at most {most} are possible")
        for number in range(count):
            name = f"{what} {number}"
            yield Table(self._buffer, self._buffer.target(begin + 4 * number, name), name)

    def integers(self, field: int, what: str, most: int) -> tuple[int, ...]:
        """At most `most` integers of 32 bits; none where the field is missing."""
        offset = self._field(field)
        if offset is None:
            return ()
        begin, count = self._buffer.vector(offset, 4, what)
        if begin % 4 or count > most:
            raise self._buffer.error(begin, f"{what} would be {count} numbers where at most {most} are possible")
        return struct.unpack(f"<{count}i", self._buffer.take(begin, 4 * count, what))

    def bytes(self, field: int, what: str) -> NDArray[np.uint8]:
        """Bytes, read-only; none where the field is missing."""
        offset = self._field(field)
        if offset is None:
            return np.zeros(0, np.uint8)
        begin, count = self._buffer.vector(offset, 1, what)
        return np.frombuffer(self._buffer.take(begin, count, what), np.uint8)

    def _field_offsets(self) -> tuple[int, ...]:
        """Where each field stands, 0 where it is missing: from the list of offsets that tables of one form share."""
        buffer, what = self._buffer, self._what
        listed = self._offset - buffer.scalar(BACK, self._offset, f"the offset of the fields of {what}")
        size = buffer.scalar(SHORT, listed, f"the size of the fields of {what}")
        table_size = buffer.scalar(SHORT, listed + 2, f"the size of {what}")
        if size < 4 or size % 2 or table_size < 4:
            raise buffer.error(listed, f"the fields of {what} have the impossible sizes {size} and {table_size}")
        buffer.take(self._offset, table_size, what)
        fields = struct.unpack(f"<{size // 2 - 2}H", buffer.take(listed + 4, size - 4, f"the fields of {what}"))
        if any(0 < field < 4 or field >= table_size for field in fields):
            raise buffer.error(listed, f"a field of {what} lies outside of it")
        return tuple(self._offset + field if field else 0 for field in fields)

    def _field(self, field: int) -> int | None:
        return self._fields[field] or None if field < len(self._fields) else None

    def _required(self, field: int, what: str) -> int:
        offset = self._field(field)
        if offset is None:
            raise self.error(f"{self._what} has no {what}")
        return offset
