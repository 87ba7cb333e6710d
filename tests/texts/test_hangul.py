"""A student is found by number, by name, and by whatever a Korean keyboard sends while a name is typed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from texts.hangul import initials, matches

SYLLABLES = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)


def test_a_name_has_the_initial_consonant_of_each_syllable() -> None:
    assert initials("김하늘") == "ㄱㅎㄴ"
    assert initials("쌍둥이 Kim") == "ㅆㄷㅇkim"
    assert initials(unicodedata.normalize("NFD", "김하늘")) == "ㄱㅎㄴ"


@pytest.mark.parametrize("typed", ["하늘", "ㄱㅎ", "ㅎㄴ", "1041", " 김 하 ", "", "２０１５", "2015 11"])
def test_what_is_typed_finds_the_student(typed: str) -> None:
    assert matches(typed, "201511041", "김하늘")


@pytest.mark.parametrize("typed", ["ㄴㅎ", "바다", "2042", "ㄱ1", "김호", "기하", "김핫", "김하늘님"])
def test_what_does_not_fit_finds_nobody(typed: str) -> None:
    assert not matches(typed, "201511041", "김하늘")


def test_a_foreign_name_is_found_whatever_its_case() -> None:
    assert matches("ada l", "1", "Ada Lovelace")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ㄳ", "김수진"),
        ("ㄵ", "남지우"),
        ("ㄶ", "나하늘"),
        ("ㄺ", "류가람"),
        ("ㄻ", "류미나"),
        ("ㄼ", "류보라"),
        ("ㄽ", "류서준"),
        ("ㄾ", "류태오"),
        ("ㄿ", "류표"),
        ("ㅀ", "류하나"),
        ("ㅄ", "박서준"),
        ("ㅄㅈ", "박서준"),
    ],
)
def test_two_initials_that_the_keyboard_joins_are_two_initials(typed: str, name: str) -> None:
    assert matches(typed, "1", name)


@pytest.mark.parametrize(("typed", "name"), [("ㄲ", "김가나"), ("ㄲ", "까미"), ("ㅆ", "손수미"), ("ㅆㅁ", "손수미")])
def test_a_double_consonant_is_one_initial_or_two(typed: str, name: str) -> None:
    assert matches(typed, "1", name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("김ㅎ", "김하늘"),
        ("김하ㄴ", "김하늘"),
        ("김하느", "김하늘"),
        ("기", "김하늘"),
        ("김한", "김하늘"),
        ("간", "가나다"),
        ("간ㄷ", "가나다"),
        ("값", "갑수진"),
        ("값ㅈ", "갑수진"),
        ("갑", "값진"),
        ("고", "과천"),
        ("구", "권율"),
        ("그", "긔나"),
    ],
)
def test_the_syllable_that_is_being_composed_counts(typed: str, name: str) -> None:
    assert matches(typed, "1", name)


def test_names_and_searches_in_the_form_that_a_mac_writes_are_found() -> None:
    apart = unicodedata.normalize("NFD", "김하늘")
    for typed in ("김하", "ㄱㅎㄴ", apart, unicodedata.normalize("NFD", "하늘"), "\u1100\u1112", "\uffa1\uffbe"):
        assert matches(typed, "1", "김하늘"), typed
    for typed in ("김하", "ㄱㅎㄴ"):
        assert matches(typed, "1", apart)


@given(st.lists(SYLLABLES, min_size=1, max_size=4).map("".join), st.data())
def test_every_key_on_the_way_to_a_name_finds_it(name: str, data: st.DataObject) -> None:
    parts = unicodedata.normalize("NFD", name)
    keys = parts[: data.draw(st.integers(1, len(parts)))]
    assert matches(unicodedata.normalize("NFC", keys), "1", name)
    assert matches(initials(name), "1", name)
