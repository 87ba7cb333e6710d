"""Which files of the folder are photographs, and whose."""

import os
import unicodedata
from pathlib import Path

import pytest

from server.domain.identifiers import normal
from server.errors import BadRequest
from server.services.enrolment.photographs import (
    MAX_PHOTOGRAPH_BYTES,
    PhotographFile,
    RefusedFile,
    begun_numbers,
    find_photographs,
    possible_numbers,
    printable,
    read,
    student_number,
)

KNOWN = {"A1", "A1_2", "2019_07_004", "김-7", "2015110419"}


@pytest.mark.parametrize(
    ("label", "number"),
    [
        ("201511041", "201511041"),
        ("201511041_smile", "201511041"),
        ("201511041_2", "201511041"),
        ("201511041smile", "201511041"),
        ("201511041 (2)", "201511041"),
        ("2015110412", None),
        ("2015110419", "2015110419"),
        ("2015110419_2", "2015110419"),
        ("20151104", None),
        ("IMG_201511041", None),
        ("２０１５１１０４１", "201511041"),
        ("201511041 - 김하늘", "201511041"),
        ("201511041-2", "201511041"),
        ("201511041김하늘", "201511041"),
        ("2015110419 - 김하늘", "2015110419"),
        ("2015110419 (1)", "2015110419"),
        ("2015110419-2", "2015110419"),
        ("2015110419NAME", "2015110419"),
        ("2015110419김하늘", "2015110419"),
        ("2015110419.copy", "2015110419"),
        ("2015110419~1", "2015110419"),
        ("20151104190", None),
        ("A1김하늘", "A1"),
        ("A1b", None),
        ("A1 b", "A1"),
        ("A1", "A1"),
        ("A1_x_y", "A1"),
        ("A1_2", "A1_2"),
        ("A1_2_3", "A1_2"),
        ("A12", None),
        ("a1", None),
        ("2019_07_004_smile", "2019_07_004"),
        ("김-7_2", "김-7"),
        ("_A1", None),
        ("", None),
    ],
)
def test_the_number_is_the_longest_known_one_that_nothing_goes_on_with_else_nine_leading_digits(
    label: str, number: str | None
) -> None:
    assert student_number(normal(label), KNOWN) == number


def test_numbers_that_no_student_can_have_are_not_asked_for() -> None:
    assert possible_numbers("_" + "1" * 33 + "_2") == []
    assert begun_numbers("12A") == ["1"]
    assert possible_numbers("a__b") == ["a__b", "a_", "a"]


def test_all_forms_are_found_in_the_order_of_their_names(knowns: Path) -> None:
    for name in ("201511042.jpg", "201511041/b.JPG", "201511041/a", "201511043_2.png"):
        (knowns / name).parent.mkdir(exist_ok=True)
        (knowns / name).touch()
    found = find_photographs(knowns)
    assert [(each.name, each.label) for each in found if isinstance(each, PhotographFile)] == [
        ("201511041/a", "201511041"),
        ("201511041/b.JPG", "201511041"),
        ("201511042.jpg", "201511042"),
        ("201511043_2.png", "201511043_2"),
    ]
    assert len(found) == 4


def test_what_systems_leave_in_folders_is_passed_over(knowns: Path) -> None:
    (knowns / "201511041").mkdir()
    (knowns / ".trash").mkdir()
    for name in ("README.md", "Thumbs.db", ".DS_Store", "201511041/desktop.ini", "201511041/._a.jpg", ".trash/a.jpg"):
        (knowns / name).touch()
    assert find_photographs(knowns) == []


def test_a_decomposed_name_is_the_number_that_was_meant(knowns: Path) -> None:
    (knowns / (unicodedata.normalize("NFD", "김-7") + "_2.jpg")).touch()
    (found,) = find_photographs(knowns)
    assert isinstance(found, PhotographFile)
    assert student_number(found.label, KNOWN) == "김-7"


def test_letters_that_nobody_sees_do_not_keep_a_photograph_out(knowns: Path) -> None:
    for name in ("2015110419\u200b.jpg", "2015110419_\u0639\u0644\u06cc\u200c\u0631\u0636\u0627.jpg"):
        (knowns / name).touch()
    found = find_photographs(knowns)
    assert [student_number(each.label, KNOWN) for each in found if isinstance(each, PhotographFile)] == [
        "2015110419",
        "2015110419",
    ]


