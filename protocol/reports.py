"""How each student of a course stands."""

from typing import Final

from msgspec import Struct

from protocol.fields import CourseCode, Day, Message, StudentId


class Report(Message, tag="report", frozen=True, kw_only=True):
    """How does each student of a course stand? Answered by CourseReport.

    since, until: first and last day; None: of the term that is on now, without terms all that is recorded.
    """

    course: CourseCode
    since: Day | None = None
    until: Day | None = None


class ReportStudent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a student stands in a course, in class hours.

    attended: what the score counts. absences: what the failing rule counts, conversions included. left: absences that
    may still come before F; None: the course does not fail by absence. near: few are left.
    """

    student: StudentId
    name: str
    attended: float = 0.0
    absences: int = 0
    present: int = 0
    late: int = 0
    left_early: int = 0
    absent: int = 0
    excused: int = 0
    excused_absence: int = 0
    not_taken: int = 0
    not_visible: int = 0
    left: int | None = None
    failed: bool = False
    near: bool = False


class CourseReport(Message, tag="report", frozen=True, kw_only=True):
    """Answer to Report, by student number.

    term: None: outside every term. planned_hours: class hours of the term by the timetable, held_hours: those that were
    taken. limit: absences from which on the course is failed; None: it does not fail by absence.
    """

    course: CourseCode
    title: str
    term: str | None = None
    planned_hours: int
    held_hours: int
    limit: int | None = None
    students: tuple[ReportStudent, ...]


MESSAGES: Final[dict[type[Message], type[Message]]] = {Report: CourseReport}
"""Each request of this family, and the reply that answers it."""
