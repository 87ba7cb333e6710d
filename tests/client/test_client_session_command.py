"""Class days by the client's commands, answered by the real server: listed, opened, submitted, closed, reopened."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.test_serving import COURSE, import_roster
from tests.ports import closed_port
from tests.running import CLIENT, run, serving

DAY = "2026-03-03"


class Commands:
    """The client's command line in a folder of its own."""

    def __init__(self, folder: Path, address: str) -> None:
        self._everywhere = ("--server", address, "--outbox", str(folder / "outbox.sqlite"))

    def __call__(self, *arguments: str, status: int = 0) -> Any:
        done = run(CLIENT, *arguments, *self._everywhere, "--json")
        assert done.returncode == status, done.stderr
        return json.loads(done.stdout)

    def words(self, *arguments: str, status: int = 0) -> str:
        done = run(CLIENT, *arguments, *self._everywhere)
        assert done.returncode == status, done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    import_roster(tmp_path)
    return tmp_path


@pytest.fixture
def client(folder: Path) -> Iterator[Commands]:
    with serving(folder) as server:
        yield Commands(folder, server.address)


def test_a_class_day_from_its_opening_to_its_reopening(client: Commands, folder: Path) -> None:
    opened = client("session", "open", COURSE, "--date", DAY, "--hours", "2, 3", "--makeup")
    number = str(opened["session"])
    assert (opened["state"], opened["makeup"], [each["hour"] for each in opened["hours"]]) == ("draft", True, [2, 3])
    assert client("session", "close", number, "--state", "submitted")["state"] == "submitted"
    assert client("session", "close", number)["state"] == "closed"
    assert client("session", "reopen", number, "--why", " 김하늘의 증명서 ")["state"] == "draft"
    assert client("session", "close", number)["state"] == "closed", "a draft is submitted on the way"
    with closing(sqlite3.connect(folder / "rollcall.sqlite")) as database:
        history = database.execute("SELECT new_state, why FROM session_history ORDER BY id").fetchall()
    assert [state for state, _ in history][-5:] == ["submitted", "closed", "draft", "submitted", "closed"]
    assert ("draft", "김하늘의 증명서") in history


def test_sessions_are_listed_newest_first_and_by_their_days(client: Commands) -> None:
    for day in ("2026-03-02", DAY):
        client("session", "open", COURSE, "--date", day, "--hours", "1")
    assert [each["date"] for each in client("session", "list", COURSE)["sessions"]] == [DAY, "2026-03-02"]
    assert [each["date"] for each in client("session", "list", "--until", "2026-03-02")["sessions"]] == ["2026-03-02"]
    assert DAY in client.words("session", "list")
    assert "no such session" in client.words("session", "list", COURSE, "--since", "2030-01-01")


def test_what_cannot_be_is_one_sentence_and_leaves_nothing_in_the_outbox(client: Commands) -> None:
    assert client("session", "reopen", "999", "--why", "a mistake", status=1)["error"]["code"] == "no_session"
    assert client("session", "close", "999", status=1)["error"]["code"] == "no_session"
    assert client("session", "reopen", "1", "--why", "  ", status=2)["error"]["code"] == "usage"
    assert client("session", "open", COURSE, "--hours", "3;4", status=2)["error"]["code"] == "usage"
    assert client("outbox")["entries"] == []


def test_while_the_server_is_away_a_reopening_is_kept_and_sent_with_its_reason_later(folder: Path) -> None:
    away = Commands(folder, f"127.0.0.1:{closed_port()}")
    assert "kept on this machine" in away.words("session", "reopen", "7", "--why", "a certificate came", status=3)
    (entry,) = away("outbox", status=3)["entries"]
    assert (entry["what"], entry["state"]) == ("session 7 draft", "waiting")


def test_a_close_that_was_kept_while_the_server_was_away_has_come_true_where_somebody_closed_it(folder: Path) -> None:
    port = closed_port()
    client = Commands(folder, f"127.0.0.1:{port}")
    with serving(folder, "--port", str(port)):
        number = str(client("session", "open", COURSE, "--date", DAY, "--hours", "1")["session"])
        client("session", "close", number)
    client.words("session", "close", number, status=3)
    assert len(client("outbox", status=3)["entries"]) == 2, "it could not ask whether it was submitted"
    with serving(folder, "--port", str(port)):
        assert client("outbox", "--send")["entries"] == []
