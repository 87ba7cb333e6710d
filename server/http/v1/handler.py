"""Make handlers of routes: credential, body, right, answer."""

import asyncio
import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from litestar import HttpMethod, Request, Response, route
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from protocol.framing import MAX_HEADER_BYTES
from protocol.replies import Error
from server.dispatch import Caller, explained, require
from server.dispatch.replies import error_reply
from server.errors import BadRequest, Busy
from server.http.application import exchange_of, problem_response
from server.http.credentials import Presented, presented
from server.http.problems import HttpProblem, problem
from server.http.texts import HttpText
from server.http.v1.route import JSON, Api, EventStream, File, Route, asked

MOST_KEY: Final = 64


class Handlers:
    """For any thread. heavy_at_once: of answers that take a processor for long, so that others keep threads."""

    def __init__(self, api: Api, heavy_at_once: int) -> None:
        self._api = api
        self._heavy = threading.BoundedSemaphore(heavy_at_once)

    def of(self, routes: Sequence[Route]) -> list[HTTPRouteHandler]:
        return [self._of(each) for each in routes]

    def _of(self, each: Route) -> HTTPRouteHandler:
        path = "/".join(f"{part[:-1]}:str}}" if part.startswith("{") else part for part in each.path.split("/"))

        async def handle(request: Request[Any, Any, Any]) -> Response[Any]:
            exchange_of(request).route = each.path
            found = replace(presented(request), by_itself=each.by_itself)
            if each.content:
                # Who may not send it is told before it is taken in.
                await asyncio.to_thread(self._admit, each, request, found)
            body = await _read(request, self._most(each))
            with _looked_after(request):
                answer = await asyncio.to_thread(self._answer, each, request, found, body)
            return self._watching(each, request, found, answer) if isinstance(answer, EventStream) else answer

        return route(path, http_method=[HttpMethod(each.method)], name=each.name, status_code=200)(handle)

    def _most(self, each: Route) -> int:
        if each.content:
            return each.most_bytes or self._api.image_bytes
        return MAX_HEADER_BYTES if each.has_json else 0

    def _admit(self, each: Route, request: Request[Any, Any, Any], found: Presented) -> None:
        if _media_type(request) not in each.content:
            text = HttpText.CONTENT_TYPE.format(known=", ".join(each.content))
            raise HttpProblem(415, text)
        try:
            self._caller(request, found)
        except Exception as error:
            raise _as_problem(error) from error

    def _answer(
        self, each: Route, request: Request[Any, Any, Any], found: Presented, body: bytes
    ) -> Response[bytes] | EventStream:
        try:
            if each.has_json and _media_type(request) != JSON:
                raise HttpProblem(415, HttpText.CONTENT_TYPE.format(known=JSON))
            if each.content and not body:
                raise BadRequest(HttpText.BODY_EMPTY)
            with self._place(each):
                answer = self._answered(each, request, found, body)
        except HttpProblem:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the client is answered
            answer = error_reply(explained(error))
        return answer if isinstance(answer, EventStream) else _response(each, request, answer)

    def _answered(
        self, each: Route, request: Request[Any, Any, Any], found: Presented, body: bytes
    ) -> msgspec.Struct | File | EventStream:
        caller = self._caller(request, found)
        accept = ", ".join(request.headers.getall("accept", [])) or None
        message = asked(each, request.path_params, request.scope["query_string"], _key(request), body, accept)
        if each.answer is None:
            reply: msgspec.Struct = self._api.dispatcher.answer(message, caller, body if each.content else b"")
            return reply
        call = self._api.dispatcher.call(caller, body)
        if each.needs is not None:
            require(each.needs(message), call)
        return each.answer(message, call, self._api)

    def _watching(
        self, each: Route, request: Request[Any, Any, Any], found: Presented, watched: EventStream
    ) -> Response[Any]:
        reader = found.token or found.session or exchange_of(request).address
        if not self._api.events.has_room(reader):
            raise HttpProblem(429, HttpText.EVENTS_FULL, "busy")

        async def is_still_allowed() -> bool:
            return isinstance(await asyncio.to_thread(self._answer, each, request, found, b""), EventStream)

        lines = self._api.events.stream(watched.session, reader, request.headers.get("last-event-id"), is_still_allowed)
        return Stream(
            lines, media_type="text/event-stream", headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
        )

    def _caller(self, request: Request[Any, Any, Any], found: Presented) -> Caller:
        exchange, now = exchange_of(request), datetime.now(UTC)
        principal = self._api.identify(found, exchange.address, now)
        return Caller(exchange.address, _loaded(request, now), principal, is_there=lambda: not exchange.gone)

    @contextmanager
    def _place(self, each: Route) -> Iterator[None]:
        if not each.heavy:
            yield
            return
        if not self._heavy.acquire(blocking=False):
            raise Busy(HttpText.MANY_HEAVY)
        try:
            yield
        finally:
            self._heavy.release()


