"""Decode the three unframed messages of 2019, one for each connection, and encode their answers."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from protocol.errors import FrameError
from protocol.framing import MAGIC, MAX_PAYLOAD_BYTES
from protocol.images import SIGNATURE_BYTES, ImageEnd, is_image

SUCCESS: Final = b"success"
FAIL: Final = b"fail"
UNKNOWN: Final = b"Unknown"

STUDENT_BYTES: Final = 9
COURSE_BYTES: Final = 8
MARK_BYTES: Final = STUDENT_BYTES + COURSE_BYTES

_TLS: Final = b"\x16\x03"
_HTTP: Final = re.compile(rb"(GET|HEAD|POST|PUT|PATCH|TRACE|DELETE) /|(OPTIONS|CONNECT) |PRI \*")


@dataclass(frozen=True, slots=True)
class LegacyMark:
    """Record a student as present today. Answer: `success` or `fail`."""

    student: str  # nine digits
    course: str  # eight bytes


@dataclass(frozen=True, slots=True)
class LegacyRoster:
    """Ask for a course's list. Answer: encode_roster_reply, or `fail`."""

    course: str


@dataclass(frozen=True, slots=True)
class LegacySnapshot:
    """Ask whose face this is. Answer: one student number, or `Unknown`."""

    image: bytes  # one JPEG, PNG, BMP, GIF or WebP


LegacyMessage = LegacyMark | LegacyRoster | LegacySnapshot


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A student in the answer to LegacyRoster."""

    student_code: str
    name: str
    date: str  # YYYY-MM-DD, the campus's today
    attended: bool


def is_framed(first_byte: int) -> bool:
    return first_byte == MAGIC[0]


def encode_roster_reply(rows: Iterable[RosterRow]) -> bytes:
    """A JSON array of one object for each student, `attended` being "O" or ""."""
    students = [
        {"student_code": row.student_code, "name": row.name, "date": row.date, "attended": "O" if row.attended else ""}
        for row in rows
    ]
    return json.dumps(students, ensure_ascii=False).encode("utf-8", "replace")


class LegacyDecoder:
    """Reads the one message of a connection from bytes in any pieces; for one thread.

    Work is linear in the bytes; no more than `max_image_bytes` are kept.
    """

    def __init__(self, max_image_bytes: int = MAX_PAYLOAD_BYTES) -> None:
        self._max_image_bytes = max_image_bytes
        self._arrived = bytearray()
        self._image_end: ImageEnd | None = None
        self._message: LegacyMessage | None = None
        self._failure: FrameError | None = None

    @property
    def held(self) -> int:
        """Bytes of the message so far."""
        return len(self._arrived)

    def receive(self, data: bytes) -> None:
        """Take the next bytes; what is wrong with them next_message() and finish() raise."""
        if self._message is not None or self._failure is not None:
            return
        # One byte more than allowed shows that it is too much; the rest need not be kept for that.
        self._arrived += data[: max(MARK_BYTES, self._max_image_bytes) + 1 - len(self._arrived)]
        try:
            self._message = self._read()
        except FrameError as error:
            self._fail(error)

    def next_message(self) -> LegacyMessage | None:
        """The message as soon as its own form says that it is whole.

        Raises FrameError once what has arrived can be none of the three, `too_large` for an image over the limit.
        """
        if self._failure is not None:
            raise FrameError(self._failure.sentence, self._failure.code)
        return self._message

    def finish(self) -> LegacyMessage:
        """The message of the bytes so far, after silence or the end of the stream. Raises FrameError.

        An image that has not reached its end is handed over as it is.
        """
        message = self.next_message()
        if message is None:
            try:
                message = self._message = self._read_last()
            except FrameError as error:
                self._fail(error)
                raise
        return message

    def _fail(self, error: FrameError) -> None:
        self._failure = error
        self._arrived.clear()

    def _read(self) -> LegacyMessage | None:
        if self._image_end is not None:
            return self._read_image()
        start = bytes(self._arrived[: MARK_BYTES + 1])
        if foreign := _foreign(start):
            raise FrameError(f"This is {foreign}, which is not spoken on this port; use the client of this server.")
        if len(start) < COURSE_BYTES:
            return None
        if start[:COURSE_BYTES].isdigit():
            return _read_mark(start)
        if _read_course(start[:COURSE_BYTES]) is not None:
            return _read_roster(start)
        if is_image(start):
            self._image_end = ImageEnd(self._arrived, self._max_image_bytes)
            return self._read_image()
        if start.startswith(b"RIFF") and len(start) < SIGNATURE_BYTES:
            return None
        raise _no_message(start)

    def _read_image(self) -> LegacySnapshot | None:
        end = self._image_end.find() if self._image_end else None
        if end is not None:
            return LegacySnapshot(self._taken(end))
        if len(self._arrived) > self._max_image_bytes:
            raise FrameError(f"The image has more than the {self._max_image_bytes} bytes allowed.", "too_large")
        return None

    def _taken(self, end: int) -> bytes:
        # What has arrived is let go, so that an image is held once.
        self._image_end = None
        arrived, self._arrived = self._arrived, bytearray()
        with memoryview(arrived) as view:
            return bytes(view[:end])

    def _read_last(self) -> LegacyMessage:
        start = bytes(self._arrived[: MARK_BYTES + 1])
        if is_image(start):
            return LegacySnapshot(self._taken(len(self._arrived)))
        if len(start) == COURSE_BYTES and start.isdigit():
            return LegacyRoster(start.decode())
        raise _no_message(start)


def _read_mark(start: bytes) -> LegacyMark | None:
    """A mark, or None while the digits may still become one: eight of them alone are a course code as well."""
    digits = start[:STUDENT_BYTES]
    if not digits.isdigit() or len(start) > MARK_BYTES:
        raise _no_message(start)
    if len(start) < MARK_BYTES:
        return None
    course = _read_course(start[STUDENT_BYTES:])
    if course is None:
        raise _no_message(start)
    return LegacyMark(digits.decode(), course)


def _read_roster(start: bytes) -> LegacyRoster:
    if len(start) > COURSE_BYTES:
        raise _no_message(start)
    return LegacyRoster(start.decode())


def _read_course(code: bytes) -> str | None:
    try:
        text = code.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() and text == text.strip() else None


def _foreign(start: bytes) -> str:
    if start.startswith(_TLS):
        return "TLS"
    return "HTTP" if _HTTP.match(start) else ""


def _no_message(start: bytes) -> FrameError:
    more = " and more" if len(start) > MARK_BYTES else ""
    return FrameError(
        f"{len(start[:MARK_BYTES])} bytes{more} that begin with {{start}} are no message: a mark has nine "
        "digits and eight characters of course code, a roster the eight alone, a snapshot is one JPEG, PNG or BMP.",
        start=repr(start[:MARK_BYTES]),
    )
