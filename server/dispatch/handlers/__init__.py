"""The framed form: a small function a message, by topic, and the table that names them."""

from collections.abc import Callable
from typing import Any, Final

from protocol import messages
from server.dispatch.call import Call
from server.dispatch.handlers import boards, marking, pictures, reports, rosters, sessions, welcome
from server.dispatch.handlers.marking import refused

__all__ = ["HANDLERS", "answer", "refused"]

HANDLERS: Final[dict[type[messages.Message], Callable[[Any, Call], messages.Message]]] = {
    messages.Hello: welcome.hello,
    messages.Info: welcome.info,
    messages.Mark: marking.mark,
    messages.Marks: marking.marks,
    messages.Confirm: marking.confirm,
    messages.Roster: rosters.roster,
    messages.Snapshot: pictures.snapshot,
    messages.OpenSession: sessions.open_session,
    messages.Sessions: sessions.sessions,
    messages.SetSession: sessions.set_session,
    messages.Board: boards.board,
    messages.Propose: boards.propose,
    messages.Report: reports.report,
}


def answer(message: messages.Message, call: Call) -> messages.Message:
    """The reply to a request. Raises what keeps it from being done."""
    return HANDLERS[type(message)](message, call)
