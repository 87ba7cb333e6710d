"""How each student of a course stands."""

from typing import Final

from msgspec import Struct

from protocol.fields import CourseCode, Day, Hour, Message, State, StudentId


class Report(Message, tag="report", frozen=True, kw_only=True):
    """How does each student of a course stand? Without days: in the term that is on."""

    course: CourseCode
    since: Day | None = None
    until: Day | None = None
    hours: bool = False


class ReportHour(Struct, frozen=True, kw_only=True):
    """What a class hour counts as for a student; `not_taken`: it was held, and the student has no mark."""

    date: Day
    hour: Hour
    state: State


class ReportStudent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a student stands, in class hours.

    attended: as the score counts. absences: as the failing rule counts. left: absences that may still come before F.
    left_on: the first day off the list.
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
    left_on: Day | None = None
    hours: tuple[ReportHour, ...] = ()


class CourseReport(Message, tag="report", frozen=True, kw_only=True):
    """By student number. planned_hours: of the term by the timetable. limit: absences that fail; None: none do."""

    course: CourseCode
    title: str
    term: str | None = None
    since: Day | None = None
    until: Day | None = None
    planned_hours: int
    held_hours: int
    limit: int | None = None
    students: tuple[ReportStudent, ...]


MESSAGES: Final[dict[type[Message], type[Message]]] = {Report: CourseReport}
"""Each request of this family, and the reply that answers it."""
