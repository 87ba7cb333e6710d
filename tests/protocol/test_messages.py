import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from protocol.errors import FrameError, MessageError
from protocol.fields import MAX_INTEGER
from protocol.framing import MAX_HEADER_BYTES, MAX_REPLY_HEADER_BYTES, Frame, FrameDecoder
from protocol.messages import (
    REPLIES,
    REQUESTS,
    Candidate,
    Face,
    Faces,
    Hello,
    Info,
    Limits,
    Mark,
    Marked,
    MarkedItem,
    MarkItem,
    Marks,
    Received,
    Roster,
    RosterEntry,
    RosterList,
    Snapshot,
    decode_reply,
    decode_request,
    encode,
)
from tests.protocol.wire_vectors import ERROR_FRAME, ERROR_REPLY, REQUEST_FRAMES

MARK = {"type": "mark", "id": 7, "student": "201511041", "course": "ea0017_1", "key": "k"}


def frame_of(data: bytes) -> Frame:
    decoder = FrameDecoder()
    decoder.receive(data)
    frame = decoder.next_frame()
    assert frame is not None
    decoder.receive_eof()
    return frame


def refusal(header: bytes | dict[str, object], payload: bytes = b"") -> MessageError:
    data = header if isinstance(header, bytes) else json.dumps(header, ensure_ascii=False).encode()
    with pytest.raises(MessageError) as caught:
        decode_request(Frame(data, payload))
    assert len(caught.value.text) < 300
    assert caught.value.text.encode()
    return caught.value


@pytest.mark.parametrize(("data", "id", "message", "payload"), REQUEST_FRAMES)
def test_a_request_is_encoded_and_decoded_as_in_the_vector(data, id, message, payload):
    assert encode(message, id, payload) == data
    assert decode_request(frame_of(data)) == Received(id, message, payload)


def test_a_reply_is_encoded_and_decoded_as_in_the_vector():
    assert encode(ERROR_REPLY, 6) == ERROR_FRAME
    assert decode_reply(frame_of(ERROR_FRAME)) == Received(6, ERROR_REPLY)


def test_the_same_type_is_a_request_one_way_and_a_reply_the_other():
    reply = RosterList(course="c", date="2026-03-02", students=(RosterEntry(student="1", name="김"),))
    assert decode_reply(frame_of(encode(reply, 1))).message == reply
    assert decode_request(frame_of(encode(Roster(course="c"), 1))).message == Roster(course="c")


def test_unknown_fields_are_ignored():
    header = json.dumps({**MARK, "mood": "bright", "more": {"a": [1]}}).encode()
    assert decode_request(Frame(header, b"")).message == Mark(student="201511041", course="ea0017_1", key="k")


def test_an_unknown_type_is_named_beside_the_known_ones():
    error = refusal({"type": "greet", "id": 3})
    assert error.id == 3
    assert "'greet'" in error.text
    assert "hello, info, mark, marks, confirm, roster, snapshot" in error.text


def test_a_reply_is_no_request():
    assert "'welcome'" in refusal({"type": "welcome", "id": 1, "version": "1"}).text


@pytest.mark.parametrize("type_name", [[], {}, None, 1, True, 1.5])
def test_a_type_that_is_no_text_is_refused(type_name):
    assert refusal({"type": type_name, "id": 4}).id == 4


@pytest.mark.parametrize("id", [-1, MAX_INTEGER + 1, 1.0, "1", None, True, [], 10**30])
def test_an_id_that_is_no_number_in_range_is_refused(id):
    assert refusal({**MARK, "id": id}).id == 0


def test_a_request_without_an_id_is_refused():
    assert "`id`" in refusal({"type": "info"}).text


@pytest.mark.parametrize("id", [0, MAX_INTEGER])
def test_an_id_on_the_limits_is_taken(id):
    assert decode_request(frame_of(encode(Info(), id))).id == id


@pytest.mark.parametrize("id", [-1, MAX_INTEGER + 1])
def test_an_id_out_of_range_is_not_encoded(id):
    with pytest.raises(MessageError, match="`id`"):
        encode(Info(), id)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b"1",
        b'"type"',
        b"{",
        b'{"type":"info","id":1',
        b'{"type":"info","id":1}}',
        b"{'type':'info','id':1}",
        b'\xef\xbb\xbf{"type":"info","id":1}',
        b'{"type":"info","id":1,"x":"\xff"}',
        b'{"type":"info","id":1,"x":"\xed\xa0\x80"}',
        b'{"type":"info","id":1,"x":"\xc0\xaf"}',
        b'{"type":"info","id":1,"x":"\n"}',
        b'{"type":"info","id":1}\x00',
        '{"type":"info","id":1}'.encode("utf-16"),
        b'{"type":"info","id":1,"x":NaN}',
        b'{"type":"info","id":1,"x":-Infinity}',
        b'{"type":"info","id":1,"x":1e999}',
        b'{"type":"info","id":1,"x":' + b"9" * 10_000 + b"}",
        b'{"type":"info","id":1,"x":9007199254740992}',
    ],
)
def test_a_header_that_is_no_strict_json_object_is_refused(header):
    assert refusal(header).code == "bad_request"


