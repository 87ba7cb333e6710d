"""Ask the server: one call, one typed answer or one typed error."""

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Literal

from client.error_texts import ClientText
from client.errors import BadReply
from client.numbered_requests import NumberedRequests
from client.transport import Transport
from protocol.fields import PersonSource
from protocol.messages import (
    Board,
    BoardShown,
    BothThere,
    CheckRoom,
    CollectPairing,
    Confirm,
    ConfirmItem,
    CourseReport,
    EndPairing,
    Faces,
    Info,
    Mark,
    Marked,
    MarkedItem,
    MarkItem,
    Marks,
    Message,
    OpenSession,
    Pair,
    Paired,
    PairingCode,
    Propose,
    Report,
    RoomChecked,
    Roster,
    RosterList,
    ServerInfo,
    SessionInfo,
    SessionList,
    Sessions,
    SessionShown,
    SessionState,
    SetSession,
    Snapshot,
    State,
    Welcome,
    ZoneList,
    Zones,
)
from protocol.sentences import Sentence, sentence
from settings.version import VERSION, is_newer


def new_key() -> str:
    return uuid.uuid4().hex


def now_utc() -> datetime:
    """Zone-aware."""
    return datetime.now(UTC)


class Api:
    """Not to be shared by threads.

    Every method raises UsageError for what cannot be sent, Unreachable, Refused, or BadReply. A key of None makes a new
    one; days are YYYY-MM-DD.
    """

    def __init__(
        self,
        transport: Transport,
        device: str,
        clock: Callable[[], datetime] = now_utc,
        *,
        token: str | None = None,
    ) -> None:
        self._server = NumberedRequests(transport, device, clock, token)
        self._clock = clock

    def hello(self) -> Welcome:
        return self._server.hello()

    def tell_unsent(self, unsent: Callable[[], tuple[int, int]]) -> None:
        """unsent: how many decisions wait on this machine, and for how many seconds the oldest has."""
        self._server.tell_unsent(unsent)

    @property
    def update(self) -> Sentence | None:
        """What to say to people where the server is newer than this client; None: it is not, as far as it has said."""
        version = self._server.server_version
        return sentence(ClientText.UPDATE, server=version, client=VERSION) if is_newer(version) else None

    def sign(self, token: str | None) -> None:
        """Speak with this token from now on; None: with this device's own."""
        self._server.sign(token)

    def pair(self) -> PairingCode:
        """A code to show, for who stands before this device to approve elsewhere."""
        return self._server.ask(Pair(), PairingCode, repeatable=False)

    def collect_pairing(self, secret: str) -> Paired:
        """Who has approved; without a token: nobody yet."""
        return self._server.ask(CollectPairing(secret=secret), Paired)

    def end_pairing(self) -> None:
        """Sign out whoever speaks."""
        self._server.ask(EndPairing(), Paired)

    def info(self) -> ServerInfo:
        return self._server.ask(Info(), ServerInfo)

    # -- marks

    def mark(
        self,
        student: str,
        course: str,
        *,
        state: State = "present",
        hour: int | None = None,
        key: str | None = None,
        session: int | None = None,
        why: str = "",
    ) -> MarkedItem:
        """hour: None is the one on now. session: None is that of today."""
        message = Mark(
            student=student,
            course=course,
            state=state,
            hour=hour,
            at=self._clock(),
            key=key or new_key(),
            session=session,
            why=why,
        )
        return self._recorded(message, [student]).marks[0]

    def marks(
        self,
        items: Sequence[MarkItem],
        *,
        key: str | None = None,
        session: int | None = None,
        source: PersonSource | None = None,
        partial: bool = False,
    ) -> Marked:
        """Whole or not at all; partial: but for the wrong rows, which `refused` tells. source: None is roll_call."""
        message = Marks(marks=tuple(items), key=key or new_key(), session=session, source=source, partial=partial)
        return self._recorded(message, [item.student for item in items])

    def confirm(
        self,
        session: int,
        items: Sequence[ConfirmItem],
        *,
        key: str | None = None,
        by: str | None = None,
        partial: bool = False,
    ) -> Marked:
        """Make proposals marks, now. partial: as marks."""
        message = Confirm(
            session=session, items=tuple(items), key=key or new_key(), at=self._clock(), by=by, partial=partial
        )
        return self._recorded(message, [item.student for item in items])

    # -- sessions

    def open_session(
        self,
        course: str,
        *,
        date: str | None = None,
        hours: Sequence[int] | None = None,
        makeup: bool = False,
        by: str | None = None,
        key: str | None = None,
    ) -> SessionInfo:
        """Open the session of a day (None: today) or join the one that is there. hours: None: the plan's."""
        message = OpenSession(
            course=course,
            date=date,
            hours=None if hours is None else tuple(hours),
            makeup=makeup,
            by=by,
            key=key or new_key(),
        )
        return self._server.ask(message, SessionShown).session

    def sessions(
        self, course: str | None = None, *, since: str | None = None, until: str | None = None, overdue: bool = False
    ) -> SessionList:
        """Of a course (None: of every one), newest first. overdue: never submitted."""
        asked = Sessions(course=course, since=since, until=until, overdue=overdue)
        return self._server.ask(asked, SessionList)

    def set_session(
        self,
        session: int,
        state: SessionState,
        *,
        why: str = "",
        by: str | None = None,
        key: str | None = None,
        both_there: Sequence[BothThere] = (),
    ) -> SessionInfo:
        """both_there: pairs of the board's `shared_faces` who were both there."""
        message = SetSession(
            session=session,
            state=state,
            why=why,
            at=self._clock(),
            by=by,
            key=key or new_key(),
            both_there=tuple(both_there),
        )
        return self._server.ask(message, SessionShown).session

    def board(self, session: int, hour: int | None = None) -> BoardShown:
        return self._server.ask(Board(session=session, hour=hour), BoardShown)

    def propose(self, session: int) -> BoardShown:
        """Keep the camera's proposals as they are now."""
        return self._server.ask(Propose(session=session), BoardShown)

    def report(self, course: str, *, since: str | None = None, until: str | None = None) -> CourseReport:
        """Between two days, or of the term that is on."""
        return self._server.ask(Report(course=course, since=since, until=until), CourseReport)

    # -- people and pictures

    def roster(self, course: str) -> RosterList:
        """With what is recorded today, and which session and hour are on now."""
        return self._server.ask(Roster(course=course), RosterList)

    def snapshot(
        self,
        image: bytes,
        *,
        course: str | None = None,
        session: int | None = None,
        taken_at: datetime | None = None,
        record: bool = False,
    ) -> Faces:
        """The faces, largest first. image: a file's bytes. taken_at: None is now. record: keep them as sightings."""
        message = Snapshot(course=course, session=session, taken_at=taken_at or self._clock(), record=record)
        # A server that cannot tell that it has a picture already would count it twice.
        return self._server.ask(message, Faces, payload=image, repeatable=not record)

    def zones(self, course: str) -> tuple[tuple[tuple[float, float], ...], ...]:
        """Polygons of this machine's pictures of the course that are never looked at, in parts of their sides."""
        return tuple(each.points for each in self._server.ask(Zones(course=course), ZoneList).zones)

    def check_room(
        self,
        course: str,
        picture: bytes = b"",
        *,
        check: str = "",
        keep: bool = False,
        report: Literal["", "html", "png"] = "",
    ) -> RoomChecked:
        """What the pictures of that check show so far; without a picture what is kept of the course's room."""
        message = CheckRoom(course=course, check=check, keep=keep, report=report)
        return self._server.ask(message, RoomChecked, payload=picture, repeatable=not picture)

    def send_all(self, messages: Sequence[Message]) -> list[Message]:
        """As NumberedRequests.ask_all."""
        return self._server.ask_all(messages)

    def hang_up(self) -> None:
        self._server.end()

    def _recorded(self, message: Mark | Marks | Confirm, students: Sequence[str]) -> Marked:
        marked = self._server.ask(message, Marked)
        try:
            require_same_students(marked, students)
        except BadReply:
            self._server.end()
            raise
        return marked


def require_same_students(marked: Marked, students: Sequence[str]) -> None:
    """Raises BadReply where the answer is to others, in another order; refused rows are left out."""
    refused = {problem.row for problem in marked.refused}
    wanted = [student for row, student in enumerate(students) if row not in refused]
    if len(wanted) + len(refused) != len(students) or [item.student for item in marked.marks] != wanted:
        text = ClientText.OTHER_STUDENT if len(students) == 1 else ClientText.OTHER_STUDENTS
        raise BadReply(text, asked=len(students), others=len(marked.marks))