@contextmanager
def _looked_after(request: Request[Any, Any, Any]) -> Iterator[None]:
    """While it is answered, notice when the client hangs up: the exchange says so."""
    leaving = asyncio.ensure_future(request.receive())
    try:
        yield
    finally:
        leaving.cancel()


async def _read(request: Request[Any, Any, Any], most: int) -> bytes:
    """The whole body. Raises HttpProblem where it is longer."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            text = f"At most {most} bytes are accepted here; send less at once." if most else HttpText.BODY_UNASKED
            raise HttpProblem(413 if most else 400, text, "too_large" if most else "bad_request")
    return bytes(body)


def _key(request: Request[Any, Any, Any]) -> str | None:
    keys = request.headers.getall("idempotency-key", [])
    if len(keys) > 1:
        raise BadRequest(HttpText.KEY_NEEDED)
    # The draft writes it as a quoted text, most programs without.
    return keys[0].strip().removeprefix('"').removesuffix('"') if keys else None


def _loaded(request: Request[Any, Any, Any], now: datetime) -> datetime:
    """Since when the page that sends this is there; what came by no page, or has waited in one, is held to nothing."""
    said = request.headers.getall("rollcall-loaded", [])
    if not said:
        return now
    try:
        (text,) = said
        loaded = datetime.fromisoformat(text)
        if loaded.tzinfo is None:
            raise ValueError
        return min(loaded.astimezone(UTC), now)
    except (ValueError, OverflowError) as error:
        raise BadRequest(HttpText.LOADED_WRONG) from error


def _media_type(request: Request[Any, Any, Any]) -> str:
    return str(request.headers.get("content-type", "")).partition(";")[0].strip().lower()


def _as_problem(error: Exception) -> HttpProblem:
    shown = error_reply(explained(error))
    refused = HttpProblem(0, shown.text)
    refused.error = shown
    return refused


def _response(each: Route, request: Request[Any, Any, Any], answer: msgspec.Struct | File) -> Response[bytes]:
    if isinstance(answer, Error):
        return problem_response(problem(answer, exchange_of(request).id))
    if isinstance(answer, File):
        return download(answer)
    body = msgspec.json.encode(answer)
    headers: dict[str, str] = {}
    if each.revised:
        headers["ETag"] = etag = _revision(answer)
        if etag in [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]:
            return Response(b"", status_code=304, headers=headers, media_type=JSON)
    return Response(body, status_code=200, headers=headers, media_type=JSON)


def download(file: File) -> Response[bytes]:
    return Response(
        file.data,
        status_code=200,
        media_type=file.media_type,
        encoding=file.encoding,
        headers={"Content-Disposition": f'attachment; filename="{file.name}"'},
    )


def _revision(answer: msgspec.Struct) -> str:
    """Of all that is told but the moment of telling."""
    told = {name: value for name, value in msgspec.to_builtins(answer).items() if name not in {"as_of", "now"}}
    return f'W/"{hashlib.sha256(msgspec.json.encode(told)).hexdigest()[:32]}"'
