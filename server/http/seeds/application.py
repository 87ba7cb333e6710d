"""A plain application for one of the old programs: who may ask, which path, and the bytes of the answer."""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final

from server.http.gate import Network, Receive, Scope, Send
from server.http.seeds import answers
from server.http.seeds.answers import ALL_METHODS, ALLOW, Exact
from server.http.seeds.programs import OK, ROUTES, Program, SeedRoute, Seen, answered, parameters
from server.refusal_log import RefusalLog

log = logging.getLogger(__name__)

MOST_BODY_BYTES: Final = 16 * 1024
BODY_S: Final = 5.0
REFUSED: Final = Exact(403, answers.HTML, b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedAccess:
    """clients: who may ask. origins: of pages that may read the answers; (): those that any of them shows."""

    clients: Sequence[Network]
    origins: Sequence[str] = ()


class SeedApplication:
    """As ASGI wants one."""

    def __init__(self, program: Program, seen: Seen, access: SeedAccess) -> None:
        self._program = program
        self._routes = ROUTES[program]
        self._seen = seen
        self._access = access
        self._refusals = RefusalLog(log)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            self._refusals.flush()
            return
        started, address = time.monotonic(), (scope.get("client") or ("-", 0))[0]
        path = scope["raw_path"].decode("ascii", "replace")
        if not self._is_client(address):
            exact, why = REFUSED, "no client of the list"
        else:
            exact, why = await self._exact(scope, path, receive, address)
        await _send(send, exact, [] if exact is REFUSED else self._cors(scope, preflight=exact is answers.OPTIONS))
        known = path if path in self._routes else "-"
        asked, took = f"{address} {self._program.value} {known} {exact.status}", 1000 * (time.monotonic() - started)
        if why == OK:
            self._refusals.look()
            log.info("%s %.1f ms %s", asked, took, why)
        else:
            self._refusals.note(f"{asked} {why}", logging.INFO, f"{asked} {took:.1f} ms {why}")

    def _is_client(self, address: str) -> bool:
        try:
            found = ip_address(address)
        except ValueError:
            return False
        found = getattr(found, "ipv4_mapped", None) or found
        return found.is_loopback or any(found in network for network in self._access.clients)

    async def _exact(self, scope: Scope, path: str, receive: Receive, address: str) -> tuple[Exact, str]:
        route, method = self._routes.get(path), scope["method"]
        if route is None:
            return answers.NOT_FOUND, "no path"
        if method == "OPTIONS":
            return answers.OPTIONS, OK
        if method not in {"GET", "HEAD"}:
            return route.no_method, "no method"
        if method == "HEAD" and not route.heads:
            return route.fails, "no method"
        try:
            query = parameters(scope["query_string"], await _body(scope, receive))
        except ValueError:
            return route.fails, "unreadable"
        return await asyncio.to_thread(self._answered, route, query, address)

    def _answered(self, route: SeedRoute, query: dict[str, str], address: str) -> tuple[Exact, str]:
        try:
            return answered(route, query, self._seen, address)
        except Exception:
            log.exception("a request failed by a defect")
            return route.fails, "defect"

    def _cors(self, scope: Scope, *, preflight: bool) -> list[tuple[str, str]]:
        if self._program is Program.FACEREC:
            return []
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        origin = headers.get(b"origin")
        if origin is None:
            return [] if self._access.origins else [("Access-Control-Allow-Origin", "*")]
        if self._access.origins and origin not in self._access.origins:
            return []
        allowed = [("Access-Control-Allow-Origin", origin)]
        if preflight and headers.get(b"access-control-request-method"):
            if asked := headers.get(b"access-control-request-headers"):
                allowed.append(("Access-Control-Allow-Headers", asked))
            allowed.append(("Access-Control-Allow-Methods", ALL_METHODS))
        return [*allowed, ("Vary", "Origin")]


async def _body(scope: Scope, receive: Receive) -> bytes:
    """Of a GET, where its type says JSON. Raises ValueError where it is too long or too slow."""
    if not any(name == b"content-type" and b"json" in value for name, value in scope["headers"]):
        return b""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            while True:
                message = await receive()
                body += message.get("body", b"")
                if len(body) > MOST_BODY_BYTES:
                    raise ValueError("too long")
                if message["type"] != "http.request" or not message.get("more_body"):
                    return bytes(body)
    except TimeoutError as error:
        raise ValueError("too slow") from error


async def _send(send: Send, exact: Exact, cors: list[tuple[str, str]]) -> None:
    headers = [("Content-Type", exact.content_type)]
    headers += [("Allow", ALLOW)] if exact.allow else []
    headers += [("Content-Length", str(len(exact.body))), *cors]
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": exact.status, "headers": encoded})
    await send({"type": "http.response.body", "body": exact.body})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message: Any = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
