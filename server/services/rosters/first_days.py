"""Say from which day on a roster's lines hold that do not say it themselves, and which lists are over by now."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from server.domain.calendar import Calendar
from server.domain.enrolments import SINCE_EVER
from server.errors import UnknownCourse
from server.services.rosters.imports import ImportedRoster
from server.store import CourseEnrolment, RosterLine, Store

ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _List:
    """What is known of a course's list on a day."""

    first: Mapping[str, date]  # of everybody who is or was on it in this term, when their last enrolment began
    over: date | None  # since when an earlier list is over of which no first day was known; None: there is none such
    begins: date | None  # first day of those who are on it from its beginning; None: not known
    begun: bool  # it is there, and a class was held


def with_begins(store: Store, roster: ImportedRoster, *, day: date, begins: date | None = None) -> ImportedRoster:
    """Give rows without a first day one: the term's, or `day` to whoever joins a course of which a class was held.

    begins: the first day of whoever is new, or on the list since a later day.
    """
    calendar = store.courses.calendar()
    lists = {code: _list(store, calendar, code, day) for code in {row.course for row in roster.rows}}
    rows = [row if row.begins else _row(row, lists[row.course], begins, day) for row in roster.rows]
    said = {(row.course, row.student) for row in roster.rows if row.begins}
    late = {
        (row.course, row.student)
        for row in rows
        if begins is None and lists[row.course].begun and row.begins == day and (row.course, row.student) not in said
    }
    over = {code: each.over for code, each in lists.items() if each.over}
    return replace(roster, rows=rows, over=over, late=frozenset(late))


def _row(row: RosterLine, known: _List, begins: date | None, day: date) -> RosterLine:
    first = known.first.get(row.student)
    if begins is not None:
        return replace(row, begins=begins if first is None or first > begins else None)
    return row if first is not None else replace(row, begins=day if known.begun else known.begins)


def _list(store: Store, calendar: Calendar, code: str, day: date) -> _List:
    enrolled, run = enrolled_in(store, code) or [], calendar.run_begins(day)
    term = calendar.term_on(day)
    held_earlier = bool(run and store.sessions.listed(code, None, run - ONE_DAY))
    unknown = any(each.begins == SINCE_EVER and each.ends is None for each in enrolled)
    # A list without a first day may be this term's as well as an earlier one's; the classes that were held tell.
    over = run if held_earlier and unknown and not store.sessions.listed(code, run, day - ONE_DAY) else None
    first = {each.student: each.begins for each in enrolled if _holds_in(each, run, over)}
    ahead = term or calendar.next_term(day)
    begins = ahead.begins if ahead else run if enrolled or held_earlier else None
    held = store.sessions.listed(code, term.begins if term else run, day - ONE_DAY)
    return _List(first, over, begins, bool(first and held))


def _holds_in(enrolment: CourseEnrolment, run: date | None, over: date | None) -> bool:
    """Whether it lasts into the term whose lists begin on that day."""
    ends = over if over and enrolment.begins == SINCE_EVER and enrolment.ends is None else enrolment.span.over
    return run is None or ends is None or ends > run


def enrolled_in(store: Store, course: str) -> list[CourseEnrolment] | None:
    """None: there is no such course."""
    try:
        return store.rosters.enrolled(course)
    except UnknownCourse:
        return None
