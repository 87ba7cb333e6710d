"""The board in a browser: few taps and keys, nothing lost without a network, nothing moved under a finger."""

import re
from collections import Counter
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from server.domain.attendance import CLOCK_TOLERANCE
from tests.browser.conftest import CHECK, SURE, UNSEEN
from tests.server.http.campus import Http

NAMED = CHECK + UNSEEN
SAVED = "모두 저장됨"


def open_today(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="오늘 수업 열기").or_(page.get_by_role("link", name="이어서 하기")).first.click()
    expect(page.locator("[data-decider-name]")).not_to_be_empty()


def states(http: Http) -> Counter[str | None]:
    board = http.room.board(1, 3)
    return Counter(next(hour.mark for hour in row.hours if hour.hour == 3) for row in board.students)


def test_a_class_of_60_takes_twelve_taps_from_open_to_submitted(page: Page, class_of_60: Http) -> None:
    open_today(page)  # 1
    page.get_by_role("button", name=f"확실한 {SURE}명 모두 확인").tap()  # 2
    decided = set()
    for number in range(NAMED):  # 3 to 10
        decided.add(
            page.locator("[data-decider-name]").inner_text() + page.locator("[data-decider-number]").inner_text()
        )
        state = "출석" if number < CHECK else "결석"
        page.locator("[data-decider]").get_by_role("button", name=re.compile(f"^{state}: ")).tap()
    assert len(decided) == NAMED, "each of the eight is decided by name"
    expect(page.locator("[data-save-state]")).to_have_text(SAVED)
    page.get_by_role("link", name="제출").tap()  # 11
    page.get_by_role("button", name="제출").tap()  # 12
    expect(page.get_by_text("제출했습니다.")).to_be_visible()
    assert states(class_of_60) == {"present": SURE + CHECK, "absent": UNSEEN}


def test_a_class_of_60_takes_twelve_keys(page: Page, class_of_60: Http) -> None:
    page.goto("/")
    page.get_by_role("link", name="이어서 하기").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-decider-name]")).not_to_be_empty()
    page.keyboard.press("s")
    for key in ["p"] * CHECK + ["a"] * UNSEEN:
        page.keyboard.press(key)
    expect(page.locator("[data-save-state]")).to_have_text(SAVED)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="이 수업을 제출할까요?")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("제출했습니다.")).to_be_visible()
    assert states(class_of_60) == {"present": SURE + CHECK, "absent": UNSEEN}
    sources = {hour.source for row in class_of_60.room.board(1, 3).students for hour in row.hours if hour.hour == 3}
    assert sources == {"camera", "professor"}


def test_decisions_without_a_network_wait_in_the_tab_and_are_recorded_once(page: Page, class_of_60: Http) -> None:
    open_today(page)
    page.context.set_offline(True)
    page.keyboard.press("p")
    page.keyboard.press("l")
    expect(page.locator("[data-save-state]")).to_have_text("아직 저장 안 됨: 2건")
    expect(page.locator("[data-trouble]")).to_contain_text("네트워크가 끊겼습니다")
    kept = page.evaluate("sessionStorage.getItem('rollcall.unsent')")
    assert "김하늘" not in kept, "numbers and states, no names"
    assert states(class_of_60) == {None: SURE + NAMED}
    page.context.set_offline(False)
    expect(page.locator("[data-save-state]")).to_have_text(SAVED)
    assert states(class_of_60) == {None: SURE + NAMED - 2, "present": 1, "late": 1}


def test_what_was_not_saved_survives_a_reload(page: Page, class_of_60: Http) -> None:
    open_today(page)
    page.route("**/v1/marks", lambda route: route.abort())
    page.keyboard.press("a")
    expect(page.locator("[data-save-state]")).to_have_text("아직 저장 안 됨: 1건")
    page.unroute("**/v1/marks")
    page.reload()
    expect(page.locator("[data-save-state]")).to_have_text(SAVED)
    assert states(class_of_60)["absent"] == 1


WRONG_CLOCK = """
const Right = Date;
window.Date = class extends Right {
  constructor(...given) { given.length ? super(...given) : super(Right.now() + 3 * 3600000); }
  static now() { return Right.now() + 3 * 3600000; }
};
"""


