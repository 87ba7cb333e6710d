"""A student's and the office's whole ways by Tab, Enter and typing, without a pointer and from the first page on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from server.access import Kind, Principal, Role
from tests.server.classroom import COURSE, classroom, seoul
from tests.server.http.campus import Http, http_of
from tests.server.pages.asking import student

pytestmark = pytest.mark.slow
OFFICE = Principal(kind=Kind.USER, id=7, name="park", roles=frozenset({Role.OFFICE}))
MOST_TABS = 80


@pytest.fixture
def campus(tmp_path: Path) -> Iterator[Http]:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as room:
        room.set_course()
        room.look("10:31", 0)
        room.now = seoul("12:30")
        room.mark(0, "absent", hour=3)
        room.set_state(1, "submitted")
        with http_of(room, tmp_path / "knowns") as http:
            yield http


@pytest.fixture
def page(chromium: Browser, campus: Http) -> Iterator[Page]:
    context = chromium.new_context(base_url=f"http://127.0.0.1:{campus.port}", locale="ko-KR")
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    # From the first page on: a chooser that opens while this is being asked for would be the system's own.
    opened.on("filechooser", lambda _chooser: None)
    yield opened
    context.close()


def tab_to(page: Page, selector: str) -> None:
    """By Tab alone, and it is seen where the focus is."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            return
    raise AssertionError(f"no Tab leads to {selector} on {page.url}")


def enter(page: Page, selector: str) -> None:
    """Tab to it and press Enter, which leads to another page."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_student_consents_takes_it_back_appeals_and_asks_for_an_absence(page: Page, campus: Http) -> None:
    campus.principal = student(campus.room, 0)
    number, store = campus.room.students[0], campus.room.store
    page.goto("/my")
    enter(page, "nav a[href='/my/consent']")
    enter(page, "button[value=yes]")
    expect(page.get_by_role("heading", name="확인서")).to_be_visible()
    enter(page, "nav a[href='/my/consent']")
    enter(page, "button[value=no].wide")
    expect(page.get_by_role("heading", name="확인서")).to_be_visible()
    assert [each.given for each in store.consents.of_student(number)] == [True, False]

    enter(page, "nav a[href='/my']")
    enter(page, "main a[href^='/my/course']")
    enter(page, "main a[href^='/my/hour']")
    tab_to(page, "textarea")
    page.keyboard.type("창가에 있었습니다.")
    enter(page, "form:has(textarea) button")
    assert [each.text for each in store.appeals.of_student(number)] == ["창가에 있었습니다."]

    enter(page, "nav a[href='/my/absences']")
    for field in ("begins", "ends"):
        tab_to(page, f"#{field}")
        page.keyboard.type("03022026")  # as the browser of the tests writes a day
    tab_to(page, "#reason")
    page.keyboard.type("예비군 훈련")
    enter(page, "form:has(#reason) button")
    expect(page.get_by_text("예비군 훈련")).to_be_visible()
    (asked,) = store.absences.of_student(number)
    assert (asked.begins.isoformat(), asked.ends.isoformat(), asked.course) == ("2026-03-02", "2026-03-02", COURSE)


def test_the_office_imports_a_list_from_its_first_page(page: Page, campus: Http, tmp_path: Path) -> None:
    campus.principal = OFFICE
    (tmp_path / "list.csv").write_text(f"학번,이름,과목코드\n202610001,한겨울,{COURSE}\n", encoding="utf-8")
    page.goto("/office")
    enter(page, "main a[href='/office/rosters']")
    tab_to(page, "input[type=file]")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(tmp_path / "list.csv")
    enter(page, "form:has(input[type=file]) button")
    enter(page, "main button.main")
    expect(page.get_by_text("명단을 바꾸었습니다.")).to_be_visible()
    assert "202610001" in campus.room.store.rosters.students_of(COURSE, campus.room.now.date())
