"""The offices' screens in a browser: both languages, three widths, twice the size, the keyboard, and axe on each."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from server.domain.calendar import campus_day
from tests.browser.people import add_account, sign_in
from tests.server.classroom import COURSE, SEOUL, classroom
from tests.server.http.campus import Http, http_of

SCREENS = (
    "/office",
    "/office/rosters",
    "/office/photographs",
    "/office/courses",
    f"/office/course?course={COURSE}",
    "/office/terms",
    "/office/rooms",
    f"/consents?course={COURSE}",
    "/downloads",
    f"/agreement?course={COURSE}&why=pilot",
    "/admin",
    "/admin/rights",
    "/admin/devices",
    "/admin/cameras",
    "/admin/sign-ins",
    "/access-log",
    "/access-log/month",
    "/access-log/whole",
    "/erasures",
    "/breach?whole=yes",
)


@pytest.fixture
def campus(tmp_path: Path) -> Iterator[Http]:
    """Everybody on loopback may everything; people, devices and cameras are there."""
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as room:
        room.now = datetime.now(UTC)
        room.set_course()
        with http_of(room, tmp_path / "knowns") as http:
            yield http


def opened(chromium: Browser, campus: Http, **context: Any) -> Page:
    page = chromium.new_context(base_url=f"http://127.0.0.1:{campus.port}", **context).new_page()
    page.set_default_timeout(20_000)
    return page


@pytest.mark.slow
@pytest.mark.parametrize(("locale", "scheme"), [("ko-KR", "light"), ("en-GB", "dark")])
def test_no_screen_has_a_finding_of_axe_or_is_wider_than_320_px(
    chromium: Browser, campus: Http, locale: str, scheme: Any
) -> None:
    campus.room.store.accounts.add("lee", full_name="<b>이</b>", at=campus.room.now, by="test")
    page = opened(chromium, campus, locale=locale, color_scheme=scheme, viewport={"width": 320, "height": 640})
    findings = {}
    for path in SCREENS:
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth")
        found = [(each["id"], each["nodes"][0]["html"]) for each in Axe().run(page).response["violations"]]
        if found or wide > 320:
            findings[path] = (wide, found)
    assert findings == {}


def test_a_list_is_imported_by_the_keyboard_alone(chromium: Browser, campus: Http, tmp_path: Path) -> None:
    room = campus.room
    lines = f"학번,이름,과목코드\n202610001,한겨울,{COURSE}\n"
    (tmp_path / "list.csv").write_text(lines, encoding="utf-8")
    page = opened(chromium, campus, locale="ko-KR")
    page.goto("/office/rosters")
    page.get_by_label("파일: .xlsx").set_input_files(tmp_path / "list.csv")
    page.get_by_label("파일: .xlsx").focus()
    while page.evaluate("document.activeElement.textContent") != "무엇이 바뀌는지 보기":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="파일로 바뀌는 내용")).to_be_visible()
    page.get_by_role("button", name="이대로 바꾸기").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("명단을 바꾸었습니다.")).to_be_visible()
    assert "202610001" in room.store.rosters.students_of(COURSE, campus_day(room.now, SEOUL))


def test_photographs_are_sent_one_by_one_with_a_line_for_each(chromium: Browser, campus: Http) -> None:
    one, other = campus.room.students[:2]
    page = opened(chromium, campus, locale="en-GB")
    page.goto("/office/photographs")
    files = [(f"{one}.jpg", b"0"), (f"{other}.jpg", b"1"), ("<img src=x onerror=alert(1)>.jpg", b"2")]
    page.get_by_label("Photographs, or a ZIP of them").set_input_files(
        [{"name": name, "mimeType": "image/jpeg", "buffer": data} for name, data in files]
    )
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("3 of 3 sent")).to_be_visible()
    expect(page.locator("[data-lines] tr")).to_have_count(3)
    expect(page.locator("[data-count=taken]")).to_have_text("2")
    assert page.locator("[data-lines] img").count() == 0


def test_the_office_signs_in_and_sees_no_administration(chromium: Browser, tmp_path: Path) -> None:
    with classroom(str(tmp_path / "b.sqlite"), tmp_path) as room:
        room.now = datetime.now(UTC)
        add_account(room, "park", role="office")
        with http_of(room, tmp_path / "knowns", signed_in=True) as http:
            page = opened(chromium, http, locale="ko-KR")
            page.goto("/office/rosters")
            sign_in(page, "park")
            expect(page.get_by_role("heading", name="수강생 명단")).to_be_visible()
            expect(page.get_by_role("navigation").get_by_text("학사팀")).to_be_visible()
            expect(page.get_by_role("navigation").get_by_text("관리")).to_have_count(0)
