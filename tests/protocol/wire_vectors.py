"""Frames and legacy messages as they are on the wire, byte for byte, and what they mean."""

from datetime import UTC, datetime

from protocol.legacy import LegacyMark, LegacyRoster
from protocol.messages import (
    Board,
    Confirm,
    ConfirmItem,
    Error,
    Hello,
    Info,
    Mark,
    MarkItem,
    Marks,
    Message,
    OpenSession,
    Propose,
    Report,
    Roster,
    Sessions,
    SetSession,
    Snapshot,
)

# a7 52 43 31   magic
# 00 00 00 16   header: 22 bytes
# 00 00 00 00   payload: none
INFO_FRAME = b"\xa7RC1\x00\x00\x00\x16\x00\x00\x00\x00" + b'{"type":"info","id":1}'

# header 37 bytes
HELLO_FRAME = b"\xa7RC1\x00\x00\x00\x25\x00\x00\x00\x00" + b'{"type":"hello","id":0,"device":"B1"}'

# header 102 bytes; defaults (present, the hour on now, the connection's device) are left out
MARK_FRAME = (
    b"\xa7RC1\x00\x00\x00\x66\x00\x00\x00\x00"
    b'{"type":"mark","id":2,"student":"201511041","course":"ea0017_1","key":"k","at":"2026-03-02T09:00:00Z"}'
)

# header 125 bytes, two items, the second late in hour 3
MARKS_FRAME = (
    b"\xa7RC1\x00\x00\x00\x7d\x00\x00\x00\x00"
    b'{"type":"marks","id":3,"marks":[{"student":"1","course":"c"},'
    b'{"student":"2","course":"c","state":"late","hour":3}],"key":"k"}'
)

# header 45 bytes, the course in Korean: three bytes a syllable
ROSTER_FRAME = b"\xa7RC1\x00\x00\x00\x2d\x00\x00\x00\x00" + '{"type":"roster","id":4,"course":"컴퓨터"}'.encode()

# header 42 bytes, payload 5 bytes (the codec does not look at an image)
SNAPSHOT_FRAME = (
    b"\xa7RC1\x00\x00\x00\x2a\x00\x00\x00\x05" + b'{"type":"snapshot","id":5,"course":"algo"}' + b"\xff\xd8\x00\xff\xd9"
)

# header 70 bytes; two hours of today
OPEN_SESSION_FRAME = (
    b'\xa7RC1\x00\x00\x00\x46\x00\x00\x00\x00{"type":"open_session","id":6,"course":"algo","key":"k","hours":[3,4]}'
)

# header 62 bytes; of every course
SESSIONS_FRAME = (
    b'\xa7RC1\x00\x00\x00\x3e\x00\x00\x00\x00{"type":"sessions","id":7,"since":"2026-03-02","overdue":true}'
)

# header 84 bytes; a reason
SET_SESSION_FRAME = (
    b"\xa7RC1\x00\x00\x00\x54\x00\x00\x00\x00"
    b'{"type":"set_session","id":8,"session":5,"state":"draft","key":"k","why":"late bus"}'
)

# header 44 bytes; one hour
BOARD_FRAME = b'\xa7RC1\x00\x00\x00\x2c\x00\x00\x00\x00{"type":"board","id":9,"session":5,"hour":3}'

# header 38 bytes
PROPOSE_FRAME = b'\xa7RC1\x00\x00\x00\x26\x00\x00\x00\x00{"type":"propose","id":10,"session":5}'

# header 101 bytes
CONFIRM_FRAME = (
    b"\xa7RC1\x00\x00\x00\x65\x00\x00\x00\x00"
    b'{"type":"confirm","id":11,"session":5,"items":[{"student":"1","hour":3,"state":"present"}],"key":"k"}'
)

# header 41 bytes; of the term that is on
REPORT_FRAME = b'\xa7RC1\x00\x00\x00\x29\x00\x00\x00\x00{"type":"report","id":12,"course":"algo"}'

