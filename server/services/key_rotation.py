"""Change the key of the templates while servers run, and take up a change that was broken off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from server.errors import BadRequest
from server.store import SEALED, KeyState, Store

Progress = Callable[[int, int], None]  # rows done, of how many


@dataclass(frozen=True, slots=True)
class Rotation:
    """What became of it. left: rows by table that cannot be opened, for which the older key is kept."""

    number: int  # of the newest key
    rows: int  # that were sealed anew
    left: dict[str, int]


def prepare(store: Store) -> int:
    """Put the next key into the file, for other machines to take over first; its number."""
    _require_sealed(store)
    return store.keys.prepare()


def rotate(store: Store, *, leave_unopened: bool, at: datetime, by: str, progress: Progress) -> Rotation:
    """Seal everything with a new key and destroy the older one; or finish that where it was broken off.

    At every moment both keys are readable until nothing is sealed by the older one. leave_unopened: destroy it also
    where something cannot be opened. Raises BadRequest where nothing is sealed yet, and SetupProblem.
    """
    state = _require_sealed(store)
    was_ended = len(state.known) == 1 and state.in_file[0] < state.newest
    if was_ended:
        store.keys.destroy_older(state.newest)
        return Rotation(state.newest, 0, {})
    if len(state.known) == 1:
        store.keys.begin_next(at=at, by=by)
    rows = _reseal(store, progress)
    number, left = store.keys.end_older(leave_unopened=leave_unopened, at=at, by=by)
    if not left:
        store.keys.destroy_older(number)
    return Rotation(number, rows, left)


def _require_sealed(store: Store) -> KeyState:
    state = store.keys.state()
    if not state.known:
        raise BadRequest("Nothing is sealed yet, so there is no key to change: one is made with the first enrolment.")
    return state


def _reseal(store: Store, progress: Progress) -> int:
    total, done = sum(store.keys.state().under_older.values()), 0
    for column in SEALED:
        last: int | None = 0
        while last is not None:
            step = store.keys.reseal(column, last)
            last, done = step.last, done + step.rows
            progress(done, max(total, done))
    return done
