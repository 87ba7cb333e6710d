"""What every request passes first: who may speak, how large and how slow it may be, and what every answer carries."""

import asyncio
import logging
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Collection, MutableMapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any, Final

import msgspec

from server.http.problems import HttpProblem, problem, problem_headers
from server.refusal_log import RefusalLog
from settings.logs import REQUEST

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]
Network = IPv4Network | IPv6Network

# Nothing that a path may hold has another spelling: no escapes, no dots between slashes, no empty parts.
PATH: Final = re.compile(r"/|(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+", re.ASCII)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
# How long what a client still sends is read, so that it sees the answer that refuses it.
LINGER_S: Final = 1.0
# A body of so many bytes is taken whatever others hold: a mark does not wait for pictures.
ALWAYS_TAKEN: Final = 64 * 1024
LOWEST_REFUSAL: Final = 400

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
# Where an answer has one of its own, that stands.
SAFE_HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"cache-control", b"no-store"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLimits:
    """names: what a request may call this server in `Host`, beside those of loopback. proxies: whose word on the
    client's address counts.
    """

    names: Collection[str] = ()
    proxies: Sequence[Network] = ()
    body_bytes: int = 16 * 1024 * 1024
    body_timeout_s: float = 10.0
    held_bytes: int = 256 * 1024 * 1024  # of all bodies together that are not answered yet


@dataclass(slots=True)
class HeldBytes:
    """What the bodies of all requests take at this moment; of the event loop's thread alone."""

    total: int = 0


@dataclass(slots=True)
class Exchange:
    """One request and its answer; in the scope's state for those behind the gate."""

    id: str
    address: str
    secure: bool
    started: float
    by_proxy: bool = False  # the connection itself is of a proxy whose word counts
    status: int = 0
    route: str = "-"  # the path as it is written in the table of routes
    whole: bool = False  # the body has arrived to its end
    received: int = 0
    gone: bool = False  # nobody waits for the answer any more
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


class Gate:
    """An ASGI application around another."""

    def __init__(self, application: Application, limits: GateLimits) -> None:
        self._application = application
        self._limits = limits
        self._held = HeldBytes()
        self._refusals = RefusalLog(log)
        self._names = {name.lower() for name in limits.names} | LOOPBACK_NAMES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            self._refusals.flush()  # behind the end
            return
        exchange = self._exchange(scope)
        REQUEST.set(exchange.id)
        scope["state"]["exchange"] = exchange
        bounded = _Body(receive, exchange, self._limits, self._held)
        answer = _Answer(send, exchange, bounded)
        try:
            self._check(scope)
            bounded.check_headers(scope["headers"])
            await self._application(scope, bounded, answer)
        except HttpProblem as refused:
            await _refuse(answer, refused, exchange)
        except _ClientLeft:
            exchange.status = exchange.status or 499
        finally:
            self._held.total -= exchange.received
            self._log(scope["method"] if scope["method"] in METHODS else "-", exchange)

    def _log(self, method: str, exchange: Exchange) -> None:
        """One line; refusals that are alike are counted."""
        took_ms = 1000 * (time.monotonic() - exchange.started)
        asked = f"{exchange.address} {method} {exchange.route} {exchange.status}"
        text = f"{asked} {took_ms:.1f} ms {exchange.id}"
        if exchange.status < LOWEST_REFUSAL:
            self._refusals.look()
            log.info("%s", text)
        else:
            self._refusals.note(asked, logging.INFO, text)

    def _exchange(self, scope: Scope) -> Exchange:
        address, secure = (scope.get("client") or ("-", 0))[0], scope.get("scheme") == "https"
        by_proxy = self._is_proxy(address)
        if by_proxy:
            address, secure = self._forwarded(scope, address, secure)
        return Exchange(str(uuid.uuid4()), address, secure, time.monotonic(), by_proxy)

    def _forwarded(self, scope: Scope, address: str, secure: bool) -> tuple[str, bool]:
        """The last address that no proxy of ours wrote; what stands before it the client may have made up."""
        hops = [hop.strip() for value in _values(scope, b"x-forwarded-for") for hop in value.split(",")]
        for hop in reversed(hops):
            if not _is_address(hop):
                break
            address = hop
            if not self._is_proxy(hop):
                break
        return address, secure or _values(scope, b"x-forwarded-proto") == ["https"]

    def _is_proxy(self, address: str) -> bool:
        return _is_address(address) and any(ip_address(address) in network for network in self._limits.proxies)

    def _check(self, scope: Scope) -> None:
        raw = scope["raw_path"].decode("ascii", "replace")
        if not PATH.fullmatch(raw.removesuffix("/") or "/"):
            raise HttpProblem(400, "The path is none of this server: it has letters, digits, - _ . and / only.")
        hosts = _values(scope, b"host")
        if len(hosts) != 1 or host_name(hosts[0]) not in self._names:
            raise HttpProblem(
                400, "This server is not called so: ask for it by a name that its setting http_names lists."
            )


