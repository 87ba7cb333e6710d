"""`make screenshots`: every page of every role in both languages at three widths, from a real server in a real browser.

All go to `.cache/screenshots`, in dark and light; those that the documents show are kept in docs/images too. Names of
screens, languages, sizes and schemes as arguments make those alone: `board consents en phone light`. Students are
invented.
"""

import argparse
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from demo.programs import running_server
from server.http.credentials import COOKIE
from setup.campus import ADMIN, OFFICE, PRIVACY, PROFESSOR, STUDENT, populate
from setup.morning import COURSE, NAMES, NUMBERS, PHOTOGRAPHS, PROJECT, ZONE, fill

EVERYTHING: Final = PROJECT / ".cache" / "screenshots"
IMAGES: Final = PROJECT / "docs" / "images" / "pages"
WIDTHS: Final = {"phone": (360, 740), "tablet": (768, 1024), "pc": (1366, 768)}
LANGUAGES: Final = {"ko": "ko-KR", "en": "en-US"}
SCHEMES: Final = ("light", "dark")
DOUBTFUL: Final = NUMBERS[4]
NOBODY: Final = ""
EARLIER, TODAY = 1, 3
"""Sessions: the first of those that are over, and the one that is on."""
APPEAL: Final = "10시 20분부터 창가 넷째 줄에 앉아 있었습니다. 옆자리 친구와 함께 발표했습니다."
EXCUSE: Final = "예비군 훈련에 다녀왔습니다."
WHY: Final = "시범 운영"
LIST: Final = f"학번,이름,과목코드\n{NUMBERS[0]},{NAMES[NUMBERS[0]]},{COURSE}\n202611099,한겨울,{COURSE}\n"
CONTACT: Final = "privacy@example.ac.kr"


@dataclass(frozen=True, slots=True)
class Screen:
    """A page of somebody. kept: the sizes whose picture the documents show, in Korean; whole: with what stands below
    the edge. do: what is pressed on it first.
    """

    name: str
    path: str
    who: str = PROFESSOR
    kept: tuple[str, ...] = ()
    whole: bool = True
    do: str = ""


