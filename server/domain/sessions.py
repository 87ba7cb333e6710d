"""A session's state, when it freezes, and rolls that are copied to the next hour. Values in, values out; no clock."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from server.domain.attendance import State
from server.domain.rules import Rules


class SessionState(StrEnum):
    """State of a session, a course on one campus day.

    DRAFT takes marks and has not been confirmed; SUBMITTED is confirmed and takes corrections until it freezes;
    CLOSED (마감) takes no mark until it is reopened.
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CLOSED = "closed"


_ONWARDS: Final = frozenset(
    {
        (SessionState.DRAFT, SessionState.SUBMITTED),
        (SessionState.SUBMITTED, SessionState.CLOSED),
    }
)
_COPIES: Final = {
    State.PRESENT: State.PRESENT,
    State.LATE: State.PRESENT,
    State.LEFT_EARLY: State.ABSENT,
    State.ABSENT: State.ABSENT,
    State.EXCUSED: State.EXCUSED,
    State.EXCUSED_ABSENCE: State.EXCUSED_ABSENCE,
}
"""What a state means for the hour behind: who came late was there at its end, who left was not. NOT_TAKEN and
NOT_VISIBLE say nothing of it."""


def closes_at(day: date, rules: Rules, zone: ZoneInfo) -> datetime | None:
    """When a session of that day freezes: midnight on campus at the end of the `freeze_days`-th day after it.

    0 is the midnight that ends the day itself, 1 the one that ends the next day (Woosong, Silla). None: never.
    """
    if rules.freeze_days is None:
        return None
    return datetime.combine(day + timedelta(days=rules.freeze_days + 1), time(), zone).astimezone(UTC)


def state_at(stored: SessionState, closes_at: datetime | None, now: datetime) -> SessionState:
    """The state that counts: a submitted session is closed from `closes_at` on, at that moment too."""
    frozen = closes_at is not None and now >= closes_at
    return SessionState.CLOSED if frozen and stored is SessionState.SUBMITTED else stored


def is_overdue(stored: SessionState, closes_at: datetime | None, now: datetime) -> bool:
    """Whether a draft was not confirmed in time: its hours count as not taken until it is submitted."""
    return stored is SessionState.DRAFT and closes_at is not None and now >= closes_at


def allowed(old: SessionState, new: SessionState) -> bool:
    """Whether a session may go from old to new: draft, submitted, closed, one after the other, and back to draft.

    A draft never closes unconfirmed. To stay as it is is always allowed, and changes nothing.
    """
    return new in (old, SessionState.DRAFT) or (old, new) in _ONWARDS


def stays(state: SessionState, changed_at: datetime | None, new: SessionState, at: datetime) -> bool:
    """Whether a change decided at `at` changes nothing: the state is that already, or was decided on later."""
    return new is state or (changed_at is not None and at < changed_at)


def copied_forward(states: Mapping[int, State | None], hours: Collection[int]) -> dict[int, tuple[State, int]]:
    """What one student's hours take from the hour before (연강): hour -> (state, hour that it was copied from).

    states: of every hour of the session, None where nothing stands. hours: those that nobody looked at, with neither
    a mark of any student nor a picture; only these take something, and only where the student has nothing there.
    Consecutive are hours whose numbers are; over several of them the roll is handed on from the first.
    """
    copied: dict[int, tuple[State, int]] = {}
    for hour in sorted(states):
        state, origin = copied.get(hour - 1, (states.get(hour - 1), hour - 1))
        copy = None if state is None else handed_on(state)
        if hour in hours and states[hour] is None and copy is not None:
            copied[hour] = (copy, origin)
    return copied


def handed_on(state: State) -> State | None:
    """What a state means for the hour behind that is a copy; None: nothing."""
    return _COPIES.get(state)


def copied_from(hour: int) -> str:
    """The reason of a mark that was copied."""
    return f"copied from hour {hour}"
