"""Text files of people are read whatever wrote them."""

import codecs
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from texts.decoding import UnreadableText, decoded
from texts.toml_files import BadToml, read_toml

TEXT = "학번,이름\r\n1,김하늘\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_what_windows_and_macs_write_is_read(encoding: str) -> None:
    assert decoded(TEXT.encode(encoding)) == TEXT


def test_utf16_of_the_other_byte_order_is_read_by_its_mark() -> None:
    assert decoded(codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be")) == TEXT


def test_a_stray_zero_byte_makes_no_text_utf16() -> None:
    assert decoded(b"1\x0041,Kim") == "1\x0041,Kim"


def test_bytes_that_are_no_text_are_told() -> None:
    with pytest.raises(UnreadableText, match="neither UTF-8 nor UTF-16 nor cp949"):
        decoded(b"\xff\xff\x00")


@given(st.binary(max_size=40))
def test_any_bytes_are_text_or_told(data: bytes) -> None:
    with suppress(UnreadableText):
        decoded(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_toml_of_any_encoding_is_read(encoding: str) -> None:
    assert read_toml('# 설정\r\nname = "가을"\r\n'.encode(encoding)) == {"name": "가을"}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"a = " + b"[" * 100_000, "nested too deeply"),
        (b"a = " + b"{a=" * 50_000, "nested too deeply"),
        (b"[" * 100_000, "is not TOML"),
        (b".".join([b"a"] * 100_000) + b" = 1", "line 1 has more than 1000 dots"),
        (b"a = " + b"9" * 5000, "is not TOML"),
        (b"a = 1\na = 2", "is not TOML"),
        (b"# " + b"x" * 2**20, "1048578 bytes; such a file has 1048576 at most"),
        (b"a = \xff\xff\x00", "neither UTF-8"),
    ],
)
def test_toml_that_cannot_be_read_is_told_at_once(data: bytes, why: str) -> None:
    with pytest.raises(BadToml, match=why):
        read_toml(data)