@pytest.mark.parametrize(
    "header",
    [
        b"[" * 200_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 40_000 + b"1" + b"}" * 40_000,
        b'{"type":"info","id":1,"x":' + b"[" * 17 + b"]" * 17 + b"}",
        b"[[],[[],[[],[[],[[],[[],[[],[[],[[],[[],[[],[[],[[],[[],[[],[[],[[],[",
    ],
)
def test_brackets_too_deep_are_refused_before_they_are_read(header):
    assert "deep" in refusal(header).text


def test_brackets_in_a_text_do_not_count_as_depth():
    message = decode_request(Frame(json.dumps({**MARK, "by": '["{' * 30}).encode(), b"")).message
    assert message == Mark(student="201511041", course="ea0017_1", key="k", by='["{' * 30)


@pytest.mark.parametrize("header", [b'"' * 250_001, b'"\\' * 125_000, b'{"' + b'\\"' * 125_000, b'"a' * 124_999])
def test_unclosed_texts_cost_no_more_than_their_length(header):
    assert "not JSON" in refusal(header).text


@pytest.mark.parametrize(
    "header",
    [
        b'{"type":"info","id":1,"id":1}',
        b'{"type":"info","id":1,"type":"hello"}',
        b'{"type":"info","id":1,"x":{"a":1,"b":2,"a":3}}',
        b'{"type":"info","id":1,"typ\\u0065":"info"}',
    ],
)
def test_a_key_twice_in_one_object_is_refused(header):
    assert "twice" in refusal(header).text


TEXT_FIELDS = [({**MARK}, field) for field in ("student", "course", "key", "by", "why")] + [
    ({"type": "hello", "id": 7, "device": "x"}, "device"),
    ({"type": "hello", "id": 7}, "token"),
]


@pytest.mark.parametrize(
    "text", ["a\x00", "a\nb", "\x1b[2J", "a\u200b", "\u202eabc", " a", "a ", "a\u00a0", "a\u2028", "\x7f", "\x85"]
)
@pytest.mark.parametrize(("message", "field"), TEXT_FIELDS)
def test_what_names_something_must_be_printable_and_without_spaces_around_it(message, field, text):
    error = refusal({**message, field: text})
    assert (error.id, error.code) == (7, "bad_request")
    assert f"'{field}'" in error.text


@pytest.mark.parametrize("text", ["\\ud800", "\\udfff", "\\udc00\\ud800", "a\\ud83d"])
def test_half_a_surrogate_pair_does_not_survive(text):
    for field in ("student", "by", "state", "at"):
        header = json.dumps({**MARK, field: "?"}).replace("?", text)
        error = refusal(header.encode())
        assert error.id == 7
        assert "surrogate" in error.text or field == "at"


@pytest.mark.parametrize(
    "header",
    [
        b'{"type":"\\ud800","id":1}',
        b'{"type":"info","id":"\\ud800"}',
        b'{"\\ud800":1,"\\ud800":2}',
        b'{"type":"a\\n\\u001b[2J","id":1}',
        json.dumps({**MARK, "state": "a\n\x1b[2J"}).encode(),
        json.dumps({**MARK, "at": "a\n\x1b[2J - at `$.\n`"}).encode(),
    ],
)
def test_an_error_shows_what_arrived_in_printable_characters_only(header):
    assert refusal(header).text.isprintable()


def test_an_escaped_surrogate_pair_is_the_character_it_stands_for():
    message = decode_request(Frame(b'{"type":"roster","id":1,"course":"\\ud83d\\ude00"}', b"")).message
    assert message == Roster(course="\N{GRINNING FACE}")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("student", 201511041),
        ("student", None),
        ("student", ["201511041"]),
        ("student", ""),
        ("student", "1" * 33),
        ("course", "c" * 33),
        ("course", {}),
        ("key", ""),
        ("key", "k" * 65),
        ("state", "here"),
        ("state", "x" * 10_000),
        ("state", 1),
        ("hour", 0),
        ("hour", 25),
        ("hour", "1"),
        ("hour", 1.5),
        ("hour", True),
        ("by", "b" * 101),
        ("why", "w" * 201),
        ("session", 0),
        ("session", "1"),
        ("source", "camera"),
        ("source", "legacy"),
        ("at", 1772442000),
        ("at", "yesterday"),
        ("at", "2026-03-02T09:00:00"),
        ("at", "2026-02-30T09:00:00Z"),
        ("at", "0001-01-01T00:00:00+14:00"),
        ("at", "9999-12-31T23:59:59-14:00"),
        ("at", "1999-12-31T23:59:59Z"),
        ("at", "2101-01-01T00:00:00Z"),
    ],
)
def test_a_field_that_is_wrong_is_named(field, value):
    error = refusal({**MARK, field: value})
    assert error.id == 7
    assert f"'{field}'" in error.text


