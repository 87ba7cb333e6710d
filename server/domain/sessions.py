"""Say when a session freezes, and what a roll means for the hours that follow it."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from server.domain.attendance import State
from server.domain.rules import Rules


class SessionState(StrEnum):
    """State of a session: a course on one campus day."""

    DRAFT = "draft"  # takes marks and is not confirmed yet
    SUBMITTED = "submitted"  # confirmed; takes corrections until it freezes
    CLOSED = "closed"  # 마감: takes no mark until it is reopened


_ONWARDS: Final = frozenset(
    {
        (SessionState.DRAFT, SessionState.SUBMITTED),
        (SessionState.SUBMITTED, SessionState.CLOSED),
    }
)
# What a state means for the hour behind: who came late was there at its end, who left was not. NOT_TAKEN and
# NOT_VISIBLE say nothing of it.
_COPIES: Final = {
    State.PRESENT: State.PRESENT,
    State.LATE: State.PRESENT,
    State.LEFT_EARLY: State.ABSENT,
    State.ABSENT: State.ABSENT,
    State.EXCUSED: State.EXCUSED,
    State.EXCUSED_ABSENCE: State.EXCUSED_ABSENCE,
}


def closes_at(day: date, rules: Rules, zone: ZoneInfo) -> datetime | None:
    """When a session of that day freezes: midnight on campus after `freeze_days` more days. None: never."""
    if rules.freeze_days is None:
        return None
    return datetime.combine(day + timedelta(days=rules.freeze_days + 1), time(), zone).astimezone(UTC)


def state_at(stored: SessionState, closes_at: datetime | None, now: datetime) -> SessionState:
    """The state that counts: a submitted session is closed from `closes_at` on."""
    frozen = closes_at is not None and now >= closes_at
    return SessionState.CLOSED if frozen and stored is SessionState.SUBMITTED else stored


def is_overdue(stored: SessionState, closes_at: datetime | None, now: datetime) -> bool:
    """Whether a draft was not confirmed in time."""
    return stored is SessionState.DRAFT and closes_at is not None and now >= closes_at


def allowed(old: SessionState, new: SessionState) -> bool:
    """Whether a session may go from old to new."""
    return new in (old, SessionState.DRAFT) or (old, new) in _ONWARDS


def stays(state: SessionState, changed_at: datetime | None, new: SessionState, at: datetime) -> bool:
    """Whether a change decided at `at` changes nothing: it is so already, or a later one was made.

    What is closed was submitted: who submits it, not knowing that somebody closed it meanwhile, has what they wanted.
    """
    is_so = new is state or (state is SessionState.CLOSED and new is SessionState.SUBMITTED)
    return is_so or (changed_at is not None and at < changed_at)


def copied_forward(states: Mapping[int, State | None], hours: Collection[int]) -> dict[int, tuple[State, int]]:
    """What one student's hours take from the hour before (연강): hour -> (state, hour that it was copied from).

    `states` has every hour of the session. Only `hours`, those that nobody looked at, take something.
    """
    # Over several hours in a row the roll is handed on from the first.
    copied: dict[int, tuple[State, int]] = {}
    for hour in sorted(states):
        state, origin = copied.get(hour - 1, (states.get(hour - 1), hour - 1))
        copy = None if state is None else handed_on(state)
        if hour in hours and states[hour] is None and copy is not None:
            copied[hour] = (copy, origin)
    return copied


def handed_on(state: State) -> State | None:
    """What a state means for the next hour where that is a copy; None: nothing."""
    return _COPIES.get(state)


def copied_from(hour: int) -> str:
    """The reason of a mark that was copied."""
    return f"copied from hour {hour}"
