"""`session close` asks about two students at one place; `--both-there` answers."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from server.store import RecordedPicture, Sighting, open_store
from tests.server.cli.invoking import invoke
from tests.server.cli.test_session_commands import COURSE, DAY, STUDENTS, import_roster, set_course

TEN_THIRTY = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A session in whose first hour the camera saw one student after the other at one place."""
    set_course(tmp_path)
    import_roster(tmp_path)
    assert invoke(tmp_path, "session", "open", COURSE, "--date", DAY).status == 0
    store = open_store(f"sqlite:///{tmp_path / 'rollcall.sqlite'}", key_file=tmp_path / "key")
    for minute in range(10):
        student, at = STUDENTS[minute // 5], TEN_THIRTY + timedelta(minutes=minute)
        picture = RecordedPicture(COURSE, date.fromisoformat(DAY), 3, at, "front", 1, 1920, 1080)
        seen = Sighting(student, "sure", 0.99, ((student, 0.3),), (100, 100, 159, 159), None, "another")
        store.pictures.add(picture, [seen], now=at)
    store.close()
    return tmp_path


def marked(folder: Path) -> None:
    from server.domain.attendance import Mark, Source, State
    from server.domain.ledger import MarkRequest

    store = open_store(f"sqlite:///{folder / 'rollcall.sqlite'}", key_file=folder / "key")
    marks = [
        Mark(each, COURSE, date.fromisoformat(DAY), 3, State.PRESENT, TEN_THIRTY, "prof", Source.PROFESSOR)
        for each in STUDENTS
    ]
    store.marks.record([MarkRequest(tuple(marks))], now=TEN_THIRTY)
    store.close()


def test_it_asks_and_is_not_submitted_until_both_were_there(folder: Path) -> None:
    marked(folder)
    assert "To be answered before submitting (1)" in invoke(folder, "session", "show", "1").output
    refused = invoke(folder, "session", "close", "1")
    assert refused.status != 0
    assert "--both-there" in refused.problem
    assert ": draft" in invoke(folder, "session", "show", "1").output
    assert ": closed" in invoke(folder, "session", "close", "1", "--both-there").output
    assert "To be answered" not in invoke(folder, "session", "show", "1").output


def test_nobody_who_is_not_marked_is_asked_about(folder: Path) -> None:
    assert ": closed" in invoke(folder, "session", "close", "1").output
