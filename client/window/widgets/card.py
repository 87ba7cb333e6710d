"""Show the student who is selected, who else it may be, and what can be decided."""

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from client.window.language.plain import PlainLabel, plain_caption, plain_tip
from client.window.language.translator import tr
from client.window.language.words import alike, capitalised, clock, look_sentence, reason_words, state_word
from client.window.session_model import Cell, Row
from client.window.widgets.keys import STATE_KEYS, KeyButton
from client.window.widgets.layouts import filled, row
from protocol.messages import BoardHour, State

# Hours that always have room; of more the one that is shown comes first, for the last may be cut off.
MOST_CANDIDATES: Final = 3
MARGIN: Final = 12
IN_ORDER: Final = 2
# Between name and number.
GAP: Final = 10
# What a button needs beside its text, and the space to the next one.
BUTTON_PX: Final = 30


class StudentCard(QFrame):
    """Every decision that a key makes can be clicked here, with the key on the button."""

    decided = Signal(str)
    """A State for the student who is shown."""
    candidate_chosen = Signal(int)
    """The number of another student who it is, from 0."""
    back = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._name = PlainLabel(size=1.5, bold=True)
        self._name.setMinimumWidth(1)
        self._whole_name = ""
        self._number = PlainLabel(style="faint")
        self._number.setAlignment(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft)
        self._evidence = PlainLabel(wrap=True)
        self._evidence.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._row: Row | None = None
        self._candidates = [
            KeyButton("", partial(self.candidate_chosen.emit, number)) for number in range(MOST_CANDIDATES)
        ]
        self._states = {state: KeyButton("", partial(self.decided.emit, state)) for state in STATE_KEYS.values()}
        self.back_button = KeyButton(f"{tr('Back')}  B", self.back.emit)
        self._lay_out()
        self.show_row(None)

    def _lay_out(self) -> None:
        for button in self._candidates:
            button.setMinimumWidth(1)
        grid = QGridLayout()
        for place, button in enumerate(self._states.values()):
            grid.addWidget(button, place // 3, place % 3)
        head, who = row(self._name, (self._number, 1), self.back_button), row(*self._candidates, 1)
        margins = (MARGIN, 8, MARGIN, 10)
        filled(QVBoxLayout(self), head, (self._evidence, 1), who, grid, margins=margins, spacing=6)

    def show_row(self, row: Row | None, *, takes_marks: bool = True) -> None:
        """row: None: nobody is selected. takes_marks: the session may be changed."""
        self._whole_name = row.name if row else tr("Nobody is selected")
        self._number.setText(row.student if row else "")
        self._fit_name()
        self._evidence.setText(_evidence(row) if row else tr("Choose a student in a list, or a face in the picture."))
        self._show_candidates(row)
        for button in self._candidates:
            button.setEnabled(takes_marks)
        for key, state in STATE_KEYS.items():
            self._show_state(state, key.upper(), row)
            self._states[state].setEnabled(row is not None and takes_marks)

    def _show_state(self, state: State, key: str, row: Row | None) -> None:
        """Its button, with every key that presses it; Enter's stands out."""
        is_enters = row is not None and not row.decided and row.acceptable == state
        button = self._states[state]
        button.setText(f"{capitalised(state_word(state))}  {key}{' · Enter' if is_enters else ''}")
        if button.property("main") != is_enters:
            button.setProperty("main", is_enters)
            button.style().polish(button)

    def _show_candidates(self, row: Row | None) -> None:
        self._row = row
        self._fit_candidates()
        for number, button in enumerate(self._candidates):
            there = row.candidates[number] if row and number < len(row.candidates) else None
            button.setVisible(there is not None)
            if there is not None:
                button.setToolTip(
                    plain_tip(
                        tr(
                            "It is {name}: distance {distance}",
                            name=f"{there.student} {there.name}",
                            distance=f"{there.distance:.2f}",
                        )
                    )
                )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_name()
        self._fit_candidates()

    def _fit_candidates(self) -> None:
        """Beside each other, whatever their names: what has no room ends in dots, and is whole on hovering."""
        found = self._row.candidates[:MOST_CANDIDATES] if self._row else ()
        room = (self.contentsRect().width() - 2 * MARGIN) // max(len(found), 1) - BUTTON_PX
        for number, (button, there) in enumerate(zip(self._candidates, found, strict=False), start=1):
            words = f"{number}  {there.name} ({alike(there)})"
            fitting = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room)
            button.setText(plain_caption(fitting))

    def _fit_name(self) -> None:
        """A name that is too long for its line ends in dots, and is whole on hovering."""
        beside = self._number.sizeHint().width() + self.back_button.sizeHint().width()
        room = self.contentsRect().width() - 2 * MARGIN - beside - 2 * GAP
        fitting = self._name.fontMetrics().elidedText(self._whole_name, Qt.TextElideMode.ElideRight, room)
        self._name.setText(fitting)
        self._name.setToolTip("" if fitting == self._whole_name else plain_tip(self._whole_name))


def _evidence(row: Row) -> str:
    """Why to look, and of each hour what its pictures say and what stands, in sentences."""
    lines = [f"{capitalised(reason_words(row.reason))}." if row.reason else ""]
    told = list(zip(row.hours, row.cells, strict=True))
    if len(told) > IN_ORDER:
        told.sort(key=lambda pair: pair[0].hour != row.here.hour)
    for hour, cell in told:
        name = f"{tr('Hour {hour}', hour=hour.hour)}: " if len(row.hours) > 1 else ""
        lines.append(f"{name}{_pictures(hour)} {_standing(hour, cell)}")
        lines.append(look_sentence(hour))
    return "\n".join(line for line in lines if line)


def _pictures(hour: BoardHour) -> str:
    if not hour.pictures:
        return tr("The camera has no picture of this hour that could show the class.")
    if not hour.seen:
        return tr("Seen in none of {pictures} pictures.", pictures=hour.pictures)
    when = "–".join(dict.fromkeys((clock(hour.first_seen), clock(hour.last_seen))))
    seen = tr("Seen in {seen} of {pictures} pictures.", seen=hour.seen, pictures=hour.pictures)
    if when:  # Of a class that is too large for them the server tells no times.
        seen = tr("Seen in {seen} of {pictures} pictures, {when}.", seen=hour.seen, pictures=hour.pictures, when=when)
    if not hour.minutes_late:
        return seen
    return f"{seen} {tr('First seen {minutes} min after the beginning.', minutes=hour.minutes_late)}"


def _standing(hour: BoardHour, cell: Cell) -> str:
    if cell.state is None:
        return tr("Not decided yet.")
    if not cell.decided and cell.state in ("not_taken", "not_visible"):
        return tr("It cannot say who was there: decide by P, L or A.")
    if not cell.decided:
        return tr("Proposed: {state}.", state=state_word(cell.state))
    if cell.waiting:
        return tr("Decided: {state}; being sent.", state=state_word(cell.state))
    who = f" ({hour.by}, {clock(hour.at)})" if hour.by else ""
    return tr("Recorded: {state}{who}.", state=state_word(cell.state), who=who)
