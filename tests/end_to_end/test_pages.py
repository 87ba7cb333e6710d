"""A class by the pages alone, without a script in the browser: opened, decided, submitted, reopened."""

import re
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest

from tests.end_to_end.test_serving import import_roster
from tests.running import PATIENCE_S, serving

COURSE, FIRST, SECOND = "ea0017_1", "201511041", "201511042"
NAME = "<script>alert(1)</script>"
ROSTER = f"student_id,name,course_code\n{FIRST},김하늘,{COURSE}\n{SECOND},{NAME},{COURSE}\n"


class Browser:
    """As little of one as the pages need. Follows nothing by itself."""

    def __init__(self, address: str) -> None:
        self.address = address

    def get(self, path: str, language: str = "ko") -> tuple[int, str]:
        status, _, text = self._ask("GET", path, "", {"Accept-Language": language})
        return status, text

    def send(self, path: str, *, origin: str | None = None, **fields: str) -> tuple[int, str]:
        """Status, and where it leads or what is shown. origin: "" says none."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if origin != "":
            headers["Origin"] = origin or f"http://{self.address}"
        status, place, text = self._ask("POST", path, urlencode(fields), headers)
        return status, place or text

    def _ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, str, str]:
        with closing(HTTPConnection(self.address, timeout=PATIENCE_S)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Location", ""), answer.read().decode()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("pages")
    import_roster(folder, ROSTER)
    with serving(folder, "--http-port", "0") as server:
        yield Browser(server.http_address)


def test_a_class_is_opened_decided_submitted_and_reopened(browser: Browser) -> None:
    status, place = browser.send("/sessions", course=COURSE, key="open")
    assert (status, place) == (303, "/sessions/1")
    assert browser.send("/sessions/1/student", student=FIRST, hour="1", state="late", key="one")[0] == 303
    status, sheet = browser.get(f"/sessions/1/student?student={FIRST}&hour=1")
    assert status == 200
    assert "지각" in sheet.partition("모든 변경 기록")[2]
    status, page = browser.get("/sessions/1/submit")
    assert "미정인 학생은 ‘미실시’로 남습니다" in page
    assert SECOND in page
    assert browser.send("/sessions/1/submit", state="submitted", key="two") == (303, "/?done=submitted")
    assert "제출됨" in browser.get("/")[1]
    assert browser.send("/sessions/1/submit", state="draft", key="three", why="증명서")[0] == 303
    assert "작성 중" in browser.get("/sessions/1")[1]


def test_a_name_is_text_wherever_it_stands(browser: Browser) -> None:
    browser.send("/sessions", course=COURSE, key="open")
    paths = (
        "/sessions/1",
        f"/sessions/1/student?student={SECOND}",
        "/sessions/1/roll-call",
        f"/report?course={COURSE}",
    )
    for path in (*paths, "/sessions/1/submit"):
        status, page = browser.get(path)
        assert status == 200
        assert NAME not in page
        assert "&lt;script&gt;alert(1)" in page


def test_another_site_changes_nothing(browser: Browser) -> None:
    for origin in ("http://evil.example", "null", ""):
        status, _ = browser.send("/sessions", origin=origin, course=COURSE, key="other")
        assert status == 403


def test_what_goes_wrong_is_a_page_in_the_readers_language(browser: Browser) -> None:
    status, page = browser.get("/sessions/999")
    assert status == 404
    assert "처리하지 못했습니다" in page
    assert browser.get("/sessions/999", "en")[1].count("This did not work") == 2
    browser.send("/sessions", course=COURSE, key="open")
    status, page = browser.get("/sessions/1/student?student=nobody")
    assert (status, "이 출석판에 없는 학생입니다." in page) == (404, True)
    status, page = browser.send("/sessions/1/student", student=FIRST, hour="x", state="flying")
    assert status == 400


def test_the_language_is_kept_and_leads_nowhere_else(browser: Browser) -> None:
    assert browser.send("/language", language="en", next="/sessions/1") == (303, "/sessions/1")
    for elsewhere in ("//evil.example", "https://evil.example/", "/\\evil.example"):
        assert browser.send("/language", language="en", next=elsewhere) == (303, "/")


def test_files_are_served_and_nothing_beside_them(browser: Browser) -> None:
    (script,) = re.findall(r'src="(/static/\w+/board\.js)"', browser.get("/sessions/1")[1])
    assert browser.get(script)[0] == 200
    for path in ("/static/nothing.css", "/static/..", "/static/board.html"):
        assert browser.get(path)[0] in {400, 404}
