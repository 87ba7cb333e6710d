"""Say what a message needs a right for, and ask whether its caller has it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from protocol import legacy
from protocol.board import Board, Propose
from protocol.error_texts import ServerText
from protocol.fields import Message
from protocol.marks import Confirm, Mark, MarkItem, Marks
from protocol.pairing import CollectPairing, EndPairing, Pair
from protocol.pictures import Snapshot, Zones
from protocol.reports import Report
from protocol.rooms import CheckRoom
from protocol.rosters import Roster
from protocol.server import Hello, Info
from protocol.sessions import OpenSession, Sessions, SetSession
from server.access import Action, Kind, authorise, authorise_somewhere, may
from server.dispatch.call import Call
from server.dispatch.viewing import log_read
from server.domain.attendance import State
from server.domain.identifiers import normal
from server.errors import Forbidden, NoSession

EXCUSING: Final = frozenset({State.EXCUSED, State.EXCUSED_ABSENCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A right that a message needs. course: None and session: None: in no course in particular."""

    action: Action
    course: str | None = None
    session: int | None = None  # whose course it is
    student: str | None = None  # whom it is about
    anywhere: bool = False  # in any course: the answer tells of those only
    why: str = ""
    at: datetime | None = None  # when it was decided, as the client says


def require_right(message: Message | legacy.LegacyMessage, call: Call) -> None:
    """Raise Unauthorised or Forbidden, and NoSession for a session that the caller may not know of."""
    if call.caller.principal.kind is not Kind.LOCAL:
        for need in NEEDS[type(message)](message):
            _require(need, call)


def require(needs: Iterable[Need], call: Call) -> None:
    """As `require_right`, for what is asked by no message; what it shows of people is logged before it is shown."""
    for need in needs:
        course = _require(need, call)
        detail = "" if need.session is None else f"session {need.session}"
        log_read(need.action, call, course=course, student=need.student, detail=detail, why=need.why)


def _require(need: Need, call: Call) -> str | None:
    """The course that it is about, as far as it had to be found out."""
    principal = call.caller.principal
    if principal.kind is Kind.LOCAL:
        return need.course
    if need.anywhere:
        authorise_somewhere(principal, need.action)
        return None
    if need.session is not None:
        authorise_somewhere(principal, need.action)
    course = _course(need, call)
    authorise(principal, need.action, course=course, student=need.student, why=need.why)
    # Final, and not `unauthorised`: nothing that a client keeps for later may wait behind it. Opening decides nothing.
    dated = need.at is not None and principal.ended is not None and need.at <= principal.ended
    if principal.ended is not None and need.action is not Action.OPEN_SESSION and not dated:
        raise Forbidden(ServerText.UNDECIDED_BEFORE_END)
    return course


def _course(need: Need, call: Call) -> str | None:
    if need.session is None:
        return need.course
    course = call.services.store.sessions.get(need.session).course
    if not may(call.caller.principal, Action.LIST_SESSIONS, course=course):
        raise NoSession(ServerText.NO_SESSION, number=need.session)
    return course


def _open(_message: Message) -> Iterable[Need]:
    """What is asked before anybody is known."""
    return ()


def _in_course(action: Action) -> Callable[[Any], Iterable[Need]]:
    return lambda message: [Need(action=action, course=normal(message.course))]


def _in_session(action: Action) -> Callable[[Any], Iterable[Need]]:
    return lambda message: [Need(action=action, session=message.session)]


def _report(message: Report) -> Iterable[Need]:
    return [Need(action=Action.READ_REPORT, course=normal(message.course), why=message.why)]


def _sessions(message: Sessions) -> Iterable[Need]:
    if message.course is None:
        return [Need(action=Action.LIST_SESSIONS, anywhere=True)]
    return [Need(action=Action.LIST_SESSIONS, course=normal(message.course))]


def _set_session(message: SetSession) -> Iterable[Need]:
    action = Action.REOPEN if message.state == "draft" else Action.SUBMIT
    return [Need(action=action, session=message.session, why=message.why, at=message.at)]


def _snapshot(message: Snapshot) -> Iterable[Need]:
    course = None if message.course is None else normal(message.course)
    yield Need(action=Action.SEND_PICTURE, course=course, session=message.session)
    if message.record and message.session is None:
        yield Need(action=Action.OPEN_BY_PICTURE, course=course)


def _mark(message: Mark) -> Iterable[Need]:
    return [_marking(message, message.session)]


def _marks(message: Marks) -> Iterator[Need]:
    return (_marking(each, message.session) for each in message.marks)


def _marking(item: Mark | MarkItem, session: int | None) -> Need:
    action = Action.EXCUSE if State(item.state) in EXCUSING else Action.MARK
    course = normal(item.course) if session is None else None
    return Need(action=action, course=course, session=session, at=item.at)


def _confirm(message: Confirm) -> Iterable[Need]:
    return [Need(action=Action.MARK, session=message.session, at=message.at)]


def _of_callers(action: Action) -> Callable[[Any], Iterable[Need]]:
    return lambda _message: [Need(action=action)]


# Every message, and what it needs; a test walks all there are.
NEEDS: Final[dict[type[Any], Callable[[Any], Iterable[Need]]]] = {
    Hello: _open,
    Info: _open,  # tells little to whom is not known
    Roster: _in_course(Action.READ_ROSTER),
    Report: _report,
    Sessions: _sessions,
    OpenSession: _in_course(Action.OPEN_SESSION),
    SetSession: _set_session,
    Board: _in_session(Action.READ_BOARD),
    Propose: _in_session(Action.PROPOSE),
    Snapshot: _snapshot,
    Zones: _in_course(Action.READ_ZONES),
    CheckRoom: _in_course(Action.SEND_PICTURE),
    Pair: _of_callers(Action.START_PAIRING),
    CollectPairing: _of_callers(Action.START_PAIRING),
    EndPairing: _of_callers(Action.READ_INFO),
    Mark: _mark,
    Marks: _marks,
    Confirm: _confirm,
    legacy.LegacyMark: _in_course(Action.MARK_PRESENT_2019),
    legacy.LegacyRoster: _in_course(Action.READ_ROSTER),
    # Of which course it is, the room says.
    legacy.LegacySnapshot: lambda _message: [Need(action=Action.SEND_PICTURE, anywhere=True)],
}
