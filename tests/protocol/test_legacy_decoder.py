import contextlib
import io
import itertools
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from protocol.errors import FrameError, ProtocolError
from protocol.framing import MAGIC
from protocol.legacy import (
    LegacyDecoder,
    LegacyMark,
    LegacyMessage,
    LegacyRoster,
    LegacySnapshot,
    RosterRow,
    encode_roster_reply,
    is_framed,
)
from tests.protocol.wire_vectors import (
    ERROR_FRAME,
    LEGACY_MARK,
    LEGACY_ROSTER,
    LEGACY_TEXTS,
    TINY_BMP,
    TINY_GIF,
    TINY_IMAGES,
    TINY_JPEG,
    TINY_PNG,
    TINY_WEBP,
)

IMAGES = TINY_IMAGES.values()


def fed(*pieces: bytes, max_image_bytes: int = 1 << 20) -> LegacyDecoder:
    decoder = LegacyDecoder(max_image_bytes)
    for piece in pieces:
        decoder.receive(piece)
    return decoder


def bytewise(data: bytes) -> list[bytes]:
    return [data[i : i + 1] for i in range(len(data))]


def refusal(*pieces: bytes) -> FrameError:
    with pytest.raises(FrameError) as caught:
        fed(*pieces).finish()
    assert len(caught.value.text) < 300
    return caught.value


@pytest.mark.parametrize(("data", "message"), LEGACY_TEXTS)
def test_a_text_message_is_whole_without_silence(data, message):
    assert fed(data).next_message() == message


@pytest.mark.parametrize(("data", "message"), LEGACY_TEXTS)
def test_a_text_message_arrives_byte_by_byte_and_not_before_its_last_byte(data, message):
    decoder = fed(*bytewise(data[:-1]))
    assert decoder.next_message() is None
    decoder.receive(data[-1:])
    assert decoder.next_message() == message
    assert decoder.finish() == message


@pytest.mark.parametrize(("data", "message"), LEGACY_TEXTS)
def test_a_text_message_with_more_behind_it_in_one_piece_is_none_of_the_three(data, message):
    with pytest.raises(FrameError, match="no message"):
        fed(data + b"x").next_message()


@pytest.mark.parametrize("image", IMAGES, ids=TINY_IMAGES)
def test_an_image_is_whole_without_silence(image):
    assert fed(image).next_message() == LegacySnapshot(image)


@pytest.mark.parametrize("image", IMAGES, ids=TINY_IMAGES)
def test_an_image_arrives_byte_by_byte_and_not_before_its_last_byte(image):
    decoder = LegacyDecoder()
    for byte in bytewise(image[:-1]):
        decoder.receive(byte)
        assert decoder.next_message() is None
    decoder.receive(image[-1:])
    assert decoder.next_message() == LegacySnapshot(image)


@pytest.mark.parametrize("image", IMAGES, ids=TINY_IMAGES)
@pytest.mark.parametrize("neighbour", [b"\x00", LEGACY_MARK, TINY_JPEG])
def test_what_comes_behind_an_image_is_ignored(image, neighbour):
    decoder = fed(image + neighbour)
    assert decoder.next_message() == LegacySnapshot(image)
    decoder.receive(neighbour)
    assert decoder.finish() == LegacySnapshot(image)


@pytest.mark.parametrize("image", IMAGES, ids=TINY_IMAGES)
@pytest.mark.parametrize("part", [0.6, 0.75, 0.95])
def test_an_image_that_stops_half_way_is_handed_over_at_the_silence(image, part):
    half = image[: int(len(image) * part)]
    decoder = fed(half)
    assert decoder.next_message() is None
    assert decoder.finish() == LegacySnapshot(half)


def photograph(kind: str, **options: object) -> bytes:
    picture = Image.effect_noise((64, 48), 80).convert("RGB")
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True, "optimize": True}),
        ("JPEG", {"restart_marker_blocks": 1}),
        ("JPEG", {"quality": 100, "subsampling": 0, "comment": b"\xff\xd9" * 9}),
        ("PNG", {}),
        ("BMP", {}),
        ("GIF", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1460, 1 << 20])
def test_images_of_a_real_encoder_end_where_they_end(kind, options, size):
    image = photograph(kind, **options)
    stream = image + b"behind"
    assert fed(*(stream[i : i + size] for i in range(0, len(stream), size))).next_message() == LegacySnapshot(image)