SCREENS: Final = (
    Screen("now", "/", kept=("phone",)),
    Screen("board", f"/sessions/{TODAY}?hour=2", kept=("phone", "pc"), whole=False),
    Screen("board-whole", f"/sessions/{TODAY}?hour=2"),
    Screen("student", f"/sessions/{TODAY}/student?hour=2&student={DOUBTFUL}", kept=("phone",)),
    Screen("roll-call", f"/sessions/{TODAY}/roll-call?hour=2", kept=("phone",), whole=False),
    Screen("seats", f"/sessions/{TODAY}/seats?hour=2"),
    Screen("submit", f"/sessions/{TODAY}/submit", kept=("pc",)),
    Screen("reopen", f"/sessions/{EARLIER}/submit"),
    Screen("report", f"/report?course={COURSE}"),
    Screen("appeals", "/appeals"),
    Screen("appeal", "/appeals/1"),
    Screen("absences", "/absences"),
    Screen("downloads", f"/downloads?course={COURSE}"),
    Screen("consents-professor", "/consents"),
    Screen("pair", "/pair"),
    Screen("problem", "/sessions/99"),
    Screen("my", "/my", STUDENT, kept=("phone",)),
    Screen("my-course", f"/my/course?course={COURSE}", STUDENT),
    Screen("my-hour", f"/my/hour?session={EARLIER}&hour=3", STUDENT, kept=("phone",)),
    Screen("my-consent", "/my/consent", STUDENT, kept=("phone",)),
    Screen("my-receipt", "/my/consent/receipt?decision=1", STUDENT),
    Screen("my-photographs", "/my/photographs", STUDENT),
    Screen("my-absences", "/my/absences", STUDENT),
    Screen("my-data", "/my/data", STUDENT),
    Screen("notices", "/notices", STUDENT),
    Screen("office", "/office", OFFICE, kept=("pc",)),
    Screen("rosters", "/office/rosters", OFFICE),
    Screen("roster-plan", "/office/rosters", OFFICE, kept=("pc",), do="list"),
    Screen("photographs", "/office/photographs", OFFICE),
    Screen("courses", "/office/courses", OFFICE),
    Screen("course", f"/office/course?course={COURSE}", OFFICE),
    Screen("terms", "/office/terms", OFFICE),
    Screen("rooms", "/office/rooms", OFFICE),
    Screen("consents", f"/consents?course={COURSE}", OFFICE),
    Screen("agreement", f"/agreement?course={COURSE}&why={WHY}", OFFICE),
    Screen("office-downloads", "/downloads", OFFICE),
    Screen("admin", "/admin", ADMIN),
    Screen("rights", "/admin/rights", ADMIN),
    Screen("devices", "/admin/devices", ADMIN),
    Screen("cameras", "/admin/cameras", ADMIN),
    Screen("sign-ins", "/admin/sign-ins", ADMIN),
    Screen("access-log", "/access-log", PRIVACY),
    Screen("access-month", "/access-log/month", PRIVACY),
    Screen("access-whole", "/access-log/whole", PRIVACY),
    Screen("erasures", "/erasures", PRIVACY),
    Screen("vetoes", "/vetoes", PRIVACY),
    Screen("breach", "/breach?whole=yes", PRIVACY),
    Screen("sign-in", "/sign-in", NOBODY),
    Screen("help", "/help", NOBODY),
    Screen("privacy", "/privacy", NOBODY),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which pictures are made: a screen in a language, at a size, in a scheme."""

    screens: tuple[Screen, ...]
    languages: tuple[str, ...]
    sizes: tuple[str, ...]
    schemes: tuple[str, ...]


def chosen(words: list[str]) -> Chosen:
    """What the words pick; of what no word names a part, all of it."""

    def picked(names: Iterable[str]) -> tuple[str, ...]:
        everything = tuple(names)
        return tuple(name for name in everything if name in words) or everything

    screens = picked(screen.name for screen in SCREENS)
    return Chosen(
        tuple(screen for screen in SCREENS if screen.name in screens),
        picked(LANGUAGES),
        picked(WIDTHS),
        picked(SCHEMES),
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m setup.page_screenshots", description=__doc__)
    words = [screen.name for screen in SCREENS] + [*LANGUAGES, *WIDTHS, *SCHEMES]
    parser.add_argument("only", nargs="*", metavar="WORD", help=f"nothing for all, or some of: {', '.join(words)}")
    only: list[str] = parser.parse_args().only
    if strange := [word for word in only if word not in words]:
        parser.error(f"no screen, language, size or scheme is called {', '.join(strange)}")
    return make(chosen(only))


def make(chosen: Chosen) -> int:
    """The pictures, and the printed forms; 0, or 1 where something is missing."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None or not (PHOTOGRAPHS / "complete").exists():
        print("Chromium or the photographs are missing: `make test` installs both.", file=sys.stderr)
        return 1
    for place in (EVERYTHING, IMAGES):
        place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="rollcall-pages-") as name, sync_playwright() as playwright:
        folder = Path(name)
        fill(folder)
        tokens = populate(folder)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        port = free_port()
        flags = ["--timezone", ZONE, "--http-port", str(port), "--authentication", "required", "--tls", "off"]
        flags += ["--institution", "한국대학교", "--privacy-contact", CONTACT, "--consent", "recorded"]
        with running_server(folder, *flags):
            campus = Campus(browser, f"http://127.0.0.1:{port}", tokens)
            begin(campus)
            count = sum(screen_pictures(campus, chosen, scheme) for scheme in chosen.schemes)
            printed(campus)
        browser.close()
    print(f"{count} pictures are in {EVERYTHING.relative_to(PROJECT)}.")
    return 0


