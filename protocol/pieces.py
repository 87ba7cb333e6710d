"""Hold the bytes of a stream in the pieces in which they come, so that no more is held than has come."""

from collections import deque
from typing import Final

# What comes in smaller pieces is held together up to this size: a piece costs some 80 bytes beside its own.
PIECE_BYTES: Final = 64 * 1024


class Pieces:
    """For one thread. Work is linear in the bytes, however small the pieces."""

    def __init__(self) -> None:
        self._pieces: deque[bytearray] = deque()
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, data: bytes) -> None:
        if self._pieces and len(self._pieces[-1]) + len(data) <= PIECE_BYTES:
            self._pieces[-1] += data
        elif data:
            if self._pieces:
                self._pieces[-1] = bytearray(self._pieces[-1])  # one that grew has room for an eighth more
            self._pieces.append(bytearray(data))
        self._length += len(data)

    def peek(self, count: int) -> bytes:
        """The first bytes, at most `count`."""
        first = bytearray()
        for piece in self._pieces:
            first += piece[: count - len(first)]
            if len(first) == count:
                break
        return bytes(first)

    def take(self, count: int) -> bytes:
        """The first `count` bytes, which are held no more; there are as many."""
        whole: list[bytes | bytearray] = []
        missing = count
        while missing:
            piece = self._pieces.popleft()
            if len(piece) > missing:
                self._pieces.appendleft(piece)
                whole.append(bytes(memoryview(piece)[:missing]))
                del piece[:missing]
            else:
                whole.append(piece)
            missing -= len(whole[-1])
        self._length -= count
        return b"".join(whole)
