"""Sign in, see one's own courses alone, and sign out, with nothing left in the browser."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.people import add_professor, sign_in
from tests.server.classroom import COURSE, classroom
from tests.server.http.campus import Http, http_of


@pytest.fixture
def campus(tmp_path: Path) -> Iterator[Http]:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as room:
        room.now = datetime.now(UTC)  # a session is over by the server's own clock
        room.set_course("")
        add_professor(room, "kim", COURSE)
        add_professor(room, "lee")
        with http_of(room, tmp_path / "knowns", signed_in=True) as http:
            yield http


@pytest.fixture
def page(chromium: Browser, campus: Http) -> Iterator[Page]:
    context = chromium.new_context(base_url=f"http://127.0.0.1:{campus.port}", locale="ko-KR")
    yield context.new_page()
    context.close()


def test_who_is_not_signed_in_is_asked_to_and_comes_back_to_the_page(page: Page) -> None:
    page.goto(f"/report?course={COURSE}")
    expect(page).to_have_url(re.compile("/sign-in"))
    sign_in(page, "kim", "wrong password")
    expect(page.get_by_role("alert")).to_be_visible()
    sign_in(page, "kim")
    expect(page).to_have_url(re.compile(f"/report\\?course={COURSE}$"))
    expect(page.get_by_role("cell").first).to_be_visible()
    page.get_by_role("button", name="로그아웃").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    assert page.context.cookies() == []
    page.goto(f"/report?course={COURSE}")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_the_course_of_another_is_refused_and_not_shown(page: Page) -> None:
    page.goto("/")
    sign_in(page, "lee")
    expect(page.get_by_text("담당 과목이 없습니다.")).to_be_visible()
    answer = page.goto(f"/report?course={COURSE}")
    assert answer is not None
    assert answer.status == 403
    assert "김하늘" not in page.content()


def test_what_was_not_saved_is_gone_at_sign_out(page: Page) -> None:
    page.goto("/")
    sign_in(page, "kim")
    page.get_by_role("button", name="오늘 수업 열기").click()
    expect(page.locator("[data-decider-name]")).not_to_be_empty()
    page.route("**/v1/marks", lambda route: route.abort())
    page.keyboard.press("p")
    expect(page.locator("[data-save-state]")).to_have_text("아직 저장 안 됨: 1건")
    page.get_by_role("button", name="로그아웃").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    assert page.evaluate("sessionStorage.length") == 0


def test_a_session_that_ends_while_somebody_decides_loses_nothing(page: Page, campus: Http) -> None:
    page.goto("/")
    sign_in(page, "kim")
    page.get_by_role("button", name="오늘 수업 열기").click()
    expect(page.locator("[data-decider-name]")).not_to_be_empty()
    page.context.clear_cookies()
    page.keyboard.press("l")
    expect(page.locator("[data-trouble]")).to_contain_text("로그아웃되었습니다")
    page.goto("/sessions/1")
    sign_in(page, "kim")
    expect(page.locator("[data-student][data-decided=yes]")).to_have_count(1)
    expect(page.locator("[data-save-state]")).to_have_text("모두 저장됨")
    marks = {hour.mark for row in campus.room.board(1).students for hour in row.hours}
    assert marks == {None, "late"}
