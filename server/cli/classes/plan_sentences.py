"""Say in words what a new plan of a course changes."""

from collections.abc import Iterator, Sequence
from datetime import date

from server.counted import counted
from server.services.plans.plan_changes import PlanChange

MOST_NAMED = 5  # of days and students; more are counted


def change_sentences(code: str, change: PlanChange) -> Iterator[str]:
    """Nothing for a plan that changes nothing of days that are over, nor the limit."""
    if change.lost:
        yield (
            f"Of days that are over {counted(len(change.lost), 'hour')} of course {code} would not be planned any "
            f"more ({_days(change.lost)}): what was marked there stays, and is beside the plan."
        )
    if change.gained:
        yield (
            f"Of days that are over {counted(len(change.gained), 'hour')} of course {code} would be planned "
            f"({_days(change.gained)}): where nobody was marked they are not taken."
        )
    (before, after), (old, new) = change.hours, change.limit
    if before and (before, old) != (after, new):
        limit = f"{_limit(new)} ({old or 'none'} before)"
        yield f"Course {code} has {counted(after, 'hour')} in the term instead of {before}, and {limit}."
    if change.fail_now:
        yield f"By this plan {_named(change.fail_now)} would fail."
    if change.fail_no_more:
        yield f"By this plan {_named(change.fail_no_more)} would not fail any more."
    if change.until:
        yield f"It holds until {change.until}: a later plan is set, see `course show {code} --history`."


def _limit(limit: int | None) -> str:
    return "no number of absences fails" if limit is None else f"{counted(limit, 'absence')} fail"


def _days(hours: Sequence[tuple[date, int]]) -> str:
    return _named([day.isoformat() for day in dict.fromkeys(day for day, _ in hours)])


def _named(each: Sequence[str]) -> str:
    more = f" and {len(each) - MOST_NAMED} more" if len(each) > MOST_NAMED else ""
    return ", ".join(each[:MOST_NAMED]) + more
