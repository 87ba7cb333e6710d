"""Cut an MJPEG stream into pictures, however its camera writes it."""

from email.message import Message
from typing import Final

from cameras.error_texts import CameraText
from cameras.errors import BadPicture
from cameras.picture import MAX_PICTURE_BYTES

MAX_PART_HEADER_BYTES: Final = 16 * 1024


def boundary_of(content_type: str) -> bytes:
    """The boundary without the hyphens that some announce with it. Raises BadPicture where none is said."""
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_param("boundary")
    token = boundary.strip('"- ') if isinstance(boundary, str) else ""
    if not token or not token.isascii():
        raise BadPicture(CameraText.NO_BOUNDARY)
    return token.encode()


class MjpegParts:
    """Holds at most one picture that is not whole yet."""

    def __init__(self, boundary: bytes) -> None:
        self._boundary = b"--" + boundary
        self._arrived = bytearray()
        self._in_picture = False
        self._length: int | None = None
        self._searched = 0

    def receive(self, data: bytes) -> list[bytes]:
        """The pictures that are whole with these bytes. Raises BadPicture."""
        self._arrived += data
        whole: list[bytes] = []
        while True:
            if not self._in_picture and not self._cut_header():
                return whole
            picture = self._cut_picture()
            if picture is None:
                return whole
            if picture:
                whole.append(picture)

    def _cut_header(self) -> bool:
        ends = [(end, len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (end := self._arrived.find(mark)) >= 0]
        if not ends:
            if len(self._arrived) > MAX_PART_HEADER_BYTES:
                raise BadPicture(CameraText.NO_STREAM)
            return False
        end, width = min(ends)
        self._length = _content_length(bytes(self._arrived[:end]))
        del self._arrived[: end + width]
        self._in_picture, self._searched = True, 0
        return True

    def _cut_picture(self) -> bytes | None:
        """The picture's bytes; empty for a part that is none. None: more is to come."""
        end = self._length if self._length is not None else self._find_boundary()
        if max(end, len(self._arrived) if end < 0 else 0) > MAX_PICTURE_BYTES:
            raise BadPicture(CameraText.PART_TOO_LARGE, bytes=MAX_PICTURE_BYTES)
        if end < 0 or len(self._arrived) < end:
            return None
        picture = bytes(self._arrived[:end])
        del self._arrived[:end]
        self._in_picture = False
        return picture

    def _find_boundary(self) -> int:
        end = self._arrived.find(self._boundary, self._searched)
        self._searched = max(len(self._arrived) - len(self._boundary), 0)
        return end


def _content_length(header: bytes) -> int | None:
    for line in header.splitlines():
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return int(value.strip()[:12])
    return None
