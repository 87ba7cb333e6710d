"""The functions that answer requests, one for each message, in a module for each subject."""

from collections.abc import Callable
from typing import Any, Final

from protocol.fields import Message
from server.dispatch.call import Call
from server.dispatch.handlers import marking, pairing, queries, rooms, sessions

# Requests that record what somebody decided: the decisions of one are given, and recorded with its neighbours'.
DECISIONS: Final = marking.DECISIONS

# Every other request, and what gives its reply, or raises what keeps it from being done.
HANDLERS: Final[dict[type[Message], Callable[[Any, Call], Message]]] = {
    request: handler for subject in (queries, sessions, pairing, rooms) for request, handler in subject.HANDLERS.items()
}
