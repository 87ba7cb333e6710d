"""Each role's whole path from signing in on, on SQLite and on MySQL; and the sign-in by a real provider."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from server.access import Role
from server.services.sign_on.sign_on_file import AccountRules, OpenIdSettings, SignOnSettings
from server.store import StaffEntry
from tests.browser.people import PASSWORD, add_account, add_professor, sign_in
from tests.server.classroom import COURSE, MODEL, Classroom, classroom
from tests.server.http.campus import OWN_URL, Http, http_of
from tests.server.pages.test_openid_provider import SECRET, ProviderProcess, scripts

pytestmark = pytest.mark.slow
__all__ = ["scripts"]  # a fixture
APPEAL = "셋째 줄에 앉아 있었습니다."
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EVERY_DAY = "\n".join(f'{day} = ["3 00:00-12:00", "4 12:00-23:59"]' for day in DAYS)


@pytest.fixture
def campus(tmp_path: Path, database_url: str) -> Iterator[Http]:
    """A class that is on, all day; a picture was taken. Everybody has an account."""
    with classroom(database_url, tmp_path) as room:
        populate(room)
        with http_of(room, tmp_path / "knowns", signed_in=True) as http:
            yield http


def populate(room: Classroom) -> None:
    room.now = datetime.now(UTC)
    room.set_course(f'title = "알고리즘"\nroom = "B101"\ndevices = ["10.0.3.7", "front"]\n[timetable]\n{EVERY_DAY}\n')
    add_professor(room, "kim", COURSE)
    add_account(room, "haneul", student=room.students[0])
    for name in ("office", "admin", "privacy_officer"):
        add_account(room, name, role=name)


@pytest.fixture
def browsers(chromium: Browser, campus: Http) -> Iterator["Browsers"]:
    opened = Browsers(chromium, campus)
    yield opened
    opened.close()


class Browsers:
    """One for each person, in Korean."""

    def __init__(self, chromium: Browser, campus: Http) -> None:
        self._chromium, self._campus = chromium, campus
        self._pages: dict[str, Page] = {}

    def of(self, name: str, path: str = "/") -> Page:
        """Signed in by the password, on that page."""
        if name not in self._pages:
            address = f"http://127.0.0.1:{self._campus.port}"
            context = self._chromium.new_context(
                base_url=address, locale="ko-KR", viewport={"width": 360, "height": 740}
            )
            page = self._pages[name] = context.new_page()
            page.set_default_timeout(20_000)
            page.goto(path)
            sign_in(page, name)
            expect(page.get_by_role("button", name="로그아웃")).to_be_visible()
        page = self._pages[name]
        page.goto(path)
        return page

    def close(self) -> None:
        for page in self._pages.values():
            page.context.close()


def test_a_class_from_opening_to_an_answered_appeal(campus: Http, browsers: Browsers) -> None:
    room = campus.room
    professor = browsers.of("kim")
    professor.get_by_role("button", name="오늘 수업 열기").click()
    expect(professor.locator("[data-decider-name]")).not_to_be_empty()
    professor.keyboard.press("a")
    for _ in room.students[1:]:
        professor.keyboard.press("p")
    expect(professor.locator("[data-save-state]")).to_have_text("모두 저장됨")
    number = int(re.findall(r"/sessions/(\d+)", professor.url)[0])
    hour = int(professor.locator("[data-board]").get_attribute("data-hour") or 0)
    decided = professor.locator("[data-student][data-decided=yes]")
    expect(decided).to_have_count(len(room.students))
    first = professor.locator("[data-student][data-before=absent]").get_attribute("data-student")
    assert first is not None
    professor.get_by_role("link", name="제출").click()
    professor.get_by_role("button", name="제출").click()
    expect(professor.get_by_text("제출했습니다.")).to_be_visible()

    if first != room.students[0]:
        add_account(room, "other", student=first)
    student = browsers.of("haneul" if first == room.students[0] else "other", f"/my/hour?session={number}&hour={hour}")
    expect(student.get_by_text("결석").first).to_be_visible()
    student.get_by_role("textbox").fill(APPEAL)
    student.locator("form:has(textarea) button").click()
    expect(student.get_by_text(APPEAL)).to_be_visible()

    room.now += timedelta(minutes=1)  # it stands still otherwise, and the later decision is to stand
    professor.goto("/appeals")
    professor.locator("main a").first.click()
    expect(professor.get_by_text(APPEAL)).to_be_visible()
    professor.get_by_role("textbox").first.fill("명단을 다시 보았습니다.")
    professor.locator("button[value=present]").click()
    expect(professor.get_by_role("heading", name="이의 신청")).to_be_visible()
    student.goto("/my")
    expect(student.get_by_text("명단을 다시 보았습니다.")).to_be_visible()
    marks = [hour_.mark for row in room.board(number).students if row.student == first for hour_ in row.hours]
    assert "present" in marks


def test_a_student_consents_and_takes_it_back_and_takes_their_data_away(campus: Http, browsers: Browsers) -> None:
    student = browsers.of("haneul", "/my/consent")
    student.locator("button[value=yes]").first.click()
    expect(student.get_by_role("heading", name="확인서")).to_be_visible()
    student.goto("/my/consent")
    student.get_by_role("button", name=re.compile("^철회하기")).first.click()
    expect(student.get_by_role("heading", name="확인서")).to_be_visible()
    assert campus.room.students[0] not in {each.student for each in campus.room.store.templates.of_model(MODEL)}
    student.goto("/my/data")
    with student.expect_download() as download:
        student.get_by_role("link", name="JSON으로 내려받기").click()
    assert campus.room.students[0] in download.value.path().read_text(encoding="utf-8")


def test_the_office_imports_a_list_and_downloads_a_report(campus: Http, browsers: Browsers, tmp_path: Path) -> None:
    office = browsers.of("office", "/office/rosters")
    (tmp_path / "list.csv").write_text(f"학번,이름,과목코드\n202610001,한겨울,{COURSE}\n", encoding="utf-8")
    office.get_by_label("파일: .xlsx").set_input_files(tmp_path / "list.csv")
    office.get_by_role("button", name="무엇이 바뀌는지 보기").click()
    office.get_by_role("button", name="이대로 바꾸기").click()
    expect(office.get_by_text("명단을 바꾸었습니다.")).to_be_visible()
    office.goto(f"/downloads?course={COURSE}")
    office.get_by_label("형식").select_option("csv")
    office.get_by_label("사유").fill("학기말 보고")
    with office.expect_download() as download:
        office.get_by_role("button", name="내려받기").click()
    assert "한겨울" in download.value.path().read_text(encoding="utf-8-sig")
    officer = browsers.of("privacy_officer", "/access-log")
    expect(officer.get_by_text("학기말 보고").first).to_be_visible()


def test_the_administrator_makes_an_account_that_signs_in_and_ends_it(
    campus: Http, browsers: Browsers, chromium: Browser
) -> None:
    admin = browsers.of("admin", "/admin")
    form = admin.locator("form[action='/admin/accounts']")
    form.locator("[name=user]").fill("seo")
    form.locator("[name=password]").fill(PASSWORD)
    form.get_by_role("button").click()
    expect(admin.get_by_role("heading", name="seo")).to_be_visible()
    entry = StaffEntry(COURSE, "seo", Role.PROFESSOR, frozenset(), campus.room.now.date(), None)
    campus.room.store.accounts.add_staff(entry, at=campus.room.now, by="test")
    new = browsers.of("seo")
    expect(new.get_by_text("알고리즘").first).to_be_visible()
    admin.goto("/admin/sign-ins")
    admin.locator("tr", has_text="seo").get_by_role("button").click()
    new.goto("/")
    expect(new).to_have_url(re.compile("/sign-in"))


def test_the_privacy_officer_sees_who_looked_and_changes_nothing(campus: Http, browsers: Browsers) -> None:
    browsers.of("office", f"/agreement?course={COURSE}&why=pilot")
    officer = browsers.of("privacy_officer", "/access-log")
    expect(officer.get_by_role("row", name=re.compile("office")).first).to_be_visible()
    officer.goto("/access-log/whole")
    expect(officer.get_by_text(re.compile("온전합니다"))).to_be_visible()
    answer = officer.goto("/sessions/1")
    assert answer is not None
    assert answer.status in {403, 404}


def test_a_professor_signs_in_by_a_real_provider_in_a_real_browser(
    chromium: Browser, scripts: Path, tmp_path: Path
) -> None:
    provider = ProviderProcess(scripts)
    try:
        with classroom(str(tmp_path / "a.sqlite"), tmp_path) as room:
            populate(room)
            accounts = AccountRules(account="preferred_username")
            openid = OpenIdSettings(
                label="학교 로그인",
                issuer=provider.issuer,
                client_id="rollcall",
                client_secret=SECRET,
                scope="openid profile",
                accounts=accounts,
            )
            with http_of(room, tmp_path / "knowns", signed_in=True, sign_on=SignOnSettings(openid=openid)) as http:
                provider.configure(http)
                walk_through(chromium, http)
    finally:
        provider.close()


def walk_through(chromium: Browser, http: Http) -> None:
    """The campus calls itself localhost, without a port: the browser is shown the way."""
    here = f"http://127.0.0.1:{http.port}"
    page = chromium.new_context(base_url=here, locale="ko-KR").new_page()

    def show_the_way(route: Route) -> None:
        route.fulfill(status=302, headers={"Location": here + route.request.url.removeprefix(OWN_URL)})

    page.route(f"{OWN_URL}/**", show_the_way)
    page.goto("/report")
    page.get_by_role("link", name=re.compile("학교 로그인")).click()
    page.locator("[name=login]").fill("kim")
    page.locator("[name=password]").fill("any")
    page.locator("button[type=submit]").click()
    page.locator("button[type=submit]").click()
    expect(page.get_by_role("heading", name="출석 현황")).to_be_visible()
    expect(page.get_by_label("과목")).to_contain_text("알고리즘")
    page.context.close()
