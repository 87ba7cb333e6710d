"""Asks the server about sessions and boards in a thread of its own, and says what came. Changes nothing there but
opening a session; knows no widget.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Final

from PySide6.QtCore import Signal

from client.api import Api
from client.errors import ClientError, Refused
from client.window.errands import Errands
from protocol.messages import SessionInfo

RECENT_DAYS: Final = 14
"""Sessions of these days name the courses to choose from: every course of a timetable is held in two weeks."""


class Clerk(Errands):
    """One connection to the server, used by this thread alone."""

    found = Signal(object)
    """tuple[SessionInfo, ...] of the last days, newest first."""
    opened = Signal(object)
    """SessionInfo of a session that was opened or joined."""
    board_came = Signal(object, object)
    """BoardShown of the hour that was asked for, and of all hours."""
    refused = Signal(str)
    """The server's sentence, where it does not want to do what was asked."""
    board_failed = Signal()
    reached = Signal(bool, str)
    """Whether the server answers, and where not, a sentence why."""

    def __init__(self, api: Api) -> None:
        super().__init__("clerk", api.hang_up)
        self._api = api

    def find(self, course: str | None, today: date) -> None:
        """Tell which sessions there are, of one course or of all."""
        since = (today - timedelta(days=RECENT_DAYS)).isoformat()
        # Tomorrow is asked for too: the campus's day may have begun where this PC's has not.
        until = (today + timedelta(days=1)).isoformat()

        def ask() -> None:
            self.found.emit(self._api.sessions(course, since=since, until=until))

        self.run(partial(self._try, ask))

    def open(self, course: str) -> None:
        """Open today's session of a course, or join it."""

        def ask() -> None:
            self.opened.emit(self._api.open_session(course))

        self.run(partial(self._try, ask))

    def ask_board(self, session: SessionInfo, hour: int) -> None:
        """Tell how an hour of a session stands, and the session as a whole."""
        self.run(lambda: self._board(session, hour))

    def _board(self, session: SessionInfo, hour: int) -> None:
        def ask() -> None:
            whole = self._api.board(session.session)
            of_hour = self._api.board(session.session, hour=hour) if len(whole.session.hours) > 1 else whole
            self.board_came.emit(of_hour, whole)

        if not self._try(ask):
            self.board_failed.emit()

    def _try(self, ask: Callable[[], object]) -> bool:
        """Ask, and tell whether the server answered."""
        try:
            ask()
        except Refused as error:
            self.reached.emit(not error.retry, error.text)
            self.refused.emit(error.text)
        except ClientError as error:
            self.reached.emit(False, error.text)
        else:
            self.reached.emit(True, "")
            return True
        return False
