"""The routes about one student: photographs, verifications, erasure, and what was decided."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from protocol.error_texts import ServerText
from protocol.fields import CourseCode, Day, Hour, Moment, SessionId, StudentId, Why
from server.access import Action
from server.dispatch import Call, Need
from server.dispatch.handlers.sessions import day_of
from server.domain.identifiers import normal
from server.errors import NotEnrolled
from server.http.v1.pages import Listed, Page, page_of
from server.http.v1.route import IMAGES, Api, Route
from server.services.enrolment.erasure import erase
from server.services.enrolment.photographs import kept_here
from server.services.reports.course_history import Change, course_history, session_history
from server.services.student.photographs import OwnPhotographs


class PutPhotograph(Struct, frozen=True, kw_only=True):
    student: StudentId


class PhotographTaken(Struct, frozen=True, kw_only=True):
    """new: False where it was enrolled already. remark: for people."""

    student: StudentId
    new: bool
    remark: str


class Verify(Struct, frozen=True, kw_only=True):
    """course: in whose room the picture was taken."""

    student: StudentId
    course: CourseCode


class Verified(Struct, frozen=True, kw_only=True):
    """same: whether the largest face is that student's. box: left, top, right, bottom of it in pixels."""

    student: StudentId
    same: bool
    faces: int
    box: tuple[int, int, int, int]


class Erase(Struct, frozen=True, kw_only=True):
    student: StudentId
    why: Why = ""


class Erased(Struct, frozen=True, kw_only=True):
    """The receipt, which `text` has ready to be printed."""

    student: StudentId
    at: Moment
    by: str
    files: tuple[str, ...]
    templates: int
    sightings: int
    remarks: tuple[str, ...]
    text: str


class DecisionHistory(Listed, frozen=True, kw_only=True):
    session: SessionId
    student: StudentId | None = None


class AskCourseHistory(Listed, frozen=True, kw_only=True):
    """since, until: days of class, both included. student: theirs alone."""

    course: CourseCode
    since: Day | None = None
    until: Day | None = None
    student: StudentId | None = None


class DecidedChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """hour, student: None and "" for a change of the session itself. stood: whether it took effect."""

    date: Day
    hour: Hour | None
    student: str
    name: str
    old: str
    new: str
    stood: bool
    at: Moment
    by: str
    source: str
    why: str
    origin: str  # the machine that it came from; empty: the server's own, or not known


class History(Struct, frozen=True, kw_only=True):
    session: int
    changes: tuple[DecidedChange, ...]  # in the order of their arrival
    next: str | None


class CourseHistory(Struct, frozen=True, kw_only=True):
    course: CourseCode
    changes: tuple[DecidedChange, ...]  # by day, and then in the order of their arrival
    next: str | None


def _photograph(asked: PutPhotograph, call: Call, api: Api) -> PhotographTaken:
    student, principal = normal(asked.student), call.caller.principal
    if principal.student == student:
        own = OwnPhotographs(call.services.store, api.uploads, call.services.recognition)
        taken = own.add(student, call.payload, at=call.now, by=principal.name, address=call.caller.address)
    else:
        taken = api.uploads.add(student, call.payload, at=call.now)
    return PhotographTaken(student=taken.student, new=taken.new, remark=taken.remark)


def _verify(asked: Verify, call: Call, _api: Api) -> Verified:
    student, course, day = normal(asked.student), normal(asked.course), call.campus.day(call.now)
    if student not in call.services.store.rosters.students_of(course, day):
        raise NotEnrolled(ServerText.NOT_ENROLLED, student=student, course=course, day=day)
    found = call.services.recognition.verify(student, call.payload, course=course, day=day, sender=call.caller.sender())
    return Verified(student=student, same=found.same, faces=found.faces, box=found.box)


def _erase(asked: Erase, call: Call, api: Api) -> Erased:
    receipt = erase(
        call.services.store,
        kept_here(api.knowns),
        normal(asked.student),
        at=call.now.astimezone(call.campus.zone),
        by=call.caller.name,
    )
    return Erased(
        student=receipt.student,
        at=receipt.at,
        by=receipt.by,
        files=receipt.files,
        templates=receipt.templates,
        sightings=receipt.sightings,
        remarks=receipt.remarks,
        text=receipt.text(),
    )


def _history(asked: DecisionHistory, call: Call, _api: Api) -> History:
    store = call.services.store
    session = store.sessions.get(asked.session)
    student = None if asked.student is None else normal(asked.student)
    found = session_history(store, session, student=student)
    page = _changes(found, asked, ("history", session.id, student))
    return History(session=session.id, changes=page.items, next=page.next)


def _course_history(asked: AskCourseHistory, call: Call, _api: Api) -> CourseHistory:
    course, student = normal(asked.course), None if asked.student is None else normal(asked.student)
    since, until = day_of(asked.since), day_of(asked.until)
    found = course_history(call.services.store, course, since=since, until=until, student=student)
    page = _changes(found, asked, ("course history", course, since, until, student))
    return CourseHistory(course=course, changes=page.items, next=page.next)


def _changes(found: Sequence[Change], asked: Listed, filters: object) -> Page[DecidedChange]:
    numbered = [
        (
            number,
            DecidedChange(
                date=each.day.isoformat(),
                hour=each.hour,
                student=each.student,
                name=each.name,
                old=each.old,
                new=each.new,
                stood=each.stood,
                at=each.at,
                by=each.who,
                source=each.source,
                why=each.why,
                origin=each.origin,
            ),
        )
        for number, each in enumerate(found)
    ]
    page = page_of(numbered, lambda each: ("", each[0]), asked.limit, asked.cursor, filters)
    return Page(tuple(change for _, change in page.items), page.next)


ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/photographs",
        name="add_photograph",
        summary="Enrol a student by one photograph",
        asks=PutPhotograph,
        gives=PhotographTaken,
        content=IMAGES,
        answer=_photograph,
        needs=lambda asked: [Need(action=Action.ADD_PHOTOGRAPHS, student=normal(asked.student))],
        heavy=True,
    ),
    Route(
        method="POST",
        path="/v1/verifications",
        name="verify",
        summary="Is this that student? One to one",
        asks=Verify,
        gives=Verified,
        content=IMAGES,
        answer=_verify,
        needs=lambda asked: [Need(action=Action.VERIFY, course=normal(asked.course))],
        heavy=True,
    ),
    Route(
        method="POST",
        path="/v1/erasures",
        name="erase",
        summary="Remove a student's photographs, templates and sightings, with a receipt",
        asks=Erase,
        gives=Erased,
        answer=_erase,
        needs=lambda asked: [Need(action=Action.ERASE, student=normal(asked.student), why=asked.why)],
    ),
    Route(
        method="GET",
        path="/v1/sessions/{session}/history",
        name="history",
        summary="Who decided what, when, why and from which machine",
        asks=DecisionHistory,
        gives=History,
        answer=_history,
        needs=lambda asked: [Need(action=Action.READ_HISTORY, session=asked.session)],
    ),
    Route(
        method="GET",
        path="/v1/history",
        name="course_history",
        summary="The same of a course's sessions, or of one student in them",
        asks=AskCourseHistory,
        gives=CourseHistory,
        answer=_course_history,
        needs=lambda asked: [Need(action=Action.READ_HISTORY, course=normal(asked.course))],
    ),
)
