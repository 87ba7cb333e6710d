"""The picture of the class in a browser: touch a face, correct it, confirm who is sure in view, take it back."""

import re
from collections import Counter
from functools import partial
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from server.recognition import decode_image
from server.recognition.images.shown import for_screen
from tests.browser.conftest import CHECK, SURE, UNSEEN
from tests.browser.test_accessibility import WANTED
from tests.photographs import jpeg
from tests.server.http.campus import Http

pytestmark = pytest.mark.slow
SAVED = "모두 저장됨"
IN_VIEW = (0, 1, 2, SURE, SURE + CHECK + UNSEEN + 3)  # three who are sure, one in doubt, a stranger
LIVE = "/sessions/1/live?hour=3"


@pytest.fixture
def live_class(class_of_60: Http) -> Http:
    room = class_of_60.room
    picture = jpeg(Image.new("RGB", (7000, 900), "gray"))
    shown = for_screen(picture, partial(decode_image, max_pixels=10_000_000))
    live: Any = room.services.live
    live.seconds, live._render = 60.0, lambda _data: shown
    room.look("11:16", *IN_VIEW)
    return class_of_60


def states(http: Http) -> Counter[str | None]:
    board = http.room.board(1, 3)
    return Counter(next(hour.mark for hour in row.hours if hour.hour == 3) for row in board.students)


def test_who_is_sure_in_view_is_listed_confirmed_and_taken_back(live_class: Http, page: Page) -> None:
    page.goto(LIVE)
    expect(page.locator("svg rect.seat")).to_have_count(len(IN_VIEW))
    page.get_by_role("button", name="이 3명 확인").tap()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("li")).to_have_count(3)
    dialog.get_by_role("button", name="취소").tap()
    assert states(live_class) == {None: SURE + CHECK + UNSEEN}
    page.get_by_role("button", name="이 3명 확인").press("Enter")
    page.get_by_role("button", name="확인", exact=True).press("Enter")
    expect(page.locator("[data-save-state]")).to_have_text(SAVED)
    expect(page.get_by_role("button", name="이 3명 확인")).to_have_count(0)
    assert states(live_class)["present"] == 3
    page.get_by_role("button", name="되돌리기: 3명 확인").tap()
    expect(page.get_by_role("button", name="이 3명 확인")).to_be_visible()
    assert states(live_class)["present"] == 0


def test_a_face_is_touched_corrected_and_said_not_to_be_theirs_by_the_keyboard(live_class: Http, page: Page) -> None:
    page.goto(LIVE)
    page.locator("svg a.face").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/sessions/1/student\?.*picture=\d+"))
    page.get_by_role("button", name=re.compile("학생이 아닙니다$")).press("Enter")
    expect(page.get_by_role("button", name=re.compile("취소하기$"))).to_be_visible()
    assert len(live_class.room.services.vetoes.of_courses(None)) == 1
    page.locator("#hour-3").locator("xpath=ancestor::section").get_by_role("button", name=re.compile("지각")).press(
        "Enter"
    )
    expect(page).to_have_url(re.compile("/sessions/1"))
    assert states(live_class)["late"] == 1


def test_a_newer_picture_comes_unless_somebody_is_at_this_one(live_class: Http, page: Page) -> None:
    page.goto(LIVE)
    page.get_by_role("button", name="사진 멈추기").tap()
    live_class.room.look("11:17", 5)
    page.wait_for_timeout(2500)
    expect(page.locator("svg rect.seat")).to_have_count(len(IN_VIEW))
    page.get_by_role("button", name="사진 멈추기").tap()
    expect(page.locator("svg rect.seat")).to_have_count(1)
    page.locator("h1").tap()
    live_class.room.look("11:18", 5, 6)
    expect(page.locator("svg rect.seat")).to_have_count(2)
    live_class.room.services.live.forget(1)
    expect(page.get_by_text("지금 볼 수 있는 사진이 없습니다.")).to_be_visible()
    expect(page.locator("svg image")).to_have_count(0)


@pytest.mark.parametrize(("language", "width"), [("ko-KR", 360), ("en", 1366)])
def test_no_finding_of_axe_and_nothing_scrolls_sideways(
    live_class: Http, chromium: Browser, language: str, width: int
) -> None:
    context = chromium.new_context(
        base_url=f"http://127.0.0.1:{live_class.port}",
        viewport={"width": width, "height": 740},
        locale=language,
        bypass_csp=True,
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.set_default_timeout(8000)
    page.goto(LIVE)
    number = page.locator("[data-picture]").get_attribute("data-picture")
    found = []
    for path in (LIVE, f"/sessions/1/live/face?picture={number}&face=4&hour=3", "/vetoes"):
        page.goto(path)
        results = Axe().run(page, options=WANTED)
        found += [(path, each["id"], each["nodes"][0]["html"][:150]) for each in results.response["violations"]]
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.goto(LIVE)
    page.locator("[data-ask]").click()
    found += [("dialog", each["id"]) for each in Axe().run(page, options=WANTED).response["violations"]]
    context.close()
    assert found == []
    assert said == []