def test_a_jpeg_with_a_real_jpeg_as_its_thumbnail_ends_at_its_own_end():
    thumbnail = photograph("JPEG", quality=20)
    image = photograph("JPEG")
    app1 = b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
    nested = image[:2] + app1 + image[2:]
    assert fed(nested).next_message() == LegacySnapshot(nested)


@pytest.mark.parametrize(
    "image",
    [
        TINY_JPEG[:2] + b"\xff\xd8\x00\x02" + TINY_JPEG[2:],
        TINY_JPEG[:2] + b"\xff\xd0\x00\x02" + TINY_JPEG[2:],
        TINY_JPEG[:12] + b"\x00" + TINY_JPEG[12:],
        TINY_PNG[:12] + b"12?R" + TINY_PNG[16:],
        TINY_PNG[:8] + b"\xff\xff\xff\xff" + TINY_PNG[12:],
        TINY_BMP[:2] + bytes(4) + TINY_BMP[6:],
        TINY_BMP[:2] + b"\x37\x00\x00\x00" + TINY_BMP[6:],
        TINY_BMP[:2] + b"\xff\xff\xff\xff" + TINY_BMP[6:],
        TINY_GIF[:19] + b"\x99" + TINY_GIF[20:],
        TINY_WEBP[:4] + b"\xff\xff\xff\xff" + TINY_WEBP[8:],
    ],
    ids=[
        "two starts",
        "stray restart",
        "no marker",
        "odd chunk",
        "endless chunk",
        "no size",
        "size too small",
        "size absurd",
        "odd block",
        "endless riff",
    ],
)
def test_an_image_whose_structure_is_broken_waits_for_the_silence(image):
    decoder = fed(image + b"more")
    assert decoder.next_message() is None
    assert decoder.finish() == LegacySnapshot(image + b"more")


def test_a_bmp_whose_size_field_is_larger_than_its_pixels_ends_by_that_field():
    image = TINY_BMP[:2] + b"\x3e\x00\x00\x00" + TINY_BMP[6:] + b"over"
    assert fed(image[:-1]).next_message() is None
    assert fed(image).next_message() == LegacySnapshot(image)


def test_only_as_much_of_an_image_as_allowed_is_kept():
    broken = TINY_JPEG[:2] + b"\xff\xd8\x00"
    at_limit = broken + bytes(100 - len(broken))
    assert fed(at_limit, max_image_bytes=100).finish() == LegacySnapshot(at_limit)
    decoder = fed(at_limit, b"x", b"y" * 1000, max_image_bytes=100)
    with pytest.raises(FrameError, match="100 bytes") as caught:
        decoder.next_message()
    assert caught.value.code == "too_large"


def test_what_comes_beyond_the_limit_takes_no_memory():
    decoder = LegacyDecoder(100)
    flood = TINY_JPEG[:3] + bytes(1 << 20)
    tracemalloc.start()
    decoder.receive(flood)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50_000


@pytest.mark.parametrize("image", IMAGES, ids=TINY_IMAGES)
def test_an_image_on_the_limit_is_whole_and_one_over_it_is_too_large(image):
    assert fed(image + b"x", max_image_bytes=len(image)).next_message() == LegacySnapshot(image)
    with pytest.raises(FrameError) as caught:
        fed(image + b"x", max_image_bytes=len(image) - 1).next_message()
    assert caught.value.code == "too_large"


def test_eight_digits_are_a_course_only_when_nothing_follows():
    decoder = fed(b"20260001")
    assert decoder.next_message() is None
    assert decoder.finish() == LegacyRoster("20260001")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"e",
        b"ea0017_",
        b"ea0017_12",
        b"201511041",
        b"201511041ea0017_",
        b"201511041ea0017_12",
        b"20151104xea0017_1",
        b"abcdefghiea0017_1",
        b"2015 1041ea0017_1",
        b"201511041ea0017\n1",
        b"201511041ea0017_\xff",
        b"ea0017_\x00",
        b" a0017_1",
        b"ea0017_ ",
        b"ea\xff017_1",
        "１２３".encode() + b"ea0017_1",
        b"this is a text file called .jpg\n",
        b"II*\x00\x08\x00\x00\x00\x00\x00",
        b"BM\x3a\x00",
        bytes(64),
        ERROR_FRAME[1:],
    ],
)
def test_what_is_none_of_the_three_is_refused(data):
    assert refusal(data).code == "bad_request"
    assert refusal(*bytewise(data[:7]), data[7:]).code == "bad_request"


