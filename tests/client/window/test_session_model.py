"""What the window keeps of a session: the server's lists, and decisions until the server has them."""

from client.window.session_model import SessionModel
from protocol.messages import ConfirmItem
from tests.client.window.classroom import CHECK, NAMES, SURE, UNSEEN, Room

FIRST_CHECK = list(NAMES)[SURE]


def desk_of(room: Room) -> SessionModel:
    model = SessionModel()
    model.join(room.session())
    show(model, room)
    return model


def show(model: SessionModel, room: Room, settled: tuple[str, ...] = ()) -> None:
    assert model.hour
    model.show_board(room.board((model.hour,)), room.board(room.hours), settled)


def test_the_lists_are_the_servers() -> None:
    model = desk_of(Room())
    assert [len(model.rows(which)) for which in ("sure", "check", "not_seen")] == [SURE, CHECK, UNSEEN]
    assert len(model.sure_items()) == SURE


def test_a_decision_stands_until_a_board_that_was_asked_for_after_its_acknowledgement() -> None:
    room = Room()
    model = desk_of(room)
    model.decide([FIRST_CHECK], "late", "key 1")
    show(model, room)
    row = model.row(FIRST_CHECK)
    assert row is not None
    assert (row.cell.state, row.cell.waiting, model.waiting) == ("late", True, 1)
    room.marks[FIRST_CHECK, 1] = ("late", "professor")
    show(model, room, settled=("key 1",))
    row = model.row(FIRST_CHECK)
    assert row is not None
    assert (row.cell.state, row.cell.decided, row.cell.waiting, model.waiting) == ("late", True, False, 0)


def test_a_refused_decision_shows_again_what_the_camera_proposes() -> None:
    model = desk_of(Room())
    model.decide([FIRST_CHECK], "absent", "key 1")
    model.forget(["key 1"])
    row = model.row(FIRST_CHECK)
    assert row is not None
    assert (row.decided, row.cell.state) == (False, "present")


def test_who_was_taken_for_another_is_not_confirmed_with_the_sure_ones() -> None:
    model = desk_of(Room())
    mistaken = model.rows("sure")[0].student
    model.doubt(mistaken)
    assert mistaken not in {item.student for item in model.sure_items()}
    assert model.rows("check")[0].student == mistaken
    assert model.rows("check")[0].reason == "corrected"


def test_enter_accepts_that_somebody_was_seen_and_never_an_absence() -> None:
    model = desk_of(Room())
    assert [row.acceptable for row in model.rows("check")] == ["present"] * CHECK
    assert [row.acceptable for row in model.rows("not_seen")] == [None] * UNSEEN


def test_the_next_to_decide_goes_round_and_ends() -> None:
    model = desk_of(Room())
    order = [row.student for row in model.doubtful()]
    assert model.next_open() == order[0]
    assert model.next_open(order[-1]) == order[0]
    model.decide(order, "absent", "key")
    assert model.next_open() is None


def test_steps_are_taken_back_one_by_one() -> None:
    model = desk_of(Room())
    first, second = (row.student for row in model.doubtful()[:2])
    model.decide([first], "absent", "1")
    model.decide([second], "absent", "2")
    assert [model.take_back(), model.take_back(), model.take_back()] == [second, first, None]


def test_each_hour_has_its_own_decisions_and_all_of_them_are_seen() -> None:
    room = Room(hours=2)
    room.gone = {FIRST_CHECK}
    model = desk_of(room)
    assert model.hour == 2
    row = model.row(FIRST_CHECK)
    assert row is not None
    assert (row.reason, [cell.state for cell in row.cells]) == ("left", ["present", "absent"])
    model.decide_items([ConfirmItem(student=FIRST_CHECK, hour=2, state="absent")], "key")
    model.select(1)
    assert model.rows() == []
    show(model, room)
    row = model.row(FIRST_CHECK)
    assert row is not None
    assert [(cell.decided, cell.state) for cell in row.cells] == [(False, "present"), (True, "absent")]


def test_a_board_of_an_hour_that_is_no_longer_shown_changes_no_list() -> None:
    room = Room(hours=2)
    model = desk_of(room)
    model.select(1)
    model.show_board(room.board((2,)), room.board(room.hours), ())
    assert model.rows() == []
    assert len(model.counts) == 2
