"""Encode and decode frames: twelve bytes of prefix, a header, a payload."""

from collections import deque
from dataclasses import dataclass
from typing import Final

from protocol.errors import FrameError
from protocol.pieces import Pieces

# First four bytes of every frame: 0xA7 is no ASCII character and begins no image format, TLS record or HTTP method.
MAGIC: Final = b"\xa7RC1"

# The magic, then header and payload length as unsigned big-endian 32-bit numbers.
PREFIX_BYTES: Final = 12

# Of a request: the longest is a batch of 2000 marks at about 120 bytes each, and strangers send nothing larger.
MAX_HEADER_BYTES: Final = 256 * 1024

# The longest reply is a board: of 1000 students over four hours, each with a mark and candidates, it has 1.6 MB.
MAX_REPLY_HEADER_BYTES: Final = 4 * 1024 * 1024

# A 3840x2160 photograph is 2 to 8 MB as JPEG.
MAX_PAYLOAD_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Frame:
    header: bytes
    payload: bytes


def encode_frame(
    header: bytes,
    payload: bytes = b"",
    *,
    max_header_bytes: int = MAX_HEADER_BYTES,
    max_payload_bytes: int = MAX_PAYLOAD_BYTES,
) -> bytes:
    """Raises FrameError (`too_large`) where a receiver with these limits would refuse it."""
    _require_size("header", len(header), max_header_bytes)
    _require_size("payload", len(payload), max_payload_bytes)
    return b"".join((MAGIC, len(header).to_bytes(4, "big"), len(payload).to_bytes(4, "big"), header, payload))


class FrameDecoder:
    """Cuts a stream of bytes, arriving in any pieces, into frames; for one thread.

    Work and memory are linear in the bytes that arrived: none is taken for bytes that are only announced.
    """

    def __init__(self, *, max_header_bytes: int = MAX_HEADER_BYTES, max_payload_bytes: int = MAX_PAYLOAD_BYTES) -> None:
        self._max_header_bytes = max_header_bytes
        self._max_payload_bytes = max_payload_bytes
        self._arrived = Pieces()
        self._sizes: tuple[int, int] | None = None
        self._frames: deque[Frame] = deque()
        self._failure: FrameError | None = None

    @property
    def in_frame(self) -> bool:
        """Whether a frame has begun to arrive and is not yet whole."""
        return bool(self.held)

    @property
    def held(self) -> int:
        """Bytes of the frame that is not yet whole."""
        return len(self._arrived) + (PREFIX_BYTES if self._sizes else 0)

    def receive(self, data: bytes) -> None:
        """Take the next bytes; what is wrong with them next_frame() raises."""
        if self._failure is not None:
            return
        self._arrived.add(data)
        try:
            while self._cut_frame():
                pass
        except FrameError as error:
            self._fail(error)

    def next_frame(self) -> Frame | None:
        """The next whole frame, None until more bytes arrive. Raises FrameError after the frames before the damage."""
        if self._frames:
            return self._frames.popleft()
        if self._failure is not None:
            raise FrameError(self._failure.sentence, self._failure.code)
        return None

    def next_frames(self) -> list[Frame]:
        """All whole frames that have arrived, in order. Raises as next_frame."""
        frames = list(self._frames)
        self._frames.clear()
        if not frames and self._failure is not None:
            raise FrameError(self._failure.sentence, self._failure.code)
        return frames

    def receive_eof(self) -> None:
        """The other side sends no more. Raises FrameError inside a frame, or after damage."""
        if self.in_frame and self._failure is None:
            wanted = PREFIX_BYTES if self._sizes is None else PREFIX_BYTES + sum(self._sizes)
            self._fail(
                FrameError(f"The stream ended inside a frame: {self.held} of {wanted} bytes arrived. Send it again.")
            )
        if self._failure is not None:
            raise FrameError(self._failure.sentence, self._failure.code)

    def _fail(self, error: FrameError) -> None:
        self._failure, self._sizes, self._arrived = error, None, Pieces()

    def _cut_frame(self) -> bool:
        if self._sizes is None:
            self._sizes = self._read_prefix()
        if self._sizes is None or len(self._arrived) < sum(self._sizes):
            return False
        header, payload = self._sizes
        self._frames.append(Frame(self._arrived.take(header), self._arrived.take(payload)))
        self._sizes = None
        return True

    def _read_prefix(self) -> tuple[int, int] | None:
        start = self._arrived.peek(len(MAGIC))
        if not MAGIC.startswith(start):
            raise FrameError(
                f"A frame begins with the bytes {MAGIC.hex(' ')}, but {{arrived}} arrived. "
                "The connection is closed; connect again.",
                arrived=start.hex(" "),
            )
        if len(self._arrived) < PREFIX_BYTES:
            return None
        prefix = self._arrived.take(PREFIX_BYTES)
        header, payload = int.from_bytes(prefix[4:8], "big"), int.from_bytes(prefix[8:12], "big")
        _require_size("header", header, self._max_header_bytes)
        _require_size("payload", payload, self._max_payload_bytes)
        return header, payload


def _require_size(part: str, size: int, limit: int) -> None:
    limit = min(limit, 0xFFFF_FFFF)
    if size > limit:
        raise FrameError(f"The frame's {part} has {size} bytes, but at most {limit} are allowed.", "too_large")