def _only_reason(folder: Path) -> str:
    (found,) = find_photographs(folder)
    assert isinstance(found, RefusedFile)
    assert found.name.isprintable()
    return found.reason


def test_a_folder_within_a_students_folder_is_refused_once(knowns: Path) -> None:
    (knowns / "201511041" / "old").mkdir(parents=True)
    (knowns / "201511041" / "old" / "a.jpg").touch()
    assert "a folder within a student's folder" in _only_reason(knowns)


def test_links_may_lead_within_the_folder_and_not_out_of_it(knowns: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.jpg").touch()
    (knowns / "201511041.jpg").touch()
    (knowns / "201511042.jpg").symlink_to(knowns / "201511041.jpg")
    (knowns / "201511043.jpg").symlink_to(tmp_path / "elsewhere" / "a.jpg")
    (knowns / "201511044").symlink_to(tmp_path / "elsewhere")
    inside, link, *outside = find_photographs(knowns)
    assert isinstance(inside, PhotographFile)
    assert isinstance(link, PhotographFile)
    assert ["leaves the folder" in each.reason for each in outside if isinstance(each, RefusedFile)] == [True, True]


def test_the_folder_itself_may_be_a_link(knowns: Path, tmp_path: Path) -> None:
    (knowns / "201511041.jpg").touch()
    (tmp_path / "link").symlink_to(knowns)
    (found,) = find_photographs(tmp_path / "link")
    assert isinstance(found, PhotographFile)


def test_links_that_lead_nowhere_or_in_a_circle_cannot_be_read(knowns: Path) -> None:
    (knowns / "201511041.jpg").symlink_to(knowns / "201511042.jpg")
    assert "cannot be read" in _only_reason(knowns)
    (knowns / "201511042.jpg").symlink_to(knowns / "201511041.jpg")
    assert all("cannot be read" in each.reason for each in find_photographs(knowns) if isinstance(each, RefusedFile))
    assert len(find_photographs(knowns)) == 2


def test_a_pipe_is_refused_without_being_opened(knowns: Path) -> None:
    os.mkfifo(knowns / "201511041.jpg")
    assert "not a plain file" in _only_reason(knowns)


def test_a_huge_file_is_refused_without_being_read(knowns: Path) -> None:
    with (knowns / "201511041.jpg").open("wb") as file:
        file.truncate(MAX_PHOTOGRAPH_BYTES + 1)
    assert "at most 32 MiB" in _only_reason(knowns)


def test_a_file_that_grew_since_it_was_found_is_not_read(knowns: Path) -> None:
    (knowns / "201511041.jpg").touch()
    (found,) = find_photographs(knowns)
    assert isinstance(found, PhotographFile)
    with found.path.open("wb") as file:
        file.truncate(MAX_PHOTOGRAPH_BYTES + 1)
    with pytest.raises(OSError, match="more than 32 MiB"):
        read(found)


@pytest.mark.parametrize("name", [b"201511041_\xff.jpg", b"201511041_\x1b[2J.jpg", b"201511041_\n.jpg"])
def test_names_that_a_terminal_or_the_database_cannot_take_are_refused(knowns: Path, name: bytes) -> None:
    (knowns / os.fsdecode(name)).touch()
    assert "rename it" in _only_reason(knowns)


def test_a_name_too_long_for_the_database_is_refused(knowns: Path) -> None:
    (knowns / ("d" * 200)).mkdir()
    (knowns / ("d" * 200) / ("f" * 55)).touch()
    assert "256 characters" in _only_reason(knowns)


def test_what_cannot_be_printed_is_escaped() -> None:
    assert printable("가 a\x1b\udcff") == "가 a\\x1b\\udcff"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="missing-folder, cannot be opened: No such file"):
        find_photographs(tmp_path / "missing-folder")
    (tmp_path / "file").touch()
    with pytest.raises(BadRequest, match="Not a directory"):
        find_photographs(tmp_path / "file")
