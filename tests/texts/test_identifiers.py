"""What looks the same is one identifier; a name keeps the letters that belong to its spelling."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from texts.identifiers import is_changed, is_printable, normal, normal_name, spelt_out


@pytest.mark.parametrize(
    "written",
    ["２０１５１１０４１", "201511041\u200b", " 201511041 ", "\ufeff201511041", "2015\u00ad11041", "201511\u3164041"],
)
def test_a_number_is_the_same_however_wide_its_digits_and_whatever_invisible_is_in_it(written: str) -> None:
    assert normal(written) == "201511041"


@pytest.mark.parametrize("dash", "-‐‑‒–—―−﹣－⁃˗─➖⁻֊᠆〜")
def test_every_dash_is_a_hyphen(dash: str) -> None:
    assert normal(f"CSE{dash}101") == "CSE-101"


@pytest.mark.parametrize(
    "letter", ["\uffa0", "\u1160", "\u115f", "\u2800", "\u200d", "\u200e", "\u2060", "\ufe0f", "\U000e0041"]
)
def test_letters_that_nobody_sees_are_nothing(letter: str) -> None:
    assert normal(f"EA0017{letter}_1") == "EA0017_1"
    assert normal(letter) == ""


def test_wide_letters_and_composed_ones_are_the_plain_ones() -> None:
    assert normal("ＥＡ００１７＿１") == "EA0017_1"
    assert normal(unicodedata.normalize("NFD", "강의1")) == "강의1"
    assert normal("ea0017") != normal("EA0017")


@given(st.text(max_size=12))
def test_to_make_it_normal_twice_changes_nothing(text: str) -> None:
    assert normal(normal(text)) == normal(text)
    assert normal_name(normal_name(text)) == normal_name(text)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("김\u200b하늘", "김하늘"),
        ("이\u00ad다라", "이다라"),
        ("박\u3164서준", "박서준"),
        ("정\u00a0 이슬 ", "정 이슬"),
        ("Lee,\u200dDara", "Lee,Dara"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("ක්\u200dරිෂාන්", "ක්\u200dරිෂාන්"),
        ("علی\u200c", "علی"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        (unicodedata.normalize("NFD", "김하늘"), "김하늘"),
    ],
)
def test_a_name_loses_what_nobody_sees_and_keeps_what_joins_its_letters(written: str, kept: str) -> None:
    assert normal_name(written) == kept
    assert is_printable(kept)


def test_what_a_person_would_not_see_is_no_change_to_tell() -> None:
    assert not is_changed(unicodedata.normalize("NFD", "강의1") + " ", "강의1")
    assert is_changed("２０", "20")
    assert spelt_out("２0\u200b\u2011-강") == "２0\\u200b\\u2011-강"
    assert not is_printable("a\x1b")
