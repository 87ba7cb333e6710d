"""The window by its keys, with a class of 60 behind it that answers as a server does."""

from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest
from msgspec.structs import asdict
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from cameras.frame import CameraFrame
from client.api import Api
from client.errors import OutboxError, Unreachable
from client.outbox import OutboxSender
from client.transport import LoopbackTransport
from client.window.language import translator as language
from client.window.pages.face_dialog import FaceDialog
from protocol import messages as wire
from protocol.error_texts import ServerText
from protocol.framing import Frame
from protocol.sentences import sentence
from tests.client.window.classroom import CHECK, COURSE, NAMES, SURE, UNSEEN, Room
from tests.client.window.stage import Hands, Stage

NUMBERS = list(NAMES)
FIRST_CHECK, LAST_CHECK, FIRST_UNSEEN = NUMBERS[SURE], NUMBERS[SURE + CHECK - 1], NUMBERS[SURE + CHECK]


def opened(stage: Stage, room: Room) -> Hands:
    hands = stage.window(room.api, course=COURSE)
    hands.open()
    return hands


def asked(room: Room, kind: type[wire.Message]) -> list[wire.Message]:
    return [each for each in room.asked if isinstance(each, kind)]


def test_a_class_of_60_is_submitted_with_12_keys(stage: Stage) -> None:
    room = Room()
    hands = opened(stage, room)
    hands.press("s")
    for _ in range(CHECK):
        hands.press(Qt.Key.Key_Return)
    for _ in range(UNSEEN):
        hands.press("a")
    hands.press(Qt.Key.Key_Return)
    hands.press(Qt.Key.Key_Return)
    hands.wait(lambda: room.state == "submitted")
    assert hands.keys <= 12
    assert {number: state for (number, _), (state, _) in room.marks.items()} == {
        number: "present" if place < SURE + CHECK else "absent" for place, number in enumerate(NUMBERS)
    }
    assert {source for _, source in room.marks.values()} == {"camera", "professor"}


@pytest.mark.parametrize(
    ("wanted", "says", "foot"),
    [
        ("en", "The server has version 99.1, this program is", "Server: connected, newer than this program"),
        ("ko", "서버는 버전 99.1, 이 프로그램은", "서버: 연결됨, 이 프로그램보다 새 버전"),
    ],
)
def test_a_server_that_is_newer_asks_for_an_update_and_the_class_goes_on(
    stage: Stage, qapp: QApplication, wanted: str, says: str, foot: str
) -> None:
    language.install(qapp, wanted)
    try:
        room = Room()
        room.version = "99.1"
        hands = stage.window(room.api, course=COURSE)
        hands.wait(lambda: hands.window.banner.isVisible())
        assert hands.window.banner.text().startswith(says)
        hands.open()
        hands.press(Qt.Key.Key_Space)
        hands.wait_until_sent()
        assert hands.window.status.text_of("server") == foot
    finally:
        language.install(qapp, "en")


def test_the_counts_are_shown_before_submitting_and_are_the_servers(stage: Stage) -> None:
    room = Room()
    hands = opened(stage, room)
    hands.press("s")
    hands.wait_until_sent()
    hands.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    dialog = hands.window.board_actions.question
    assert dialog is not None
    assert dialog.counts.text() == "60 enrolled, 52 present, 8 undecided; 57 faces seen."
    assert "not taken" in dialog.warning.text()
    hands.press(Qt.Key.Key_Escape)
    hands.wait(lambda: hands.window.board_actions.question is None)
    assert room.state == "draft"


def test_the_back_key_goes_to_who_was_decided_last(stage: Stage) -> None:
    room = Room()
    hands = opened(stage, room)
    hands.press("s")
    hands.press(Qt.Key.Key_Return)
    hands.press("l")
    hands.press("b")
    assert hands.window.board.chosen() == NUMBERS[SURE + 1]
    hands.press("a")
    hands.wait_until_sent()
    assert room.marks[NUMBERS[SURE + 1], 1] == ("absent", "professor")
    assert hands.window.board.chosen() == NUMBERS[SURE + 2]


def test_an_hour_that_nobody_looked_at_is_told_before_submitting(stage: Stage) -> None:
    hands = opened(stage, Room(hours=2))
    hands.press("s")
    hands.wait_until_sent()
    hands.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    dialog = hands.window.board_actions.question
    assert dialog is not None
    assert "Hour 1: nobody is decided yet" in dialog.warning.text()
    hands.press(Qt.Key.Key_Escape)


