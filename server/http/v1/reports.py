"""The routes of reports that are more than the wire's: files to keep, and how often camera and people agree."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from protocol import fields
from protocol.error_texts import ServerText
from protocol.fields import CourseCode, Day, Hour, Name, SessionId, StudentId, Why
from protocol.reports import CourseReport, Report
from server.access import Action
from server.dispatch import Call, Need
from server.dispatch.handlers.sessions import day_of
from server.domain.attendance import State
from server.domain.identifiers import normal
from server.errors import BadRequest
from server.http.texts import HttpText
from server.http.v1.pages import Listed, page_of
from server.http.v1.route import JSON, Api, File, Route
from server.services.reports.agreement import agreement
from server.services.reports.cells import csv_file
from server.services.reports.moodle import moodle_file, moodle_rows, read_acronyms
from server.services.reports.quality import COUNTED, course_quality
from server.services.reports.report import AttendanceReport, course_report
from server.services.reports.report_table import grid
from server.store import Session

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv"
MOODLE: Final = "application/vnd.rollcall.moodle+csv"
# As IANA calls what Python calls cp949 or less.
CHARSETS: Final = {"utf-8": "utf-8", "cp949": "euc-kr"}


class AskReport(Struct, frozen=True, kw_only=True):
    """As the message `report`. why: for the record, where a reason is asked. encoding: of CSV.

    session, hour: which hour Moodle imports. moodle_states: its acronyms, by language or as P,L,E,A.
    """

    course: CourseCode
    since: Day | None = None
    until: Day | None = None
    term: Name | None = None
    hours: bool = False
    why: Why = ""
    encoding: Literal["utf-8", "cp949"] = "utf-8"
    session: SessionId | None = None
    hour: Hour | None = None
    moodle_states: Annotated[str, Meta(max_length=100)] = "en"
    accept: str = JSON


class DownloadReport(Struct, frozen=True, kw_only=True):
    """why: for the record of downloads. encoding: of CSV."""

    course: CourseCode
    form: Literal["xlsx", "csv"] = "xlsx"
    since: Day | None = None
    until: Day | None = None
    encoding: Literal["utf-8", "cp949"] = "utf-8"
    why: Why = ""


class DownloadMoodle(Struct, frozen=True, kw_only=True):
    """One hour of a session, as Moodle's Attendance imports it."""

    session: SessionId
    hour: Hour
    why: Why = ""


class AskQuality(Struct, frozen=True, kw_only=True):
    course: CourseCode
    since: Day | None = None
    until: Day | None = None
    why: Why = ""


class QualityWeek(Struct, frozen=True, kw_only=True):
    """Hours of students. checked: a person was asked. corrected: marked otherwise than proposed, of those compared."""

    begins: Day
    room: str
    proposed: int
    sure: int
    checked: int
    not_visible: int
    absent: int
    compared: int
    corrected: int


class QualityShown(Struct, frozen=True, kw_only=True):
    """As `quality`; nobody is named."""

    course: CourseCode
    weeks: tuple[QualityWeek, ...]  # by first day
    suggests_recalibration: bool


class AskAgreement(Listed, frozen=True, kw_only=True):
    course: CourseCode
    since: Day | None = None
    until: Day | None = None
    why: Why = ""


class DisagreementShown(Struct, frozen=True, kw_only=True):
    date: Day
    hour: Hour
    student: StudentId
    name: str
    proposed: fields.State
    marked: fields.State
    difference: Literal["false_presence", "false_absence", "other_state"]
    sure: bool


class AgreementShown(Struct, frozen=True, kw_only=True):
    """Hours of students in which camera and people can be compared. agreeing: a share; None where none can."""

    course: CourseCode
    compared: int
    sure_compared: int
    without_mark: int
    without_proposal: int
    agreeing: float | None
    disagreements: tuple[DisagreementShown, ...]  # by day, hour and student
    next: str | None


def _report_in_any_form(asked: AskReport, call: Call, api: Api) -> Struct | File:
    if asked.accept == JSON:
        message = Report(
            course=asked.course,
            since=asked.since,
            until=asked.until,
            term=asked.term,
            hours=asked.hours,
            why=asked.why,
        )
        return api.dispatcher.answer(message, call.caller)
    if asked.accept == MOODLE:
        return _moodle_of(asked, call)
    form: Literal["xlsx", "csv"] = "csv" if asked.accept == CSV else "xlsx"
    since, until = asked.since, asked.until
    wanted = DownloadReport(course=asked.course, form=form, since=since, until=until, encoding=asked.encoding)
    return report_file(wanted, call, term=asked.term)


def _moodle_of(asked: AskReport, call: Call) -> File:
    if asked.session is None or asked.hour is None:
        raise BadRequest(HttpText.MOODLE_HOUR)
    session = call.services.store.sessions.get(asked.session)
    if session.course != normal(asked.course):
        raise BadRequest(ServerText.OTHER_COURSE, number=session.id, course=session.course, other=normal(asked.course))
    return _moodle_hour(session, asked.hour, read_acronyms(asked.moodle_states), call, MOODLE)


def _report_needs(asked: AskReport) -> list[Need]:
    """In JSON the message asks itself; a file is a download."""
    if asked.accept == JSON:
        return []
    return [Need(action=Action.DOWNLOAD, course=normal(asked.course), why=asked.why)]