def decided(http: Http) -> list[datetime]:
    return [each.decided_at for each in http.room.store.marks.history(1)]


def test_a_phone_s_wrong_clock_does_no_harm(page: Page, class_of_60: Http) -> None:
    page.context.add_init_script(WRONG_CLOCK)
    open_today(page)
    assert page.evaluate("Date.now()") > page.evaluate("performance.timeOrigin") + 2 * 3600 * 1000
    page.keyboard.press("p")
    expect(page.locator("[data-save-state]")).to_have_text(SAVED)
    (at,) = decided(class_of_60)
    assert timedelta(0) <= at - class_of_60.room.now < timedelta(minutes=1)


def test_a_page_whose_clock_stood_still_while_the_phone_slept_decides_now(page: Page, class_of_60: Http) -> None:
    open_today(page)
    class_of_60.room.now += timedelta(hours=2)
    page.keyboard.press("p")
    expect(page.locator("[data-save-state]")).to_have_text(SAVED)
    assert decided(class_of_60) == [class_of_60.room.now - CLOCK_TOLERANCE]


def test_what_waited_for_the_network_keeps_the_time_at_which_it_was_decided(page: Page, class_of_60: Http) -> None:
    open_today(page)
    before = class_of_60.room.now
    page.context.set_offline(True)
    page.keyboard.press("p")
    page.keyboard.press("l")
    expect(page.locator("[data-trouble]")).to_contain_text("네트워크가 끊겼습니다")
    class_of_60.room.now += timedelta(hours=2)
    page.context.set_offline(False)
    expect(page.locator("[data-save-state]")).to_have_text(SAVED)
    assert [timedelta(0) <= at - before < timedelta(minutes=1) for at in decided(class_of_60)] == [True, True]


def test_a_decision_is_taken_back_within_ten_seconds(page: Page, class_of_60: Http) -> None:
    open_today(page)
    page.keyboard.press("a")
    page.get_by_role("button", name=re.compile("^되돌리기: ")).click()
    expect(page.locator("[data-save-state]")).to_have_text(SAVED)
    assert states(class_of_60) == {None: SURE + NAMED - 1, "not_taken": 1}
    expect(page.locator("[data-student][data-decided=yes]")).to_have_count(0)


def test_letters_do_nothing_while_they_are_switched_off_or_typed(page: Page, class_of_60: Http) -> None:
    open_today(page)
    page.get_by_text("단축키", exact=True).click()
    page.get_by_label("글자 하나를 단축키로 쓰기").uncheck()
    page.keyboard.press("p")
    page.reload()
    page.keyboard.press("a")
    expect(page.locator("[data-save-state]")).to_have_text(SAVED)
    assert states(class_of_60) == {None: SURE + NAMED}


def test_the_cover_hides_every_name(page: Page) -> None:
    open_today(page)
    page.keyboard.press("b")
    expect(page.get_by_role("dialog", name="가려짐")).to_be_visible()
    page.screenshot()
    assert page.get_by_role("dialog").bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 740}
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="가려짐")).to_be_hidden()


def test_a_roll_call_survives_a_reload_and_goes_up_in_one_batch(page: Page, class_of_60: Http) -> None:
    open_today(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("link", name="호명").tap()
    page.locator("[data-state=present]").tap()
    page.reload()
    expect(page.locator("[data-progress]")).to_have_text(f"3교시 호명: {NAMED}명 중 2번째")
    for _ in range(NAMED - 1):
        page.keyboard.press("l")
    expect(page.locator("[data-called]")).to_have_text("명단 끝")
    page.keyboard.press("q")
    page.wait_for_url("**/sessions/1?hour=3")
    assert [url.rpartition("/")[2] for url in sent] == ["marks"]
    assert states(class_of_60) == {None: SURE, "present": 1, "late": NAMED - 1}


def test_the_seat_sketch_has_a_box_for_each_face_and_leads_to_the_sheet(page: Page) -> None:
    page.goto("/sessions/1/seats?hour=3")
    expect(page.locator("rect.seat")).to_have_count(SURE)
    page.locator(".plain-list a").first.click()
    expect(page).to_have_url(re.compile("/sessions/1/student"))
