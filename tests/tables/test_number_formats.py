"""What a spreadsheet shows of a number by its format, or that it is not simply its digits."""

import pytest

from tables.xlsx.number_formats import BUILT_IN, is_date, shown


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("", "17041"),
        ("General", "17041"),
        ("@", "17041"),
        ("0", "17041"),
        ("#,##0", "17041"),
        ("0.00", "17041"),
        ("000000000", "000017041"),
        ("000000000;@", "000017041"),
        ("000000000;-000000000", "000017041"),
        ("[$-412]000000000", "000017041"),
        ("[Red]000000000", "000017041"),
        ("000000000_ ", "000017041"),
        (r"000000000_);\(000000000\)", "000017041"),
        ("0000-00000", "0000-17041"),
        ('"20"0000000', "200017041"),
        (r"\2\00000000", "200017041"),
        ("#000000000", "000017041"),
        ("000,000,000", "000017041"),
        ('"S"General', "S17041"),
        ("00", "17041"),
    ],
)
def test_digits_and_letters_that_a_format_shows_are_kept(code: str, text: str) -> None:
    assert shown(17041, code) == text


@pytest.mark.parametrize(
    "code",
    [
        "0%",
        "0.00E+00",
        "# ?/?",
        "0,",
        "0,,",
        "[DBNum1]General",
        "[$₩-412]#,##0",
        '"₩"#,##0',
        "[$-D000041E]0",
        "[<1000]0;0000",
        ";;;",
        '"학생"',
    ],
)
def test_a_format_that_shows_something_else_is_not_guessed(code: str) -> None:
    assert shown(17041, code) is None


@pytest.mark.parametrize(
    "code",
    ["yyyy-mm-dd", 'm"월" d"일"', "d-mmm", "[h]:mm", "AM/PM h:mm", "[$-412]yyyy\\-mm", BUILT_IN[14], BUILT_IN[31]],
)
def test_dates_and_times_are_known(code: str) -> None:
    assert is_date(code)


def test_letters_in_quotes_make_no_date() -> None:
    assert not any(map(is_date, ('"d"000', r"\d000", "General", "@", "[Red]0", "_y0")))


def test_zero_has_a_part_of_its_own() -> None:
    assert shown(0, '000;-000;"none"0') == "none0"
    assert shown(0, "000") == "000"
