"""The routes of a student about themselves; no path, no query and no body of theirs names a student."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from protocol.fields import CourseCode, Day, Hour, Moment, Name, SessionId, State
from protocol.sentences import Sentence
from server.access import Action, authorise
from server.dispatch import Call
from server.dispatch.viewing import view_line
from server.domain.appeals import MOST_TEXT, Appeal
from server.domain.consents import Channel, Consent, Purpose
from server.domain.identifiers import normal
from server.errors import BadRequest, Forbidden
from server.http.texts import HttpText
from server.http.v1.pages import Listed, page_of
from server.http.v1.route import JSON, Api, File, Route
from server.services.student.attendance import OwnCourse
from server.services.student.explanation import explanation
from server.services.student.texts import StudentText

Language = Literal["ko", "en"]
PurposeName = Literal["template", "camera"]
AppealText = Annotated[str, Meta(min_length=1, max_length=MOST_TEXT)]


class ListedLooks(Listed, frozen=True, kw_only=True):
    pass


class Look(Struct, frozen=True, kw_only=True):
    """role: of who looked, never who; "": not known. alone: False: at the whole class."""

    at: Moment
    role: str
    action: str
    course: str
    alone: bool


class LookPage(Struct, frozen=True, kw_only=True):
    looks: tuple[Look, ...]  # the last 1000, newest first
    next: str | None


class AskAttendance(Struct, frozen=True, kw_only=True):
    """course: None: of every one, without their hours."""

    course: CourseCode | None = None


class AttendedHour(Struct, frozen=True, kw_only=True):
    date: Day
    hour: Hour
    state: State  # what it counts as; `not_taken` and `not_visible` are never absence
    session: int | None  # to ask for its explanation


class AttendedCourse(Struct, frozen=True, kw_only=True):
    course: CourseCode
    title: str
    term: str | None
    attended: float
    absences: int
    limit: int | None
    left: int | None
    near: bool
    failed: bool
    hours: tuple[AttendedHour, ...] = ()


class Attendance(Struct, frozen=True, kw_only=True):
    courses: tuple[AttendedCourse, ...]


class AskExplanation(Struct, frozen=True, kw_only=True):
    session: SessionId
    hour: Hour


class ExplainedChange(Struct, frozen=True, kw_only=True):
    """role: of who decided, never their name; None: not known."""

    at: Moment
    state: State
    stood: bool
    source: str
    role: str | None
    why: str


class Explained(Struct, frozen=True, kw_only=True):
    course: CourseCode
    date: Day
    hour: Hour
    state: State
    sentences: tuple[Sentence, ...]
    changes: tuple[ExplainedChange, ...]


class AskConsents(Struct, frozen=True, kw_only=True):
    language: Language = "ko"


class AskedText(Struct, frozen=True, kw_only=True):
    purpose: PurposeName
    version: str
    sha256: str
    text: str


class DecidedConsent(Struct, frozen=True, kw_only=True):
    """receipt: of a withdrawal, what was removed."""

    number: int
    purpose: PurposeName
    given: bool
    at: Moment
    version: str
    language: str
    receipt: str


class Consented(Struct, frozen=True, kw_only=True):
    """to_ask: what was never decided, or only under a text that is accepted no more."""

    to_ask: tuple[PurposeName, ...]
    texts: tuple[AskedText, ...]
    decisions: tuple[DecidedConsent, ...]


class DecideConsent(Struct, frozen=True, kw_only=True):
    """version: of the text that was shown; needed for a yes."""

    purpose: PurposeName
    given: bool
    language: Language = "ko"
    version: Name = ""


class FileAppeal(Struct, frozen=True, kw_only=True):
    session: SessionId
    hour: Hour
    text: AppealText


class AskAppeals(Struct, frozen=True, kw_only=True):
    pass


class OwnAppeal(Struct, frozen=True, kw_only=True):
    number: int
    course: CourseCode
    date: Day
    hour: Hour
    filed: Moment
    due: Moment
    text: str
    state: Literal["open", "changed", "upheld"]
    answer: str


class OwnAppeals(Struct, frozen=True, kw_only=True):
    appeals: tuple[OwnAppeal, ...]  # newest first


def own_number(call: Call, action: Action) -> str:
    """Of the student who asks. Raises Forbidden and Unauthorised."""
    student = call.caller.principal.student
    authorise(call.caller.principal, action, student=student)
    if student is None:
        raise Forbidden(HttpText.STUDENT_ONLY)
    return student


def _looks(asked: ListedLooks, call: Call, _api: Api) -> LookPage:
    student = own_number(call, Action.READ_ACCESS_LOG)
    found = call.services.students.stored.looked(student)
    # Newest first, and of one moment in the order of the log.
    places = [(-round(each.at.timestamp() * 1e6), -number, each) for number, each in enumerate(reversed(found))]
    page = page_of(places, lambda each: ("", *each[:2]), asked.limit, asked.cursor, ("looks", student))
    shown = tuple(
        Look(at=each.at, role=each.role, action=each.action, course=each.course, alone=each.alone)
        for _, _, each in page.items
    )
    return LookPage(looks=shown, next=page.next)


def _attendance(asked: AskAttendance, call: Call, _api: Api) -> Attendance:
    service, student = call.services.students.attendance, own_number(call, Action.READ_OWN)
    if asked.course is None:
        return Attendance(courses=tuple(_course(each, hours=False) for each in service.courses(student, call.now)))
    return Attendance(courses=(_course(service.course(student, normal(asked.course), call.now), hours=True),))


def _course(own: OwnCourse, *, hours: bool) -> AttendedCourse:
    tally = own.row.term
    return AttendedCourse(
        course=own.code,
        title=own.report.title,
        term=own.report.term,
        attended=float(tally.attended),
        absences=tally.absences,
        limit=tally.limit,
        left=tally.left,
        near=own.row.near,
        failed=own.row.fails,
        hours=tuple(
            AttendedHour(date=day.isoformat(), hour=hour, state=state.value, session=own.session_of(day, hour))
            for (day, hour), state in own.row.tally.hours.items()
        )
        if hours
        else (),
    )


def _explanation(asked: AskExplanation, call: Call, _api: Api) -> Explained:
    student = own_number(call, Action.READ_OWN)
    found = call.services.students.attendance.hour(student, asked.session, asked.hour, call.now)
    return Explained(
        course=found.course,
        date=found.day.isoformat(),
        hour=asked.hour,
        state=found.state.value,
        sentences=tuple(explanation(found, call.campus.zone)),
        changes=tuple(
            ExplainedChange(
                at=each.at,
                state=each.new.value,
                stood=each.stood,
                source=each.source.value,
                role=each.role.value if each.role else None,
                why=each.why,
            )
            for each in found.changes
        ),
    )


def _consents(asked: AskConsents, call: Call, _api: Api) -> Consented:
    return _consented(own_number(call, Action.READ_CONSENTS), asked.language, call)


def _consented(student: str, language: Language, call: Call) -> Consented:
    consents = call.services.students.consents
    texts = [consents.texts.text(each, language) for each in Purpose]
    return Consented(
        to_ask=tuple(each.value for each in consents.to_ask(student)),
        texts=tuple(
            AskedText(purpose=each.purpose.value, version=each.version, sha256=each.sha256, text=each.text)
            for each in texts
        ),
        decisions=tuple(_decided(each, call) for each in consents.of_student(student)),
    )


def _decided(each: Consent, call: Call) -> DecidedConsent:
    return DecidedConsent(
        number=each.number,
        purpose=each.purpose.value,
        given=each.given,
        at=each.decided_at,
        version=each.text_version,
        language=each.language,
        receipt=call.services.store.consents.receipt(each.student, each.number) or "",
    )


def _decide(asked: DecideConsent, call: Call, _api: Api) -> Consented:
    student = own_number(call, Action.GIVE_CONSENT if asked.given else Action.WITHDRAW_CONSENT)
    consents, purpose, by = call.services.students.consents, Purpose(asked.purpose), call.caller.name
    if not asked.given:
        at = call.now.astimezone(call.campus.zone)
        consents.refuse(student, purpose, language=asked.language, channel=Channel.PAGE, at=at, by=by)
    elif asked.version != consents.texts.current:
        raise BadRequest(StudentText.TEXT_CHANGED)
    else:
        how = {"version": asked.version, "language": asked.language}
        consents.give(student, purpose, channel=Channel.PAGE, at=call.now, by=by, **how)
    return _consented(student, asked.language, call)


def _file(asked: FileAppeal, call: Call, _api: Api) -> OwnAppeal:
    student = own_number(call, Action.FILE_APPEAL)
    appeals = call.services.students.appeals
    return _appeal(appeals.file(student, asked.session, asked.hour, asked.text, now=call.now, by=call.caller.name))


def _appeals(_asked: AskAppeals, call: Call, _api: Api) -> OwnAppeals:
    student = own_number(call, Action.READ_APPEALS)
    return OwnAppeals(appeals=tuple(map(_appeal, call.services.students.appeals.of_student(student))))


def _appeal(each: Appeal) -> OwnAppeal:
    return OwnAppeal(
        number=each.number,
        course=each.course,
        date=each.day.isoformat(),
        hour=each.hour,
        filed=each.filed_at,
        due=each.due_at,
        text=each.text,
        state=each.state.value,
        answer=each.answer,
    )


class AskStored(Struct, frozen=True, kw_only=True):
    pass


def _stored(_asked: AskStored, call: Call, _api: Api) -> File:
    student = own_number(call, Action.READ_OWN)
    call.services.viewings.note(view_line(call, Action.READ_OWN, subject=student, detail="json"))
    record = call.services.students.stored.of(student).record()
    return File(msgspec.json.encode(record), JSON, "my-data.json")


# Who asks is the student: the answers ask for the right themselves.
ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/me/access-log",
        name="own_access_log",
        summary="Who looked at oneself, and when; what they are, never who",
        asks=ListedLooks,
        gives=LookPage,
        answer=_looks,
        needs=lambda _asked: [],
    ),
    Route(
        method="GET",
        path="/v1/me/attendance",
        name="own_attendance",
        summary="A student's own courses, and of one its hours",
        asks=AskAttendance,
        gives=Attendance,
        answer=_attendance,
        needs=lambda _asked: [],
    ),
    Route(
        method="GET",
        path="/v1/me/explanation",
        name="own_explanation",
        summary="How one's own hour came about, in sentences",
        asks=AskExplanation,
        gives=Explained,
        answer=_explanation,
        needs=lambda _asked: [],
    ),
    Route(
        method="GET",
        path="/v1/me/consents",
        name="own_consents",
        summary="The texts that one is asked by, and what one decided",
        asks=AskConsents,
        gives=Consented,
        answer=_consents,
        needs=lambda _asked: [],
    ),
    Route(
        method="POST",
        path="/v1/me/consents",
        name="decide_consent",
        summary="Give a consent, refuse it or take it back",
        asks=DecideConsent,
        gives=Consented,
        answer=_decide,
        needs=lambda _asked: [],
    ),
    Route(
        method="GET",
        path="/v1/me/appeals",
        name="own_appeals",
        summary="What one asked to be looked at again, with the answers",
        asks=AskAppeals,
        gives=OwnAppeals,
        answer=_appeals,
        needs=lambda _asked: [],
    ),
    Route(
        method="POST",
        path="/v1/me/appeals",
        name="file_appeal",
        summary="Ask a person to look at one's own hour again",
        asks=FileAppeal,
        gives=OwnAppeal,
        answer=_file,
        needs=lambda _asked: [],
    ),
    Route(
        method="GET",
        path="/v1/me/data",
        name="own_data",
        summary="All that is stored of oneself, and who looked at it, as a file to keep",
        asks=AskStored,
        files=(JSON,),
        answer=_stored,
        needs=lambda _asked: [],
    ),
)
