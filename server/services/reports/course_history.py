"""List who changed what in a course's sessions, when and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from server.store import Session, Store


@dataclass(frozen=True, slots=True)
class Change:
    """A decision that arrived, about a student's hour or about the session's own state."""

    day: date
    hour: int | None  # None and student "": about the session
    student: str
    name: str
    old: str  # "": nothing was recorded
    new: str
    # Whether it took effect: what arrives after a later decision, or a confirmed proposal after a professor's own
    # mark, is only kept.
    stood: bool
    at: datetime
    who: str
    source: str
    why: str
    origin: str  # the machine that it came from; "": the server's own, or not known


def course_history(
    store: Store, course: str, *, since: date | None, until: date | None, student: str | None = None
) -> list[Change]:
    """Decisions about the course's sessions, by day and then in the order of arrival. Raises UnknownCourse.

    student: theirs alone, without the sessions' own.
    """
    store.courses.get(course)
    found: list[Change] = []
    for session in reversed(store.sessions.listed(course, since, until)):
        found += session_history(store, session, student=student)
    return found


def session_history(store: Store, session: Session, *, student: str | None = None) -> list[Change]:
    """The decisions about one session in the order of arrival, those about the session itself behind.

    student: theirs alone.
    """
    found = list(_of_students(store, session, student))
    return found if student is not None else [*found, *_of_session(store, session)]


def _of_students(store: Store, session: Session, student: str | None) -> Iterator[Change]:
    lines = store.marks.history(session.id, student)
    names = store.rosters.names({line.student for line in lines})
    for each in lines:
        decision = (each.old or "", each.new, each.stood, each.decided_at, each.who, each.source, each.why, each.origin)
        yield Change(session.day, each.hour, each.student, names.get(each.student, ""), *decision)


def _of_session(store: Store, session: Session) -> list[Change]:
    return [
        Change(session.day, None, "", "", each.old, each.new, True, each.at, each.who, "", each.why, each.origin)
        for each in store.sessions.changes(session.id)
    ]
