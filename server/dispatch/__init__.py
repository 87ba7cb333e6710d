"""Answer a request: find its handler, and turn what goes wrong into an error.

Knows no bytes and no socket: whatever carries requests asks here.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from protocol import legacy
from protocol.error_texts import ServerText
from protocol.fields import Message
from server.access import Principal
from server.dispatch import handlers, legacy_form
from server.dispatch.access import Need, require, require_right
from server.dispatch.call import About, Call, Caller, Campus, Services
from server.dispatch.replies import error_reply, marked
from server.dispatch.viewing import log_legacy_view, log_view
from server.errors import Internal, RollcallError, SetupProblem, Unavailable, is_shortage
from server.refusal_log import RefusalLog
from settings.logs import safe_cause

__all__ = [
    "About",
    "Call",
    "Caller",
    "Campus",
    "Dispatcher",
    "Need",
    "Services",
    "decides",
    "error_reply",
    "explained",
    "require",
]

log = logging.getLogger(__name__)

_FOR_CLIENTS: Final = frozenset(map(str, ServerText))
_refusals: Final = RefusalLog(log)  # a database that is away is told once, not with every request


class Dispatcher:
    """For any thread. The clock is read once a request."""

    def __init__(self, services: Services, campus: Campus, clock: Callable[[], datetime]) -> None:
        self._services = services
        self._campus = campus
        self._clock = clock

    def answer(self, request: Message, caller: Caller, payload: bytes = b"") -> Message:
        """The reply to one request, or an Error. payload: an image, or nothing."""
        if type(request) in handlers.DECISIONS:
            return self.answer_together([request], caller)[0]
        try:
            call = self.call(caller, payload)
            require_right(request, call)
            reply = handlers.HANDLERS[type(request)](request, call)
            log_view(request, reply, call)
            return reply
        except Exception as error:  # noqa: BLE001 - whatever it is, the client is answered
            return error_reply(explained(error))

    def answer_together(self, requests: Sequence[Message], caller: Caller) -> list[Message]:
        """The replies to requests that all record decisions (`decides`), in order; their marks share a commit."""
        call = self.call(caller)
        refusals = [_refusal(each, call) for each in requests]
        allowed = [each for each, refusal in zip(requests, refusals, strict=True) if refusal is None]
        replies = iter(self._decided(allowed, call) if allowed else ())
        return [next(replies) if refusal is None else error_reply(refusal) for refusal in refusals]

    def _decided(self, requests: Sequence[Message], call: Call) -> list[Message]:
        try:
            batches = [handlers.DECISIONS[type(each)](each, call) for each in requests]
            outcomes = self._services.decisions.record(batches, now=call.now)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client is answered
            if len(requests) == 1:
                return [error_reply(explained(error))]
            # One of them breaks it. What was recorded all the same is known by its key, and answered alike.
            return [self.answer(each, call.caller) for each in requests]
        return [error_reply(explained(each)) if isinstance(each, RollcallError) else marked(each) for each in outcomes]

    def legacy(self, message: legacy.LegacyMessage, caller: Caller) -> bytes | RollcallError:
        """The answer of 2019 to one of its messages, or why there is none."""
        try:
            call = self.call(caller)
            require_right(message, call)
            answer = legacy_form.HANDLERS[type(message)](message, call)
            log_legacy_view(message, answer, call)
            return answer
        except Exception as error:  # noqa: BLE001 - whatever it is, the client is answered
            return explained(error)

    def identify(self, token: str | None) -> Principal | RollcallError:
        """Who has signed in with this token, or why that cannot be found out."""
        try:
            return self._services.authentication.of_token(token, self._clock())
        except Exception as error:  # noqa: BLE001 - whatever it is, the client is answered
            return explained(error)

    def identify_legacy(self, address: str) -> Principal:
        """Who speaks the form of 2019 from there."""
        return self._services.authentication.of_address(address, self._clock())

    def call(self, caller: Caller, payload: bytes = b"") -> Call:
        """What arrives now from this caller, for what is asked by no message."""
        return Call(self._services, self._campus, caller, self._clock(), payload)


def decides(request: Message) -> bool:
    """Whether a request records decisions, so that it can share a commit with its neighbours."""
    return type(request) in handlers.DECISIONS


def _refusal(request: Message, call: Call) -> RollcallError | None:
    """Why this caller may not do this."""
    try:
        require_right(request, call)
    except Exception as error:  # noqa: BLE001 - whatever it is, the client is answered
        return explained(error)
    return None


def explained(error: Exception) -> RollcallError:
    """What a client is told of an error; a defect is logged and says nothing else."""
    match error:
        case Internal():
            _refusals.note(error.log_text, logging.ERROR, error.log_text)
            return Internal(ServerText.DEFECT)
        case SetupProblem():
            _refusals.note(error.log_text, logging.ERROR, error.log_text)
            return Unavailable(ServerText.DATABASE_UNUSABLE)  # where it lies concerns nobody outside
        case Unavailable() if error.text not in _FOR_CLIENTS:
            _refusals.note(error.log_text, logging.WARNING, error.log_text)
            return Unavailable(ServerText.DATABASE_AWAY)
        case RollcallError():
            return error
    if is_shortage(error):
        short = f"this machine has run short: {safe_cause(error)}"
        _refusals.note(short, logging.ERROR, short)
        return Unavailable(ServerText.OUT_OF_RESOURCES)
    log.error("a request failed by a defect", exc_info=error)
    return Internal(ServerText.DEFECT)
