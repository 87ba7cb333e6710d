"""Two people on one board see each other, the later decision stands, and updates wait where they are told to."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import CHECK, SURE
from tests.server.http.campus import Http

SAVED = "모두 저장됨"
FIRST = str(201511041 + SURE)


@pytest.fixture
def other(chromium: Browser, class_of_60: Http) -> Iterator[Page]:
    """Another professor's PC."""
    context = chromium.new_context(base_url=f"http://127.0.0.1:{class_of_60.port}", locale="ko-KR")
    yield context.new_page()
    context.close()


def open_board(page: Page) -> None:
    page.goto("/sessions/1?hour=3")
    expect(page.locator("[data-decider-name]")).not_to_be_empty()


def open_boards(page: Page, other: Page, campus: Http) -> None:
    """A minute apart by the server's clock, which stands still otherwise."""
    open_board(page)
    campus.room.now += timedelta(minutes=1)
    open_board(other)


@pytest.mark.slow
def test_two_on_one_board_see_each_other_and_the_later_decision_stands(
    page: Page, other: Page, class_of_60: Http
) -> None:
    open_boards(page, other, class_of_60)
    page.keyboard.press("p")
    row = other.locator(f"[data-student='{FIRST}']")
    expect(row).to_have_attribute("data-before", "present", timeout=3000)
    other.locator(f"[data-student='{FIRST}']").click()
    other.keyboard.press("l")
    expect(other.locator("[data-save-state]")).to_have_text(SAVED)
    expect(page.locator(f"[data-student='{FIRST}']")).to_have_attribute("data-before", "late", timeout=3000)
    board = class_of_60.room.board(1, 3)
    assert [hour.mark for row in board.students if row.student == FIRST for hour in row.hours if hour.hour == 3] == [
        "late"
    ]


@pytest.mark.slow
def test_both_decide_all_eight_at_once_and_nobody_is_lost(page: Page, other: Page, class_of_60: Http) -> None:
    open_boards(page, other, class_of_60)
    page.context.set_offline(True)
    for _ in range(CHECK):
        page.keyboard.press("p")
    for _ in range(CHECK):
        other.keyboard.press("l")
    expect(other.locator("[data-save-state]")).to_have_text(SAVED)
    page.context.set_offline(False)
    expect(page.locator("[data-save-state]")).to_have_text(SAVED)
    hours = {
        row.student: next(hour for hour in row.hours if hour.hour == 3)
        for row in class_of_60.room.board(1, 3).students
        if row.list == "check"
    }
    # Made before the other's, sent after them: the later decision stands, and both are in the history.
    assert {each.mark for each in hours.values()} == {"late"}
    histories = [class_of_60.room.store.marks.history(1, student) for student in hours]
    assert [sorted(each.new.value for each in history) for history in histories] == [["late", "present"]] * CHECK


@pytest.mark.slow
def test_paused_updates_wait_until_they_are_asked_for(page: Page, other: Page) -> None:
    open_board(page)
    page.get_by_role("button", name="갱신 멈추기").tap()
    page.reload()
    expect(page.get_by_role("button", name="갱신 멈추기", pressed=True)).to_be_visible()
    open_board(other)
    other.keyboard.press("p")
    expect(other.locator("[data-save-state]")).to_have_text(SAVED)
    news = page.get_by_role("button", name=re.compile("바뀐 것이 있음"))
    expect(news).to_be_visible(timeout=4000)
    expect(page.locator("[data-student][data-decided=yes]")).to_have_count(0)
    news.tap()
    expect(page.locator("[data-student][data-decided=yes]")).to_have_count(1)
    page.get_by_role("button", name="갱신 멈추기").tap()
    other.keyboard.press("p")
    expect(page.locator("[data-student][data-decided=yes]")).to_have_count(2, timeout=4000)
