"""Find somebody on the board as a Korean keyboard composes, and hold the page's search to the server's."""

import json

import pytest
from playwright.sync_api import CDPSession, Page, expect

from server.pages.static_files import path_of
from texts.hangul import initials, matches

NAMES = [
    "김하늘",
    "이바다",
    "박구름",
    "최노을",
    "정이슬",
    "한별",
    "쌍둥이 Kim",
    "닭한마리",
    "곽도원",
    "김\u1112\u1161늘",
    "O'Neil",
]
TYPED = [
    "ㄱㅎㄴ",
    "ㄳ",
    "김ㅎ",
    "기마",
    "긴",
    "김한",
    "고",
    "과",
    "ㅆㄷ",
    "달",
    "닭ㅎ",
    "ㅎㅂ",
    "ㄼ",
    "kim",
    "ＫＩＭ",
    "2015",
    "２０１５",
    "ㄲ",
    "하늘 ",
    "",
    "neil",
]


def test_the_pages_search_finds_whom_the_servers_finds(page: Page) -> None:
    page.goto("/help")
    asked = [(typed, "201511041", name) for typed in [*TYPED, *map(initials, NAMES)] for name in NAMES]
    found = page.evaluate(
        f"async (asked) => {{ const {{ matches }} = await import('{path_of('hangul.js')}');"
        " return asked.map((each) => matches(...each)); }",
        [list(each) for each in asked],
    )
    told = [json.dumps(each, ensure_ascii=False) for each, on in zip(asked, found, strict=True) if on != matches(*each)]
    assert told == []
    assert 0 < sum(found) < len(found)


def compose(keyboard: CDPSession, *steps: str) -> None:
    """What an input method shows while a syllable is being put together, not yet committed."""
    for step in steps:
        keyboard.send("Input.imeSetComposition", {"text": step, "selectionStart": len(step), "selectionEnd": len(step)})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("steps", "name"), [(("ㅂ", "바", "박"), "박구름"), (("ㅊ",), "최노을"), (("ㅂ", "벼", "별"), "한별")]
)
def test_rows_are_found_while_a_syllable_is_composed_and_no_letter_decides(
    page: Page, steps: tuple[str, ...], name: str
) -> None:
    page.goto("/sessions/1?hour=3")
    expect(page.locator("[data-decider-name]")).not_to_be_empty()
    page.get_by_label("찾기").focus()
    keyboard = page.context.new_cdp_session(page)
    compose(keyboard, *steps)
    shown = page.locator("[data-student]:visible")
    expect(shown.first).to_contain_text(name)
    assert {each.get_attribute("data-name") for each in shown.all()} == {name}
    keyboard.send("Input.insertText", {"text": steps[-1]})
    page.keyboard.press("Enter")
    expect(page.locator("[data-decider-name]")).to_have_text(name)
    expect(page.locator("[data-student][data-decided=yes]")).to_have_count(0)
    page.keyboard.press("p")
    expect(page.locator("[data-student][data-decided=yes]")).to_have_count(1)
    page.get_by_label("찾기").focus()
    page.keyboard.press("Escape")
    expect(page.locator("[data-student]:visible")).to_have_count(60)


@pytest.mark.slow
def test_a_reason_is_composed_in_korean_and_kept(page: Page) -> None:
    page.goto("/sessions/1/student?hour=3&student=201511041")
    reason = page.locator("#why-3")
    reason.focus()
    keyboard = page.context.new_cdp_session(page)
    for syllable in (("ㅂ", "병", "병ㅇ", "병우", "병워", "병원"),):
        compose(keyboard, *syllable)
    keyboard.send("Input.insertText", {"text": "병원"})
    expect(reason).to_have_value("병원")
    page.locator("form:has(#why-3) button[value=excused]").click()
    expect(page.get_by_label("찾기")).to_be_visible()
    page.goto("/sessions/1/student?hour=3&student=201511041")
    expect(page.get_by_text("병원").first).to_be_visible()
