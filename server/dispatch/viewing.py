"""Say which answers show people's data, and have that logged."""

from collections.abc import Callable
from typing import Any, Final

from protocol import legacy
from protocol.board import BoardShown
from protocol.fields import Message
from protocol.pictures import Faces, Snapshot
from protocol.reports import CourseReport, Report
from protocol.rosters import RosterList
from server.access import Action
from server.dispatch.call import Call
from server.domain.identifiers import normal
from server.store import AccessLine

# Reads that are no message, and are logged by the right that they need. A download is logged each time.
READS: Final = frozenset(
    {
        Action.READ_ACCESS_LOG,
        Action.READ_HISTORY,
        Action.READ_REPORT,
        Action.VERIFY,
        Action.READ_APPEALS,
        Action.READ_CONSENTS,
        Action.SEE_PICTURE,
    }
)


def log_view(request: Message, reply: Message, call: Call) -> None:
    """Log it where the reply shows somebody's data. Raises Unavailable."""
    view = VIEWS.get(type(reply))
    line = view(request, reply, call) if view else None
    if line is not None:
        call.services.viewings.see(line)


def log_legacy_view(request: legacy.LegacyMessage, answer: bytes, call: Call) -> None:
    """The same of the form of 2019."""
    if isinstance(request, legacy.LegacyRoster):
        course = normal(request.course)
        subjects = answer.count(b'"student_code"')
        call.services.viewings.see(view_line(call, Action.READ_ROSTER, course=course, subjects=subjects))
    elif isinstance(request, legacy.LegacySnapshot) and answer != legacy.UNKNOWN:
        call.services.viewings.see(view_line(call, Action.SEND_PICTURE, subjects=1))


def log_read(action: Action, call: Call, *, course: str | None, student: str | None, detail: str, why: str) -> None:
    """Log what is asked by no message, where it shows somebody's data."""
    line = view_line(call, action, course=course or "", subject=student or "", detail=detail, why=why)
    if action is Action.DOWNLOAD:
        call.services.viewings.note(line)
    elif action in READS:
        call.services.viewings.see(line)


def view_line(
    call: Call,
    action: Action,
    *,
    course: str = "",
    subjects: int = 0,
    subject: str = "",
    detail: str = "",
    why: str = "",
) -> AccessLine:
    caller = call.caller
    return AccessLine(
        at=call.now,
        who=caller.name,
        action=action.value,
        subject=subject,
        detail=detail,
        address=caller.address,
        device=caller.device,
        course=course,
        subjects=subjects,
        why=why,
    )


def _board(_request: Message, reply: BoardShown, call: Call) -> AccessLine:
    session = reply.session
    return view_line(
        call,
        Action.READ_BOARD,
        course=session.course,
        subjects=len(reply.students),
        detail=f"session {session.session} of {session.date}",
    )


def _roster(_request: Message, reply: RosterList, call: Call) -> AccessLine:
    return view_line(call, Action.READ_ROSTER, course=normal(reply.course), subjects=len(reply.students))


def _report(request: Report, reply: CourseReport, call: Call) -> AccessLine:
    shown = len(reply.students)
    return view_line(call, Action.READ_REPORT, course=normal(reply.course), subjects=shown, why=request.why)


def _faces(request: Snapshot, reply: Faces, call: Call) -> AccessLine | None:
    shown = {each.student for face in reply.faces for each in face.candidates}
    shown |= {face.student for face in reply.faces if face.student is not None}
    if not shown:
        return None
    course = normal(request.course) if request.course is not None else ""
    detail = f"session {reply.session or request.session}" if reply.session or request.session else ""
    return view_line(call, Action.SEND_PICTURE, course=course, subjects=len(shown), detail=detail)


# Each reply that shows somebody's data, and the line that says so.
VIEWS: Final[dict[type[Message], Callable[[Any, Any, Call], AccessLine | None]]] = {
    BoardShown: _board,
    RosterList: _roster,
    CourseReport: _report,
    Faces: _faces,
}
