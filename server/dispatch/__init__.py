"""Message to service to reply, exception to error code: one table each. The one room that knows both sides.

Bytes come whole (a frame, or a message of 2019) and go back as bytes; the clock is asked here, once a request.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from msgspec.structs import asdict

from protocol import legacy, messages
from protocol.error_texts import ServerText
from protocol.errors import ErrorCode, MessageError, ProtocolError
from protocol.framing import Frame
from protocol.sentences import sentence
from server.dispatch import handlers, legacy_form
from server.dispatch.call import About, Call, Campus, Services
from server.errors import Internal, RollcallError, Unavailable
from server.tcp import Peer

__all__ = ["About", "Campus", "Dispatcher", "Services"]

log = logging.getLogger(__name__)

MOST_PROBLEMS = 500
"""Wrong rows of a batch that are told; so many fit into one message."""


class Dispatcher:
    """Answers what arrives; whatever goes wrong becomes an answer and a line in the log. Any thread may use it."""

    def __init__(self, services: Services, campus: Campus, clock: Callable[[], datetime]) -> None:
        self._services = services
        self._campus = campus
        self._clock = clock

    def framed(self, frame: Frame, peer: Peer) -> bytes:
        """The reply to one frame, as a frame."""
        started = time.monotonic()
        try:
            received = messages.decode_request(frame)
        except MessageError as error:
            return self.refuse_framed(error, peer)
        call = self._call(peer, received.payload)
        reply = self._answered(partial(handlers.answer, received.message, call))
        _log(peer, messages.type_name(type(received.message)), reply, started)
        if isinstance(reply, RollcallError):
            reply = _error(reply)
        return self._encoded(reply, received.id)

    def _encoded(self, reply: messages.Message, id: int) -> bytes:
        """The reply as a frame; one that the wire cannot carry is a defect, or has more rows than fit."""
        try:
            return messages.encode(reply, id)
        except ProtocolError as error:
            log.error("a reply could not be sent: %s", error.text)
            code: ErrorCode = "too_large" if error.code == "too_large" else "internal"
            text = ServerText.ANSWER_TOO_LONG if code == "too_large" else ServerText.DEFECT
            return messages.encode(messages.Error(code=code, text=text), id)

    def legacy(self, message: legacy.LegacyMessage, peer: Peer) -> bytes:
        """The answer of 2019 to one of its messages."""
        started = time.monotonic()
        name, handler, refusal = legacy_form.HANDLERS[type(message)]
        reply = self._answered(partial(handler, message, self._call(peer)))
        _log(peer, name, reply, started)
        return refusal if isinstance(reply, RollcallError) else reply

    def refuse_framed(self, error: ProtocolError, peer: Peer) -> bytes:
        """The answer to bytes that are no message of ours."""
        log.info("%s sent what cannot be read: %s %s", peer.address, error.code, error.text)
        id = error.id if isinstance(error, MessageError) else 0
        return messages.encode(messages.Error(code=error.code, text=error.text), id)

    def refuse_legacy(self, error: ProtocolError, peer: Peer) -> bytes:
        """The answer to bytes that are no message of 2019 either."""
        log.info("%s sent what cannot be read: %s %s", peer.address, error.code, error.text)
        return legacy.UNKNOWN if error.code == "too_large" else legacy.FAIL

    def busy(self, peer: Peer) -> bytes:  # noqa: ARG002 - every answer is given to a peer
        """The answer to a connection beyond the limit."""
        return messages.encode(messages.Error(code="busy", text=ServerText.CONNECTIONS_FULL, retry=True), 0)

    def _call(self, peer: Peer, payload: bytes = b"") -> Call:
        return Call(self._services, self._campus, peer, self._clock(), payload)

    def _answered(self, handler: Callable[[], Any]) -> Any:
        """What the handler gives, or the error it raised as a value; a defect is logged and says nothing."""
        try:
            return handler()
        except Internal as error:
            log.error("%s", error.text)
        except Unavailable as error:
            log.warning("%s", error.text)
            return Unavailable(ServerText.DATABASE_AWAY)  # where it lies concerns nobody outside
        except RollcallError as error:
            return error
        except Exception:
            log.exception("a request failed by a defect")
        return Internal(ServerText.DEFECT)


def _error(error: RollcallError) -> messages.Error:
    said = error.sentence
    if len(error.problems) > MOST_PROBLEMS:
        said = sentence(ServerText.ROWS_WRONG, problem=said, count=len(error.problems), shown=MOST_PROBLEMS)
    problems = handlers.refused(error.problems[:MOST_PROBLEMS])
    return messages.Error(code=error.code, retry=error.retry, problems=problems, **asdict(said))


def _log(peer: Peer, name: str, reply: object, started: float) -> None:
    """One line a request: peer, message, result, milliseconds; never a name, an image or an embedding."""
    result = reply.code if isinstance(reply, RollcallError) else "ok"
    log.info("%s %s %s %.1f ms", peer.address, name, result, 1000 * (time.monotonic() - started))
    if isinstance(reply, RollcallError):
        log.debug("%s %s", peer.address, reply.text)
