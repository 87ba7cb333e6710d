"""Turn what the person does on the board and in the roll call into decisions, and go on to what is next."""

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from client.window.language.translator import tr
from client.window.pages.board_page import BoardPage
from client.window.pages.face_dialog import FaceDialog
from client.window.pages.roll_call_page import RollCallPage
from client.window.pages.session_dialogs import ReopenDialog, SubmitDialog
from client.window.session_controller import SessionController
from protocol.messages import Face, MarkItem


class BoardActions(QObject):
    """Between the pages and the controller; asks its questions over `window`."""

    page_wanted = Signal(QWidget)
    said = Signal(str)
    """A short sentence on what has just been done."""

    def __init__(self, controller: SessionController, board: BoardPage, roll: RollCallPage, window: QWidget) -> None:
        super().__init__(window)
        self._controller, self._board, self._roll, self._window = controller, board, roll, window
        self.question: SubmitDialog | None = None
        self.reopening: ReopenDialog | None = None
        controller.changed.connect(self._show_model)
        board.decided.connect(self._decide)
        board.accepted.connect(self._accept)
        board.candidate_chosen.connect(self._choose_candidate)
        board.confirm_all.connect(partial(self._confirm, everywhere=False))
        board.confirm_everywhere.connect(partial(self._confirm, everywhere=True))
        board.back.connect(self._step_back)
        board.roll_call.connect(self._call_doubtful)
        board.submit.connect(self._ask_to_submit)
        board.reopen.connect(self._ask_to_reopen)
        board.hour_selected.connect(controller.select_hour)
        board.camera.face_chosen.connect(self._choose_face)
        roll.all_wanted.connect(partial(self._call, everybody=True))
        roll.ticked.connect(controller.add_answer)
        roll.thrown_away.connect(self._begin_roll_anew)
        roll.ended.connect(self._end_roll)

    def _show_model(self) -> None:
        self._board.show_model(self._controller.model)
        if self.question is not None:
            self.question.show_model(self._controller.model)

    # ---- one student

    def _decide(self, student: str, state: str) -> None:
        if self._controller.decide(student, state):  # type: ignore[arg-type]  # signals carry no literals
            self._board.go_on(student)

    def _accept(self, student: str) -> None:
        row = self._controller.model.row(student)
        if (row is not None and row.decided) or self._controller.accept(student):
            self._board.go_on(student)
        elif row is not None and row.acceptable is None:
            self.said.emit(tr("Not seen: P present, L late, A absent."))

    def _choose_candidate(self, student: str, number: int) -> None:
        row = self._controller.model.row(student)
        if row is None or number >= len(row.candidates):
            return
        chosen = row.candidates[number]
        if chosen.student == student:
            self._accept(student)
            return
        if not self._controller.decide(chosen.student, "present"):
            return
        self._controller.model.doubt(student)
        self._board.choose(student)
        self.said.emit(tr("{name} is present. And {other}?", name=chosen.name, other=row.name))

    def _choose_face(self, face: Face) -> None:
        dialog = FaceDialog(face, self._controller.model.rows(), self._window)
        dialog.accepted.connect(lambda: self._correct(face, dialog.student))
        dialog.open()

    def _correct(self, face: Face, student: str | None) -> None:
        if student is None or not self._controller.correct(face, student):
            return
        row, mistaken = self._controller.model.row(student), self._controller.model.row(face.student or "")
        if row is None or mistaken is None or mistaken.student == student:
            self._board.choose(student)
            return
        # They may have been confirmed with all the others before anybody looked at the face.
        self._board.choose(mistaken.student)
        self.said.emit(tr("{name} is present. And {other}?", name=row.name, other=mistaken.name))

    # ---- all of them

    def _confirm(self, *, everywhere: bool) -> None:
        count = self._controller.confirm_sure(everywhere=everywhere)
        self.said.emit(tr("{count} confirmed.", count=count))
        self._board.go_on(self._board.chosen())

    def _step_back(self) -> None:
        if (student := self._controller.model.take_back()) is not None:
            self._board.choose(student)

    # ---- roll call and submission

    def _call_doubtful(self) -> None:
        self._call(everybody=not self._controller.model.doubtful())

    def _call(self, *, everybody: bool) -> None:
        model = self._controller.model
        if model.session is None or model.hour is None or not (model.is_loaded and model.answers.known):
            return
        answered, rows, doubtful = model.answers.of(model.hour), model.rows(), model.doubtful()
        kept = {row.student: answered[row.student] for row in rows if row.student in answered}
        # Who was answered for before and is not doubtful was called with everybody.
        everybody = everybody or not kept.keys() <= {row.student for row in doubtful}
        self.page_wanted.emit(self._roll)
        self._roll.start(model.session, model.hour, rows if everybody else doubtful, kept, everybody=everybody)

    def _begin_roll_anew(self) -> None:
        self._controller.throw_answers_away()
        self._call_doubtful()

    def _end_roll(self, items: list[MarkItem]) -> None:
        self._controller.send_roll(items)
        self.page_wanted.emit(self._board)
        self.said.emit(tr("{count} answers of the roll call.", count=len(items)))
        self._board.go_on(None)

    def _ask_to_submit(self) -> None:
        if self._controller.model.session is None or self.question is not None:
            return
        self._controller.refresh()
        self.question = SubmitDialog(self._controller.model, self._window)
        self.question.finished.connect(self._end_submitting)
        self.question.open()

    def _end_submitting(self, result: int) -> None:
        asked, self.question = self.question, None
        if result and asked is not None:
            self._controller.submit(asked.both_there)

    def _ask_to_reopen(self) -> None:
        if self._controller.model.session is None or self.reopening is not None:
            return
        self.reopening = ReopenDialog(self._window)
        self.reopening.finished.connect(self._end_reopening)
        self.reopening.open()

    def _end_reopening(self, result: int) -> None:
        asked, self.reopening = self.reopening, None
        if result and asked is not None:
            self._controller.reopen(asked.why)
