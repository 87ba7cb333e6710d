"""The routes of what students ask for: another look at an hour, and an absence that counts as official."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from protocol.fields import CourseCode, Day, Hour, Moment, StudentId
from server.access import Action, authorise, authorise_somewhere, courses_for, may, may_everywhere
from server.dispatch import Call, Need
from server.dispatch.viewing import view_line
from server.domain.absences import AbsenceRequest
from server.domain.appeals import MOST_TEXT, Appeal
from server.domain.attendance import State
from server.errors import NoSession
from server.http.texts import HttpText
from server.http.v1.pages import Listed, page_of
from server.http.v1.route import Api, File, Number, Route

OCTETS: Final = "application/octet-stream"
AnswerText = Annotated[str, Meta(min_length=1, max_length=MOST_TEXT)]
Decidable = Literal["present", "late", "absent", "left_early", "excused", "excused_absence"]


class ListedAppeals(Listed, frozen=True, kw_only=True):
    pass


class AppealShown(Struct, frozen=True, kw_only=True):
    """due: when it has to be answered. note: what somebody prepared for who decides."""

    appeal: int
    student: StudentId
    name: str
    course: CourseCode
    date: Day
    hour: Hour
    filed: Moment
    due: Moment
    text: str
    state: Literal["open", "changed", "upheld"]
    note: str
    answer: str


class AppealPage(Struct, frozen=True, kw_only=True):
    appeals: tuple[AppealShown, ...]  # open ones first; the newest 500 of those that one may see
    next: str | None


class NoteAppeal(Struct, frozen=True, kw_only=True):
    appeal: Number
    text: AnswerText


class AnswerAppeal(Struct, frozen=True, kw_only=True):
    """state: what the hour is from now on; null: what stands, stands. text: for the student."""

    appeal: Number
    state: Decidable | None = None
    text: AnswerText


class ListedAbsences(Listed, frozen=True, kw_only=True):
    pass


class AbsenceShown(Struct, frozen=True, kw_only=True):
    """ends: included. proof: whether one is kept."""

    absence: int
    student: StudentId
    name: str
    course: CourseCode
    begins: Day
    ends: Day
    reason: str
    filed: Moment
    proof: bool
    state: Literal["open", "granted", "refused"]
    answer: str


class AbsencePage(Struct, frozen=True, kw_only=True):
    absences: tuple[AbsenceShown, ...]  # open ones first; the newest 500 of those that one may answer
    next: str | None


class AnswerAbsence(Struct, frozen=True, kw_only=True):
    """state: what every hour of those days is from now on; null: refused. text: for the student."""

    absence: Number
    state: Literal["excused", "excused_absence"] | None = None
    text: AnswerText


class OneAbsence(Struct, frozen=True, kw_only=True):
    absence: Number


def _courses(call: Call, action: Action) -> frozenset[str] | None:
    """Those whose requests they may see by this; None: every course's. Raises Unauthorised and Forbidden."""
    principal = call.caller.principal
    authorise_somewhere(principal, action)
    return None if may_everywhere(principal, action) else courses_for(principal, action)


def _names(shown: Sequence[Appeal | AbsenceRequest], call: Call, action: Action) -> dict[str, str]:
    """Of the students whose requests are shown, with a line for each course in the access log."""
    for course in sorted({each.course for each in shown}):
        subjects = len({each.student for each in shown if each.course == course})
        call.services.viewings.see(view_line(call, action, course=course, subjects=subjects, detail="list"))
    return call.services.store.rosters.names({each.student for each in shown})


def _appeals(asked: ListedAppeals, call: Call, _api: Api) -> AppealPage:
    found = call.services.students.appeals.of_courses(_courses(call, Action.READ_APPEALS))
    page = page_of(found, _place, asked.limit, asked.cursor, ("appeals", call.caller.principal.key_scope))
    names = _names(page.items, call, Action.READ_APPEALS)
    return AppealPage(appeals=tuple(_appeal(each, names.get(each.student, "")) for each in page.items), next=page.next)


def _appeal(each: Appeal, name: str) -> AppealShown:
    return AppealShown(
        appeal=each.number,
        student=each.student,
        name=name,
        course=each.course,
        date=each.day.isoformat(),
        hour=each.hour,
        filed=each.filed_at,
        due=each.due_at,
        text=each.text,
        state=each.state.value,
        note=each.note,
        answer=each.answer,
    )


def _note(asked: NoteAppeal, call: Call, _api: Api) -> AppealShown:
    found = _one_appeal(asked.appeal, call, Action.PREPARE_APPEAL)
    appeals = call.services.students.appeals
    appeals.prepare(found, asked.text, now=call.now, by=call.caller.name)
    return _shown_again(asked.appeal, call)


def _answer(asked: AnswerAppeal, call: Call, _api: Api) -> AppealShown:
    found = _one_appeal(asked.appeal, call, Action.ANSWER_APPEAL)
    call.services.students.appeals.answer(
        found,
        None if asked.state is None else State(asked.state),
        asked.text,
        now=call.now,
        by=call.caller.name,
        origin=call.caller.origin,
    )
    return _shown_again(asked.appeal, call)


