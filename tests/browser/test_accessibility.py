"""Every screen of the professor without a finding of axe: both languages, dark, light, 320 px, a PC, and at 200 %."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.conftest import CHECK, SURE
from tests.server.http.campus import Http

STUDENT = str(201511041 + SURE)
SCREENS = {
    "now": "/",
    "board": "/sessions/1?hour=3",
    "student": f"/sessions/1/student?hour=3&student={STUDENT}",
    "seats": "/sessions/1/seats?hour=3",
    "roll call": "/sessions/1/roll-call?hour=3",
    "submit": "/sessions/1/submit",
    "report": "/report?course=ea0017_1",
    "pair": "/pair",
    "help": "/help",
    "privacy": "/privacy",
    "sign in": "/sign-in",
    "problem": "/sessions/99",
}
# WCAG 2.2 A and AA; "best-practice" is axe's own opinion, and left to people.
WANTED = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [
        ("ko-KR", 320, "light"),
        pytest.param("en", 1366, "dark", marks=pytest.mark.slow),
        pytest.param("ko-KR", 1366, "light", marks=pytest.mark.slow),
        pytest.param("en", 683, "light", marks=pytest.mark.slow),  # 1366 px at 200 %
    ],
)
def test_no_screen_has_a_finding(chromium: Browser, class_of_60: Http, language: str, width: int, scheme: str) -> None:
    context = chromium.new_context(
        base_url=f"http://127.0.0.1:{class_of_60.port}",
        viewport={"width": width, "height": 768},
        locale=language,
        reduced_motion="reduce",
        color_scheme=scheme,  # type: ignore[arg-type]
        bypass_csp=True,  # axe is a script from outside
    )
    page = context.new_page()
    found: dict[str, list[str]] = {}
    for name, path in SCREENS.items():
        page.goto(path)
        # The whole page at once: the bar at the foot would cover a part of what stands under it.
        page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight")})
        results = Axe().run(page, options=WANTED)
        for violation in results.response["violations"]:
            places = [node["html"][:120] for node in violation["nodes"][:3]]
            found.setdefault(name, []).append(f"{violation['id']}: {places}")
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{name} scrolls sideways by {overflow} px at {width}"
    context.close()
    assert found == {}


def test_nothing_is_loaded_from_elsewhere_and_no_policy_is_broken(chromium: Browser, class_of_60: Http) -> None:
    context = chromium.new_context(base_url=f"http://127.0.0.1:{class_of_60.port}", locale="ko-KR")
    page = context.new_page()
    asked: set[str] = set()
    said: list[str] = []
    page.on("request", lambda request: asked.add(request.url.split("/")[2]))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    for name, path in SCREENS.items():
        if name != "problem":
            page.goto(path)
            page.wait_for_load_state("load")
    context.close()
    assert asked == {f"127.0.0.1:{class_of_60.port}"}
    assert said == []
    assert CHECK > 0
