"""Confirming by keys: who is asked for, what Enter means, and steps back."""

from collections.abc import Callable

import pytest

from client.cli.confirmation import Answers, ClassPicture, RecognisedStudent, ask_all
from protocol.messages import Face, Faces, RosterEntry, RosterList

SURE = [RecognisedStudent(str(number), f"Name {number}", sure=True) for number in range(3)]
DOUBTFUL = RecognisedStudent("9", "Name 9", sure=False)


def keys(*typed: str) -> Callable[[str], str]:
    """Gives these lines in turn, then the end of the input."""
    left = iter(typed)

    def ask(prompt: str) -> str:
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    return ask


def confirmed(questions: list[RecognisedStudent], *typed: str) -> list[str]:
    answers = Answers(questions)
    ask_all(answers, keys(*typed))
    return [each.student for each in answers.confirmed]


def picture(*found: tuple[str | None, str], states: dict[str, dict[str, str]], hour: int | None = None) -> ClassPicture:
    """Of the students 1 to 4, each face a student (None: unknown) and a verdict."""
    faces = tuple(Face(box=(0, 0, 9, 9), score=1.0, student=student, verdict=verdict) for student, verdict in found)
    students = tuple(RosterEntry(student=each, name=f"Name {each}", states=states.get(each, {})) for each in "1234")
    roster = RosterList(course="c", date="2024-05-02", students=students)
    return ClassPicture(Faces(width=9, height=9, faces=faces), roster, hour)


@pytest.mark.parametrize(
    ("typed", "students"),
    [
        (["y", "n", ""], ["0", "2"]),
        (["YES", "no", "ㅛ"], ["0", "2"]),
        (["n", "a"], ["1", "2"]),
        (["ㅜ", "ㅁ"], ["1", "2"]),
        (["n", "b", "y", "n", "n"], ["0"]),
        (["ㅠ", "n", "n", "n"], []),
        (["y", "q"], ["0"]),
        (["ㅂ"], []),
        (["what", "y", "n", "n"], ["0"]),
    ],
    ids=" ".join,
)
def test_the_keys_do_what_their_help_says(typed: list[str], students: list[str]) -> None:
    assert confirmed(SURE, *typed) == students


def test_all_leaves_the_doubtful_to_be_asked_for() -> None:
    assert confirmed([DOUBTFUL, *SURE], "a", "n") == ["0", "1", "2"]


def test_back_behind_all_takes_all_of_them_back() -> None:
    assert confirmed([*SURE, DOUBTFUL], "y", "a", "b", "n", "n", "n") == ["0"]


def test_the_end_of_the_input_is_handed_on() -> None:
    with pytest.raises(EOFError):
        confirmed(SURE, "y")


def test_neither_enter_nor_all_overturns_what_is_recorded() -> None:
    recorded = RecognisedStudent("5", "Name 5", sure=True, recorded=("late",))
    assert confirmed([recorded, *SURE], "a", "") == ["0", "1", "2"]
    assert confirmed([recorded], "y") == ["5"]


def test_the_summary_counts_students_once_and_names_the_unseen() -> None:
    seen = picture(("1", "check"), ("1", "sure"), ("2", "check"), (None, "unknown"), states={})
    assert seen.summary() == "1 recognised, 1 to check, 1 unknown; 2 of 4 not seen"
    assert [entry.student for entry in seen.unseen] == ["3", "4"]


def test_states_of_several_hours_are_named_in_their_order() -> None:
    (seen,) = picture(("1", "sure"), states={"1": {"10": "left_early", "2": "present", "3": "present"}}).questions
    assert seen.question == "1 Name 1: record as present? (recorded present, left early today)"
    assert not seen.usual


def test_only_the_hour_that_is_asked_for_counts() -> None:
    states = {"1": {"1": "present", "2": "absent"}}
    assert [each.student for each in picture(("1", "sure"), states=states, hour=1).present] == ["1"]
    assert picture(("1", "sure"), states=states, hour=2).questions[0].recorded == ("absent",)
    assert picture(("1", "sure"), states=states, hour=3).questions[0].recorded == ()


def test_who_is_not_on_the_list_is_still_asked_for() -> None:
    assert picture(("7", "sure"), states={}).questions == (RecognisedStudent("7", "", sure=True),)
