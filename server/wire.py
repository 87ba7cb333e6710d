"""Decode what a connection brings, have it answered, and encode the answer: the framed form and that of 2019."""

import logging
import re
import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from protocol import legacy
from protocol.error_texts import ServerText
from protocol.errors import MessageError, ProtocolError
from protocol.fields import Message
from protocol.framing import Frame
from protocol.messages import Error, Hello, Received, Welcome, decode_request, encode, type_name
from server.access import Kind
from server.connection import MOST_REFUSALS, Peer
from server.dispatch import Caller, Dispatcher, decides, error_reply
from server.errors import RollcallError
from server.refusal_log import RefusalLog
from settings.logs import REQUEST
from settings.version import VERSION

log = logging.getLogger(__name__)

OK: Final = "ok"
# Whatever a client sends else does not go to the log.
_VERSION: Final = re.compile(r"\d{1,3}(\.\d{1,3}){1,3}", re.ASCII)
# For each message of 2019: its name in the log, and the answer where it cannot be answered.
OF_2019: Final = {
    legacy.LegacyMark: ("legacy mark", legacy.FAIL),
    legacy.LegacyRoster: ("legacy roster", legacy.FAIL),
    legacy.LegacySnapshot: ("legacy snapshot", legacy.UNKNOWN),
}


