"""The counts before a session is submitted, hour by hour, as the server has counted them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from client.window.language.plain import PlainLabel
from client.window.language.translator import tr
from client.window.language.words import counts_sentence
from client.window.session_model import SessionModel
from client.window.widgets.appearance import sized
from client.window.widgets.keys import KeyButton, is_enter


class SubmitDialog(QDialog):
    """Accepted: submit. Follows the model while it is open, for the last decisions may still be on their way."""

    def __init__(self, model: SessionModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Submit"))
        self.setMinimumWidth(560)
        self._question = PlainLabel(tr("Submit this session?"))
        self._question.setFont(sized(self.font(), 1.5, bold=True))
        self.counts = PlainLabel()
        self.counts.setWordWrap(True)
        self.counts.setFont(sized(self.font(), 1.15))
        self.warning = PlainLabel()
        self.warning.setObjectName("banner")
        self.warning.setWordWrap(True)
        self.submit = KeyButton(f"{tr('Submit')}  Enter", main=True)
        self.submit.clicked.connect(self.accept)
        self.back = KeyButton(f"{tr('Back')}  Esc")
        self.back.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.back)
        buttons.addWidget(self.submit)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 18, 20, 16)
        box.setSpacing(12)
        for widget in (self._question, self.counts, self.warning):
            box.addWidget(widget)
        box.addLayout(buttons)
        self.show_model(model)
        self.submit.setFocus()

    def show_model(self, model: SessionModel) -> None:
        several = len(model.counts) > 1
        self.counts.setText(
            "\n".join(
                (tr("Hour {hour}", hour=each.hour) + ": " if several else "") + counts_sentence(each) + "."
                for each in model.counts
            )
        )
        self.warning.setText(" ".join(_warnings(model)))
        self.warning.setVisible(bool(self.warning.text()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_enter(event):
            self.accept()
        elif event.key() == Qt.Key.Key_Escape:
            self.reject()
        elif not event.isAutoRepeat():
            super().keyPressEvent(event)


def _warnings(model: SessionModel) -> list[str]:
    found = []
    if model.waiting:
        found.append(
            tr("{count} decisions are on their way and not counted yet; they are recorded first.", count=model.waiting)
        )
    untouched = [str(each.hour) for each in model.counts if each.enrolled and each.undecided == each.enrolled]
    if len(model.counts) > 1 and untouched and not model.waiting:
        found.append(tr("Hour {hour}: nobody is decided yet; its tab shows it.", hour=", ".join(untouched)))
    open_hours = [each for each in model.counts if each.undecided]
    if open_hours and not model.waiting:
        found.append(tr("Who is undecided stays “not taken”: that is not absent."))
    return found