def test_a_keyboard_that_is_switched_to_hangul_works_as_well(stage: Stage) -> None:
    room = Room()
    hands = opened(stage, room)
    hands.press("ㄴ")
    hands.press("ㅣ")
    hands.wait_until_sent()
    assert room.marks[FIRST_CHECK, 1][0] == "late"
    assert len(room.marks) == SURE + 1


def test_another_candidate_is_chosen_by_its_number_and_the_doubtful_one_stays_to_decide(stage: Stage) -> None:
    room = Room()
    hands = opened(stage, room)
    hands.press("s")
    hands.press("1")
    hands.wait_until_sent()
    assert room.marks["201511001", 1] == ("present", "professor")
    assert hands.state_of(FIRST_CHECK) is None
    assert hands.window.board.chosen() == FIRST_CHECK


def test_enter_never_marks_somebody_absent(stage: Stage) -> None:
    room = Room()
    hands = opened(stage, room)
    hands.window.board.choose(FIRST_UNSEEN)
    hands.press(Qt.Key.Key_Return)
    assert hands.window.board.chosen() == FIRST_UNSEEN
    assert hands.window.controller.model.waiting == 0


def test_the_roll_is_called_by_keys_alone_and_sent_in_one_batch(stage: Stage) -> None:
    room = Room()
    hands = opened(stage, room)
    hands.press("r")
    roll = hands.window.roll
    assert hands.window.pages.currentWidget() is roll
    assert roll.name.text() == NAMES[FIRST_CHECK]
    for key in ("p", "l", "b", "3", Qt.Key.Key_Return):
        hands.press(key)
    assert roll.name.text() == NAMES[NUMBERS[SURE + 3]]
    assert asked(room, wire.Marks) == []
    hands.press("q")
    hands.wait_until_sent()
    (batch,) = asked(room, wire.Marks)
    assert isinstance(batch, wire.Marks)
    assert batch.source == "roll_call"
    assert [(each.student, each.state) for each in batch.marks] == [
        (NUMBERS[SURE], "present"),
        (NUMBERS[SURE + 1], "absent"),
        (NUMBERS[SURE + 2], "present"),
    ]
    assert hands.window.pages.currentWidget() is hands.window.board


def test_only_the_doubtful_and_unseen_are_called_and_all_on_demand(stage: Stage) -> None:
    hands = opened(stage, Room())
    hands.press("r")
    assert len(hands.window.roll._rows) == CHECK + UNSEEN
    hands.press("p")
    hands.press("g")
    assert len(hands.window.roll._rows) == len(NAMES)
    hands.press("q")
    hands.wait_until_sent()
    assert hands.state_of(FIRST_CHECK) == "present"


def test_a_roll_call_that_nobody_answered_sends_nothing(stage: Stage) -> None:
    room = Room()
    hands = opened(stage, room)
    hands.press("r")
    hands.press(Qt.Key.Key_Escape)
    assert hands.window.pages.currentWidget() is hands.window.board
    assert asked(room, wire.Marks) == []


def face(student: str | None, *others: str, verdict: str = "sure") -> wire.Face:
    candidates = tuple(
        wire.Candidate(student=each, name=NAMES[each], distance=0.3 + place / 10)
        for place, each in enumerate([*([student] if student else []), *others])
    )
    return wire.Face(
        box=(100, 100, 200, 200),
        score=1.0,
        verdict=verdict,
        student=student,
        name=NAMES[student] if student else None,
        candidates=candidates,
    )


def test_a_face_is_corrected_by_searching_and_the_mistaken_one_is_no_longer_sure(stage: Stage) -> None:
    room = Room()
    hands = opened(stage, room)
    mistaken, right = NUMBERS[0], NUMBERS[33]
    camera = hands.window.board.camera
    camera.show_faces(wire.Faces(width=1280, height=720, faces=(face(mistaken, NUMBERS[7]),)))
    hands.qtbot.mouseClick(camera, Qt.MouseButton.LeftButton, pos=camera.face_rect(camera.faces[0]).center().toPoint())
    dialog = hands.window.findChild(FaceDialog)
    assert dialog is not None
    assert [dialog.found.item(row).text().split()[1] for row in range(2)] == [mistaken, NUMBERS[7]]
    hands.press(right)
    assert dialog.found.count() == 1
    hands.press(Qt.Key.Key_Return)
    hands.press("s")
    hands.wait_until_sent()
    assert room.marks[right, 1] == ("present", "professor")
    assert (mistaken, 1) not in room.marks
    assert hands.window.controller.model.rows("check")[0].student == mistaken