class Wire:
    """For any thread."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._refusals = RefusalLog(log)

    def framed(self, frames: Sequence[Frame], peer: Peer) -> Iterator[bytes]:
        """The replies to frames that have arrived, in their order, each as soon as it is there.

        Those next to each other that decide something are answered together: their marks share a commit.
        """
        for together, group in groupby(map(_read, frames), key=_decides):
            if together:
                yield self._answer_together([each for each in group if isinstance(each, Received)], peer)
                continue
            for received in group:
                if isinstance(received, MessageError):
                    yield self.refuse_framed(received, peer)
                else:
                    yield self._answer(received, peer)
                if peer.refusals >= MOST_REFUSALS:
                    return

    def _answer(self, received: Received[Message], peer: Peer) -> bytes:
        started, message = time.monotonic(), received.message
        REQUEST.set(f"{peer.address}/{received.id}")
        caller = self._caller(peer)
        if isinstance(caller, Error):
            reply: Message = caller
        else:
            reply = self._dispatcher.answer(message, caller, received.payload)
        if isinstance(message, Hello):
            _note_version(message.version, peer)
            peer.token = message.token if isinstance(reply, Welcome) else None
        if isinstance(reply, Welcome):
            peer.device = reply.device
        _count_refusals(peer, caller, [reply])
        self._log(peer, type_name(type(message)), [reply], started)
        return _written(reply, received.id)

    def _answer_together(self, group: Sequence[Received[Message]], peer: Peer) -> bytes:
        started = time.monotonic()
        REQUEST.set(f"{peer.address}/{group[0].id}")
        caller = self._caller(peer)
        if isinstance(caller, Error):
            replies: list[Message] = [caller] * len(group)
        else:
            replies = self._dispatcher.answer_together([each.message for each in group], caller)
        _count_refusals(peer, caller, replies)
        answered = list(zip(group, replies, strict=True))
        for name, alike in groupby(answered, key=lambda each: (type(each[0].message), _result(each[1]))):
            self._log(peer, type_name(name[0]), [reply for _, reply in alike], started)
        return b"".join(_written(reply, received.id) for received, reply in answered)

    def _caller(self, peer: Peer) -> Caller | Error:
        """Who asks, as it is known just now."""
        principal = self._dispatcher.identify(peer.token)
        if isinstance(principal, RollcallError):
            return error_reply(principal)
        return Caller(_host(peer), peer.connected_since, principal, peer.device, peer.is_there)

    def legacy(self, message: legacy.LegacyMessage, peer: Peer) -> bytes:
        started = time.monotonic()
        REQUEST.set(peer.address)
        name, refusal = OF_2019[type(message)]
        address = _host(peer)
        caller = Caller(
            address, peer.connected_since, self._dispatcher.identify_legacy(address), is_there=peer.is_there
        )
        answer = self._dispatcher.legacy(message, caller)
        self._log(peer, name, [answer], started)
        return refusal if isinstance(answer, RollcallError) else answer

    def refuse_framed(self, error: ProtocolError, peer: Peer) -> bytes:
        self._note_unreadable(error, peer)
        id = error.id if isinstance(error, MessageError) else 0
        return encode(Error(code=error.code, text=error.text), id)

    def refuse_legacy(self, error: ProtocolError, peer: Peer) -> bytes:
        self._note_unreadable(error, peer)
        return legacy.UNKNOWN if error.code == "too_large" else legacy.FAIL

    def busy(self, peer: Peer, text: str = ServerText.CONNECTIONS_FULL) -> bytes:
        self._refusals.note(f"{_host(peer)} refused: {text}", logging.WARNING, f"{peer.address} refused: {text}")
        return encode(Error(code="busy", text=text, retry=True), 0)

    def ended(self, peer: Peer, how: str, seconds: float) -> None:
        text = f"{peer.address} connection {how} after {seconds:.1f} s"
        if peer.is_answered:
            log.info("%s", text)
        else:
            self._refusals.note(f"{_host(peer)} connections without an answer", logging.INFO, text)

    def close(self) -> None:
        """Say which refusals were counted and not told yet."""
        self._refusals.flush()

    def _note_unreadable(self, error: ProtocolError, peer: Peer) -> None:
        text = f"{peer.address} sent what cannot be read: {error.code} {error.log_text}"
        self._refusals.note(f"{_host(peer)} sent what cannot be read: {error.code}", logging.INFO, text)
        log.debug("%s %s", peer.address, error.text)

    def _log(self, peer: Peer, name: str, replies: Sequence[object], started: float) -> None:
        """One line: peer, message, result, milliseconds, how many; never a name, an image or an embedding.

        Refusals that are alike are counted.
        """
        many = f", {len(replies)} alike" if len(replies) > 1 else ""
        result, duration_ms = _result(replies[0]), 1000 * (time.monotonic() - started)
        text = f"{peer.address} {name} {result} {duration_ms:.1f} ms{many}"
        if result == OK:
            self._refusals.look()
            log.info("%s", text)
            return
        self._refusals.note(f"{_host(peer)} {name} {result}", logging.INFO, text)
        for reply in replies:
            if isinstance(reply, Error | RollcallError):
                log.debug("%s %s", peer.address, reply.text)


def _note_version(version: str, peer: Peer) -> None:
    if version not in {"", VERSION}:
        told = version if _VERSION.fullmatch(version) else "a version that is none"
        log.info("%s has a client of %s, this server is of %s", peer.address, told, VERSION)


def _read(frame: Frame) -> Received[Message] | MessageError:
    try:
        return decode_request(frame)
    except MessageError as error:
        return error


def _decides(received: Received[Message] | MessageError) -> bool:
    return isinstance(received, Received) and decides(received.message)


def _host(peer: Peer) -> str:
    """The address without the port."""
    return peer.address.rpartition(":")[0]


def _count_refusals(peer: Peer, caller: Caller | Error, replies: Sequence[Message]) -> None:
    """How often in a row it was told that nobody knows who it is."""
    unknown = isinstance(caller, Caller) and caller.principal.kind is Kind.NOBODY
    for reply in replies:
        refused = unknown and isinstance(reply, Error) and reply.code == "unauthorised"
        peer.refusals = peer.refusals + 1 if refused else 0


def _written(reply: Message, id: int) -> bytes:
    """One that the wire cannot carry is a defect, or has more rows than fit."""
    try:
        return encode(reply, id)
    except ProtocolError as error:
        log.error("a reply could not be sent: %s", error.log_text)
        if error.code == "too_large":
            return encode(Error(code="too_large", text=ServerText.ANSWER_TOO_LONG), id)
        return encode(Error(code="internal", text=ServerText.DEFECT), id)


def _result(reply: object) -> str:
    return reply.code if isinstance(reply, Error | RollcallError) else OK