class _ClientLeft(Exception):
    """Nobody is there to be answered."""


class _Body:
    """`receive` with a limit of bytes and one deadline for the whole."""

    def __init__(self, receive: Receive, exchange: Exchange, limits: GateLimits, held: HeldBytes) -> None:
        self._receive = receive
        self._held = held
        self._exchange = exchange
        self._limits = limits
        self._deadline = asyncio.get_running_loop().time() + limits.body_timeout_s
        self._most = limits.body_bytes

    def check_headers(self, headers: Sequence[tuple[bytes, bytes]]) -> None:
        lengths = [value for name, value in headers if name == b"content-length"]
        chunked = any(name == b"transfer-encoding" for name, _ in headers)
        if lengths and chunked:
            raise HttpProblem(400, "A request has a Content-Length or is sent in chunks, never both.")
        if any(name == b"content-encoding" and value.lower() != b"identity" for name, value in headers):
            raise HttpProblem(415, "Content is taken as it is: send it without Content-Encoding.")
        if not chunked and (not lengths or int(lengths[0]) == 0):
            self._exchange.whole = True
        if lengths and int(lengths[0]) > self._most:
            raise self._too_large()

    def _too_large(self) -> HttpProblem:
        return HttpProblem(413, f"At most {self._most} bytes are accepted; send less at once.", "too_large")

    async def __call__(self) -> Any:
        if self._exchange.whole:
            return await self._received()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._received()
        except TimeoutError:
            raise HttpProblem(408, "The request did not arrive in time; send it again.", "busy") from None
        if self._exchange.received > self._most:
            raise self._too_large()
        if self._exchange.received > ALWAYS_TAKEN and self._held.total > self._limits.held_bytes:
            raise HttpProblem(503, "The server holds as much as it may; send it again in a moment.", "busy")
        return message

    async def _received(self) -> Any:
        message = await self._receive()
        self._exchange.gone = message["type"] == "http.disconnect"
        if message["type"] == "http.request":
            arrived = len(message.get("body", b""))
            self._exchange.received += arrived
            self._held.total += arrived
            self._exchange.whole = self._exchange.whole or not message.get("more_body", False)
        return message

    async def drain(self) -> None:
        """Read on for a moment what is not wanted: closing over unread bytes would take the answer away too."""
        try:
            async with asyncio.timeout(LINGER_S):
                while not self._exchange.whole and (await self._received())["type"] == "http.request":
                    pass
        except TimeoutError:
            pass


class _Answer:
    """`send` that adds what every answer carries; over an unread body the connection ends."""

    def __init__(self, send: Send, exchange: Exchange, body: _Body) -> None:
        self._send = send
        self._exchange = exchange
        self._body = body

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._exchange.status = message["status"]
            message = {**message, "headers": self._headers(message.get("headers", ()))}
            if not self._exchange.whole:
                await self._body.drain()
                message["headers"].append((b"connection", b"close"))
        await self._send(message)

    def _headers(self, given: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        headers = [(bytes(name).lower(), bytes(value)) for name, value in given]
        own = {name for name, _ in headers}
        headers += [each for each in SAFE_HEADERS if each[0] not in own]
        if self._exchange.secure:
            headers.append((b"strict-transport-security", b"max-age=31536000"))
        return [*headers, (b"x-request-id", self._exchange.id.encode())]


async def _refuse(answer: _Answer, refused: HttpProblem, exchange: Exchange) -> None:
    if exchange.status:
        return  # it has begun to be answered: the connection ends in the middle
    found = problem(refused.error, exchange.id, refused.status)
    body = msgspec.json.encode(found)
    headers = {**problem_headers(found), **refused.headers, "Content-Length": str(len(body))}
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await answer({"type": "http.response.start", "status": refused.status, "headers": encoded})
    await answer({"type": "http.response.body", "body": body})


def host_name(host: str) -> str:
    """The name in a `Host` header, without its port."""
    name, _, port = host.rpartition(":")
    return (name if name and port.isdigit() else host).lower()


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]
