"""What answers each request: a small function a message, in a module a family."""

from collections.abc import Callable
from typing import Any, Final

from protocol.fields import Message
from server.dispatch.call import Call
from server.dispatch.handlers import boards, marking, pictures, reports, rosters, sessions, welcome

DECISIONS: Final = marking.DECISIONS
"""Requests that record what somebody decided: the decisions of one are given, and recorded with its neighbours'."""

HANDLERS: Final[dict[type[Message], Callable[[Any, Call], Message]]] = {
    request: handler
    for family in (welcome, rosters, pictures, sessions, boards, reports)
    for request, handler in family.HANDLERS.items()
}
"""Every other request, and what gives its reply, or raises what keeps it from being done."""