@dataclass(frozen=True, slots=True)
class Campus:
    """A server, and the token of each account that is signed in."""

    browser: Browser
    address: str
    tokens: dict[str, str]

    @contextmanager
    def signed_in(self, who: str, **how: Any) -> Iterator[Page]:
        context: BrowserContext = self.browser.new_context(base_url=self.address, **how)
        if who:
            # A cookie of this name is for HTTPS, which a browser takes this machine for.
            secure = self.address.replace("http:", "https:")
            context.add_cookies([{"name": COOKIE, "value": self.tokens[who], "url": secure, "secure": True}])
        yield context.new_page()
        context.close()


def begin(campus: Campus) -> None:
    """Today's session is opened; a student consents, asks for another look and for an official absence."""
    with campus.signed_in(PROFESSOR, locale="en-US") as page:
        page.goto("/")
        page.locator("form[action='/sessions'] button").first.click()
        page.wait_for_url(f"**/sessions/{TODAY}")
    with campus.signed_in(STUDENT, locale="ko-KR") as page:
        page.goto("/my/consent")
        page.locator("button[value=yes]").first.click()
        page.wait_for_url("**/receipt*")
        page.goto(f"/my/hour?session={EARLIER}&hour=2")
        page.locator("textarea").fill(APPEAL)
        page.locator("form:has(textarea) button").click()
        page.get_by_text(APPEAL).first.wait_for()
        page.goto("/my/absences")
        page.locator("[name=begins]").fill("2026-03-02")
        page.locator("[name=ends]").fill("2026-03-02")
        page.locator("[name=reason]").fill(EXCUSE)
        page.locator("form:has([name=reason]) button").click()
        page.get_by_text(EXCUSE).first.wait_for()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def screen_pictures(campus: Campus, chosen: Chosen, scheme: str) -> int:
    """Each screen as it stands once its scripts have run; how many."""
    count = 0
    for language in chosen.languages:
        for size in chosen.sizes:
            width, height = WIDTHS[size]
            locale = LANGUAGES[language]
            how: dict[str, Any] = {"viewport": {"width": width, "height": height}, "locale": locale}
            how |= {"reduced_motion": "reduce", "color_scheme": scheme, "has_touch": size == "phone"}
            for who in dict.fromkeys(each.who for each in chosen.screens):
                with campus.signed_in(who, **how) as page:
                    for screen in (each for each in chosen.screens if each.who == who):
                        show(page, screen)
                        keep(page, screen, f"{language}-{size}", scheme)
                        count += 1
    return count


def show(page: Page, screen: Screen) -> None:
    page.goto(screen.path)
    if screen.do == "list":
        files = [{"name": "list.csv", "mimeType": "text/csv", "buffer": LIST.encode()}]
        page.locator("input[type=file]").first.set_input_files(files)  # type: ignore[arg-type]
        page.locator("form:has(input[type=file]) button").first.click()
    page.wait_for_load_state("load")


def keep(page: Page, screen: Screen, how: str, scheme: str) -> None:
    dark = "-dark" if scheme == "dark" else ""
    path = EVERYTHING / f"{screen.name}-{how}{dark}.png"
    page.screenshot(path=path, full_page=screen.whole)
    language, _, size = how.partition("-")
    if language == "ko" and size in screen.kept and not dark:
        shutil.copy(path, IMAGES / f"{screen.name}-{size}.png")


def printed(campus: Campus) -> None:
    """The form to sign and the sign for the door, as the office's page has them for a printer."""
    with campus.signed_in(OFFICE, viewport={"width": 794, "height": 1123}) as page:  # A4 at 96 dpi
        for language in LANGUAGES:
            for form in ("consent", "door"):
                page.goto(f"/consents/print?form={form}&language={language}")
                page.screenshot(path=EVERYTHING / f"print-{form}-{language}.png", full_page=True)


if __name__ == "__main__":
    sys.exit(main())