REQUEST_FRAMES: list[tuple[bytes, int, Message, bytes]] = [
    (INFO_FRAME, 1, Info(), b""),
    (HELLO_FRAME, 0, Hello(device="B1"), b""),
    (
        MARK_FRAME,
        2,
        Mark(student="201511041", course="ea0017_1", key="k", at=datetime(2026, 3, 2, 9, tzinfo=UTC)),
        b"",
    ),
    (
        MARKS_FRAME,
        3,
        Marks(
            marks=(MarkItem(student="1", course="c"), MarkItem(student="2", course="c", state="late", hour=3)), key="k"
        ),
        b"",
    ),
    (ROSTER_FRAME, 4, Roster(course="컴퓨터"), b""),
    (SNAPSHOT_FRAME, 5, Snapshot(course="algo"), b"\xff\xd8\x00\xff\xd9"),
    (OPEN_SESSION_FRAME, 6, OpenSession(course="algo", key="k", hours=(3, 4)), b""),
    (SESSIONS_FRAME, 7, Sessions(since="2026-03-02", overdue=True), b""),
    (SET_SESSION_FRAME, 8, SetSession(session=5, state="draft", key="k", why="late bus"), b""),
    (BOARD_FRAME, 9, Board(session=5, hour=3), b""),
    (PROPOSE_FRAME, 10, Propose(session=5), b""),
    (CONFIRM_FRAME, 11, Confirm(session=5, items=(ConfirmItem(student="1", hour=3, state="present"),), key="k"), b""),
    (REPORT_FRAME, 12, Report(course="algo"), b""),
]

# header 64 bytes
ERROR_FRAME = (
    b"\xa7RC1\x00\x00\x00\x40\x00\x00\x00\x00" + b'{"type":"error","id":6,"code":"busy","text":"Full","retry":true}'
)
ERROR_REPLY = Error(code="busy", text="Full", retry=True)

LEGACY_MARK = b"201511041ea0017_1"
LEGACY_ROSTER = b"ea0017_1"
LEGACY_TEXTS = [
    (LEGACY_MARK, LegacyMark("201511041", "ea0017_1")),
    (LEGACY_ROSTER, LegacyRoster("ea0017_1")),
    (b"201511041" + b"20260001", LegacyMark("201511041", "20260001")),
    ("컴퓨01".encode(), LegacyRoster("컴퓨01")),
    (b"BM0017_1", LegacyRoster("BM0017_1")),
    (b"GIF89a_1", LegacyRoster("GIF89a_1")),
    (b"a';DROP-", LegacyRoster("a';DROP-")),
]

# Smallest of their kind that have every structure a scanner must pass; no pixel in them is meant to be decoded.

# ff d8                      start of image
# ff e1 00 0a ...            APP1 with a thumbnail in it: an image inside the image, ended by its own ff d9
# ff ff c0 00 03 08          fill byte, then a frame header cut to one byte
# ff da 00 03 01 ...         scan: stuffed ff 00, restart marker ff d3, fill ff ff 00
# ff c4 00 03 00             tables between the scans of a progressive image
# ff da 00 02 12             second scan
# ff d9                      end of image
TINY_JPEG = (
    b"\xff\xd8"
    b"\xff\xe1\x00\x0a\xff\xd8\xff\xda\x00\x02\xff\xd9"
    b"\xff\xff\xc0\x00\x03\x08"
    b"\xff\xda\x00\x03\x01" + b"\x11\xff\x00\x22\xff\xd3\x33\xff\xff\x00\x44"
    b"\xff\xc4\x00\x03\x00"
    b"\xff\xda\x00\x02\x12"
    b"\xff\xd9"
)

# signature; IHDR of 2 bytes; IDAT of 4 bytes that spell IEND; IEND; each chunk with 4 bytes of checksum
TINY_PNG = (
    b"\x89PNG\r\n\x1a\n"
    b"\x00\x00\x00\x02IHDR\x00\x00\xaa\xaa\xaa\xaa"
    b"\x00\x00\x00\x04IDATIEND\xbb\xbb\xbb\xbb"
    b"\x00\x00\x00\x00IEND\xae\x42\x60\x82"
)

# "BM", size 58, reserved 0, pixels at 54; header of 40: 1x1, 1 plane, 24 bits, uncompressed; one padded row
TINY_BMP = (
    b"BM\x3a\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00"
    b"\x28\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01\x00\x18\x00" + bytes(24) + b"\x10\x20\x30\x00"
)

# "GIF89a", 1x1 with 2 colours; comment of two blocks; image with its own 2 colours, one block of 2; trailer
TINY_GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + bytes(6) + b"\x21\xfe\x02;;\x01;\x00"
    b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x80" + bytes(6) + b"\x02\x02\x44\x01\x00"
    b"\x3b"
)

# "RIFF", size 14, "WEBP", a chunk of one byte and its padding
TINY_WEBP = b"RIFF\x0e\x00\x00\x00WEBPVP8L\x01\x00\x00\x00\x2f\x00"

TINY_IMAGES = {"jpeg": TINY_JPEG, "png": TINY_PNG, "bmp": TINY_BMP, "gif": TINY_GIF, "webp": TINY_WEBP}
