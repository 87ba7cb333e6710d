"""Messages about each student's attendance of a course."""

from typing import Final

from msgspec import Struct

from protocol.fields import CourseCode, Day, Hour, Message, Name, State, StudentId, Why


class Report(Message, tag="report", frozen=True, kw_only=True):
    """Ask how each student of a course stands. Without days and term: in the term that is on, or the last."""

    course: CourseCode
    since: Day | None = None
    until: Day | None = None
    term: Name | None = None  # its name
    hours: bool = False  # also each hour by itself
    why: Why = ""  # for whom the server asks a reason of


class ReportHour(Struct, frozen=True, kw_only=True):
    date: Day
    hour: Hour
    state: State  # what it counts as; `not_taken`: it was held, and the student has no mark


class ReportStudent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Numbers are class hours."""

    student: StudentId
    name: str
    attended: float = 0.0  # as the score counts
    absences: int = 0  # as the failing rule counts
    present: int = 0
    late: int = 0
    left_early: int = 0
    absent: int = 0
    excused: int = 0
    excused_absence: int = 0
    not_taken: int = 0
    not_visible: int = 0
    left: int | None = None  # absences that may still come before F
    failed: bool = False
    near: bool = False
    left_on: Day | None = None  # the first day off the list
    came_from: CourseCode | None = None  # with the hours there, which count here
    came_on: Day | None = None
    moved_to: CourseCode | None = None  # on `left_on`, with the hours until then
    hours: tuple[ReportHour, ...] = ()


class ReportHeads(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Heads that the camera counted in an hour, beside the students who are marked as there."""

    date: Day
    hour: Hour
    marked: int
    at_least: int
    at_most: int | None = None  # None: cannot be said


class CourseReport(Message, tag="report", frozen=True, kw_only=True):
    course: CourseCode
    title: str
    term: str | None = None
    since: Day | None = None
    until: Day | None = None
    planned_hours: int  # of the term by the timetable
    held_hours: int
    limit: int | None = None  # absences that fail; None: none do
    students: tuple[ReportStudent, ...]  # by number
    heads: tuple[ReportHeads, ...] = ()  # of hours that were submitted with pictures


# Each request of this family, and the reply that answers it.
MESSAGES: Final[dict[type[Message], type[Message]]] = {Report: CourseReport}
