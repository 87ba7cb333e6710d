"""List the students of a course, and report their attendance."""

from typing import Final

from protocol.reports import CourseReport, Report
from protocol.rosters import Roster, RosterEntry, RosterList
from server.dispatch.call import Call
from server.dispatch.handlers.sessions import day_of
from server.dispatch.replies import report_reply
from server.domain.identifiers import normal
from server.services.reports.report import course_report


def roster(message: Roster, call: Call) -> RosterList:
    day, course, store = call.campus.day(call.now), normal(message.course), call.services.store
    students = tuple(
        RosterEntry(
            student=entry.student,
            name=entry.name,
            states={str(hour): state.value for hour, state in sorted(entry.states.items())},
        )
        for entry in store.rosters.of_day(course, day)
    )
    session = store.sessions.on_day(course, day)
    return RosterList(
        course=message.course,
        date=day.isoformat(),
        students=students,
        session=session.id if session else None,
        hour=call.services.courses.hour_in(session, course, call.now),
    )


def report(message: Report, call: Call) -> CourseReport:
    found = course_report(
        call.services.store,
        call.services.courses,
        normal(message.course),
        since=day_of(message.since),
        until=day_of(message.until),
        now=call.now,
    )
    return report_reply(found, hours=message.hours)


HANDLERS: Final = {Roster: roster, Report: report}
