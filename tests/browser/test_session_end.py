"""The end of a session is told two minutes before and put off by one press; what is being written is not lost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from server.services.identity.web_sessions import IDLE, LONGEST
from tests.browser.people import add_account, add_professor, sign_in
from tests.server.classroom import COURSE, classroom
from tests.server.http.campus import Http, http_of

MINUTE = timedelta(minutes=1)
APPEAL = "10시 40분부터 셋째 줄에 앉아 있었습니다."


@pytest.fixture
def campus(tmp_path: Path) -> Iterator[Http]:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as room:
        room.set_course()
        room.look("10:31", 0)
        room.set_state(1, "submitted")
        add_account(room, "haneul", student=room.students[0])
        with http_of(room, tmp_path / "knowns", signed_in=True) as http:
            yield http


@pytest.fixture
def today(campus: Http) -> Http:
    """Where /v1 is asked too, which goes by the server's own clock."""
    campus.room.now = datetime.now(UTC)
    add_professor(campus.room, "kim", COURSE)
    return campus


@pytest.fixture
def page(chromium: Browser, campus: Http) -> Iterator[Page]:
    """Its clock goes on when the test says so."""
    context = chromium.new_context(base_url=f"http://127.0.0.1:{campus.port}", locale="ko-KR")
    opened = context.new_page()
    opened.clock.install()
    yield opened
    context.close()


def go_on(page: Page, campus: Http, by: timedelta) -> None:
    """The server's clock and the page's."""
    campus.room.now += by
    page.clock.fast_forward(int(1000 * by.total_seconds()))


def test_the_end_is_told_in_time_and_put_off_by_a_key(page: Page, today: Http) -> None:
    page.goto("/report")
    sign_in(page, "kim")
    expect(page.get_by_role("heading", name="출석 현황")).to_be_visible()
    warning = page.get_by_role("alert")
    go_on(page, today, IDLE - 4 * MINUTE)
    expect(warning).to_be_hidden()
    go_on(page, today, 2 * MINUTE)
    expect(warning).to_contain_text("2분 뒤 로그아웃됩니다.")
    stay = page.get_by_role("button", name="로그인 유지")
    stay.focus()
    page.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    go_on(page, today, IDLE - 3 * MINUTE)
    page.reload()
    expect(page.get_by_role("heading", name="출석 현황")).to_be_visible()


@pytest.mark.slow
def test_the_longest_time_is_told_and_not_promised_to_be_put_off(page: Page, today: Http) -> None:
    page.goto("/report")
    sign_in(page, "kim")
    expect(page.get_by_role("heading", name="출석 현황")).to_be_visible()
    for _ in range(int((LONGEST - IDLE) / (IDLE - 5 * MINUTE))):
        go_on(page, today, IDLE - 5 * MINUTE)
        page.reload()
    rest = LONGEST - int((LONGEST - IDLE) / (IDLE - 5 * MINUTE)) * (IDLE - 5 * MINUTE)
    while rest > 20 * MINUTE:
        go_on(page, today, 10 * MINUTE)
        page.reload()
        rest -= 10 * MINUTE
    go_on(page, today, rest - MINUTE)
    expect(page.get_by_role("alert")).to_contain_text("로그인한 지 오래되어")
    expect(page.get_by_role("button", name="로그인 유지")).to_be_hidden()


@pytest.mark.slow
def test_what_was_being_written_when_the_session_ended_is_sent_after_signing_in_again(page: Page, campus: Http) -> None:
    page.goto("/my/hour?session=1&hour=3")
    sign_in(page, "haneul")
    page.get_by_role("textbox").fill(APPEAL)
    campus.room.now += IDLE + MINUTE  # the page's clock stood still: a lid was closed
    button = page.locator("form", has=page.get_by_role("textbox")).get_by_role("button")
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("쓰신 내용은 그대로 있습니다")
    expect(page.get_by_role("textbox")).to_have_value(APPEAL)
    with page.context.expect_page() as opened:
        page.get_by_role("alert").get_by_role("link", name="로그인").click()
    sign_in(opened.value, "haneul")
    expect(opened.value.get_by_role("navigation").first).to_be_visible()
    button.click()
    expect(page.get_by_text(APPEAL)).to_be_visible()
    filed = campus.room.store.appeals.of_student(campus.room.students[0])
    assert [each.text for each in filed] == [APPEAL]


@pytest.mark.slow
def test_what_was_written_without_a_network_stays_and_is_sent_once(page: Page, campus: Http) -> None:
    page.goto("/my/hour?session=1&hour=3")
    sign_in(page, "haneul")
    page.get_by_role("textbox").fill(APPEAL)
    page.context.set_offline(True)
    button = page.locator("form", has=page.get_by_role("textbox")).get_by_role("button")
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("네트워크가 끊겨")
    expect(page.get_by_role("textbox")).to_have_value(APPEAL)
    page.context.set_offline(False)
    button.dblclick()
    expect(page.get_by_text(APPEAL)).to_be_visible()
    assert len(campus.room.store.appeals.of_student(campus.room.students[0])) == 1


@pytest.mark.slow
def test_letters_switched_off_are_off_in_every_browser_of_the_account(
    chromium: Browser, page: Page, today: Http
) -> None:
    page.goto("/sessions/1")
    sign_in(page, "kim")
    page.get_by_text("단축키", exact=True).click()
    with page.expect_response("**/letter-keys"):
        page.get_by_label("글자 하나를 단축키로 쓰기").uncheck()
    other = chromium.new_context(base_url=f"http://127.0.0.1:{today.port}", locale="ko-KR").new_page()
    other.goto("/sessions/1")
    sign_in(other, "kim")
    expect(other.locator("[data-decider-name]")).not_to_be_empty()
    other.keyboard.press("p")
    other.get_by_text("단축키", exact=True).click()
    expect(other.get_by_label("글자 하나를 단축키로 쓰기")).not_to_be_checked()
    assert today.room.marks(1) == {}
    other.get_by_label("글자 하나를 단축키로 쓰기").check()
    other.keyboard.press("p")
    expect(other.locator("[data-student][data-decided=yes]")).to_have_count(1)
    other.context.close()