@pytest.mark.parametrize("data", [b"20151104xea0017_1", b"ea0017_1x", b"201511041ea0017_12", bytes(8)])
def test_what_can_no_longer_become_a_message_is_refused_without_silence(data):
    decoder = fed(data)
    for _ in range(2):
        with pytest.raises(FrameError):
            decoder.next_message()
        decoder.receive(LEGACY_ROSTER)
    with pytest.raises(FrameError):
        decoder.finish()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x16\x03\x01\x02\x00\x01", "TLS"),
        (b"GET / HTTP/1.1\r\n", "HTTP"),
        (b"GET /abc", "HTTP"),
        (b"HEAD /ab", "HTTP"),
        (b"POST /api", "HTTP"),
        (b"PUT /abcd", "HTTP"),
        (b"DELETE /", "HTTP"),
        (b"OPTIONS * HTTP/1.1", "HTTP"),
        (b"CONNECT host:1", "HTTP"),
        (b"PRI * HTTP/2.0\r\n", "HTTP"),
    ],
)
def test_other_protocols_are_refused_by_name_however_they_arrive(data, name):
    for pieces in ([data], bytewise(data)):
        with pytest.raises(FrameError, match=name):
            fed(*pieces).next_message()


def test_course_codes_that_begin_like_http_are_course_codes():
    assert fed(b"GETTING1").next_message() == LegacyRoster("GETTING1")


def test_the_first_byte_tells_the_forms_apart():
    assert is_framed(MAGIC[0])
    starts = [LEGACY_MARK, LEGACY_ROSTER, b"\x16\x03", *IMAGES]
    assert not any(is_framed(start[0]) for start in starts)


def test_a_roster_reply_is_a_json_array_in_utf8():
    rows = [RosterRow("201511041", "김철수", "2026-03-02", True), RosterRow("201511042", 'A "B"', "2026-03-02", False)]
    reply = encode_roster_reply(rows)
    assert "김철수".encode() in reply
    assert json.loads(reply) == [
        {"student_code": "201511041", "name": "김철수", "date": "2026-03-02", "attended": "O"},
        {"student_code": "201511042", "name": 'A "B"', "date": "2026-03-02", "attended": ""},
    ]


def test_a_roster_reply_of_nobody_is_an_empty_array():
    assert encode_roster_reply([]) == b"[]"


def outcome(*pieces: bytes) -> LegacyMessage | str:
    decoder = LegacyDecoder(500)
    for piece in pieces:
        decoder.receive(piece)
        with contextlib.suppress(ProtocolError):
            if (message := decoder.next_message()) is not None:
                return message
    try:
        return decoder.finish()
    except FrameError as error:
        return error.code


STARTS = st.sampled_from([LEGACY_MARK, *IMAGES, b"\xff\xd8\xff", b"RIFF", b"BM", b"GET", b"201511041", b""])


@given(STARTS, st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=4), st.binary(max_size=40))
def test_nothing_but_protocol_error_comes_out_and_images_do_not_depend_on_the_cuts(start, changes, tail):
    data = bytearray(start + tail)
    for at, value in changes:
        if data:
            data[at % len(data)] = value
    whole, cut = outcome(bytes(data)), outcome(*bytewise(bytes(data)))
    # A text is whole before a byte too many arrives; only then may the cuts matter.
    assert whole == cut or (isinstance(cut, LegacyRoster | LegacyMark) and whole == "bad_request")


@given(st.sampled_from(list(IMAGES)), st.binary(max_size=20), st.lists(st.integers(0), max_size=5))
def test_an_image_comes_out_the_same_however_its_bytes_are_cut(image, tail, cuts):
    stream = image + tail
    edges = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    assert outcome(*(stream[a:b] for a, b in itertools.pairwise(edges))) == LegacySnapshot(image)


@given(st.binary(max_size=64))
def test_random_bytes_are_a_message_or_refused(data):
    outcome(*bytewise(data))
    outcome(data)


@pytest.mark.parametrize("filling", [b"\xff", b"\xff\x00", b"\xff\xd0", b"\x00"])
@pytest.mark.parametrize("start", [TINY_JPEG[:3], TINY_JPEG[:24]])
def test_hostile_images_cost_no_more_than_their_length(start, filling):
    data = start + filling * (200_000 // len(filling))
    decoder = fed(*bytewise(data))
    assert decoder.next_message() is None
    assert decoder.finish() == LegacySnapshot(data)
