import contextlib
import itertools
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.errors import FrameError
from protocol.framing import MAGIC, Frame, FrameDecoder, encode_frame
from tests.protocol.wire_vectors import ERROR_FRAME, INFO_FRAME, REQUEST_FRAMES, SNAPSHOT_FRAME

FRAMES = [ERROR_FRAME, *(frame for frame, *_ in REQUEST_FRAMES)]
NEIGHBOUR = encode_frame(b"{}", b"neighbour")


def frames_of(decoder: FrameDecoder, *pieces: bytes) -> list[Frame]:
    frames = []
    for piece in pieces:
        decoder.receive(piece)
        frames.extend(iter(decoder.next_frame, None))
    return frames


def as_frame(data: bytes) -> Frame:
    header = int.from_bytes(data[4:8], "big")
    return Frame(data[12 : 12 + header], data[12 + header :])


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(edges)]


@pytest.mark.parametrize("data", FRAMES)
def test_a_frame_arrives_whole(data):
    assert frames_of(FrameDecoder(), data) == [as_frame(data)]


@pytest.mark.parametrize("data", FRAMES)
def test_a_frame_arrives_byte_by_byte(data):
    decoder = FrameDecoder()
    assert frames_of(decoder, *(data[i : i + 1] for i in range(len(data) - 1))) == []
    assert frames_of(decoder, data[-1:]) == [as_frame(data)]


@pytest.mark.parametrize("data", FRAMES)
def test_a_frame_arrives_with_a_neighbour_behind_it(data):
    half = len(NEIGHBOUR) // 2
    decoder = FrameDecoder()
    assert frames_of(decoder, data + NEIGHBOUR[:half]) == [as_frame(data)]
    assert frames_of(decoder, NEIGHBOUR[half:]) == [as_frame(NEIGHBOUR)]


@given(st.lists(st.tuples(st.binary(max_size=40), st.binary(max_size=40)), max_size=5), st.lists(st.integers(0)))
def test_whatever_was_encoded_comes_out_however_the_bytes_are_cut(contents, cuts):
    stream = b"".join(encode_frame(header, payload) for header, payload in contents)
    decoder = FrameDecoder()
    assert frames_of(decoder, *pieces(stream, cuts)) == [Frame(*content) for content in contents]
    decoder.receive_eof()


@given(
    st.sampled_from(FRAMES),
    st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=4),
    st.binary(max_size=20),
    st.lists(st.integers(0)),
)
def test_nothing_but_frame_error_comes_out_of_damaged_frames(frame, changes, tail, cuts):
    damaged = bytearray(frame + NEIGHBOUR + tail)
    for at, value in changes:
        damaged[at % len(damaged)] = value
    decoder = FrameDecoder()
    with contextlib.suppress(FrameError):
        frames_of(decoder, *pieces(bytes(damaged), cuts))
        decoder.receive_eof()


def outcome_of(*stream: bytes) -> list[object]:
    decoder = FrameDecoder()
    outcome: list[object] = []
    try:
        for piece in stream:
            decoder.receive(piece)
        while (frame := decoder.next_frame()) is not None:
            outcome.append(frame)
        decoder.receive_eof()
    except FrameError as error:
        outcome.append(error.code)
    return outcome


@given(st.sampled_from(FRAMES), st.integers(0), st.integers(0, 255), st.lists(st.integers(0)))
def test_the_cuts_do_not_change_what_comes_out_of_a_damaged_stream(frame, at, value, cuts):
    damaged = bytearray(frame + NEIGHBOUR)
    damaged[at % len(damaged)] = value
    assert outcome_of(*pieces(bytes(NEIGHBOUR + damaged), cuts)) == [as_frame(NEIGHBOUR), *outcome_of(bytes(damaged))]


@pytest.mark.parametrize("good", range(4))
def test_a_wrong_byte_of_the_magic_is_refused_when_it_arrives(good):
    decoder = FrameDecoder()
    decoder.receive(MAGIC[:good])
    assert decoder.next_frame() is None
    decoder.receive(b"\x00")
    with pytest.raises(FrameError, match="a7 52 43 31"):
        decoder.next_frame()


def test_a_decoder_that_failed_stays_failed_but_hands_out_the_frames_before_the_damage():
    decoder = FrameDecoder()
    decoder.receive(INFO_FRAME + b"GET / HTTP/1.1\r\n")
    assert decoder.next_frame() == as_frame(INFO_FRAME)
    for _ in range(2):
        with pytest.raises(FrameError):
            decoder.next_frame()
        decoder.receive(INFO_FRAME)
    with pytest.raises(FrameError):
        decoder.receive_eof()


@pytest.mark.parametrize(
    ("prefix", "part"),
    [
        (MAGIC + b"\x00\x00\x01\x01\x00\x00\x00\x00", "header"),
        (MAGIC + b"\xff\xff\xff\xff\x00\x00\x00\x00", "header"),
        (MAGIC + b"\x00\x00\x00\x02\x00\x00\x02\x01", "payload"),
    ],
)
def test_a_length_over_the_limit_is_refused_before_its_bytes_arrive(prefix, part):
    decoder = FrameDecoder(max_header_bytes=256, max_payload_bytes=512)
    decoder.receive(prefix)
    with pytest.raises(FrameError, match=f"{part} has .* bytes") as caught:
        decoder.next_frame()
    assert caught.value.code == "too_large"


def test_a_length_that_is_only_announced_takes_no_memory():
    decoder = FrameDecoder()
    tracemalloc.start()
    decoder.receive(MAGIC + b"\x00\x00\x00\x02\x01\x00\x00\x00{}")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert decoder.in_frame
    assert peak < 50_000


def test_lengths_on_the_limit_are_taken():
    data = encode_frame(b"h" * 256, b"p" * 512, max_header_bytes=256, max_payload_bytes=512)
    assert frames_of(FrameDecoder(max_header_bytes=256, max_payload_bytes=512), data) == [as_frame(data)]


@pytest.mark.parametrize("sizes", [(257, 0), (0, 513)])
def test_more_than_a_receiver_takes_is_not_encoded(sizes):
    with pytest.raises(FrameError) as caught:
        encode_frame(bytes(sizes[0]), bytes(sizes[1]), max_header_bytes=256, max_payload_bytes=512)
    assert caught.value.code == "too_large"


@pytest.mark.parametrize("length", range(1, len(SNAPSHOT_FRAME)))
def test_a_stream_that_ends_inside_a_frame_is_an_error(length):
    decoder = FrameDecoder()
    decoder.receive(INFO_FRAME + SNAPSHOT_FRAME[:length])
    assert decoder.in_frame
    with pytest.raises(FrameError, match=f"{length} of"):
        decoder.receive_eof()


def test_a_stream_that_ends_between_frames_is_no_error():
    decoder = FrameDecoder()
    decoder.receive_eof()
    decoder.receive(INFO_FRAME)
    assert not decoder.in_frame
    decoder.receive_eof()
    assert decoder.next_frame() == as_frame(INFO_FRAME)


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 4000))
def test_a_megabyte_in_small_pieces_is_put_together(piece_size):
    payload = bytes(range(256)) * 4096
    data = encode_frame(b"{}", payload)
    decoder = FrameDecoder()
    frames = frames_of(decoder, *(data[i : i + piece_size] for i in range(0, len(data), piece_size)))
    assert frames == [Frame(b"{}", payload)]
