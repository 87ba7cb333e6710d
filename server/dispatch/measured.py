"""Count requests by type and result, and trace them, whoever carries them."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any, Protocol

from protocol import legacy
from protocol.fields import Message
from protocol.messages import Error, Faces, Hello, Welcome, type_name
from server.dispatch import Caller, Campus, Dispatcher, Services, decides
from server.errors import RollcallError


class Measures(Protocol):
    """What takes the measurements; every word that it is given is one of a fixed list, but for who a client is."""

    def request(self, type_name: str, result: str, seconds: float) -> None: ...
    def face(self, verdict: str) -> None: ...
    def sign_in(self, result: str) -> None: ...
    def outbox(self, client: str, waiting: int, oldest_s: int) -> None: ...


class Tracing(Protocol):
    """What traces are made by; a span takes attributes by `set_attribute`."""

    def request(self, type_name: str) -> AbstractContextManager[Any]: ...


class MeasuredDispatcher(Dispatcher):
    """A dispatcher that tells of each answer. Requests that share a commit took as long as all of them together."""

    def __init__(
        self,
        services: Services,
        campus: Campus,
        clock: Callable[[], datetime],
        measures: Measures | None,
        traces: Tracing | None = None,
    ) -> None:
        super().__init__(services, campus, clock)
        self._measures = measures
        self._traces = traces

    def answer(self, request: Message, caller: Caller, payload: bytes = b"") -> Message:
        began = time.monotonic()
        with self._span(request) as span:
            reply = super().answer(request, caller, payload)
            if span is not None:
                span.set_attribute("result", _result(reply))
        if not decides(request):  # those are counted where they are answered together
            self._count(request, reply, began)
            self._look_at_outbox(request, reply, caller)
        return reply

    def answer_together(self, requests: Sequence[Message], caller: Caller) -> list[Message]:
        began = time.monotonic()
        with self._span(requests[0]) as span:
            replies = super().answer_together(requests, caller)
            if span is not None:
                span.set_attribute("requests", len(requests))
        for request, reply in zip(requests, replies, strict=True):
            self._count(request, reply, began)
        return replies

    def legacy(self, message: legacy.LegacyMessage, caller: Caller) -> bytes | RollcallError:
        began = time.monotonic()
        answer = super().legacy(message, caller)
        if self._measures is not None:
            name = f"legacy_{type(message).__name__.removeprefix('Legacy').lower()}"
            self._measures.request(name, _result(answer), time.monotonic() - began)
        return answer

    def _look_at_outbox(self, request: Message, reply: Message, caller: Caller) -> None:
        """Only of whom the server lets in."""
        if self._measures is None or not (isinstance(request, Hello) and isinstance(reply, Welcome)):
            return
        if request.waiting is not None:
            self._measures.outbox(f"{caller.address} {request.device}", request.waiting, request.oldest_s)

    def _span(self, request: Message) -> AbstractContextManager[Any]:
        return nullcontext() if self._traces is None else self._traces.request(type_name(type(request)))

    def _count(self, request: Message, reply: Message, began: float) -> None:
        if self._measures is None:
            return
        self._measures.request(type_name(type(request)), _result(reply), time.monotonic() - began)
        if isinstance(request, Hello):
            self._measures.sign_in(_result(reply))
        if isinstance(reply, Faces):
            for face in reply.faces:
                self._measures.face(face.verdict)


def _result(reply: object) -> str:
    return reply.code if isinstance(reply, Error | RollcallError) else "ok"
