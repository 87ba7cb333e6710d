"""The board of a class of 60 on a slow phone: bytes, and seconds until it can be used and until a change is seen.

Chromium with a processor of a quarter of the speed and a line of 400 kbit/s with 150 ms (Chrome DevTools Protocol).
"""

import http.client
import json
import shutil
import statistics
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.signed_in import SignedInServer, signed_in_server
from bench.table import Row, limited, not_run
from server.access import Role
from server.clock import utc_now
from server.store import RosterLine, StaffEntry, Store
from setup.morning import CAMPUS_OFFSET_H, COURSE, NAMES, PHOTOGRAPHS, ZONE, fill

CLASS_SIZE: Final = 60
SLOWER: Final = 4
BYTES_A_SECOND: Final = 400_000 // 8
LATENCY_MS: Final = 150
VISITS: Final = 5
CHANGES: Final = 8
MOST_BYTES: Final = 45_000.0
FIRST_S, SECOND_S, CHANGE_S = 2.5, 1.0, 1.5
PEOPLE: Final = ("prof", "assistant")
BOARD: Final = "/sessions/1?hour=2"
USABLE: Final = "[data-decider-name]:not(:empty)"
# The policy of our pages refuses what Playwright's own waiting would evaluate.
WAIT: Final = """(selector) => new Promise((done) => {
  const look = () => (document.querySelector(selector) ? done(performance.now()) : setTimeout(look, 20));
  look();
})"""


def rows() -> Iterator[Row]:
    """Takes about a minute."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None or not (PHOTOGRAPHS / "complete").exists():
        yield not_run("the board on a slow phone (Chromium or the photographs are missing)")
        return
    with signed_in_server(fill, people, "--timezone", ZONE) as server, sync_playwright() as playwright:
        _open_session(server)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        first, second = _visits(browser, server)
        changes = list(_changes(browser, server))
        browser.close()
    profile = f"a slow phone (CPU x{SLOWER}, 400 kbit/s, {LATENCY_MS} ms)"
    yield limited(f"a board of {CLASS_SIZE} on {profile}: bytes of the first visit", first[0].bytes, MOST_BYTES, "B")
    yield limited("the same: seconds until it can be used", _median(first), FIRST_S, "s")
    yield limited(
        f"the same, second visit ({second[0].bytes} bytes): seconds until it can be used",
        _median(second),
        SECOND_S,
        "s",
    )
    yield limited(
        f"the same: seconds until another's change is seen (slowest of {CHANGES}: {max(changes):.2f} s)",
        statistics.median(changes),
        CHANGE_S,
        "s",
    )


@dataclass(slots=True)
class Visit:
    bytes: int = 0
    usable_s: float = 0.0
    files: list[str] = field(default_factory=list)


def people(store: Store) -> list[str]:
    now = utc_now()
    day = (now + timedelta(hours=CAMPUS_OFFSET_H)).date()
    more = [RosterLine(f"2026120{number:02d}", "한별", COURSE) for number in range(CLASS_SIZE - len(NAMES))]
    store.rosters.change(more, at=now, by="bench", day=day)
    for name in PEOPLE:
        store.accounts.add(name, at=now, by="bench")
        entry = StaffEntry(COURSE, name, Role.PROFESSOR, frozenset(), date(2026, 1, 1), None)
        store.accounts.add_staff(entry, at=now, by="bench")
    return list(PEOPLE)


def _open_session(server: SignedInServer) -> None:
    assert _ask(server, "/v1/sessions", {"course": COURSE}, "open")["session"]["session"] == 1


def _ask(server: SignedInServer, path: str, body: object, key: str) -> Any:
    headers = {"Cookie": server.cookies[PEOPLE[1]], "Content-Type": "application/json", "Rollcall": "1"}
    with closing(http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=60)) as connection:
        connection.request("POST", path, json.dumps(body), {**headers, "Idempotency-Key": key})
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status == 200, content
        return json.loads(content)


def _visits(browser: Browser, server: SignedInServer) -> tuple[list[Visit], list[Visit]]:
    """First visits by browsers that know nothing yet, and each one's second."""
    first, second = [], []
    for _ in range(VISITS):
        with _phone(browser, server) as context:
            page = context.new_page()
            first.append(_visit(page))
            page.goto("about:blank")
            second.append(_visit(page))
    return first, second


@contextmanager
def _phone(browser: Browser, server: SignedInServer) -> Iterator[BrowserContext]:
    address = f"http://127.0.0.1:{server.http_port}"
    context = browser.new_context(base_url=address, viewport={"width": 360, "height": 740}, locale="ko-KR")
    name, _, value = server.cookies[PEOPLE[0]].partition("=")
    context.add_cookies(
        [{"name": name, "value": value, "url": f"https://127.0.0.1:{server.http_port}/", "secure": True}]
    )
    yield context
    context.close()


def _visit(page: Page) -> Visit:
    line = page.context.new_cdp_session(page)
    visit = Visit()
    line.on("Network.loadingFinished", lambda event: _count(visit, event))
    line.on("Network.responseReceived", lambda event: visit.files.append(event["response"]["url"]))
    _slow_down(line)
    page.goto(BOARD, wait_until="commit")
    visit.usable_s = float(page.evaluate(WAIT, USABLE)) / 1000
    page.wait_for_load_state("load")
    page.wait_for_timeout(300)
    line.detach()
    return visit


def _count(visit: Visit, event: dict[str, Any]) -> None:
    visit.bytes += int(event["encodedDataLength"])


def _slow_down(line: Any) -> None:
    line.send("Network.enable")
    speed = {"latency": LATENCY_MS, "downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND}
    line.send("Network.emulateNetworkConditions", {"offline": False, **speed})
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def _changes(browser: Browser, server: SignedInServer) -> Iterator[float]:
    """Seconds from the moment that somebody else sends a mark until the phone shows it."""
    with _phone(browser, server) as context:
        page = context.new_page()
        _visit(page)
        _slow_down(context.new_cdp_session(page))
        page.wait_for_timeout(2000)
        for number, student in enumerate(list(NAMES)[:CHANGES]):
            state = ("present", "late")[number % 2]
            sent = page.evaluate("performance.now()")
            mark = {"student": student, "course": COURSE, "hour": 2, "state": state}
            _ask(server, "/v1/marks", {"marks": [mark], "session": 1, "source": "professor"}, f"change-{number}")
            shown = f"[data-student='{student}'][data-before='{state}']"
            yield (float(page.evaluate(WAIT, shown)) - sent) / 1000
            page.wait_for_timeout(700 + 130 * number)


def _median(visits: list[Visit]) -> float:
    return statistics.median(each.usable_s for each in visits)
