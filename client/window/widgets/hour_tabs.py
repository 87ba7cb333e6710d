"""The class hours of a session as tabs. Knows only their numbers and times."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabBar, QWidget

from client.window.language.translator import tr
from client.window.language.words import hour_name
from protocol.messages import SessionInfo

MOST_WHOLE: Final = 2
"""Tabs that say when their hour ends too; more of them would not fit beside each other on a small screen."""


class HourTabs(QTabBar):
    """One tab an hour; what a program selects is not told."""

    hour_selected = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._numbers: list[int] = []
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setAccessibleName(tr("Class hours"))
        self.currentChanged.connect(self._tell)

    def show_session(self, session: SessionInfo | None, hour: int | None) -> None:
        """The tabs of this session, the one of `hour` in front."""
        hours = session.hours if session else ()
        whole = [hour_name(each.hour, each.starts, each.ends) for each in hours]
        names = whole if len(hours) <= MOST_WHOLE else [hour_name(each.hour, each.starts) for each in hours]
        self.blockSignals(True)
        if [self.tabText(place) for place in range(self.count())] != names:
            while self.count():
                self.removeTab(0)
            for name, tip in zip(names, whole, strict=True):
                self.setTabToolTip(self.addTab(name), tip)
        self._numbers = [each.hour for each in hours]
        if hour in self._numbers:
            self.setCurrentIndex(self._numbers.index(hour))
        self.blockSignals(False)

    def _tell(self, place: int) -> None:
        if 0 <= place < len(self._numbers):
            self.hour_selected.emit(self._numbers[place])
