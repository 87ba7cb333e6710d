"""Ask whether to submit a session, with its counts, or to reopen it, with a reason."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QLineEdit, QVBoxLayout, QWidget

from client.window.language.plain import PlainLabel
from client.window.language.translator import tr
from client.window.language.words import capitalised, counts_sentence
from client.window.session_model import SessionModel
from client.window.widgets.keys import KeyButton, is_enter
from client.window.widgets.layouts import filled, row
from language.words import SHARED_FACES
from protocol.messages import BothThere, SharedFace

# As protocol.fields.Why.
LONGEST_REASON: Final = 200


class QuestionDialog(QDialog):
    """A question with widgets below it and two buttons: Enter accepts, Esc goes back."""

    def __init__(self, title: str, question: str, widgets: list[QWidget], parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(560)
        heading = PlainLabel(question, size=1.5, bold=True)
        self.yes = KeyButton(f"{title}  Enter", self.accept, main=True)
        back = KeyButton(f"{tr('Back')}  Esc", self.reject)
        buttons = row(1, back, self.yes)
        filled(QVBoxLayout(self), heading, *widgets, buttons, margins=(20, 18, 20, 16), spacing=12)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_enter(event):
            if self.yes.isEnabled():
                self.accept()
        elif event.key() == Qt.Key.Key_Escape:
            self.reject()
        elif not event.isAutoRepeat():
            super().keyPressEvent(event)


class SubmitDialog(QuestionDialog):
    """Follows the model while it is open, for the last decisions may still be on their way."""

    def __init__(self, model: SessionModel, parent: QWidget | None = None) -> None:
        self.counts, self.warning = PlainLabel(size=1.15, wrap=True), PlainLabel(style="banner", wrap=True)
        self.shared = SharedFaceQuestions()
        widgets = [self.counts, self.warning, self.shared]
        super().__init__(tr("Submit"), tr("Submit this session?"), widgets, parent)
        self.shared.answered.connect(self._lead_on)
        self.show_model(model)
        self._lead_on()

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
        if self.shared.ask(model):
            self._lead_on()

    @property
    def both_there(self) -> list[BothThere]:
        """Whom a person has answered for."""
        return self.shared.both_there

    def _lead_on(self) -> None:
        """Enter submits once nothing is open, and is never the way back."""
        open_box = next((box for box in self.shared.boxes if not box.isChecked()), None)
        self.yes.setEnabled(open_box is None)
        (open_box or self.yes).setFocus()


class SharedFaceQuestions(QWidget):
    """A box to tick for each pair of students whom the camera took for one; hidden where there is none."""

    answered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._boxes: dict[SharedFace, QCheckBox] = {}
        explained = PlainLabel(tr("Say that both were there, or go back and correct a mark."), wrap=True)
        self._rows = filled(QVBoxLayout(self), explained, margins=(0, 0, 0, 0))

    def ask(self, model: SessionModel) -> bool:
        """Whether other pairs are asked about than before; ticks stay with those that are."""
        asked = model.shared_faces
        self.setVisible(bool(asked))
        if self._boxes.keys() == set(asked):
            return False
        for gone in self._boxes.keys() - set(asked):
            self._boxes.pop(gone).deleteLater()
        for pair in asked:
            if pair not in self._boxes:
                box = QCheckBox(_question(model, pair))
                box.toggled.connect(self.answered)
                self._boxes[pair] = box
                self._rows.addWidget(box)
        return True

    @property
    def boxes(self) -> list[QCheckBox]:
        return list(self._boxes.values())

    @property
    def both_there(self) -> list[BothThere]:
        return [
            BothThere(hour=pair.hour, student=pair.student, other=pair.other)
            for pair, box in self._boxes.items()
            if box.isChecked()
        ]


def _question(model: SessionModel, pair: SharedFace) -> str:
    seen = tr(SHARED_FACES[pair.why], one=model.name_of(pair.student), other=model.name_of(pair.other))
    return f"{tr('Hour {hour}', hour=pair.hour)}: {seen}\n{tr('Both were there')}".replace("&", "&&")


def _warnings(model: SessionModel) -> list[str]:
    if model.waiting:
        text = "{count} decisions are on their way and not counted yet; they are recorded first."
        return [tr(text, count=model.waiting)]
    found = []
    untouched = [str(each.hour) for each in model.counts if each.enrolled and each.undecided == each.enrolled]
    if len(model.counts) > 1 and untouched:
        found.append(tr("Hour {hour}: nobody is decided yet; its tab shows it.", hour=", ".join(untouched)))
    unseen = [row.name for row in model.rows() if any(each.not_seen_by_camera for each in row.hours)]
    if unseen:
        found.append(f"{capitalised(tr('not seen by the camera: {names}', names=', '.join(unseen)))}.")
    if any(each.undecided for each in model.counts):
        found.append(tr("Who is undecided stays “not taken”: that is not absent."))
    return found


class ReopenDialog(QuestionDialog):
    """Accepted: reopen, for `why`, which is never empty then."""

    def __init__(self, parent: QWidget | None = None) -> None:
        explained = tr("It is a draft again and takes marks; submit it afterwards. The reason is kept with it.")
        hint = tr("Reason, such as: a certificate came")
        self.reason = QLineEdit(maxLength=LONGEST_REASON, placeholderText=hint)
        super().__init__(
            tr("Reopen"), tr("Reopen this session?"), [PlainLabel(explained, wrap=True), self.reason], parent
        )
        self.reason.setAccessibleName(tr("Reason"))
        self.reason.textChanged.connect(self._show_button)
        self._show_button()
        self.reason.setFocus()

    @property
    def why(self) -> str:
        return self.reason.text().strip()

    def _show_button(self) -> None:
        self.yes.setEnabled(bool(self.why))
