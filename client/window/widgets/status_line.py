"""Show server, camera and outbox at the foot of the window."""

from datetime import datetime
from typing import Final, Literal

from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from client.window.language.plain import plain_tip
from client.window.language.translator import tr
from client.window.widgets.appearance import GREEN, ORANGE, VERMILION

Level = Literal["good", "waiting", "bad", "off"]

_SIGNS: Final = {"good": ("●", GREEN), "waiting": ("▲", ORANGE), "bad": ("✕", VERMILION), "off": ("○", "#57606A")}


class StatusLine(QStatusBar):
    """Always three, in this order, and who is signed in before them; what happens for a moment stands at the left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._labels = {which: QLabel() for which in ("person", "server", "camera", "outbox")}
        for label in self._labels.values():
            label.setContentsMargins(8, 0, 8, 0)
            self.addPermanentWidget(label)
        self._labels["person"].hide()
        self._show("server", "waiting", tr("Server: connecting"), "")
        self.show_camera("off", tr("Camera: none"), "")
        self.show_outbox(0, "", 0)

    def text_of(self, which: str) -> str:
        """What one of them says, without its sign."""
        return self._labels[which].accessibleName()

    def show_person(self, who: str, until: datetime | None) -> None:
        """who: "": nobody."""
        self._labels["person"].setVisible(bool(who))
        if until is not None:
            when = f"{until.astimezone():%H:%M}"
            self._show("person", "good", tr("{who} until {when}", who=who, when=when), tr("Ctrl+L signs out."))

    def show_server(self, there: bool, why: str, address: str, update: str = "") -> None:
        """update: why this program needs one."""
        if there and update:
            self._show("server", "waiting", tr("Server: connected, newer than this program"), update)
        elif there:
            self._show("server", "good", tr("Server: connected"), address)
        else:
            self._show("server", "bad", tr("Server: away, trying again"), why or address)

    def show_camera(self, level: Level, text: str, why: str) -> None:
        self._show("camera", level, text, why)

    def show_outbox(self, waiting: int, why: str, refused: int) -> None:
        """waiting, refused: how many decisions; why: what keeps them back, or what the disk says."""
        if why and not waiting:
            self._show("outbox", "bad", tr("Outbox: not kept"), why)
        elif waiting:
            self._show("outbox", "waiting", tr("Outbox: {count} waiting on this PC", count=waiting), why)
        elif refused:
            self._show(
                "outbox",
                "bad",
                tr("Outbox: {count} refused", count=refused),
                tr("The server did not take them. `attendance_client.py outbox` lists them, with why."),
            )
        else:
            self._show("outbox", "good", tr("Outbox: all sent"), tr("Nothing that was decided here waits to be sent."))

    def _show(self, which: str, level: Level, text: str, more: str) -> None:
        sign, colour = _SIGNS[level]
        label = self._labels[which]
        if (label.accessibleName(), label.toolTip()) == (text, plain_tip(more)):
            return  # the camera's is said 25 times a second
        label.setText(f'<span style="color:{colour}">{sign}</span> {text}')
        label.setAccessibleName(text)
        label.setToolTip(plain_tip(more))
