"""Cut an MJPEG stream into pictures, however its camera writes it."""

# Cameras leave out what they may not: the boundary, its first line, a part's header or its end, and what they say of
# lengths is often wrong. So where a JPEG ends its own structure says; boundaries and lengths count for other pictures.

import re
from email.message import Message
from typing import Final

from cameras.error_texts import CameraText
from cameras.errors import BadPicture
from cameras.picture import MAX_PICTURE_BYTES

MAX_PART_HEADER_BYTES: Final = 16 * 1024

_JPEG: Final = b"\xff\xd8\xff"
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_END_OF_JPEG: Final = b"\xff\xd9"
# Fill bytes, and markers without a length (ITU-T T.81, B.1.1.2 and table B.1).
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD8)})
# What is no stuffed zero, restart or fill byte in coded data is a marker (B.1.1.5).
_MARKER_IN_SCAN: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


def boundary_of(content_type: str) -> bytes:
    """The boundary without the hyphens that some announce with it. Raises BadPicture where none is said."""
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_param("boundary")
    token = boundary.strip('"- ') if isinstance(boundary, str) else ""
    if not token or not token.isascii():
        raise BadPicture(CameraText.NO_BOUNDARY)
    return token.encode()


class JpegEnd:
    """Follows one JPEG that arrives, from its first byte on; work is linear in its bytes."""

    def __init__(self, boundary: bytes) -> None:
        self._boundary = boundary
        self._at = 2
        self._in_scan = False

    def find(self, data: bytearray) -> int | None:
        """Where it ends, by its marker or because something else begins; None: more is to come."""
        while True:
            if self._in_scan and (end := self._in_coded_data(data)) is not None:
                return end
            if self._in_scan or len(data) < self._at + 4:
                return self._at_the_end(data)
            marker = data[self._at + 1]
            if data[self._at] != 0xFF:
                self._in_scan = True  # it is damaged: the next marker says how it goes on
            elif marker == _END:
                return self._at + 2
            elif marker == _START:
                return self._at
            elif marker == 0xFF:
                self._at += 1
            elif marker in _WITHOUT_LENGTH:
                self._at += 2
            else:
                self._at += 2 + int.from_bytes(data[self._at + 2 : self._at + 4], "big")
                self._in_scan = marker == _SCAN

    def _in_coded_data(self, data: bytearray) -> int | None:
        marker = _MARKER_IN_SCAN.search(data, self._at)
        until = marker.start() if marker else len(data)
        if self._boundary and (end := data.find(self._boundary, max(self._at - len(self._boundary), 2), until)) >= 0:
            return end
        self._at = until if marker else max(self._at, len(data) - 1)
        self._in_scan = marker is None
        return None

    def _at_the_end(self, data: bytearray) -> int | None:
        if not self._in_scan and data[self._at : self._at + 2] == _END_OF_JPEG:
            return self._at + 2
        return None


class MjpegParts:
    """Holds at most one picture that is not whole yet. boundary: empty where it is not known."""

    def __init__(self, boundary: bytes = b"") -> None:
        self._boundary = b"--" + boundary if boundary else b""
        self._arrived = bytearray()
        self._in_picture = False
        self._jpeg: JpegEnd | None = None
        self._length: int | None = None
        self._searched = 0

    def receive(self, data: bytes) -> list[bytes]:
        """The pictures that are whole with these bytes. Raises BadPicture."""
        self._arrived += data
        whole: list[bytes] = []
        while True:
            if not self._in_picture and not self._cut_header():
                return whole
            picture = self._cut_jpeg() if self._is_jpeg() else self._cut_picture()
            if picture is None:
                return whole
            if picture:
                whole.append(picture)

    def _cut_header(self) -> bool:
        # A part's header, or what stands before a JPEG that has none.
        ends = [(end, len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (end := self._arrived.find(mark)) >= 0]
        begins = self._arrived.find(_JPEG)
        self._length = None
        if begins >= 0 and (not ends or begins < min(ends)[0]):
            del self._arrived[:begins]
        elif ends:
            end, width = min(ends)
            self._length = _content_length(bytes(self._arrived[:end]))
            del self._arrived[: end + width]
            _require_possible(self._length or 0)
        else:
            if len(self._arrived) > MAX_PART_HEADER_BYTES:
                raise BadPicture(CameraText.NO_STREAM)
            return False
        self._in_picture, self._searched, self._jpeg = True, 0, None
        return True

    def _is_jpeg(self) -> bool:
        if self._jpeg is None and self._length is None:
            while self._arrived.startswith((b"\r", b"\n")):  # one empty line too many
                del self._arrived[:1]
        if self._jpeg is None and self._arrived.startswith(_JPEG):
            self._jpeg = JpegEnd(self._boundary)
        return self._jpeg is not None

    def _cut_jpeg(self) -> bytes | None:
        """The picture's bytes, which end with its marker or lack that alone. None: more is to come."""
        found = self._jpeg.find(self._arrived) if self._jpeg else None
        _require_possible(found or len(self._arrived))
        return self._cut(found) if found else None

    def _cut_picture(self) -> bytes | None:
        """What is no JPEG; empty for a part that is no picture. None: more is to come."""
        if len(self._arrived) < len(_JPEG) and self._length != len(self._arrived):
            return None
        if self._length is None and not self._boundary:
            self._in_picture = False
            return b""
        end = self._length if self._length is not None else self._find_boundary()
        _require_possible(end if end >= 0 else len(self._arrived))
        return None if end < 0 or len(self._arrived) < end else self._cut(end)

    def _cut(self, end: int) -> bytes:
        picture = bytes(self._arrived[:end])
        del self._arrived[:end]
        self._in_picture = False
        return picture

    def _find_boundary(self) -> int:
        end = self._arrived.find(self._boundary, self._searched)
        self._searched = max(len(self._arrived) - len(self._boundary), 0)
        return end


def _require_possible(size: int) -> None:
    if size > MAX_PICTURE_BYTES:
        raise BadPicture(CameraText.PART_TOO_LARGE, bytes=MAX_PICTURE_BYTES)


def _content_length(header: bytes) -> int | None:
    for line in header.splitlines():
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return int(value.strip()[:12])
    return None
