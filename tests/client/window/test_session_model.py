"""What the window keeps of a session: the server's lists, and decisions until the server has them."""

from client.window.session_model import Desk
from protocol.messages import ConfirmItem
from tests.client.window.classroom import CHECK, NAMES, SURE, UNSEEN, Room

FIRST_CHECK = list(NAMES)[SURE]


def desk_of(room: Room) -> Desk:
    desk = Desk()
    desk.join(room.session())
    show(desk, room)
    return desk


def show(desk: Desk, room: Room, settled: tuple[str, ...] = ()) -> None:
    assert desk.hour
    desk.show_board(room.board((desk.hour,)), room.board(room.hours), settled)


def test_the_lists_are_the_servers() -> None:
    desk = desk_of(Room())
    assert [len(desk.rows(which)) for which in ("sure", "check", "not_seen")] == [SURE, CHECK, UNSEEN]
    assert len(desk.sure_items()) == SURE


def test_a_decision_stands_until_a_board_that_was_asked_for_after_its_acknowledgement() -> None:
    room = Room()
    desk = desk_of(room)
    desk.decide([FIRST_CHECK], "late", "key 1")
    show(desk, room)
    row = desk.row(FIRST_CHECK)
    assert row is not None
    assert (row.cell.state, row.cell.waiting, desk.waiting) == ("late", True, 1)
    room.marks[FIRST_CHECK, 1] = ("late", "professor")
    show(desk, room, settled=("key 1",))
    row = desk.row(FIRST_CHECK)
    assert row is not None
    assert (row.cell.state, row.cell.decided, row.cell.waiting, desk.waiting) == ("late", True, False, 0)


def test_a_refused_decision_shows_again_what_the_camera_proposes() -> None:
    desk = desk_of(Room())
    desk.decide([FIRST_CHECK], "absent", "key 1")
    desk.forget(["key 1"])
    row = desk.row(FIRST_CHECK)
    assert row is not None
    assert (row.decided, row.cell.state) == (False, "present")


def test_who_was_taken_for_another_is_not_confirmed_with_the_sure_ones() -> None:
    desk = desk_of(Room())
    mistaken = desk.rows("sure")[0].student
    desk.doubt(mistaken)
    assert mistaken not in {item.student for item in desk.sure_items()}
    assert desk.rows("check")[0].student == mistaken
    assert desk.rows("check")[0].reason == "corrected"


def test_enter_accepts_that_somebody_was_seen_and_never_an_absence() -> None:
    desk = desk_of(Room())
    assert [row.acceptable for row in desk.rows("check")] == ["present"] * CHECK
    assert [row.acceptable for row in desk.rows("not_seen")] == [None] * UNSEEN


def test_the_next_to_decide_goes_round_and_ends() -> None:
    desk = desk_of(Room())
    order = [row.student for row in desk.doubtful()]
    assert desk.next_open() == order[0]
    assert desk.next_open(order[-1]) == order[0]
    desk.decide(order, "absent", "key")
    assert desk.next_open() is None


def test_steps_are_taken_back_one_by_one() -> None:
    desk = desk_of(Room())
    first, second = (row.student for row in desk.doubtful()[:2])
    desk.decide([first], "absent", "1")
    desk.decide([second], "absent", "2")
    assert [desk.take_back(), desk.take_back(), desk.take_back()] == [second, first, None]


def test_each_hour_has_its_own_decisions_and_all_of_them_are_seen() -> None:
    room = Room(hours=2)
    room.gone = {FIRST_CHECK}
    desk = desk_of(room)
    assert desk.hour == 2
    row = desk.row(FIRST_CHECK)
    assert row is not None
    assert (row.reason, [cell.state for cell in row.cells]) == ("left", ["present", "absent"])
    desk.decide_items([ConfirmItem(student=FIRST_CHECK, hour=2, state="absent")], "key")
    desk.select(1)
    assert desk.rows() == []
    show(desk, room)
    row = desk.row(FIRST_CHECK)
    assert row is not None
    assert [(cell.decided, cell.state) for cell in row.cells] == [(False, "present"), (True, "absent")]


def test_a_board_of_an_hour_that_is_no_longer_shown_changes_no_list() -> None:
    room = Room(hours=2)
    desk = desk_of(room)
    desk.select(1)
    desk.show_board(room.board((2,)), room.board(room.hours), ())
    assert desk.rows() == []
    assert len(desk.counts) == 2
