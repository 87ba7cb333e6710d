"""Signing in on the window of a lecture room's PC, with a real server that asks who everybody is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from client.config import ClientSettings
from client.window.application import WindowOptions
from client.window.pages.sign_in_page import SignInPage, qr_code
from tests.client.window.served import ENROLLED, recorded
from tests.client.window.stage import Hands, Stage
from tests.end_to_end.test_serving import COURSE
from tests.running import SERVER, Running, run, run_json, serving

HTTP_URL = "https://attendance.example.ac.kr"


@pytest.fixture
def token(folder: Path) -> str:
    database = ("--database", str(folder / "rollcall.sqlite"))
    (folder / "course.toml").write_text('room = "B101"\n', encoding="utf-8")
    for words in (
        ("course", "set", COURSE, "--file", str(folder / "course.toml")),
        ("user", "add", "prof.kim", "--no-password"),
        ("staff", "add", COURSE, "prof.kim"),
    ):
        done = run(SERVER, *words, *database)
        assert done.returncode == 0, done.stderr
    made: str = run_json(SERVER, "device", "add", "front", "--room", "B101", *database)["token"]
    return made


@pytest.fixture
def asking(folder: Path, token: str) -> Iterator[Running]:
    with serving(folder, "--authentication", "required", "--http-url", HTTP_URL) as running:
        yield running


def opened(stage: Stage, server: Running, folder: Path, token: str) -> Hands:
    settings = ClientSettings(
        server=("127.0.0.1", server.port), outbox=folder / "outbox.sqlite", device="front", token=token
    )
    return stage.program(settings, WindowOptions(course=COURSE))


def page_of(hands: Hands) -> SignInPage:
    hands.wait(lambda: isinstance(hands.window.pages.currentWidget(), SignInPage))
    page: Any = hands.window.pages.currentWidget()
    hands.wait(lambda: page.code.text())
    return page


@pytest.mark.slow
def test_a_professor_signs_in_marks_as_themself_and_leaves_by_a_key(
    stage: Stage, asking: Running, folder: Path, token: str
) -> None:
    hands = opened(stage, asking, folder, token)
    page = page_of(hands)
    assert page.picture.isVisible()
    assert HTTP_URL in page.how.text()
    code = page.code.text()
    database = ("--database", str(folder / "rollcall.sqlite"))
    assert run(SERVER, "pairing", "approve", code, "--user", "prof.kim", *database).returncode == 0
    hands.wait(lambda: hands.window.pages.currentWidget() is hands.window.start)
    assert "prof.kim" in hands.window.status.text_of("person")
    hands.open()
    hands.wait(lambda: hands.window.controller.model.row(ENROLLED))
    hands.press("p")
    hands.wait_until_sent()
    assert [state for state, _ in recorded(folder).values()] == ["present"]
    # Nothing of the class stays on the screen, and the next one who comes gets another code.
    QTest.keyClick(hands.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert page_of(hands) is page
    hands.wait(lambda: page.code.text() not in {"", code})
    assert hands.outbox.sign_ins.current() is None
    assert not hands.window.controller.model.is_loaded
    assert not hands.window.status._labels["person"].isVisible()


@pytest.mark.slow
def test_a_sign_in_that_the_server_ends_ends_on_the_window(
    stage: Stage, asking: Running, folder: Path, token: str
) -> None:
    hands = opened(stage, asking, folder, token)
    database = ("--database", str(folder / "rollcall.sqlite"))
    assert (
        run(SERVER, "pairing", "approve", page_of(hands).code.text(), "--user", "prof.kim", *database).returncode == 0
    )
    hands.wait(lambda: hands.window.pages.currentWidget() is hands.window.start)
    hands.open()
    assert run(SERVER, "user", "disable", "prof.kim", *database).returncode == 0
    assert page_of(hands).isVisible()
    assert hands.outbox.sign_ins.current() is None


def test_nobody_is_asked_where_the_server_asks_nobody(stage: Stage, server: Running, folder: Path) -> None:
    hands = opened(stage, server, folder, "rc1_1_" + "x" * 43)
    hands.wait(lambda: hands.window.status.text_of("server") == "Server: connected")
    assert hands.window.pages.currentWidget() is hands.window.start


def test_a_qr_code_is_dark_on_light_with_a_margin(qapp: object) -> None:
    image = qr_code(f"{HTTP_URL}/pair?code=WDJB-MJHT").toImage()
    assert image.width() == image.height() >= 100
    assert image.pixelColor(0, 0).lightness() == 255
    dark = sum(image.pixelColor(x, image.height() // 2).lightness() == 0 for x in range(image.width()))
    assert dark > image.width() // 5
