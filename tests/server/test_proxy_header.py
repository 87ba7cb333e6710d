"""PROXY headers as bytes: what the format allows is understood, and nothing else is believed."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.proxy_header import MOST_BYTES, SIGNATURE, Client, ProxyHeaderError, read_header

TCP4 = bytes.fromhex("0d0a0d0a000d0a515549540a 21 11 000c 0a000307 0a000001 c350 4e5c")
"""PROXY, TCP over IPv4, 10.0.3.7:50000 to 10.0.0.1:20060."""
TCP6 = bytes.fromhex("0d0a0d0a000d0a515549540a 21 21 0024") + bytes(15) + b"\1" + bytes(16) + struct.pack("!HH", 7, 8)
LOCAL = bytes.fromhex("0d0a0d0a000d0a515549540a 20 00 0000")


class Stream:
    """Gives `step` bytes at a time, and counts what was taken."""

    def __init__(self, data: bytes, step: int = 1 << 20) -> None:
        self.data, self.step = data, step

    def __call__(self, most: int) -> bytes:
        given, self.data = self.data[: min(most, self.step)], self.data[min(most, self.step) :]
        return given


def of(command: int = 0x21, kind: int = 0x11, length: int = 12, rest: bytes = bytes(12)) -> bytes:
    return SIGNATURE + bytes([command, kind]) + length.to_bytes(2, "big") + rest


def test_the_client_of_either_family_is_read() -> None:
    assert read_header(Stream(TCP4)) == Client("10.0.3.7", 50000)
    assert read_header(Stream(TCP6)) == Client("::1", 7)


def test_an_address_of_version_4_in_one_of_version_6_is_the_one_of_version_4() -> None:
    mapped = bytes(10) + b"\xff\xff" + bytes([10, 0, 3, 7])
    assert read_header(Stream(of(kind=0x21, length=36, rest=mapped + bytes(20)))) == Client("10.0.3.7", 0)


def test_a_header_that_arrives_byte_by_byte_is_read_and_nothing_behind_it() -> None:
    stream = Stream(TCP4 + b"behind", step=1)
    assert read_header(stream) == Client("10.0.3.7", 50000)
    assert stream.data == b"behind"


def test_extensions_behind_the_addresses_are_passed_over() -> None:
    stream = Stream(of(length=12 + 40, rest=TCP4[16:] + bytes(40)) + b"behind")
    assert read_header(stream) == Client("10.0.3.7", 50000)
    assert stream.data == b"behind"


def test_a_check_of_the_proxy_itself_is_nobodys_connection() -> None:
    assert read_header(Stream(LOCAL)) is None


def test_an_end_without_a_byte_is_told_apart() -> None:
    with pytest.raises(EOFError):
        read_header(Stream(b""))


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"PROXY TCP4 10.0.3.7 10.0.0.1 50000 20060\r\n", "no PROXY header of version 2"),
        (b"\xa5RC1", "no PROXY header of version 2"),
        (b"\r\nabcdefghijklmnopq", "no PROXY header of version 2"),
        (of(command=0x31), "no PROXY header of version 2"),
        (of(command=0x2F), "names no client"),
        (of(kind=0x00), "names no client"),
        (of(kind=0x12), "names no client"),
        (of(kind=0x31, length=216, rest=bytes(216)), "names no client"),
        (of(length=65535, rest=bytes(65535)), f"{MOST_BYTES} are the most"),
        (of(length=11, rest=bytes(11)), "has 11 bytes"),
        (of(length=0, rest=b""), "has 0 bytes"),
        (of(length=13), "ends in the middle"),
        (TCP4[:20], "ends in the middle"),
        (TCP4[:9], "ends in the middle"),
    ],
)
def test_what_lies_or_is_cut_off_is_refused(sent: bytes, why: str) -> None:
    with pytest.raises(ProxyHeaderError, match=why):
        read_header(Stream(sent))


@given(st.binary(max_size=80) | st.binary(max_size=80).map(lambda rest: SIGNATURE + rest), st.integers(1, 9))
def test_no_bytes_raise_anything_else(data: bytes, step: int) -> None:
    with contextlib.suppress(EOFError, ProxyHeaderError):
        read_header(Stream(data, step))
