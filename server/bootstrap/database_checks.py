"""Check what is in the database, for `doctor`."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from server.doctor import CheckResult
from server.domain.clock_steps import HELD, ClockStep
from server.store import Store

CONFIRM: Final = "`face_recog_server.py doctor --confirm-clock`"
# A duty is done once an hour; a server that was off for a night is no fault.
LONG_AGO: Final = timedelta(days=2)


def check_duties(store: Store, now: datetime) -> Iterator[CheckResult]:
    """When the server last kept and removed what it does by itself, and whether its clock is in doubt."""
    if (pending := store.duties.clock_step()) is not None:
        yield CheckResult("clock", "warning", _in_doubt(pending))
    runs = store.duties.last_runs()
    if not runs:
        yield CheckResult("duties", "fine", "no server has run on this database yet")
        return
    text = ", ".join(f"{name} {at:%Y-%m-%d %H:%M} UTC" for name, at in runs.items())
    if now - max(runs.values()) > LONG_AGO:
        yield CheckResult("duties", "warning", f"{text}: start the server, or what is to be removed stays.")
    else:
        yield CheckResult("duties", "fine", text)


def _in_doubt(pending: ClockStep) -> str:
    way = "forward" if pending.by_s > 0 else "back"
    left = max((HELD.total_seconds() - pending.waited_s) / 3600, 0)
    return (
        f"The server's clock was put {way} by {abs(pending.by_s) / 3600:.1f} hours, or no server ran for so long "
        f"(noticed {pending.noticed_at:%Y-%m-%d %H:%M} UTC): nothing is forgotten. Where the time is right, run "
        f"{CONFIRM}; else set it, or let NTP set it. It is taken for right when the server has run for {left:.0f} "
        "hours more."
    )
