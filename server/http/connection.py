"""Deadlines and a limit of connections around uvicorn's HTTP/1.1."""

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

# How much longer than the application a connection waits for a body, so that the application can still answer.
GRACE_S: Final = 2.0
TOO_MANY: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)
NOT_HTTP: Final = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    connections: int = 256
    message_timeout_s: float = 10.0  # for a request's head, and again for its body
    idle_timeout_s: float = 60.0  # for a client that does not read what it asked for
    keep_alive_s: float = 5.0
    head_bytes: int = 32 * 1024


class Connection(H11Protocol):
    """One client's connection; all of it runs in the event loop's thread.

    uvicorn itself waits for ever for a head, for a body that is answered already, and for a client that does not read.
    """

    limits: ClassVar[ConnectionLimits]

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._incoming: asyncio.TimerHandle | None = None
        self._outgoing: asyncio.TimerHandle | None = None
        self._in_body = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        full = len(self.connections) >= self.limits.connections and not self._make_room()
        super().connection_made(transport)
        if full:
            transport.write(TOO_MANY)
            self._close(transport)
        else:
            self._incoming = self._in(self.limits.message_timeout_s)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        super().data_received(data)
        self._set_deadline()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            self._expect_reading()
        else:
            self._set_deadline(new=False)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._expect_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.transport.is_closing():
            self._expect_reading(False)

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._expect_reading()

    def shutdown(self) -> None:
        super().shutdown()
        if self.transport.is_closing():
            self._expect_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._expect_reading(False)
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words are not ours
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self.transport.write(NOT_HTTP)
        self._close(self.transport)

    @property
    def waits_since(self) -> float | None:
        """Since when no whole request is there, by the loop's clock; None while one is answered."""
        timer = self._incoming or self.timeout_keep_alive_task
        busy = self.cycle is not None and not self.cycle.response_complete
        return None if busy or timer is None else timer.when()

    def _make_room(self) -> bool:
        """Hang up on the connection that will first be given up for want of a request."""
        others = [each for each in self.connections if isinstance(each, Connection) and each.waits_since is not None]
        if not others:
            return False
        longest = min(others, key=lambda each: each.waits_since or 0.0)
        self.connections.discard(longest)
        longest.transport.abort()
        return True

    def _set_deadline(self, *, new: bool = True) -> None:
        """A message has its time from its first byte on, and bytes in between do not prolong it."""
        state, in_body = self.conn.their_state, self.conn.their_state is h11.SEND_BODY
        if state not in {h11.IDLE, h11.SEND_BODY} or in_body != self._in_body:
            self._stop_waiting()
        self._in_body = in_body
        waits = in_body or (state is h11.IDLE and new)
        if waits and self._incoming is None and not self.transport.is_closing():
            self._incoming = self._in(self.limits.message_timeout_s + (GRACE_S if in_body else 0.0))

    def _in(self, seconds: float) -> asyncio.TimerHandle:
        return self.loop.call_later(seconds, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._incoming is not None:
            self._incoming.cancel()
        self._incoming = None

    def _expect_reading(self, expected: bool = True) -> None:
        if self._outgoing is not None and not expected:
            self._outgoing.cancel()
            self._outgoing = None
        elif self._outgoing is None and expected:
            self._outgoing = self._in(self.limits.idle_timeout_s)

    def _close(self, transport: asyncio.Transport) -> None:
        transport.close()
        self._expect_reading()


def connection_class(limits: ConnectionLimits) -> type[asyncio.Protocol]:
    """What uvicorn makes a connection of."""
    return type("LimitedConnection", (Connection,), {"limits": limits})
