"""In a real browser, under the policy of every answer, nothing that somebody wrote runs on any page of anybody."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.server.http.campus import Http
from tests.server.pages.hostile_class import MARKED, hostile_class, paths, people

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Http]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    with hostile_class(folder) as opened:
        yield opened


@pytest.mark.parametrize("role", ["professor", "privacy_officer", "student"])
def test_no_dialog_no_script_and_no_broken_policy(http: Http, chromium: Browser, role: str) -> None:
    http.principal = people(http.room)[role]
    context = chromium.new_context(base_url=f"http://127.0.0.1:{http.port}", locale="en")
    page = context.new_page()
    happened: list[str] = []
    page.on("dialog", lambda dialog: (happened.append(dialog.message), dialog.dismiss()))
    page.on(
        "console",
        lambda message: happened.append(message.text) if "Content Security Policy" in message.text else None,
    )
    seen = 0
    for path in paths(http):
        if "file=" in path or "/picture" in path or "receipt" in path:
            continue
        page.goto(path, wait_until="domcontentloaded")
        assert page.evaluate("window.evil") is None, path
        assert page.locator("[data-evil], [onclick], [onerror]").count() == 0, path
        seen += MARKED[:30] in (page.locator("body").text_content() or "")
    context.close()
    assert happened == []
    assert seen >= 1
