"""A browser on the pages of a class of 60, of whom 52 are sure, 5 to be checked and 3 unseen."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.server.classroom import Classroom, classroom
from tests.server.http.campus import Http, http_of

SURE, CHECK, UNSEEN = 52, 5, 3
PICTURES = tuple(f"{10 + minute // 60}:{minute % 60:02}" for minute in range(31, 80, 5))
# The one of Debian and of others; --no-sandbox because tests run as root in containers.
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium: `setup/system_packages.sh test` installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def class_of_60(tmp_path: Path) -> Iterator[Http]:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path, students=SURE + CHECK + UNSEEN) as room:
        room.set_course()
        take_pictures(room)
        with http_of(room, tmp_path / "knowns") as http:
            yield http


def take_pictures(room: Classroom) -> None:
    """Those to be checked are seen at first, and gone."""
    for number, clock in enumerate(PICTURES):
        room.look(clock, *range(SURE + (CHECK if number < len(PICTURES) // 2 else 0)))


@pytest.fixture
def page(chromium: Browser, class_of_60: Http) -> Iterator[Page]:
    """A phone of 360 px, in Korean. Whatever goes wrong in a script fails the test."""
    context = chromium.new_context(
        base_url=f"http://127.0.0.1:{class_of_60.port}",
        viewport={"width": 360, "height": 740},
        locale="ko-KR",
        has_touch=True,
    )
    opened = context.new_page()
    broken: list[Any] = []
    opened.on("pageerror", lambda error: broken.append(error))
    opened.set_default_timeout(15_000)
    yield opened
    context.close()
    assert broken == []
