"""`make screenshots`: every page in both languages at three widths, from a real server in a real browser.

All go to `.cache/screenshots`; those that the documents show are kept in docs/images too. Students are invented.
"""

import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

from demo.programs import running_server
from setup.morning import COURSE, NUMBERS, PHOTOGRAPHS, PROJECT, ZONE, fill

EVERYTHING: Final = PROJECT / ".cache" / "screenshots"
IMAGES: Final = PROJECT / "docs" / "images" / "pages"
WIDTHS: Final = {"phone": (360, 740), "tablet": (768, 1024), "pc": (1366, 768)}
LANGUAGES: Final = {"ko": "ko-KR", "en": "en-US"}
DOUBTFUL: Final = NUMBERS[4]


@dataclass(frozen=True, slots=True)
class Screen:
    """A page. kept: the sizes whose picture the documents show, in Korean; whole: with what stands below the edge."""

    name: str
    path: str
    kept: tuple[str, ...] = ()
    whole: bool = True


SCREENS: Final = (
    Screen("now", "/", ("phone",)),
    Screen("board", "/sessions/1?hour=2", ("phone", "pc"), whole=False),
    Screen("student", f"/sessions/1/student?hour=2&student={DOUBTFUL}", ("phone",)),
    Screen("roll-call", "/sessions/1/roll-call?hour=2", ("phone",), whole=False),
    Screen("seats", "/sessions/1/seats?hour=2"),
    Screen("submit", "/sessions/1/submit", ("pc",)),
    Screen("report", f"/report?course={COURSE}"),
    Screen("pair", "/pair"),
    Screen("help", "/help"),
    Screen("privacy", "/privacy"),
    Screen("sign-in", "/sign-in"),
)


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None or not (PHOTOGRAPHS / "complete").exists():
        print("Chromium or the photographs are missing: `make test` installs both.", file=sys.stderr)
        return 1
    for place in (EVERYTHING, IMAGES):
        place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="rollcall-pages-") as name, sync_playwright() as playwright:
        folder = Path(name)
        fill(folder)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        port = free_port()
        address = f"127.0.0.1:{port}"
        with running_server(folder, "--timezone", ZONE, "--http-port", str(port)):
            open_session(browser, address)
            for language in LANGUAGES:
                for size in WIDTHS:
                    for page, screen in screens(browser, address, language, size):
                        keep(page, screen, language, size)
        browser.close()
    print(f"{len(SCREENS) * len(LANGUAGES) * len(WIDTHS)} pictures are in {EVERYTHING.relative_to(PROJECT)}.")
    return 0


def open_session(browser: Browser, address: str) -> None:
    """Today's, and everybody who is sure is confirmed in its first hour."""
    page = browser.new_page(base_url=f"http://{address}", locale="en-US")
    page.goto("/")
    page.locator("form[action='/sessions'] button").first.click()
    page.wait_for_url("**/sessions/*")
    page.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def screens(browser: Browser, address: str, language: str, size: str) -> Iterator[tuple[Page, Screen]]:
    """Each screen as it stands once its scripts have run."""
    width, height = WIDTHS[size]
    options: dict[str, Any] = {"viewport": {"width": width, "height": height}, "locale": LANGUAGES[language]}
    options["reduced_motion"] = "reduce"
    context = browser.new_context(base_url=f"http://{address}", has_touch=size == "phone", **options)
    page = context.new_page()
    for screen in SCREENS:
        page.goto(screen.path)
        page.wait_for_load_state("load")
        yield page, screen
    context.close()


def keep(page: Page, screen: Screen, language: str, size: str) -> None:
    path = EVERYTHING / f"{screen.name}-{language}-{size}.png"
    page.screenshot(path=path, full_page=screen.whole)
    if language == "ko" and size in screen.kept:
        shutil.copy(path, IMAGES / f"{screen.name}-{size}.png")


if __name__ == "__main__":
    sys.exit(main())
