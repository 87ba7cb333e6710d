import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from protocol.errors import MessageError
from protocol.fields import MAX_INTEGER
from protocol.framing import Frame, FrameDecoder
from protocol.header import parse_header
from protocol.messages import REPLIES, REQUESTS, Received, Snapshot, decode_reply, decode_request, encode
from tests.protocol.wire_strategies import ODD_JSON, damaged, each_place_replaced, messages
from tests.protocol.wire_vectors import REQUEST_FRAMES

DIRECTIONS = {"request": (REQUESTS, decode_request), "reply": (REPLIES, decode_reply)}
EVERY_MESSAGE = [(way, struct) for way, (known, _) in DIRECTIONS.items() for struct in known.values()]
EXAMPLES = 50  # of each message: together they are thousands, through one codec
HEADERS = [frame[12 : 12 + int.from_bytes(frame[4:8], "big")] for frame, *_ in REQUEST_FRAMES]


def through_the_wire(data: bytes) -> Frame:
    decoder = FrameDecoder()
    decoder.receive(data)
    frame = decoder.next_frame()
    assert frame is not None
    decoder.receive_eof()
    return frame


def decoded_or_refused(decode, frame: Frame) -> None:
    try:
        received = decode(frame)
    except MessageError as error:
        assert 0 <= error.id <= MAX_INTEGER  # noqa: PT017
        assert error.text.isprintable()  # noqa: PT017
        assert len(error.text) < 300  # noqa: PT017
        return
    again = encode(received.message, received.id, received.payload)
    assert decode(through_the_wire(again)) == received


@pytest.mark.parametrize(("way", "struct"), EVERY_MESSAGE)
def test_every_message_comes_out_as_it_went_in(way, struct):
    @settings(max_examples=EXAMPLES)
    @given(messages(struct), st.integers(0, MAX_INTEGER), st.binary(min_size=1, max_size=9))
    def round_trip(message, id, image):
        payload = image if struct is Snapshot else b""
        received = DIRECTIONS[way][1](through_the_wire(encode(message, id, payload)))
        assert received == Received(id, message, payload)

    round_trip()


@pytest.mark.parametrize(("way", "struct"), EVERY_MESSAGE)
def test_a_message_of_damaged_structure_is_decoded_or_refused_with_message_error(way, struct):
    @settings(max_examples=EXAMPLES)
    @given(damaged(messages(struct)), st.sampled_from([b"", b"i"]))
    def survive(header, payload):
        decoded_or_refused(DIRECTIONS[way][1], Frame(header, payload))

    survive()


@pytest.mark.parametrize("odd", ODD_JSON)
@pytest.mark.parametrize(("way", "struct"), EVERY_MESSAGE)
def test_any_value_in_any_place_is_decoded_or_refused_with_message_error(way, struct, odd):
    @settings(max_examples=3)
    @given(messages(struct))
    def survive(message):
        for header in each_place_replaced({"id": 1, **msgspec.to_builtins(message)}, odd):
            decoded_or_refused(DIRECTIONS[way][1], Frame(header.encode(), b""))

    survive()


@given(st.sampled_from(HEADERS), st.lists(st.tuples(st.integers(0), st.integers(0, 255)), min_size=1, max_size=5))
def test_a_message_of_damaged_bytes_is_decoded_or_refused_with_message_error(header, changes):
    changed = bytearray(header)
    for at, value in changes:
        changed[at % len(changed)] = value
    decoded_or_refused(decode_request, Frame(bytes(changed), b""))


@given(st.binary(max_size=200), st.binary(max_size=3))
@example(b'{"a":1,"a":2}', b"")
@example(b"\xff", b"")
def test_random_bytes_are_refused_with_message_error(header, payload):
    decoded_or_refused(decode_request, Frame(header, payload))


@given(st.text('[]{}"\\,:1aeE-.+ \u00e9', max_size=60))
def test_random_json_like_texts_are_an_object_or_refused(text):
    try:
        assert isinstance(parse_header(text.encode()), dict)
    except MessageError as error:
        assert error.code == "bad_request"  # noqa: PT017