def _composed(dialog: FaceDialog, seen: str, finished: str = "") -> None:
    event = QInputMethodEvent(seen, [])
    event.setCommitString(finished)
    QApplication.sendEvent(dialog.search, event)


def test_the_syllable_that_is_being_composed_is_searched_for(stage: Stage) -> None:
    hands = opened(stage, Room())
    hands.window.board.camera.show_faces(wire.Faces(width=1280, height=720, faces=(face(NUMBERS[0]),)))
    hands.window.board.camera.setFocus()
    hands.press(Qt.Key.Key_Right)
    hands.press(Qt.Key.Key_Return)
    dialog = hands.window.findChild(FaceDialog)
    assert dialog is not None
    everybody = dialog.found.count()
    name = NAMES[NUMBERS[33]]
    _composed(dialog, name[0])
    begun = dialog.found.count()
    assert 0 < begun < everybody
    _composed(dialog, "", name[0])
    _composed(dialog, name[1])
    assert name in {dialog.found.item(row).text().split("   ")[0] for row in range(dialog.found.count())}
    assert dialog.search.text() == name[0]


def test_enter_does_not_choose_whom_nobody_has_seen_found(stage: Stage) -> None:
    hands = opened(stage, Room())
    hands.window.board.camera.show_faces(wire.Faces(width=1280, height=720, faces=(face(NUMBERS[0]),)))
    hands.window.board.camera.setFocus()
    hands.press(Qt.Key.Key_Right)
    hands.press(Qt.Key.Key_Return)
    dialog = hands.window.findChild(FaceDialog)
    assert dialog is not None
    _composed(dialog, "", NUMBERS[33])
    hands.qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert (dialog.student, dialog.isVisible()) == (None, True)
    hands.wait(lambda: dialog.is_seen)
    hands.qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert dialog.student == NUMBERS[33]


def test_a_camera_that_lies_is_told_at_the_top(stage: Stage) -> None:
    hands = opened(stage, Room())
    frame = CameraFrame(np.zeros((90, 160, 3), np.uint8), datetime(2026, 9, 7, 1, 30, tzinfo=UTC), 1)
    hands.window._show_faces(wire.Faces(width=160, height=90, faces=()), frame)
    assert not hands.window.banner.isVisible()
    hands.window._show_faces(wire.Faces(width=160, height=90, faces=(), turn_deg=270), frame)
    assert hands.window.banner.isVisible()
    assert "270" in hands.window.banner.text()


def test_who_was_confirmed_before_the_face_was_corrected_is_asked_for(stage: Stage) -> None:
    room = Room()
    hands = opened(stage, room)
    mistaken, right = NUMBERS[0], NUMBERS[SURE + CHECK]
    hands.press("s")
    hands.wait_until_sent()
    hands.window.board.camera.show_faces(wire.Faces(width=1280, height=720, faces=(face(mistaken),)))
    hands.window.board.camera.setFocus()
    hands.press(Qt.Key.Key_Right)
    hands.press(Qt.Key.Key_Return)
    hands.press(right)
    hands.press(Qt.Key.Key_Return)
    assert hands.window.board.chosen() == mistaken
    assert hands.window.status.currentMessage() == f"{NAMES[right]} is present. And {NAMES[mistaken]}?"
    hands.press("a")
    hands.wait_until_sent()
    assert (room.marks[mistaken, 1], room.marks[right, 1]) == (("absent", "professor"), ("present", "professor"))


def test_faces_are_reached_without_a_mouse(stage: Stage) -> None:
    hands = opened(stage, Room())
    camera = hands.window.board.camera
    camera.show_faces(wire.Faces(width=1280, height=720, faces=(face(None, NUMBERS[7], verdict="unknown"),)))
    camera.setFocus()
    hands.press(Qt.Key.Key_Right)
    hands.press(Qt.Key.Key_Return)
    dialog = hands.window.findChild(FaceDialog)
    assert dialog is not None
    hands.press(Qt.Key.Key_Return)
    assert hands.window.board.chosen() == NUMBERS[7]


