"""A course's sessions in, who changed what in them, when and why out. Knows no file."""

from dataclasses import dataclass
from datetime import date, datetime

from server.store import Session, Store


@dataclass(frozen=True, slots=True)
class Change:
    """A decision that came. student: "" and hour None: of the session's own state. old: "" for nothing.

    stood: whether it took over; a decision that came after a later one, or a confirmed proposal after a professor's
    own word, is kept and does not.
    """

    day: date
    hour: int | None
    student: str
    name: str
    old: str
    new: str
    stood: bool
    at: datetime
    who: str
    source: str
    why: str


def course_history(
    store: Store, course: str, *, since: date | None, until: date | None, student: str | None = None
) -> list[Change]:
    """Every decision about the course's sessions of these days, by day and then in the order of arrival.

    student: of that one alone, without the sessions' own. Raises UnknownCourse.
    """
    store.courses.get(course)
    found: list[Change] = []
    for session in reversed(store.sessions.listed(course, since, until)):
        found += _of_students(store, session, student)
        if student is None:
            found += _of_session(store, session)
    return found


def _of_students(store: Store, session: Session, student: str | None) -> list[Change]:
    lines = store.marks.history(session.id, student)
    names = store.rosters.names({line.student for line in lines})
    return [
        Change(
            session.day,
            line.hour,
            line.student,
            names.get(line.student, ""),
            line.old or "",
            line.new,
            line.stood,
            line.decided_at,
            line.who,
            line.source,
            line.why,
        )
        for line in lines
    ]


def _of_session(store: Store, session: Session) -> list[Change]:
    return [
        Change(session.day, None, "", "", each.old, each.new, True, each.at, each.who, "", each.why)
        for each in store.sessions.changes(session.id)
    ]
