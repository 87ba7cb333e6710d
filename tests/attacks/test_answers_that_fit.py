"""No request can be made whose answer does not fit, for ever or by its own letters."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from protocol import messages
from server.dispatch.handlers.sessions import MOST_SESSIONS
from tests.server.classroom import COURSE, Classroom, classroom

NINE = datetime(2026, 3, 2, 9, 0, 0, 999999, tzinfo=UTC)
GROWING = "\u0958" * 20
"""20 characters that are 40 in the form in which identifiers are kept (NFC)."""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Classroom]:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("where", ["student", "course"])
def test_an_identifier_that_grows_when_it_is_read_is_one_that_nobody_has(room: Classroom, where: str) -> None:
    told = {"student": "unknown_student", "course": "unknown_course"}
    given = {"student": room.students[0], "course": COURSE, where: GROWING}
    one = messages.MarkItem(**given)
    for message in (
        messages.Mark(key="k1", **given),
        messages.Marks(marks=(one,), key="k2"),
        messages.Marks(marks=(one, messages.MarkItem(student=room.students[1], course=COURSE)), key="k3"),
    ):
        answer = room.ask(message)
        assert (type(answer), answer.code) == (messages.Error, told[where]), answer


def test_more_sessions_than_fit_are_answered_with_the_newest_and_that_there_are_more(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.dispatch.handlers.sessions.MOST_SESSIONS", 5)
    first = date(2026, 3, 2)
    for day in range(7):
        room.ask(messages.OpenSession(course=COURSE, date=(first + timedelta(day)).isoformat(), key=f"o{day}"))
    newest = room.ask(messages.Sessions())
    assert [each.date for each in newest.sessions] == [f"2026-03-{day:02}" for day in (8, 7, 6, 5, 4)]
    assert newest.more
    before = room.ask(messages.Sessions(until="2026-03-03"))
    assert [each.date for each in before.sessions] == ["2026-03-03", "2026-03-02"]
    assert not before.more


def test_a_thousand_sessions_of_the_longest_kind_fit_into_one_answer() -> None:
    hours = tuple(messages.SessionHour(hour=hour, starts=NINE, ends=NINE) for hour in range(1, 25))
    one = messages.SessionInfo(
        session=10**9,
        course="가" * 32,
        title="가" * 200,
        date="2026-03-02",
        state="submitted",
        makeup=True,
        overdue=True,
        unplanned=True,
        shadow=True,
        closes_at=NINE,
        hour_now=24,
        hours=hours,
    )
    messages.encode(messages.SessionList(sessions=(one,) * MOST_SESSIONS, more=True), 1)
