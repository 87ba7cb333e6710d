"""How each student of a course stands."""

from protocol import messages
from server.dispatch.call import Call
from server.dispatch.handlers.sessions import day_of
from server.domain.identifiers import normal
from server.services.reports.report import ReportRow, course_report


def report(message: messages.Report, call: Call) -> messages.Message:
    services = call.services
    found = course_report(
        services.store,
        services.courses,
        normal(message.course),
        since=day_of(message.since),
        until=day_of(message.until),
        now=call.now,
    )
    return messages.CourseReport(
        course=found.course,
        title=found.title,
        term=found.term,
        planned_hours=found.planned_hours,
        held_hours=found.held_hours,
        limit=found.limit,
        students=tuple(_student(row) for row in found.rows),
    )


def _student(row: ReportRow) -> messages.ReportStudent:
    """Hours are of the days asked for; how near the course is to be failed is of the whole term."""
    states = {state.value: number for state, number in row.tally.counts.items()}
    return messages.ReportStudent(
        student=row.student,
        name=row.name,
        attended=float(row.tally.attended),
        absences=row.term.absences,
        left=row.term.left,
        failed=row.term.failed,
        near=row.term.near,
        **states,
    )
