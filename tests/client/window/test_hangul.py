"""A student is found by number, by name, and by the initial consonants of a Hangul name."""

import pytest

from client.window.pages.face_dialog import initials, matches


def test_a_name_has_the_initial_consonant_of_each_syllable() -> None:
    assert initials("김하늘") == "ㄱㅎㄴ"
    assert initials("쌍둥이 Kim") == "ㅆㄷㅇKim"


@pytest.mark.parametrize("typed", ["하늘", "ㄱㅎ", "ㅎㄴ", "1041", " 김 하 ", ""])
def test_what_is_typed_finds_the_student(typed: str) -> None:
    assert matches(typed, "201511041", "김하늘")


@pytest.mark.parametrize("typed", ["ㄴㅎ", "바다", "2042", "ㄱ1", "김ㅎ"])
def test_what_does_not_fit_finds_nobody(typed: str) -> None:
    assert not matches(typed, "201511041", "김하늘")


def test_a_foreign_name_is_found_whatever_its_case() -> None:
    assert matches("ada l", "1", "Ada Lovelace")
