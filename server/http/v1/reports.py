"""The routes of reports that are more than the wire's: files to keep, and how often camera and people agree."""

from typing import Final, Literal

from msgspec import Struct

from protocol.fields import CourseCode, Day, Hour, SessionId, State, StudentId, Why
from server.access import Action
from server.dispatch import Call, Need
from server.dispatch.handlers.sessions import day_of
from server.domain.identifiers import normal
from server.errors import BadRequest
from server.http.texts import HttpText
from server.http.v1.route import Api, File, Route
from server.services.reports.agreement import agreement
from server.services.reports.cells import csv_file
from server.services.reports.moodle import moodle_file, moodle_rows
from server.services.reports.report import AttendanceReport, course_report
from server.services.reports.report_table import grid

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv"
# As IANA calls what Python calls cp949 or less.
CHARSETS: Final = {"utf-8": "utf-8", "cp949": "euc-kr"}


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


class AskAgreement(Struct, frozen=True, kw_only=True):
    course: CourseCode
    since: Day | None = None
    until: Day | None = None


class DisagreementShown(Struct, frozen=True, kw_only=True):
    date: Day
    hour: Hour
    student: StudentId
    name: str
    proposed: State
    marked: State
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
    disagreements: tuple[DisagreementShown, ...]


def report_file(asked: DownloadReport, call: Call, _api: Api | None = None) -> File:
    """The report as a file to keep."""
    report = _report(normal(asked.course), asked.since, asked.until, call)
    if asked.form == "csv":
        data = csv_file(grid(report), asked.encoding)
        return File(data, CSV, f"{_plain(report.course)}.csv", CHARSETS[asked.encoding])
    from server.services.reports.report_sheet import report_sheet  # openpyxl takes a tenth of a second to import

    return File(report_sheet(report, call.campus.day(call.now)), XLSX, f"{_plain(report.course)}.xlsx")


def moodle_hour(asked: DownloadMoodle, call: Call, _api: Api | None = None) -> File:
    """The marks of an hour as a file for Moodle."""
    session = call.services.store.sessions.get(asked.session)
    day = session.day.isoformat()
    report = _report(session.course, day, day, call)
    keys = {each.key[1]: each.key for each in report.hours}
    if asked.hour not in keys:
        raise BadRequest(HttpText.NO_SUCH_HOUR, session=asked.session, hour=asked.hour)
    data = moodle_file(moodle_rows(report, keys[asked.hour])).encode()
    return File(data, CSV, f"{_plain(session.course)}-{day}-{asked.hour}.csv")


def _report(course: str, since: str | None, until: str | None, call: Call) -> AttendanceReport:
    return course_report(
        call.services.store, call.services.courses, course, since=day_of(since), until=day_of(until), now=call.now
    )


def _plain(text: str) -> str:
    """Fit for a header and for every file system."""
    return "".join(each if each.isascii() and each.isalnum() else "_" for each in text)


def _agreement(asked: AskAgreement, call: Call, _api: Api) -> AgreementShown:
    course = normal(asked.course)
    found = agreement(call.services.store, course, since=day_of(asked.since), until=day_of(asked.until))
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
            for each in found.disagreements
        ),
    )


ROUTES: Final = (
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
        needs=lambda asked: [Need(action=Action.READ_REPORT, course=normal(asked.course))],
    ),
)
