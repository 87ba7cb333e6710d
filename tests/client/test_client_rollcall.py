"""The roll call itself: ticks on a list, answers of a person, answers of a file."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from openpyxl import Workbook

from client.cli.roll_call_files import MAX_FILE_BYTES, read_answers, write_answers
from client.cli.roll_calls import Answer, RollCall, call_names, tick_answers
from client.errors import UsageError
from protocol.messages import MarkItem, RosterEntry, RosterList, State

NOW = datetime(2024, 5, 2, 1, 0, tzinfo=UTC)
COURSE = "ea0017_1"
HEADER = b"student_id,state\n"


def roll_of(*students: str, hour: int | None = None) -> RollCall:
    entries = tuple(RosterEntry(student=student, name=f"name of {student}") for student in students)
    return RollCall(RosterList(course=COURSE, date="2024-05-02", students=entries), hour)


def answering(*lines: str, prompts: list[str] | None = None) -> Callable[[str], str]:
    """A person who types these lines, then ends the input."""
    left = list(lines)

    def ask(prompt: str) -> str:
        if prompts is not None:
            prompts.append(prompt)
        if not left:
            raise EOFError
        return left.pop(0)

    return ask


def states(roll: RollCall) -> dict[str, State]:
    return {item.student: item.state for item in roll.batch()}


def test_the_batch_holds_the_ticked_in_the_order_of_the_list() -> None:
    roll = roll_of("1", "2", "3", hour=2)
    roll.tick("3", "late", NOW)
    roll.tick("1", "absent", NOW)
    assert roll.batch() == [
        MarkItem(student="1", course=COURSE, state="absent", hour=2, at=NOW),
        MarkItem(student="3", course=COURSE, state="late", hour=2, at=NOW),
    ]


def test_the_last_tick_of_a_student_counts() -> None:
    roll = roll_of("1")
    roll.tick("1", "absent", NOW)
    roll.tick("1", "late", NOW)
    assert states(roll) == {"1": "late"}


def test_the_rest_gets_one_state_and_what_is_noted_stays() -> None:
    roll = roll_of("1", "2", "3")
    roll.tick("2", "absent", NOW)
    roll.tick_rest("present", NOW)
    assert states(roll) == {"1": "present", "2": "absent", "3": "present"}


def test_who_is_not_on_the_list_cannot_be_ticked() -> None:
    with pytest.raises(UsageError, match="4 is not on the list of course ea0017_1"):
        roll_of("1").tick("4", "present", NOW)


def test_the_summary_counts_everyone_once() -> None:
    roll = roll_of("1", "2", "3", "4")
    roll.tick("1", "present", NOW)
    roll.tick("2", "present", NOW)
    roll.tick("3", "left_early", NOW)
    assert roll.summary() == "4 enrolled: 2 present, 1 left early, 1 not called"


def test_each_key_is_a_state_and_enter_is_present() -> None:
    roll = roll_of("1", "2", "3", "4")
    call_names(roll, answering("", "p", "L ", "a"), lambda: NOW)
    assert states(roll) == {"1": "present", "2": "present", "3": "late", "4": "absent"}


def test_the_keys_work_while_the_keyboard_is_switched_to_hangul() -> None:
    roll = roll_of("1", "2", "3", "4")
    call_names(roll, answering("ㅔ", "ㅠ", "ㅣ", "ㅁ", "ㅂ"), lambda: NOW)
    assert states(roll) == {"1": "late", "2": "absent"}


def test_each_student_is_asked_for_by_number_and_name() -> None:
    prompts: list[str] = []
    call_names(roll_of("1", "2"), answering("", "", prompts=prompts), lambda: NOW)
    assert prompts == ["1/2  1  name of 1: ", "2/2  2  name of 2: "]


def test_back_shows_what_is_noted_and_enter_keeps_it() -> None:
    roll, prompts = roll_of("1", "2"), []
    call_names(roll, answering("l", "b", "", "a", prompts=prompts), lambda: NOW)
    assert prompts[2] == "1/2  1  name of 1  [late]: "
    assert states(roll) == {"1": "late", "2": "absent"}


def test_back_at_the_first_student_stays_there() -> None:
    roll = roll_of("1", "2")
    call_names(roll, answering("b", "a", "p"), lambda: NOW)
    assert states(roll) == {"1": "absent", "2": "present"}


def test_any_other_key_is_answered_with_the_keys_and_changes_nothing() -> None:
    roll, prompts = roll_of("1", "2"), []
    call_names(roll, answering("x", "yes", "b", "l", "q", prompts=prompts), lambda: NOW)
    assert "l = late" in prompts[1]
    assert "l = late" in prompts[2]
    assert states(roll) == {"1": "late"}


def test_the_end_of_the_input_is_handed_on_and_the_ticks_stay() -> None:
    roll = roll_of("1", "2")
    with pytest.raises(EOFError):
        call_names(roll, answering("l"), lambda: NOW)
    assert states(roll) == {"1": "late"}


def test_each_answer_has_the_time_at_which_it_was_given() -> None:
    moments = iter([NOW, NOW + timedelta(seconds=3)])
    roll = roll_of("1", "2")
    call_names(roll, answering("", ""), lambda: next(moments))
    assert [item.at for item in roll.batch()] == [NOW, NOW + timedelta(seconds=3)]


@pytest.mark.parametrize(
    "content",
    [
        b"student_id,state\n1,present\n2,late\n",
        "student_id,state\r\n1,present\r\n\r\n2,late".encode("utf-8-sig"),
        "student_id,name,state\n1,홍길동,출석\n2,이순신,지각\n".encode("cp949"),
        b"State, Student_ID\nPresent,1\n LATE ,2\n",
        b'"student_id","state"\n"1","present"\n"2","late"\n,\n',
        "\ufeff학번;상태\n1;출석\n2;지각\n".encode(),
        "\ufeffsep=,\n학번,상태\n1,O\n2,△\n".encode(),
        "알고리즘 출석부,,\n학번,이름,상태\n1,김하늘,출석\n2,이바다,지각\n".encode("cp949"),
        "학번\t상태\n１\tＯ\n2\t▲\n".encode("utf-16"),
        b"student_id,state\n1,O\n2,late\n1,present\n",
    ],
    ids=[
        "plain",
        "of Excel",
        "cp949 and Korean",
        "other order",
        "quoted",
        "semicolons",
        "sep",
        "title above",
        "Unicode text",
        "same twice",
    ],
)
def test_a_file_of_answers_is_read(content: bytes) -> None:
    assert [(answer.student, answer.state) for answer in read_answers(content)] == [("1", "present"), ("2", "late")]


def test_the_signs_of_our_own_report_are_states() -> None:
    lines = "".join(f"{place},{sign}\n" for place, sign in enumerate("OX△ⓧ인공·?oxㅇ×Ⓧ"))
    told = [answer.state for answer in read_answers((HEADER.decode() + lines).encode())]
    assert told[:4] == ["present", "absent", "late", "left_early"]
    assert told[4:8] == ["excused", "excused_absence", "not_taken", "not_visible"]
    assert told[8:] == ["present", "absent", "present", "absent", "left_early"]


def test_a_spreadsheet_of_answers_is_read() -> None:
    book = Workbook()
    for row in (("알고리즘",), ("학번", "이름", "상태"), (17041, "김하늘", "O"), ("2", "이바다", "ⓧ")):
        book.active.append(row)
    book.active["A3"].number_format = "000000000"
    data = io.BytesIO()
    book.save(data)
    assert [(each.student, each.state) for each in read_answers(data.getvalue())] == [
        ("000017041", "present"),
        ("2", "left_early"),
    ]


def test_hidden_rows_of_a_spreadsheet_are_no_answers_and_nothing_is_sent() -> None:
    book = Workbook()
    for row in (("학번", "상태"), ("1", "O"), ("2", "O")):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    data = io.BytesIO()
    book.save(data)
    with pytest.raises(UsageError, match="1 hidden row was not read"):
        read_answers(data.getvalue())


def test_every_wrong_line_is_named() -> None:
    content = HEADER + b"1,present\n2,here\n,late\n1,absent\n5\n"
    with pytest.raises(UsageError) as caught:
        read_answers(content)
    lines = caught.value.text.splitlines()
    assert [line.partition(":")[0] for line in lines[:-1]] == ["Line 3", "Line 4", "Line 5", "Line 6"]
    assert "'here' is no state; write one of present, late" in lines[0]
    assert "stands in line 2 already" in lines[2]
    assert "Nothing was sent" in lines[-1]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "must be the header student_id,state"),
        (b"1,present\n", "must be the header .* the first that can be read names '1', 'present'"),
        (b"student_id,state,state\n1,present,late\n", "must be the header"),
        (HEADER, "holds no answers"),
        (HEADER + b'1,"present\n', "is not CSV"),
        (HEADER + b"1,\xff\xff\n", "neither UTF-8 nor UTF-16 nor cp949"),
        (b"x" * (MAX_FILE_BYTES + 1), "at most 1048576"),
        (HEADER + b"1," + b"x" * 200_000 + b"\n", "is not CSV"),
    ],
    ids=["empty", "no header", "column twice", "no lines", "open quote", "no text", "too large", "long cell"],
)
def test_what_is_no_file_of_answers_is_told(content: bytes, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        read_answers(content)


def test_students_of_a_file_who_are_not_on_the_list_are_named_and_nothing_is_noted() -> None:
    roll = roll_of("1")
    with pytest.raises(UsageError, match="Line 3: student 9 is not on the list") as caught:
        tick_answers(roll, [Answer(f"line {line}", student, "late") for line, student in enumerate("198", 2)], NOW)
    assert "Line 4" in caught.value.text
    assert roll.batch() == []


def test_answers_that_are_written_can_be_read_again() -> None:
    roll = roll_of("1", 'a "b", c', "=3", "홍")
    roll.tick_rest("excused_absence", NOW)
    roll.tick("=3", "late", NOW)
    again = read_answers(write_answers(roll.batch()).encode())
    assert {answer.student: answer.state for answer in again} == states(roll)
