"""Say cheaply whether a session's board may have changed."""

from sqlalchemy import Connection, func, select

from protocol.error_texts import ServerText
from server.errors import NoSession
from server.store.database.tables import (
    counters,
    hours,
    mark_history,
    pictures,
    session_history,
    sessions,
    vetoes,
)
from server.store.templates import REVISION
from server.store.topic import Topic, reads
from server.store.values import BoardRevision

_S = sessions.c
_MARKS = select(func.max(mark_history.c.id)).join(hours, hours.c.id == mark_history.c.hour)
_STATES = select(func.max(session_history.c.id))
_HOURS = select(func.count()).select_from(hours)
_PICTURES = select(func.max(pictures.c.id))
_VETOES = select(func.coalesce(func.sum(vetoes.c.id), 0))
_TEMPLATES = select(counters.c.value).where(counters.c.name == REVISION).scalar_subquery()


class RevisionStore(Topic):
    """Numbers that change with what boards show."""

    @reads
    def of_board(self, connection: Connection, session: int) -> BoardRevision:
        """Of one session's. Raises NoSession."""
        row = connection.execute(
            select(
                _MARKS.where(hours.c.session == _S.id).scalar_subquery(),
                _STATES.where(session_history.c.session == _S.id).scalar_subquery(),
                _HOURS.where(hours.c.session == _S.id).scalar_subquery(),
                _PICTURES.where(pictures.c.course == _S.course, pictures.c.day == _S.day).scalar_subquery(),
                _TEMPLATES,
                _VETOES.where(vetoes.c.course == _S.course).scalar_subquery(),
            ).where(_S.id == session)
        ).one_or_none()
        if row is None:
            raise NoSession(ServerText.NO_SESSION, number=session)
        marks, states, held, taken, templates, vetoed = (int(value or 0) for value in row)
        return BoardRevision(marks=marks, state=f"{states}.{held}", pictures=f"{taken}.{templates}.{vetoed}")