def test_nobody_is_said_to_be_unseen_where_no_picture_was_looked_at(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room()
    hour = room._hour
    monkeypatch.setattr(room, "_hour", lambda *which: msgspec.structs.replace(hour(*which), pictures=0, seen=0))
    hands = opened(stage, room)
    hands.press("r")
    hands.press("g")
    for _ in range(SURE + CHECK):
        hands.press("p")
    assert hands.window.roll.note.text() == " "


def test_a_course_without_students_says_so(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room()
    whole = room.board
    monkeypatch.setattr(room, "board", lambda hours: msgspec.structs.replace(whole(hours), students=(), to_decide=()))
    hands = opened(stage, room)
    hints = {students._hint for students in hands.window.board.lists.lists.values()}
    assert hints == {"Nobody is on this course's list."}


def test_a_click_beside_every_face_chooses_none(stage: Stage) -> None:
    hands = opened(stage, Room())
    camera = hands.window.board.camera
    camera.show_faces(wire.Faces(width=1280, height=720, faces=(face(NUMBERS[0]),)))
    assert camera.face_at(QPointF(camera.width() - 2, camera.height() - 2)) is None


def test_the_hour_on_now_is_shown_first_and_another_by_its_tab(stage: Stage) -> None:
    room = Room(hours=2)
    room.gone = {NUMBERS[3]}
    hands = opened(stage, room)
    assert hands.window.board.hours.currentIndex() == 1
    assert NUMBERS[3] in {row.student for row in hands.window.controller.model.rows("check")}
    hands.window.board.hours.setCurrentIndex(0)
    hands.wait_for_board()
    assert len(hands.window.controller.model.rows("sure")) == SURE
    hands.press("s")
    hands.wait_until_sent()
    assert {hour for _, hour in room.marks} == {1}


def test_what_the_server_refuses_is_told_and_stands_no_longer(stage: Stage) -> None:
    class Closed(Room):
        def _mark(self, item: object, hour: int, state: str, source: str) -> wire.MarkedItem:
            raise EntryRefusal

        def _answer(self, request: wire.Message) -> wire.Message:
            try:
                return super()._answer(request)
            except EntryRefusal:
                return wire.Error(code="closed", text="The session is closed.")

    class EntryRefusal(Exception):
        pass

    hands = opened(stage, Closed())
    hands.window.board.choose(FIRST_UNSEEN)
    hands.press("p")
    hands.wait(lambda: hands.told)
    assert hands.told == ["Not recorded: The session is closed."]
    assert hands.window.banner.isVisible()
    assert hands.state_of(FIRST_UNSEEN) is None
    hands.wait(lambda: hands.window.status.text_of("outbox") == "Outbox: 1 refused")


def test_a_refusal_is_told_in_korean_with_its_particulars(stage: Stage, qapp: QApplication) -> None:
    class Unknown(Room):
        def _answer(self, request: wire.Message) -> wire.Message:
            if isinstance(request, wire.OpenSession):
                return wire.Error(code="unknown_course", **asdict(sentence(ServerText.UNKNOWN_COURSE, course="no{1}")))
            return super()._answer(request)

    try:
        language.install(qapp, "ko")
        hands = stage.window(Unknown().api, course="no{1}")
        hands.press(Qt.Key.Key_Return)
        hands.wait(lambda: hands.told)
    finally:
        language.install(qapp, "en")
    assert hands.told == ["코드가 no{1}인 과목이 없습니다. 명단을 먼저 가져오세요."]


def test_an_unknown_course_is_told_and_another_can_be_typed(stage: Stage) -> None:
    hands = stage.window(Room().api, course="nowhere1")
    hands.press(Qt.Key.Key_Return)
    hands.wait(lambda: "There is no course nowhere1." in hands.told)
    hands.window.start.course.setFocus()
    hands.window.start.course.setEditText("")
    hands.press(COURSE)
    hands.press(Qt.Key.Key_Return)
    hands.wait_for_board()


def test_courses_held_lately_are_offered_and_todays_session_is_joined(stage: Stage) -> None:
    room = Room(opened=True)
    hands = stage.window(room.api)
    start = hands.window.start
    hands.wait(lambda: start.course.count() == 1)
    start.course.setCurrentIndex(0)
    assert start.chosen() == COURSE
    assert start.button.text() == "Join today's session  Enter"


def test_the_course_that_is_on_in_this_room_is_one_key_away(stage: Stage) -> None:
    room = Room()
    room.room_course = COURSE
    hands = stage.window(room.api)
    hands.wait(lambda: hands.window.start.chosen() == COURSE)
    hands.press(Qt.Key.Key_Return)
    hands.wait_for_board()


def test_the_arrow_down_offers_the_first_course_where_none_is_typed(stage: Stage) -> None:
    hands = stage.window(Room(opened=True).api)
    hands.wait(lambda: hands.window.start.course.count() == 1)
    hands.press(Qt.Key.Key_Down)
    assert hands.window.start.chosen() == COURSE
    hands.open()


def test_what_another_program_has_sent_is_no_longer_shown_as_waiting(stage: Stage) -> None:
    room = Room()

    def without_decisions(frame: Frame) -> bytes:
        if isinstance(wire.decode_request(frame).message, wire.Confirm):
            raise Unreachable("The server is away.")
        return room(frame)

    hands = stage.window(lambda: Api(LoopbackTransport(without_decisions), "room 301"), course=COURSE)
    hands.open()
    hands.press("s")
    hands.wait(lambda: hands.window.status.text_of("outbox") == "Outbox: 1 waiting on this PC")
    list(OutboxSender(hands.outbox, room.api()).deliver())
    hands.window._outbox_worker.send_now()
    hands.wait(lambda: hands.window.controller.model.waiting == 0)
    assert len(room.marks) == SURE


def test_a_disk_that_was_full_is_no_longer_told_once_a_decision_is_kept(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = opened(stage, Room())
    add = hands.outbox.add

    def full(*_: object) -> int:
        raise OutboxError("The disk is full.")

    monkeypatch.setattr(hands.outbox, "add", full)
    hands.press("s")
    hands.wait(lambda: hands.window.status.text_of("outbox") == "Outbox: not kept")
    assert hands.window.controller.model.waiting == 0
    monkeypatch.setattr(hands.outbox, "add", add)
    hands.press("s")
    hands.wait(lambda: hands.window.status.text_of("outbox") == "Outbox: all sent")


def test_everybody_decided_leads_to_submitting(stage: Stage) -> None:
    room = Room()
    for place, number in enumerate(NUMBERS):
        room.marks[number, 1] = ("present" if place < SURE else "absent", "professor")
    hands = opened(stage, room)
    assert hands.focus() is hands.window.board.submit_button


@pytest.mark.parametrize("wanted", ["en", "ko"])
@pytest.mark.parametrize("size", [(1092, 534), (910, 452)], ids=["125 percent", "150 percent"])
def test_all_fits_on_a_small_screen(
    stage: Stage, qapp: QApplication, monkeypatch: pytest.MonkeyPatch, wanted: str, size: tuple[int, int]
) -> None:
    """1366x768 at 125 % are 1092x614 of the window's pixels, 910x512 at 150 %, less a title and a task bar."""
    monkeypatch.setitem(NAMES, "201511001", "Wolfeschlegelsteinhausenbergerdorff Hubert Blaine")
    try:
        language.install(qapp, wanted)
        room = Room(hours=3)
        room.gone = {NUMBERS[3]}
        hands = opened(stage, room)
        hands.window.resize(*size)
        hands.window.board.choose(FIRST_CHECK)
        hands.wait(lambda: (hands.window.width(), hands.window.height()) == size)
        hands.window.board.choose(NUMBERS[3])
        hands.wait(lambda: clipped(hands) == [])
        hands.press("r")
        hands.wait(lambda: clipped(hands) == [])
    finally:
        language.install(qapp, "en")


def clipped(hands: Hands) -> list[str]:
    """Texts of visible buttons and labels of one line that are wider or taller than their place."""
    shown = [each for kind in (QAbstractButton, QLabel) for each in hands.window.findChildren(kind) if each.isVisible()]
    return [
        each.text()
        for each in shown
        if each.text()
        and not (isinstance(each, QLabel) and each.wordWrap())
        and (each.width() < each.minimumSizeHint().width() or each.height() < each.minimumSizeHint().height())
    ]


def test_server_camera_and_outbox_are_told_in_words(stage: Stage) -> None:
    hands = opened(stage, Room())
    assert [hands.window.status.text_of(each) for each in ("server", "camera", "outbox")] == [
        "Server: connected",
        "Camera: none",
        "Outbox: all sent",
    ]


def test_submitting_has_a_key_wherever_the_focus_is(stage: Stage) -> None:
    room = Room()
    hands = opened(stage, room)
    board = hands.window.board
    for widget in (board.submit_button, board.camera, board.lists.lists["check"]):
        widget.setFocus()
        hands.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert hands.window.board_actions.question is not None
        hands.press(Qt.Key.Key_Escape)
        hands.wait(lambda: hands.window.board_actions.question is None)


def test_an_enter_that_is_held_down_counts_once(stage: Stage) -> None:
    room = Room()
    hands = opened(stage, room)
    hands.press("s")
    hands.press(Qt.Key.Key_Return)
    for _ in range(3 * CHECK):
        held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True)
        QApplication.sendEvent(hands.focus(), held)
    hands.wait_until_sent()
    assert len(room.marks) == SURE + 1
    assert hands.window.board_actions.question is None


def test_another_course_is_chosen_without_starting_anew(stage: Stage) -> None:
    room = Room()
    hands = opened(stage, room)
    hands.window.board.choose(FIRST_UNSEEN)
    hands.press("p")
    hands.window.board.course_button.click()
    assert hands.window.pages.currentWidget() is hands.window.start
    hands.wait(lambda: room.marks == {(FIRST_UNSEEN, 1): ("present", "professor")})
    hands.window.start.show_course(COURSE)
    hands.open()
    hands.wait(lambda: hands.state_of(FIRST_UNSEEN) == "present")


def test_a_course_in_which_the_camera_only_watches_says_so(stage: Stage) -> None:
    room = Room()
    room.shadow = True
    hands = opened(stage, room)
    assert "only watches" in hands.window.board.counts.text()


def test_a_long_name_is_smaller_and_does_not_widen_the_window(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    long = "Wolfeschlegelsteinhausenbergerdorff Montgomery-Featherstonehaugh"
    monkeypatch.setitem(NAMES, FIRST_CHECK, long)
    hands = opened(stage, Room())
    hands.window.resize(1092, 534)
    hands.press("r")
    hands.wait(lambda: hands.window.roll.isVisible())
    assert hands.window.width() == 1092
    name = hands.window.roll.name
    assert name.text() == long
    assert name.fontMetrics().horizontalAdvance(long) <= name.width()


def test_a_long_name_ends_in_dots_beside_the_number_and_is_whole_on_hovering(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "Wolfeschlegelsteinhausenbergerdorff Hubert Blaine Alexander Montgomery-Featherstonehaugh"
    monkeypatch.setitem(NAMES, FIRST_CHECK, long)
    hands = opened(stage, Room())
    hands.window.board.choose(FIRST_CHECK)
    name = hands.window.board.card._name
    assert name.text().endswith("…")
    assert name.toolTip() == long
    hands.wait(lambda: name.fontMetrics().horizontalAdvance(name.text()) <= name.width())
    hands.window.board.choose(LAST_CHECK)
    assert (name.text(), name.toolTip()) == (NAMES[LAST_CHECK], "")


def test_a_screen_reader_is_told_what_a_row_shows(stage: Stage) -> None:
    room = Room(hours=2)
    room.gone = {NUMBERS[3]}
    room.marks[NUMBERS[3], 1] = ("present", "professor")
    hands = opened(stage, room)
    students = hands.window.board.lists.lists["check"].students
    assert students.data(students.index(0), Qt.ItemDataRole.AccessibleTextRole) == (
        f"{NAMES[NUMBERS[3]]}, {NUMBERS[3]}, seen, then gone, Hour 1: present, Hour 2: proposed absent"
    )


def test_a_session_of_another_day_that_was_never_submitted_is_taken_up_again(stage: Stage) -> None:
    class Yesterday(Room):
        def session(self) -> wire.SessionInfo:
            return msgspec.structs.replace(super().session(), hour_now=None, overdue=True)

    room = Yesterday(opened=True)
    hands = stage.window(room.api)
    drafts = hands.window.start.others
    hands.wait(lambda: drafts.count() == 1)
    assert "overdue" in drafts.item(0).text()
    drafts.setFocus()
    drafts.setCurrentRow(0)
    hands.press(Qt.Key.Key_Return)
    hands.wait_for_board()
    hands.window.board.choose(FIRST_UNSEEN)
    hands.press("p")
    hands.wait_until_sent()
    assert asked(room, wire.OpenSession) == []
    assert room.marks[FIRST_UNSEEN, 1] == ("present", "professor")
