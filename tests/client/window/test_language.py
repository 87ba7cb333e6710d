"""Every text of the window has a Korean one with the same blanks, and none is left over."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLocale

from client.window.language import translator as language
from client.window.language import words
from client.window.language.korean import KOREAN
from client.window.pages import main_window
from client.window.widgets import three_lists
from language import words as shared
from language.korean_words import KOREAN_WORDS

SOURCES = sorted((Path(__file__).resolve().parents[3] / "client" / "window").rglob("*.py"))
TEXTS = {**KOREAN_WORDS, **KOREAN}
TABLES: tuple[dict[Any, str], ...] = (
    shared.STATES,
    shared.REASONS,
    shared.LOOK_AT,
    shared.SHARED_FACES,
    shared._ERRORS,
    shared.SESSION_STATES,
    shared._STATES_IN_SENTENCES,
    three_lists.TITLES,
    three_lists.EMPTY,
    shared.ALIKE,
    main_window._STATES_SET,
    {state: text for state, (_, text) in main_window._CAMERA.items()},
)


def texts() -> Iterator[str]:
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr":
                yield from _constants(node.args[0])
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("{count} "):
                yield node.value
    for table in TABLES:
        yield from table.values()


def _constants(node: ast.expr) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.IfExp):
            yield from (each.value for each in (part.body, part.orelse) if isinstance(each, ast.Constant))
    if isinstance(node, ast.Constant):
        yield node.value


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_has_a_korean_one_with_the_same_blanks() -> None:
    missing = sorted({text for text in texts() if text not in TEXTS})
    assert missing == []
    assert [text for text, korean in TEXTS.items() if blanks(text) != blanks(korean)] == []


def test_no_korean_text_is_left_over() -> None:
    assert sorted(set(TEXTS) - set(texts())) == []


@pytest.mark.parametrize(("wanted", "shown"), [("ko", "결석"), ("en", "absent")])
def test_the_language_that_is_asked_for_is_shown(qapp: Any, wanted: str, shown: str) -> None:
    try:
        language.install(qapp, language.choose(wanted))
        assert words.state_word("absent") == shown
    finally:
        language.install(qapp, "en")


def test_without_a_wish_the_systems_language_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, expected in (("ko_KR", "ko"), ("en_GB", "en"), ("de_DE", "en")):
        monkeypatch.setattr(QLocale, "system", lambda name=name: QLocale(name))
        assert language.choose(None) == expected
