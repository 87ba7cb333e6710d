import json
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from protocol.errors import ERROR_CODES, RETRY_CODES, FrameError
from protocol.framing import MAGIC, MAX_HEADER_BYTES, MAX_PAYLOAD_BYTES, MAX_REPLY_HEADER_BYTES, FrameDecoder
from protocol.header import MAX_DEPTH
from protocol.legacy import SUCCESS, LegacyDecoder, LegacyMark
from protocol.messages import (
    REPLIES,
    REQUESTS,
    Error,
    Hello,
    Mark,
    Marked,
    MarkedItem,
    Message,
    Roster,
    State,
    Welcome,
    decode_reply,
    decode_request,
    encode,
)
from protocol.sentences import Sentence

DOCUMENT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
EVERY_MESSAGE = [("Requests", name, kind) for name, kind in REQUESTS.items()] + [
    ("Replies", name, kind) for name, kind in REPLIES.items()
]

NINE = datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=9)))
EXCHANGE: list[tuple[str, int, Message]] = [
    ("request", 1, Hello(device="Room B101")),
    ("reply", 1, Welcome(version="0.1.0", device="Room B101")),
    ("request", 2, Mark(student="201511041", course="ea0017_1", key="5f1c", at=NINE)),
    (
        "reply",
        2,
        Marked(
            marks=(
                MarkedItem(
                    student="201511041", course="ea0017_1", date="2026-03-02", hour=1, state="present", changed=True
                ),
            )
        ),
    ),
    ("request", 3, Roster(course="nowhere")),
    ("reply", 3, Error(code="unknown_course", text="There is no course nowhere.")),
]


def section(title: str, level: int, text: str = DOCUMENT) -> str:
    heading = rf"^{'#' * level} {re.escape(title)}\n"
    found = re.search(rf"{heading}(.*?)(?=^#{{1,{level}}} |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, f"docs/protocol.md has no section {title!r}"
    return found[1]


def rows(text: str) -> dict[str, list[str]]:
    """First cell -> other cells, of the rows whose first cell is one word of code."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    return {first[1:-1]: rest for first, *rest in cells if re.fullmatch(r"`[^` ]+`", first)}


def expected_fields(struct: type[msgspec.Struct], before: str = "") -> dict[str, str]:
    """Path of every field, nested ones too -> its default as the document writes it."""
    found: dict[str, str] = {}
    hints = get_type_hints(struct)
    for field in msgspec.structs.fields(struct):
        found[before + field.encode_name] = default_of(field)
        nested = nested_struct(hints[field.name])
        if nested and nested is not Sentence:
            dots = "." if isinstance(hints[field.name], type) else "[]."
            found.update(expected_fields(nested, before + field.encode_name + dots))
    return found


def default_of(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    default = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    return f"`{json.dumps(default)}`"


def nested_struct(kind: Any) -> type[msgspec.Struct] | None:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind
    return next(filter(None, map(nested_struct, get_args(kind))), None)


def hex_blocks(language: str) -> list[bytes]:
    blocks = re.findall(rf"^```{language}\n(.*?)^```", DOCUMENT, re.DOTALL | re.MULTILINE)
    return [bytes.fromhex("".join(re.findall(r"^[0-9a-f]{4}  (.{47})  \|", block, re.MULTILINE))) for block in blocks]


def frames(data: bytes) -> Any:
    decoder = FrameDecoder()
    decoder.receive(data)
    frame = decoder.next_frame()
    decoder.receive_eof()
    return frame


@pytest.mark.parametrize(("way", "name", "struct"), EVERY_MESSAGE)
def test_every_field_of_every_message_is_documented_with_its_default(way, name, struct):
    described = rows(section(f"`{name}`", 3, section(way, 2)))
    assert {field: cells[1] for field, cells in described.items()} == expected_fields(struct)


def test_every_field_of_a_cause_is_documented_with_its_default():
    described = rows(section("Texts and templates", 2))
    assert {field: cells[1] for field, cells in described.items()} == expected_fields(Sentence)


@pytest.mark.parametrize(("way", "known"), [("Requests", REQUESTS), ("Replies", REPLIES)])
def test_no_message_is_documented_that_does_not_exist(way, known):
    assert re.findall(r"^### `(.+)`$", section(way, 2), re.MULTILINE) == list(known)


@pytest.mark.parametrize(("way", "name", "struct"), EVERY_MESSAGE)
def test_lengths_and_ranges_are_documented(way, name, struct):
    described = rows(section(f"`{name}`", 3, section(way, 2)))
    for field in msgspec.inspect.type_info(struct).fields:
        kinds = field.type.types if isinstance(field.type, msgspec.inspect.UnionType) else (field.type,)
        for limit in ("max_length", "min_length", "ge", "le"):
            for number in filter(None, (getattr(kind, limit, None) for kind in kinds)):
                assert str(number) in re.findall(r"\d+", described[field.encode_name][0])


def test_every_error_code_is_documented_with_whether_to_retry():
    described = rows(section("Errors", 2))
    assert list(described) == list(ERROR_CODES)
    assert {code for code, cells in described.items() if cells[1] == "yes"} == RETRY_CODES


def test_every_state_is_documented():
    assert all(f"`{state}`" in section("Format", 2) for state in get_args(State))


def test_the_sizes_in_the_document_are_those_of_the_codec():
    limits = section("Limits", 2)
    assert f"| header of a request | {MAX_HEADER_BYTES // 1024} KiB |" in limits
    assert f"| header of a reply | {MAX_REPLY_HEADER_BYTES // 1024**2} MiB |" in limits
    assert f"| payload | {MAX_PAYLOAD_BYTES // 1024**2} MiB" in limits
    assert f"| {MAX_DEPTH} deep |" in limits
    assert f"`{MAGIC.hex(' ')}`" in section("Format", 2)


@pytest.mark.parametrize("place", range(len(EXCHANGE)))
def test_the_worked_exchange_is_what_the_codec_says(place):
    data = hex_blocks("hex")[place]
    way, id, message = EXCHANGE[place]
    assert encode(message, id) == data
    received = (decode_request if way == "request" else decode_reply)(frames(data))
    assert (received.id, received.message) == (id, message)


def test_the_last_frame_of_the_exchange_is_the_answer_to_a_damaged_one():
    *others, last = hex_blocks("hex")
    assert len(others) == len(EXCHANGE)
    with pytest.raises(FrameError) as caught:
        frames(bytes(4))
    assert last == encode(Error(code=caught.value.code, text=caught.value.text), 0)


def test_the_exchange_of_2019_is_what_the_decoder_says():
    sent, answered = hex_blocks("hex-2019")
    decoder = LegacyDecoder()
    decoder.receive(sent)
    assert decoder.next_message() == LegacyMark("201511041", "ea0017_1")
    assert answered == SUCCESS


def test_the_text_beside_the_hex_is_what_the_hex_says():
    lines = re.findall(r"^[0-9a-f]{4}  (.{47})  \|(.*)\|$", DOCUMENT, re.MULTILINE)
    assert len(lines) > 10
    for digits, text in lines:
        assert "".join(chr(byte) if 32 <= byte < 127 else "." for byte in bytes.fromhex(digits)) == text
