"""What a command shows of people is in the access log: who ran it, where, what, whose, and of a file why."""

import os
import platform
import pwd
from pathlib import Path

import pytest

from server.bootstrap.account import system_account
from server.errors import Unavailable
from server.store import AccessLine, open_store
from tests.server.cli.invoking import invoke

COURSE, STUDENT = "ea0017_1", "201511041"
ACCOUNT = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = f"student_id,name,course_code\n{STUDENT},김하늘,{COURSE}\n201511042,이바다,{COURSE}\n"
    (tmp_path / "roster.csv").write_text(rows, encoding="utf-8")
    done(tmp_path, "roster", "import", str(tmp_path / "roster.csv"), "--as", "office")
    done(tmp_path, "session", "open", COURSE, "--date", "2026-03-02", "--hours", "3", "--as", "office")
    return tmp_path


@pytest.fixture(autouse=True)
def nobody_by_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)


def done(folder: Path, *words: str) -> None:
    said = invoke(folder, *words)
    assert said.status == 0, said.problem


def lines(folder: Path) -> list[AccessLine]:
    """Newest first."""
    store = open_store(str(folder / "rollcall.sqlite"), key_file=folder / "key")
    found = store.access_log.lines()
    store.close()
    return found


@pytest.mark.parametrize(
    ("words", "action", "course", "subjects", "detail"),
    [
        (("report", COURSE), "read_report", COURSE, 2, "report"),
        (("report", COURSE, "--json"), "read_report", COURSE, 2, "report"),
        (("report", COURSE, "--history"), "read_history", COURSE, 0, "history"),
        (("report", COURSE, "--history", "--student", STUDENT), "read_history", COURSE, 1, "history"),
        (("report", COURSE, "--agreement"), "read_report", COURSE, 0, "agreement"),
        (("session", "show", "1"), "read_board", COURSE, 2, "session 1 of 2026-03-02"),
        (("consent", "show", STUDENT), "read_consents", "", 1, ""),
        (("consent", "list", COURSE), "read_consents", COURSE, 2, ""),
        (("access-log", "show"), "read_access_log", "", 0, "show"),
        (("access-log", "report", "--month", "2026-03"), "read_access_log", "", 0, "report of 2026-03"),
        (("breach", "--all"), "read_access_log", "", 0, "breach"),
    ],
)
def test_a_look_is_a_line(
    folder: Path, words: tuple[str, ...], action: str, course: str, subjects: int, detail: str
) -> None:
    before = len(lines(folder))
    done(folder, *words)
    newest, *others = lines(folder)
    assert len(others) == before, "one line"
    assert (newest.action, newest.course, newest.subjects, newest.detail) == (action, course, subjects, detail)
    assert (newest.who, newest.device, newest.address) == (ACCOUNT, f"command: {ACCOUNT}", platform.node())


@pytest.mark.parametrize("words", [("session", "list"), ("user", "list"), ("course", "show"), ("quality", COURSE)])
def test_what_shows_nobody_is_no_line(folder: Path, words: tuple[str, ...]) -> None:
    before = lines(folder)
    done(folder, *words)
    assert lines(folder) == before


def test_a_file_is_a_download_with_its_reason_each_time(folder: Path) -> None:
    for _ in range(2):
        done(folder, "report", COURSE, "--out", str(folder / "r.csv"), "--force", "--why", "the dean's meeting")
    for line in lines(folder)[:2]:
        assert (line.action, line.detail, line.why) == ("download", "report .csv", "the dean's meeting")


def test_a_change_says_who_answers_for_it_and_which_account_ran_it(folder: Path) -> None:
    opened = [each for each in lines(folder) if each.who == "office"]
    assert {each.device for each in opened} == {f"command: {ACCOUNT}"}


def test_what_is_not_logged_is_not_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise Unavailable("no room")

    monkeypatch.setattr("server.store.access_log.write", refuses)
    said = invoke(folder, "report", COURSE)
    assert (said.status, said.output) == (1, "")


def test_the_account_is_the_system_s_and_not_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "USERNAME"):
        monkeypatch.setenv(name, "somebody.else")
    assert system_account() == ACCOUNT


def test_behind_sudo_it_is_who_called_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "kim")
    monkeypatch.setattr(os, "getuid", lambda: 0)
    assert system_account() == "kim"
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    assert system_account() == "uid 4000000"
