"""Report each student's attendance of a course."""

from typing import Final

from protocol.reports import CourseReport, Report
from server.dispatch.call import Call
from server.dispatch.handlers.sessions import day_of
from server.dispatch.replies import report_reply
from server.domain.identifiers import normal
from server.services.reports.report import course_report


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


HANDLERS: Final = {Report: report}