@pytest.mark.parametrize("field", ["student", "course", "key"])
def test_a_field_that_is_missing_is_named(field):
    error = refusal({name: value for name, value in MARK.items() if name != field})
    assert error.id == 7
    assert f"`{field}`" in error.text


def test_a_fault_in_a_batch_says_in_which_mark():
    marks = [{"student": "1", "course": "c"}, {"student": "2\n", "course": "c"}]
    assert "'marks[1].student'" in refusal({"type": "marks", "id": 1, "key": "k", "marks": marks}).text


@pytest.mark.parametrize("count", [0, 2001])
def test_a_batch_of_none_or_too_many_is_refused(count):
    marks = [{"student": "1", "course": "c"}] * count
    assert "'marks'" in refusal({"type": "marks", "id": 1, "key": "k", "marks": marks}).text


def test_a_batch_of_two_thousand_ordinary_marks_fits_into_a_frame():
    at = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=9)))
    item = MarkItem(student="201511041", course="ea0017_1", state="late", hour=3, at=at)
    message = Marks(marks=(item,) * 2000, key="k" * 36)
    assert decode_request(frame_of(encode(message, 1))).message == message


def test_a_message_longer_than_a_header_may_be_is_not_encoded():
    item = MarkItem(student="s" * 32, course="c" * 32, by="b" * 100)
    with pytest.raises(FrameError, match=str(MAX_HEADER_BYTES)) as caught:
        encode(Marks(marks=(item,) * 2000, key="k"), 1)
    assert caught.value.code == "too_large"


def test_a_reply_may_be_longer_than_a_request_and_has_a_limit_too():
    item = MarkedItem(student="s" * 32, course="c" * 32, date="2026-03-02", hour=1, state="present", changed=True)
    assert len(encode(Marked(marks=(item,) * 2000), 1)) > MAX_HEADER_BYTES
    with pytest.raises(FrameError, match=str(MAX_REPLY_HEADER_BYTES)) as caught:
        encode(Marked(marks=(item,) * 40_000), 1)
    assert caught.value.code == "too_large"


def test_a_time_keeps_its_moment_and_microseconds():
    at = datetime(2026, 3, 2, 23, 59, 59, 700001, tzinfo=timezone(timedelta(hours=9)))
    message = decode_request(frame_of(encode(Snapshot(taken_at=at), 1, b"i"))).message
    assert isinstance(message, Snapshot)
    assert message.taken_at == at.astimezone(UTC)


def test_a_snapshot_without_an_image_is_a_bad_image():
    assert refusal({"type": "snapshot", "id": 9}).code == "bad_image"
    with pytest.raises(MessageError) as caught:
        encode(Snapshot(), 9)
    assert (caught.value.code, caught.value.id) == ("bad_image", 9)


def test_a_payload_on_a_message_that_takes_none_is_refused():
    error = refusal(MARK, b"image")
    assert (error.id, error.code) == (7, "bad_request")
    assert "5 bytes" in error.text


@pytest.mark.parametrize(
    "message",
    [
        Mark(student="", course="c", key="k"),
        Mark(student=" 1", course="c", key="k"),
        Mark(student="1", course="c", key="k", at=datetime(2026, 3, 2)),  # noqa: DTZ001
        Mark(student="1", course="c", key="k", hour=25),
        Marks(marks=(), key="k"),
        Hello(device="\ud800"),
        Mark(student="1", course="c", key="k", state="\ud800"),
        Faces(width=1, height=1, faces=(Face(box=(0, 0, 1, 1), score=float("nan"), verdict="unknown"),)),
        Faces(width=2**53, height=1, faces=()),
        RosterList(course="c", date="2.3.2026", students=()),
        RosterList(course="c", date="2026-03-02", students=(RosterEntry(student="1", name="\ud800"),)),
        RosterList(course="c", date="2026-03-02", students=(RosterEntry(student="1", name="", states={"1": "?"}),)),
    ],
)
def test_what_could_not_be_decoded_is_not_encoded(message):
    with pytest.raises(MessageError):
        encode(message, 1, b"i" if isinstance(message, Snapshot) else b"")


def test_names_from_the_server_may_hold_what_identifiers_may_not():
    reply = RosterList(course="c", date="2026-03-02", students=(RosterEntry(student="1", name=" 김\t철수 "),))
    assert decode_reply(frame_of(encode(reply, 1))).message == reply


@pytest.mark.parametrize(
    "struct", [*REQUESTS.values(), *REPLIES.values(), MarkItem, MarkedItem, Limits, RosterEntry, Candidate, Face]
)
def test_a_message_cannot_be_changed(struct):
    assert struct.__struct_config__.frozen
