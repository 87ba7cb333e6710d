"""Rows of rosters that do not say since when in, the same with the first day of who comes late out. Knows no file."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from server.errors import UnknownCourse
from server.services.rosters.imports import Roster
from server.store import CourseEnrolment, RosterLine, Store


def with_begins(store: Store, roster: Roster, *, day: date, begins: date | None = None) -> Roster:
    """Rows that say their own first day stay as they are. Raises Unavailable.

    Who is added to a class that had its list, and a session before `day`, in the term of `day`, comes late: from `day`
    on, so that no hour before counts for him. begins: the first day of whoever is new or on the list since later.
    """
    listed = {code: _first_days(store, code) for code in {row.course for row in roster.rows}}
    term = store.courses.calendar().term_on(day)
    before = term.begins if term else None, day - timedelta(days=1)
    late = {code for code, first in listed.items() if first and store.sessions.listed(code, *before)}
    rows = [
        row if row.begins else replace(row, begins=_begins(row, listed[row.course], begins, day, row.course in late))
        for row in roster.rows
    ]
    return replace(roster, rows=rows)


def _begins(row: RosterLine, first: dict[str, date], begins: date | None, day: date, late: bool) -> date | None:
    """None: as it is, or not known since when."""
    known = first.get(row.student)
    if begins is not None:
        return begins if known is None or known > begins else None
    return day if late and known is None else None


def _first_days(store: Store, course: str) -> dict[str, date]:
    """Of everybody who is or was on the course's list, the day on which the last enrolment began."""
    try:
        enrolled: Sequence[CourseEnrolment] = store.rosters.enrolled(course)
    except UnknownCourse:
        enrolled = ()
    return {each.student: each.begins for each in enrolled}
