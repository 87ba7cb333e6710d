"""Read the header of the PROXY protocol, version 2, by which a proxy says whose connection it passes on.

The format: https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt, section 2.2. Version 1 is refused, being text
of no known length. Which proxies are believed is the caller's affair.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final

SIGNATURE: Final = b"\r\n\r\n\x00\r\nQUIT\n"
# After the signature: version and command, family and transport, and the length of what follows.
_FIXED: Final = struct.Struct("!12sBBH")
FIXED_BYTES: Final = _FIXED.size
# Addresses take 36 bytes; the rest are extensions, nothing of which is used. HAProxy's longest are some hundred.
MOST_BYTES: Final = 2048

_VERSION: Final = 0x20
_LOCAL, _PROXY = 0x20, 0x21
_TCP4: Final = 0x11
_TCP6: Final = 0x21
_ADDRESSES: Final = {_TCP4: (struct.Struct("!4s4sHH"), IPv4Address), _TCP6: (struct.Struct("!16s16sHH"), IPv6Address)}


_NO_HEADER: Final = "no PROXY header of version 2: let the proxy send one (HAProxy: send-proxy-v2)"


class ProxyHeaderError(Exception):
    """What a listed proxy sent is no header that can be used; the text says why, for the log."""


@dataclass(frozen=True, slots=True)
class Client:
    """Whose connection the proxy passes on."""

    host: str
    port: int


def read_header(receive: Callable[[int], bytes]) -> Client | None:
    """None for a connection of the proxy's own, as its checks are; not a byte behind the header is taken.

    receive: at most so many bytes, b"" at the end of the stream. Raises EOFError where not a byte came,
    ProxyHeaderError, and what receive raises.
    """
    if not (first := receive(1)):
        raise EOFError
    # Whoever sends something else sends perhaps fewer bytes than a header has, and waits for an answer.
    if not SIGNATURE.startswith(first):
        raise ProxyHeaderError(_NO_HEADER)
    signature, command, kind, length = _FIXED.unpack(first + _exactly(receive, FIXED_BYTES - 1))
    if signature != SIGNATURE or command & 0xF0 != _VERSION:
        raise ProxyHeaderError(_NO_HEADER)
    if length > MOST_BYTES:
        raise ProxyHeaderError(f"its PROXY header claims {length} bytes; {MOST_BYTES} are the most")
    rest = _exactly(receive, length) if length else b""
    if command == _LOCAL:
        return None
    if command != _PROXY or kind not in _ADDRESSES:
        raise ProxyHeaderError("its PROXY header names no client by TCP")
    return _client(kind, rest)


def _client(kind: int, rest: bytes) -> Client:
    form, address_of = _ADDRESSES[kind]
    if len(rest) < form.size:
        raise ProxyHeaderError(f"its PROXY header has {len(rest)} bytes where the addresses take {form.size}")
    source, _, port, _ = form.unpack_from(rest)
    address = address_of(source)
    return Client(str(getattr(address, "ipv4_mapped", None) or address), port)


def _exactly(receive: Callable[[int], bytes], count: int) -> bytes:
    got = b""
    while len(got) < count:
        more = receive(count - len(got))
        if not more:
            raise ProxyHeaderError("its PROXY header ends in the middle")
        got += more
    return got
