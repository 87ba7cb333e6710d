"""Keep when each duty of the server ran last, and whether its clock is in doubt."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from server.domain.clock_steps import ClockStep
from server.errors import SetupProblem
from server.store import access_log
from server.store.database.readable import made, readable
from server.store.database.statements import insert_or_replace
from server.store.database.tables import clock_steps, duties, idempotency_keys, mark_history, pictures
from server.store.topic import Topic, reads, writes

_PENDING = "pending"
# What is written with the server's time, whatever the duties are called.
_RECORDED = (pictures.c.recorded_at, mark_history.c.recorded_at, idempotency_keys.c.recorded_at)


class DutyStore(Topic):
    """What the server does by itself from time to time."""

    @reads
    def last_runs(self, connection: Connection) -> dict[str, datetime]:
        """Name of a duty -> when it ran last, by the server's clock."""
        query = select(duties).order_by(duties.c.name)
        return {row.name: row.ran_at for row in readable(connection, query, duties.c.name)}

    @writes
    def ran(self, connection: Connection, name: str, *, at: datetime) -> None:
        """Remember that a duty has run."""
        insert_or_replace(connection, duties, [{"name": name, "ran_at": at}], "ran_at")

    @reads
    def last_time(self, connection: Connection) -> datetime | None:
        """When a server was last at work here: by its duties, before there were any by what was recorded."""
        ran = connection.scalar(select(func.max(duties.c.ran_at)))
        recorded = [] if ran else [connection.scalar(select(func.max(column))) for column in _RECORDED]
        return ran or max(filter(None, recorded), default=None)

    @reads
    def clock_step(self, connection: Connection) -> ClockStep | None:
        """The step of the clock for which nothing is forgotten now. Raises SetupProblem where it cannot be read."""
        query = select(clock_steps).where(clock_steps.c.name == _PENDING)
        if connection.scalar(select(func.count()).select_from(query.subquery())) == 0:
            return None
        found = made(connection, query, _step, clock_steps.c.name)
        if not found:
            raise SetupProblem(
                "That the clock was set cannot be read from the database, so nothing is forgotten: where the clock is "
                "right, say so by `doctor --confirm-clock`."
            )
        return found[0]

    @writes
    def keep_clock_step(self, connection: Connection, step: ClockStep) -> None:
        """Forget nothing because of this step, which takes the place of one before."""
        row = {"name": _PENDING, "by_s": step.by_s, "noticed_at": step.noticed_at, "waited_s": step.waited_s}
        insert_or_replace(connection, clock_steps, [row], "by_s", "noticed_at", "waited_s")

    @writes
    def keep_waited(self, connection: Connection, step: ClockStep) -> None:
        """Remember how long that very step was waited for; less than is known changes nothing."""
        table = clock_steps.c
        same = update(clock_steps).where(table.noticed_at == step.noticed_at, table.waited_s < step.waited_s)
        connection.execute(same.values(waited_s=step.waited_s))

    @writes
    def end_clock_step(self, connection: Connection, *, at: datetime, by: str) -> bool:
        """Forget again what is old enough; False where no step was waited for."""
        ended = connection.execute(delete(clock_steps)).rowcount > 0
        if ended:
            access_log.write(connection, at, by, "confirm_clock")
        return ended


def _step(row: Row[Any]) -> ClockStep:
    return ClockStep(row.by_s, row.noticed_at, row.waited_s)