def _one_appeal(number: int, call: Call, action: Action) -> Appeal:
    """One that they may not see is answered as one that there is not."""
    principal = call.caller.principal
    authorise_somewhere(principal, Action.READ_APPEALS)
    found = call.services.students.appeals.get(
        number, lambda course: may(principal, Action.READ_APPEALS, course=course)
    )
    authorise(principal, action, course=found.course)
    return found


def _shown_again(number: int, call: Call) -> AppealShown:
    found = call.services.students.appeals.get(number, lambda _course: True)
    return _appeal(found, call.services.store.rosters.names([found.student]).get(found.student, ""))


def _absences(asked: ListedAbsences, call: Call, _api: Api) -> AbsencePage:
    found = call.services.students.absences.of_courses(_courses(call, Action.ANSWER_ABSENCE))
    page = page_of(found, _place, asked.limit, asked.cursor, ("absences", call.caller.principal.key_scope))
    names = _names(page.items, call, Action.ANSWER_ABSENCE)
    return AbsencePage(
        absences=tuple(_absence(each, names.get(each.student, "")) for each in page.items), next=page.next
    )


def _absence(each: AbsenceRequest, name: str) -> AbsenceShown:
    return AbsenceShown(
        absence=each.number,
        student=each.student,
        name=name,
        course=each.course,
        begins=each.begins.isoformat(),
        ends=each.ends.isoformat(),
        reason=each.reason,
        filed=each.filed_at,
        proof=bool(each.proof_type),
        state=each.state.value,
        answer=each.answer,
    )


def _answer_absence(asked: AnswerAbsence, call: Call, _api: Api) -> AbsenceShown:
    found, absences = _one_absence(asked.absence, call), call.services.students.absences
    granted = None if asked.state is None else State(asked.state)
    absences.answer(found, granted, asked.text, now=call.now, by=call.caller.name, origin=call.caller.origin)
    found = absences.get(asked.absence, lambda _request: True)
    return _absence(found, call.services.store.rosters.names([found.student]).get(found.student, ""))


def _proof(asked: OneAbsence, call: Call, _api: Api) -> File:
    found = _one_absence(asked.absence, call)
    content = call.services.store.absences.proof(found, at=call.now, by=call.caller.name)
    if content is None:
        raise NoSession(HttpText.NO_PROOF)
    return File(content, OCTETS, f"proof-{found.number}.{found.proof_type.partition('/')[2]}")


def _one_absence(number: int, call: Call) -> AbsenceRequest:
    principal = call.caller.principal
    authorise_somewhere(principal, Action.ANSWER_ABSENCE)
    found = call.services.students.absences.get(
        number, lambda request: may(principal, Action.ANSWER_ABSENCE, course=request.course)
    )
    authorise(principal, Action.ANSWER_ABSENCE, course=found.course)
    return found


def _place(each: Appeal | AbsenceRequest) -> tuple[str, int, int]:
    """Open ones first, the oldest of them before; the others with the newest before."""
    return ("", 0, each.number) if each.is_open else ("", 1, -each.number)


def _asks_itself(_asked: Struct) -> list[Need]:
    """Of which course it is, only the answer finds out."""
    return []


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/appeals",
        name="list_appeals",
        summary="What students asked to be looked at again",
        asks=ListedAppeals,
        gives=AppealPage,
        answer=_appeals,
        needs=_asks_itself,
    ),
    Route(
        method="POST",
        path="/v1/appeals/{appeal}/notes",
        name="note_appeal",
        summary="Keep a note for who decides",
        asks=NoteAppeal,
        gives=AppealShown,
        answer=_note,
        needs=_asks_itself,
    ),
    Route(
        method="POST",
        path="/v1/appeals/{appeal}/answers",
        name="answer_appeal",
        summary="Answer a student who asked for another look, and record what the hour is",
        asks=AnswerAppeal,
        gives=AppealShown,
        answer=_answer,
        needs=_asks_itself,
    ),
    Route(
        method="GET",
        path="/v1/absences",
        name="list_absences",
        summary="Requests for official absences",
        asks=ListedAbsences,
        gives=AbsencePage,
        answer=_absences,
        needs=_asks_itself,
    ),
    Route(
        method="POST",
        path="/v1/absences/{absence}/answers",
        name="answer_absence",
        summary="Grant an official absence, or refuse it",
        asks=AnswerAbsence,
        gives=AbsenceShown,
        answer=_answer_absence,
        needs=_asks_itself,
    ),
    Route(
        method="GET",
        path="/v1/absences/{absence}/proof",
        name="absence_proof",
        summary="The proof that a student sent, as a file",
        asks=OneAbsence,
        files=(OCTETS,),
        answer=_proof,
        needs=_asks_itself,
    ),
)
