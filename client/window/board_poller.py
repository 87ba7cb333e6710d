"""Ask the server about sessions and boards in a thread of its own."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Final

from PySide6.QtCore import Signal

from client.api import Api
from client.errors import ClientError, Refused
from client.window.language.words import error_words
from client.window.worker_thread import WorkerThread
from protocol.messages import SessionInfo
from protocol.sentences import Sentence

# Sessions of so many days back name the courses to choose from: every course of a timetable is held in two weeks.
RECENT_DAYS: Final = 14


class BoardPoller(WorkerThread):
    """One connection to the server, used by this thread alone."""

    found = Signal(object)
    """SessionList of the last days."""
    opened = Signal(object)
    """SessionInfo of a session that was opened or joined."""
    board_came = Signal(object, object)
    """BoardShown of the hour that was asked for, and of all hours."""
    refused = Signal(str)
    """The server's sentence, where it does not want to do what was asked."""
    board_failed = Signal()
    not_known = Signal()
    """The server does not know any more who is signed in here."""
    reached = Signal(bool, str)
    """Whether the server answers, and where not, a sentence why."""
    outdated = Signal(str)
    """The server is newer than this program: a sentence, once a version."""

    def __init__(self, api: Api) -> None:
        super().__init__("poller", api.hang_up)
        self._api = api
        self._told_update: Sentence | None = None

    def sign(self, token: str | None) -> None:
        """Ask as this person from now on; None: as this device."""
        self.run(lambda: self._api.sign(token))

    def find(self, today: date) -> None:
        """Tell which sessions there are lately."""
        self.run(partial(self._try, partial(self._find, today)))

    def _find(self, today: date) -> None:
        # A day more to either side: the campus's day may be another than this PC's.
        since, until = today - timedelta(days=RECENT_DAYS + 1), today + timedelta(days=1)
        self.found.emit(self._api.sessions(since=since.isoformat(), until=until.isoformat()))

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
            of_hour = self._api.board(session.session, hour=hour)
            is_whole = len(of_hour.session.hours) == 1
            self.board_came.emit(of_hour, of_hour if is_whole else self._api.board(session.session))

        if not self._try(ask):
            self.board_failed.emit()

    def _try(self, ask: Callable[[], object]) -> bool:
        """Ask, and tell whether the server answered."""
        try:
            ask()
        except Refused as error:
            words = error_words(error.sentence, error.code)
            self.reached.emit(not error.retry, words)
            self.refused.emit(words)
            if error.code == "unauthorised":
                self.not_known.emit()
        except ClientError as error:
            self.reached.emit(False, error_words(error.sentence))
        else:
            self.reached.emit(True, "")
            self._tell_of_update()
            return True
        return False

    def _tell_of_update(self) -> None:
        update = self._api.update
        if update is not None and update != self._told_update:
            self.outdated.emit(error_words(update))
        self._told_update = update
