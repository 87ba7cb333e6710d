"""Say which camera URLs may be fetched for somebody else: those of a list, at the address that was looked at."""

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

MOST_URL: Final = 2000
PORTS: Final = {"http": 80, "https": 443}
# Exactly what the parts may be, so that no two readers part it differently: no user, no fragment, no backslash, no
# escape in a host, no letters of other scripts that are folded into dots and digits.
_URL: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<path>/[A-Za-z0-9._~!$'()*+,;=:@/-]*)?(?:\?(?P<query>[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*))?",
    re.ASCII,
)
_NETWORK: Final = re.compile(r"(?P<network>[0-9./]+|\[[0-9a-fA-F:./]+\]):(?P<port>[0-9]{1,5})", re.ASCII)
# What a resolver, or the system, reads as an address without dots and digits in their usual form.
_NUMERIC: Final = re.compile(r"(?:.*\.)?(?:0x[0-9a-f]*|[0-9]+)", re.ASCII)
# IPv6 that leads on to an IPv4 address behind a gateway.
_TUNNELS: Final = tuple(map(ipaddress.ip_network, ("2002::/16", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32")))


class NotAllowed(ValueError):
    """The list does not name it, or it cannot be a camera's; the text is for the log alone."""


@dataclass(frozen=True, slots=True)
class CameraUrl:
    """A URL in its parts. host: in small letters, IPv6 in brackets. target: path and query."""

    scheme: str
    host: str
    port: int
    path: str
    query: str | None

    @property
    def target(self) -> str:
        return self.path if self.query is None else f"{self.path}?{self.query}"

    @property
    def text(self) -> str:
        """Made anew of the parts."""
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.target}"

    @property
    def literal(self) -> IpAddress | None:
        """The address, where the host is one."""
        try:
            return ipaddress.ip_address(self.host.strip("[]"))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class AllowedCamera:
    """An entry of the list: one URL and what lies below its path, or every camera at a port of a network."""

    text: str
    url: CameraUrl | None = None
    network: IpNetwork | None = None
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PinnedCamera:
    """A URL that may be fetched, at these addresses and no other."""

    url: CameraUrl
    addresses: tuple[str, ...]
    entry: AllowedCamera


# As socket.getaddrinfo: the addresses of a host.
Resolve = Callable[[str, int], Sequence[str]]


def read_allowed(text: str, user: str = "", password: str = "") -> AllowedCamera:
    """`http(s)://HOST[:PORT][/PATH]`, `10.0.3.0/24:8080` or `[fd00::/8]:80`. Raises ValueError with what to write."""
    if found := _NETWORK.fullmatch(text):
        network = ipaddress.ip_network(found["network"].strip("[]"))
        return AllowedCamera(text, network=network, port=_port(found["port"]), user=user, password=password)
    try:
        url = parse_url(text)
    except NotAllowed as error:
        raise ValueError(
            f"{text!r} names no camera: write http://HOST:PORT/PATH, or a network and a port such as "
            f"10.0.3.0/24:8080 ({error})"
        ) from error
    return AllowedCamera(text, url=url, user=user, password=password)


def parse_url(text: str) -> CameraUrl:
    """Raises NotAllowed for all that is written in any but the one plain way."""
    found = _URL.fullmatch(text) if len(text) <= MOST_URL else None
    if found is None:
        raise NotAllowed("it is not written as a camera's URL")
    path = found["path"] or "/"
    if "//" in path or any(part in {".", ".."} for part in path.split("/")):
        raise NotAllowed("its path goes up or has empty parts")
    port = PORTS[found["scheme"]] if found["port"] is None else _port(found["port"])
    return CameraUrl(found["scheme"], _host(found["host"]), port, path, found["query"])


def _port(text: str) -> int:
    if not 1 <= int(text) <= 65535 or text.startswith("0"):
        raise NotAllowed("it has no such port")
    return int(text)


def _host(text: str) -> str:
    try:
        if text.startswith("["):
            return f"[{ipaddress.IPv6Address(text.strip('[]')).compressed}]"
        if _NUMERIC.fullmatch(text):
            return str(ipaddress.IPv4Address(text))
    except ValueError as error:
        raise NotAllowed("its address is written in an unusual way") from error
    if ".." in text or len(text) > 253:
        raise NotAllowed("its host has no name")
    return text


class CameraGuard:
    """For any thread. allowed: the list, or what gives it as it is now.

    resolve: asked once for each URL, and what it says is what is connected to.
    """

    def __init__(
        self, allowed: Sequence[AllowedCamera] | Callable[[], Sequence[AllowedCamera]], resolve: Resolve | None = None
    ) -> None:
        self._allowed = allowed if callable(allowed) else lambda: allowed
        self._resolve = resolve or resolved
        # A resolver cannot be interrupted; one that hangs may not hold whoever asked.
        self._resolvers = ThreadPoolExecutor(4, "resolver")

    def pinned(self, text: str, timeout_s: float) -> PinnedCamera:
        """What may be connected to for this URL. Raises NotAllowed."""
        url = parse_url(text)
        entries = [each for each in self._allowed() if _may_match(each, url)]
        if not entries:
            raise NotAllowed("the list does not name it")
        addresses = self._addresses(url, timeout_s)
        for entry in entries:
            if all(_fits(entry, url, address) for address in addresses):
                return PinnedCamera(url, tuple(map(str, addresses)), entry)
        raise NotAllowed("it leads to an address that the list does not name")

    def close(self) -> None:
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    def _addresses(self, url: CameraUrl, timeout_s: float) -> list[IpAddress]:
        if url.literal is not None:
            return [_plain(url.literal)]
        try:
            found = self._resolvers.submit(self._resolve, url.host, url.port).result(timeout_s)
            addresses = [_plain(ipaddress.ip_address(each)) for each in found]
        except (OSError, ValueError, UnicodeError, TimeoutError) as error:
            raise NotAllowed("its name is not known") from error
        if not addresses:
            raise NotAllowed("its name has no address")
        return addresses


def resolved(host: str, port: int) -> list[str]:
    """By the system's resolver."""
    found: list[Any] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def _plain(address: IpAddress) -> IpAddress:
    """IPv4 that is written as IPv6 is IPv4. Raises NotAllowed for what leads on to another address."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if any(address in tunnel for tunnel in _TUNNELS) or address.scope_id or 1 < int(address) < 2**32:
        raise NotAllowed("its address leads on to another")
    return address


def _may_match(entry: AllowedCamera, url: CameraUrl) -> bool:
    """Whether the entry may be meant, its addresses apart."""
    if entry.url is None:
        return entry.port == url.port
    same = (entry.url.scheme, entry.url.host, entry.url.port) == (url.scheme, url.host, url.port)
    return same and entry.url.query == url.query and _is_below(url.path, entry.url.path)


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix if prefix.endswith("/") else f"{prefix}/")


def _fits(entry: AllowedCamera, url: CameraUrl, address: IpAddress) -> bool:
    if entry.network is not None:
        return address.version == entry.network.version and address in entry.network
    if url.literal is not None:
        return True  # the entry names this very address
    # A name may move to another address, but to none where a camera never is.
    return not (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address.is_reserved
    )
