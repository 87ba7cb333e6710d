"""Check what is in the database, for `doctor`."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Final

from server.bootstrap.store import missing_database
from server.config import Settings
from server.counted import counted
from server.doctor import CheckResult
from server.domain.clock_steps import HELD, ClockStep
from server.store import Store, open_store
from server.store.database import remedies
from server.store.database.engine import is_mysql

CONFIRM: Final = "`face_recog_server.py doctor --confirm-clock`"
ROTATE: Final = "`face_recog_server.py key rotate`"
SET_ASIDE: Final = "`face_recog_server.py db set-aside`"
# Records of a table that are named one by one.
MOST_NAMED: Final = 20
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


def check_integrity(settings: Settings) -> Iterator[CheckResult]:
    """Before anything else is asked of the database, which a damaged one may not answer."""
    if missing_database(settings):
        return
    with closing(open_store(settings.database_url, key_file=settings.key_path)) as store:
        found = store.health.integrity()
    if found:
        yield CheckResult("integrity", "broken", f"{'; '.join(found)}. {_mend(settings)}")
    else:
        yield CheckResult("integrity", "fine", "the database's own check finds nothing")


def _mend(settings: Settings) -> str:
    if is_mysql(settings.database_url):
        return f"{remedies.RESTORE} Its own log says more."
    path = settings.database_url.removeprefix("sqlite:///")
    return (
        f"{remedies.RESTORE} Before that, put the file, its -wal and its -shm away together: what came since the "
        f"backup may be read out by `sqlite3 {path} .recover`."
    )


def check_records(store: Store) -> CheckResult:
    """Whether every record can be read. Raises SetupProblem: wrong key."""
    found = store.records.unreadable()
    if not found:
        return CheckResult("records", "fine", "every record can be read")
    by_table: dict[str, list[str]] = {}
    for each in found:
        by_table.setdefault(each.table, []).append(each.name)
    named = "; ".join(f"{table} {_some(names)}" for table, names in by_table.items())
    aside = "" if not any(each.may_be_set_aside for each in found) else f" {SET_ASIDE} puts them away, sealed."
    return CheckResult(
        "records", "warning", f"{counted(len(found), 'record')} cannot be read and are left out: {named}.{aside}"
    )


def check_keys(store: Store) -> Iterator[CheckResult]:
    """Whether a change of the key was begun and not ended. Raises SetupProblem: wrong key."""
    state = store.keys.state()
    if not state.known:
        return
    older = sum(state.under_older.values())
    if len(state.known) > 1:
        text = f"it is being changed, and still seals {counted(older, 'record')}. Where no {ROTATE} runs, run it again."
        yield CheckResult("key", "warning", text)
    elif state.in_file[-1] > state.newest:
        text = f"key {state.in_file[-1]} is in the file and not used yet: {ROTATE} goes on with it."
        yield CheckResult("key", "warning", text)
    elif state.in_file[0] < state.newest:
        text = f"the file still has a key that nothing is to be sealed by: {ROTATE} removes it."
        yield CheckResult("key", "warning", text)
    else:
        left = f"; a former key sealed {counted(older, 'record')} that were given up" if older else ""
        yield CheckResult("key", "fine", f"key {state.newest} seals and opens{left}")


def _some(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
