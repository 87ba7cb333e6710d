"""The window says whose face may be a photograph held up, and why."""

from typing import Any

from client.window.language import translator as language
from client.window.language.words import look_sentence, look_words
from protocol.messages import BoardHour


def test_what_is_told_is_said_and_nothing_otherwise(qapp: Any) -> None:
    told = BoardHour(hour=1, look_at=("framed", "newer"))
    assert look_words(told) == "look at this one"
    assert "straight frame around it, newer" in look_sentence(told)
    assert look_words(BoardHour(hour=1)) == look_sentence(BoardHour(hour=1)) == ""


def test_it_is_said_in_korean(qapp: Any) -> None:
    language.install(qapp, "ko")
    try:
        assert look_words(BoardHour(hour=1, look_at=("rigid",))) == "직접 확인하세요"
        assert "들고 있는 사진" in look_sentence(BoardHour(hour=1, look_at=("rigid",)))
    finally:
        language.install(qapp, "en")