def report_file(asked: DownloadReport, call: Call, _api: Api | None = None, *, term: str | None = None) -> File:
    """The report as a file to keep. term: of this one, where no days are named."""
    report = _report(normal(asked.course), asked.since, asked.until, call, term)
    if asked.form == "csv":
        data = csv_file(grid(report), asked.encoding)
        return File(data, CSV, f"{_plain(report.course)}.csv", CHARSETS[asked.encoding])
    from server.services.reports.report_sheet import report_sheet  # openpyxl takes a tenth of a second to import

    return File(report_sheet(report, call.campus.day(call.now)), XLSX, f"{_plain(report.course)}.xlsx")


def moodle_hour(asked: DownloadMoodle, call: Call, _api: Api | None = None) -> File:
    """The marks of an hour as a file for Moodle."""
    session = call.services.store.sessions.get(asked.session)
    return _moodle_hour(session, asked.hour, read_acronyms("en"), call, CSV)


def _moodle_hour(session: Session, hour: int, acronyms: Mapping[State, str], call: Call, kind: str) -> File:
    day = session.day.isoformat()
    report = _report(session.course, day, day, call)
    keys = {each.key[1]: each.key for each in report.hours}
    if hour not in keys:
        raise BadRequest(HttpText.NO_SUCH_HOUR, session=session.id, hour=hour)
    data = moodle_file(moodle_rows(report, keys[hour], acronyms)).encode()
    return File(data, kind, f"{_plain(session.course)}-{day}-{hour}.csv")


def _quality(asked: AskQuality, call: Call, _api: Api) -> QualityShown:
    store, course = call.services.store, normal(asked.course)
    rooms = [(plan.begins, plan.room) for plan in store.courses.get(course).plans]
    found = course_quality(store, course, rooms, since=day_of(asked.since), until=day_of(asked.until))
    weeks = tuple(
        QualityWeek(begins=week.begins.isoformat(), room=week.room, **{each: getattr(week, each) for each in COUNTED})
        for week in found.weeks
    )
    return QualityShown(course=course, weeks=weeks, suggests_recalibration=found.suggests_recalibration)


def _report(course: str, since: str | None, until: str | None, call: Call, term: str | None = None) -> AttendanceReport:
    first, last = day_of(since), day_of(until)
    return course_report(
        call.services.store, call.services.courses, course, since=first, until=last, term=term, now=call.now
    )


def _plain(text: str) -> str:
    """Fit for a header and for every file system."""
    return "".join(each if each.isascii() and each.isalnum() else "_" for each in text)


def _agreement(asked: AskAgreement, call: Call, _api: Api) -> AgreementShown:
    course = normal(asked.course)
    found = agreement(call.services.store, course, since=day_of(asked.since), until=day_of(asked.until))
    filters = ("agreement", course, asked.since, asked.until)
    page = page_of(
        found.disagreements,
        lambda each: (f"{each.day} {each.hour:02} {each.student}",),
        asked.limit,
        asked.cursor,
        filters,
    )
    return AgreementShown(
        course=course,
        compared=found.compared,
        sure_compared=found.sure_compared,
        without_mark=found.without_mark,
        without_proposal=found.without_proposal,
        agreeing=found.agreeing,
        disagreements=tuple(
            DisagreementShown(
                date=each.day.isoformat(),
                hour=each.hour,
                student=each.student,
                name=each.name,
                proposed=each.proposed.value,
                marked=each.marked.value,
                difference=each.difference.value,
                sure=each.sure,
            )
            for each in page.items
        ),
        next=page.next,
    )


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/report",
        name="report",
        summary="How each student of a course stands; as a file (.xlsx, .csv, for Moodle) by Accept",
        asks=AskReport,
        gives=CourseReport,
        files=(XLSX, CSV, MOODLE),
        answer=_report_in_any_form,
        needs=_report_needs,
        heavy=True,
        revised=True,
    ),
    Route(
        method="GET",
        path="/v1/report-files",
        name="download_report",
        summary="The report of a course as a file to print (.xlsx) or for spreadsheets (.csv)",
        asks=DownloadReport,
        files=(XLSX, CSV),
        answer=report_file,
        needs=lambda asked: [Need(action=Action.DOWNLOAD, course=normal(asked.course), why=asked.why)],
        heavy=True,
    ),
    Route(
        method="GET",
        path="/v1/sessions/{session}/moodle",
        name="download_moodle",
        summary="One hour's marks as Moodle imports them",
        asks=DownloadMoodle,
        files=(CSV,),
        answer=moodle_hour,
        needs=lambda asked: [Need(action=Action.DOWNLOAD, session=asked.session, why=asked.why)],
    ),
    Route(
        method="GET",
        path="/v1/agreement",
        name="agreement",
        summary="Where the camera's kept proposals and the marks differ",
        asks=AskAgreement,
        gives=AgreementShown,
        answer=_agreement,
        needs=lambda asked: [Need(action=Action.READ_REPORT, course=normal(asked.course), why=asked.why)],
    ),
    Route(
        method="GET",
        path="/v1/quality",
        name="quality",
        summary="Week by week how well the camera serves a course",
        asks=AskQuality,
        gives=QualityShown,
        answer=_quality,
        needs=lambda asked: [Need(action=Action.READ_REPORT, course=normal(asked.course), why=asked.why)],
    ),
)
