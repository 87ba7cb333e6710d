"""The routes of rosters: import a file, join a student or a course that is there twice, move to another section."""

from dataclasses import asdict
from typing import Annotated, Final

from msgspec import Meta, Struct

from protocol.fields import CourseCode, Day, Name, StudentId
from server.access import Action
from server.dispatch import Call, Need
from server.dispatch.handlers.sessions import day_of
from server.domain.identifiers import normal
from server.http.v1.route import Api, Route, needs_of
from server.services.rosters.first_days import with_begins
from server.services.rosters.headings import Headings, read_map
from server.services.rosters.imports import MAX_ROSTER_BYTES, read_rosters
from server.services.rosters.joining import join_courses, join_students
from server.services.rosters.plan import change_roster, plan_roster
from server.store import RosterLine

ROSTERS: Final = (
    "text/csv",
    "application/zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
)


class PutRoster(Struct, frozen=True, kw_only=True):
    """As `roster import`. map: HEADING=COLUMN, separated by commas."""

    course: Annotated[str, Meta(max_length=32)] = ""
    map: Annotated[str, Meta(max_length=500)] = ""
    sheet: Name = ""
    begins: Day | None = None
    complete: bool = False
    dry_run: bool = False


class RosterEntryChange(Struct, frozen=True, kw_only=True):
    course: str
    student: StudentId
    name: str
    begins: Day | None = None
    ends: Day | None = None


class RosterRenaming(Struct, frozen=True, kw_only=True):
    student: StudentId
    before: str
    after: str


class RosterImported(Struct, frozen=True, kw_only=True):
    """What an import changed, or with dry_run would."""

    kept: bool
    rows: int
    ended: tuple[RosterEntryChange, ...]
    added: tuple[RosterEntryChange, ...]
    dated: tuple[RosterEntryChange, ...]
    renamed: tuple[RosterRenaming, ...]
    new_students: int
    new_courses: tuple[str, ...]
    unchanged: int


class MoveStudent(Struct, frozen=True, kw_only=True):
    """from_course, to_course: sections. begins: the first day in the new one; None: today."""

    student: StudentId
    from_course: CourseCode
    to_course: CourseCode
    begins: Day | None = None


class StudentMoved(Struct, frozen=True, kw_only=True):
    student: StudentId
    name: str
    course: CourseCode
    begins: Day


class MergeStudents(Struct, frozen=True, kw_only=True):
    """student: who goes; in any form, also one that cannot be entered any more. into: who stays."""

    student: StudentId
    into: StudentId


class StudentsMerged(Struct, frozen=True, kw_only=True):
    """both: of the marks, those of hours in which both had one. lost: features that could not be opened."""

    student: StudentId
    into: StudentId
    enrolments: int
    marks: int
    both: int
    templates: int
    lost: int


class MergeCourses(Struct, frozen=True, kw_only=True):
    """course: which goes. into: which stays."""

    course: CourseCode
    into: CourseCode


class CoursesMerged(Struct, frozen=True, kw_only=True):
    course: CourseCode
    into: CourseCode
    sessions: int


def _put_roster(asked: PutRoster, call: Call, _api: Api) -> RosterImported:
    store, day = call.services.store, call.campus.day(call.now)
    headings = Headings(read_map([each for each in asked.map.split(",") if each]), asked.course, asked.sheet)
    listed = read_rosters([("The file", call.payload)], headings)
    listed = with_begins(store, listed, day=day, begins=day_of(asked.begins))
    plan = plan_roster(store, listed, complete=asked.complete, day=day)
    if not asked.dry_run:
        change_roster(store, listed, plan, at=call.now, by=call.caller.name, day=day)
    return RosterImported(
        kept=not asked.dry_run,
        rows=len(listed.rows),
        ended=tuple(RosterEntryChange(**asdict(each)) for each in plan.ended),
        added=tuple(map(_row, plan.added)),
        dated=tuple(map(_row, plan.dated)),
        renamed=tuple(RosterRenaming(**asdict(each)) for each in plan.renamed),
        new_students=len(plan.new_students),
        new_courses=plan.new_courses,
        unchanged=plan.unchanged,
    )


def _row(line: RosterLine) -> RosterEntryChange:
    return RosterEntryChange(
        course=line.course,
        student=line.student,
        name=line.name,
        begins=line.begins.isoformat() if line.begins else None,
        ends=line.ends.isoformat() if line.ends else None,
    )


def _roster_needs(asked: PutRoster) -> list[Need]:
    """A file may name any course: who may change one only says which, and every line is of it."""
    return [Need(action=Action.IMPORT_ROSTER, course=normal(asked.course) if asked.course else None)]


def _move(asked: MoveStudent, call: Call, _api: Api) -> StudentMoved:
    store, day = call.services.store, day_of(asked.begins) or call.campus.day(call.now)
    student, old, new = normal(asked.student), normal(asked.from_course), normal(asked.to_course)
    store.rosters.move(student, old, new, day=day, at=call.now, by=call.caller.name)
    name = store.rosters.names([student]).get(student, "")
    return StudentMoved(student=student, name=name, course=new, begins=day.isoformat())


def _merge(asked: MergeStudents, call: Call, _api: Api) -> StudentsMerged:
    done = join_students(call.services.store, asked.student, asked.into, at=call.now, by=call.caller.name)
    joined = done.joined
    return StudentsMerged(
        student=joined.student,
        into=joined.into,
        enrolments=joined.enrolments,
        marks=joined.marks,
        both=joined.both,
        templates=done.templates,
        lost=done.lost,
    )


def _merge_courses(asked: MergeCourses, call: Call, _api: Api) -> CoursesMerged:
    sessions = join_courses(call.services.store, asked.course, asked.into, at=call.now, by=call.caller.name)
    return CoursesMerged(course=asked.course, into=asked.into, sessions=sessions)


ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/rosters",
        name="import_roster",
        summary="Import a roster file (.xlsx, CSV, OneRoster), as `roster import`",
        asks=PutRoster,
        gives=RosterImported,
        content=ROSTERS,
        most_bytes=MAX_ROSTER_BYTES,
        answer=_put_roster,
        needs=_roster_needs,
        heavy=True,
    ),
    Route(
        method="POST",
        path="/v1/rosters/moves",
        name="move_student",
        summary="Move a student to another section in mid-term, with the hours before",
        asks=MoveStudent,
        gives=StudentMoved,
        answer=_move,
        needs=lambda asked: [
            Need(action=Action.IMPORT_ROSTER, course=normal(each)) for each in (asked.from_course, asked.to_course)
        ],
    ),
    Route(
        method="POST",
        path="/v1/rosters/merges",
        name="merge_students",
        summary="Join a student who is there under two numbers; there is no way back",
        asks=MergeStudents,
        gives=StudentsMerged,
        answer=_merge,
        needs=needs_of(Action.IMPORT_ROSTER),
    ),
    Route(
        method="POST",
        path="/v1/courses/merges",
        name="merge_courses",
        summary="Join two courses that are one; there is no way back",
        asks=MergeCourses,
        gives=CoursesMerged,
        answer=_merge_courses,
        needs=needs_of(Action.IMPORT_ROSTER),
    ),
)
