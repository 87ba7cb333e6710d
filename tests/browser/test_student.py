"""A student's pages in a browser: by keyboard, on a small phone, in both languages, and without findings by axe."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from server.access import Principal
from tests.server.classroom import COURSE, classroom, seoul
from tests.server.http.campus import Http, http_of
from tests.server.pages.asking import PROFESSOR, student

# Right to left, zero width, script, and what takes two places of UTF-16 each.
NASTY = "<img src=x onerror=alert(1)>\u202eabc\u200b\u200d" + "🙂" * 4000
OTHERS = ("/my/photographs", "/my/absences", "/my/data")
LANGUAGES = {"ko-KR": "동의합니다", "en-GB": "Yes, I consent"}


@pytest.fixture
def campus(tmp_path: Path) -> Iterator[Http]:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as room:
        room.set_course()
        room.look("10:31", 0)
        room.look("10:50", 0)
        room.now = seoul("12:30")
        room.mark(0, "late", hour=3, why="<b>bold</b>")
        room.set_state(1, "submitted")
        with http_of(room, tmp_path / "knowns") as http:
            http.principal = student(room, 0)
            yield http


@pytest.fixture(params=sorted(LANGUAGES))
def page(chromium: Browser, campus: Http, request: pytest.FixtureRequest) -> Iterator[Page]:
    """320 px, which is also 1280 px at 400 %."""
    context = chromium.new_context(
        base_url=f"http://127.0.0.1:{campus.port}", viewport={"width": 320, "height": 640}, locale=request.param
    )
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    yield opened
    context.close()


def require_accessible(page: Page) -> None:
    """Nothing that axe finds, no scrolling sideways, nothing smaller than a finger's target."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url


def as_somebody(campus: Http, principal: Principal) -> None:
    campus.principal = principal


def test_every_screen_of_a_student_and_of_appeals_is_accessible(page: Page, campus: Http) -> None:
    campus.room.services.students.appeals.file(
        campus.room.students[0], 1, 3, NASTY[:4000], now=campus.room.now, by="s0"
    )
    day, now = campus.room.now.date(), campus.room.now
    campus.room.services.students.absences.file(
        campus.room.students[0], COURSE, day, day, NASTY[:900], b"%PDF-", now=now, by="s0"
    )
    for path in ("/my", f"/my/course?course={COURSE}", "/my/hour?session=1&hour=3", "/my/consent", *OTHERS):
        page.goto(path)
        require_accessible(page)
    assert page.evaluate("document.images.length") == 0, "what a student wrote is text"
    page.goto("/my/consent")
    yes = page.get_by_role("button").filter(has_text=LANGUAGES[page.evaluate("navigator.language")]).first
    yes.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/consent/receipt*")
    require_accessible(page)
    as_somebody(campus, PROFESSOR)
    for path in ("/appeals", "/absences", "/appeals/1"):
        page.goto(path)
        require_accessible(page)
    page.get_by_role("textbox").fill("so it stays")
    page.locator("button[value=stays]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/appeals")
    page.goto("/appeals/1")
    require_accessible(page)


def test_yes_and_no_are_equally_large_and_both_within_reach(page: Page) -> None:
    page.goto("/my/consent")
    boxes = [each.bounding_box() for each in page.locator(".equal button").all()]
    assert len(boxes) == 4
    sizes = {(round(each["width"]), round(each["height"])) for each in boxes if each}
    assert len(sizes) == 1
    assert all(width >= 44 and height >= 44 for width, height in sizes)


def test_an_appeal_is_written_and_sent_with_keys_alone(page: Page, campus: Http) -> None:
    page.goto("/my/hour?session=1&hour=3")
    page.get_by_role("textbox").focus()
    page.keyboard.type("I was there.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("I was there.")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_count(0)
    assert [each.text for each in campus.room.store.appeals.of_student(campus.room.students[0])] == ["I was there."]


def test_the_page_of_notices_is_accessible_and_filled_in_with_keys_alone(page: Page, campus: Http) -> None:
    made = campus.room.store.accounts.add("haneul", student=campus.room.students[0], at=campus.room.now, by="test")
    as_somebody(campus, replace(student(campus.room, 0), id=made.id, name="haneul"))
    page.goto("/my")
    page.locator("footer a[href='/notices']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/notices")
    require_accessible(page)
    page.locator("#email").focus()
    page.keyboard.type("haneul@example.ac.kr")
    page.keyboard.press("Enter")
    page.wait_for_url("**/notices?done=yes")
    require_accessible(page)
    kept = campus.room.store.accounts.get("haneul")
    assert (kept.email, kept.language, kept.notices) == ("haneul@example.ac.kr", "ko", True)
