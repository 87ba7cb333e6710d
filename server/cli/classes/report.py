"""`report`: show what a course comes to, or write it to a file."""

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from server.access import Action
from server.bootstrap.store import store_of
from server.cli.classes.report_views import View, agreement_view, history_view, moodle_view, show_report
from server.cli.options import (
    DATABASE,
    DAY,
    FILE,
    IDENTIFIER,
    json_option,
    print_json,
    with_settings,
)
from server.cli.viewing import log_view
from server.clock import utc_now
from server.config import Settings
from server.dispatch.replies import report_reply
from server.domain.calendar import campus_day
from server.domain.tally import Key
from server.errors import BadRequest
from server.services.class_day.courses import Courses
from server.services.reports.agreement import agreement
from server.services.reports.cells import ENCODINGS, csv_file
from server.services.reports.course_history import course_history
from server.services.reports.moodle import moodle_rows, read_acronyms
from server.services.reports.report import AttendanceReport, course_report, named_term
from server.services.reports.report_table import grid
from server.store import Store


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What is asked for, as the command's options are named. since, until: both included."""

    course: str
    since: date | None
    until: date | None
    term: str | None
    session: int | None
    hour: int | None
    student: str | None
    encoding: str
    moodle_states: str | None = None


@click.command(name="report")
@click.argument("course", type=IDENTIFIER)
@with_settings((*DATABASE, "timezone"))
@click.option("--since", type=DAY, metavar="DAY", help="the first day  [default: the first of the term]")
@click.option("--until", type=DAY, metavar="DAY", help="the last day  [default: today]")
@click.option("--term", metavar="NAME", help="the name of a term  [default: the one that is on, or the last]")
@click.option("--session", type=click.IntRange(1), metavar="ID", help="of one session alone, see `session list`")
@click.option(
    "--agreement", "kind", flag_value="agreement", help="where the camera's kept proposals and the marks differ"
)
@click.option("--history", "kind", flag_value="history", help="who changed what, when and why")
@click.option("--student", metavar="STUDENT", type=IDENTIFIER, help="with --history: of one student alone")
@click.option("--format", "form", type=click.Choice(["moodle"]), help="for Moodle's marks import; with --session")
@click.option("--hour", type=click.IntRange(1, 24), metavar="HOUR", help="with --format: the hour of the session")
@click.option(
    "--moodle-states",
    metavar="STATES",
    help="with --format: Moodle's acronyms, by language (en, es, fr, id, sv, tr) or as P,L,E,A for present, late, "
    "excused, absent, or some such as late=R  [default: en]",
)
@click.option(
    "--out",
    type=FILE,
    metavar="FILE",
    help="write a file: .xlsx to print, .csv for spreadsheets, .png to look at",
)
@click.option("--encoding", type=click.Choice(list(ENCODINGS)), default="utf-8", show_default=True, help="of a .csv")
@click.option("--force", is_flag=True, help="write over a file that is there")
@click.option("--why", default="", metavar="TEXT", help="what the file is for: it stands in the access log")
@json_option
def report_command(
    settings: Settings,
    kind: str | None,
    form: str | None,
    out: Path | None,
    force: bool,
    why: str,
    as_json: bool,
    **asked: Any,
) -> None:
    """Show what COURSE comes to: hours attended, absences, how many are left before F, and who is near it.

    Hours that nobody took are "not taken", never absent. FILE is a table to print with the symbols of a roll (.xlsx),
    the same for spreadsheets (.csv), or a picture of everybody's presence over the hours of the term (.png). The access
    log says who looked, and of a file why.

    \b
    Examples:
      face_recog_server.py report EA0017_1
      face_recog_server.py report EA0017_1 --term 2026-1
      face_recog_server.py report EA0017_1 --out 출석부.xlsx --why "the dean's meeting"
      face_recog_server.py report EA0017_1 --session 12 --hour 3 --format moodle --out moodle.csv
      face_recog_server.py report EA0017_1 --history --student 201511041
    """
    request = ReportRequest(**asked)
    kind = form or kind or "report"
    _check(request, kind)
    with store_of(settings) as store:
        courses = Courses(store, settings.zone)
        view = VIEWS[kind](store, courses, _within_term(courses, _within_session(store, request)))
        _log(store, request, kind, view, out, why)
    if out:
        _write(out, view, force=force)
    if as_json:
        print_json(view.data)
    elif not out:
        view.show()


def _log(store: Store, request: ReportRequest, kind: str, view: View, out: Path | None, why: str) -> None:
    """A file is a download, however often; what else is shown, is looked at."""
    action = Action.DOWNLOAD if out else Action.READ_HISTORY if kind == "history" else Action.READ_REPORT
    detail = f"{kind} {out.suffix.lower()}" if out else kind
    about: dict[str, Any] = {"subject": request.student} if request.student else {"subjects": view.students}
    log_view(store, action, course=request.course, detail=detail, why=why, **about)


def _check(request: ReportRequest, kind: str) -> None:
    """Raises BadRequest for options that would say nothing."""
    if request.student and kind != "history":
        raise BadRequest("--student goes with --history; of the other reports one line is each student's.")
    if request.hour and kind != "moodle":
        raise BadRequest("--hour goes with --format moodle; the other reports show every hour.")
    if request.moodle_states and kind != "moodle":
        raise BadRequest("--moodle-states goes with --format moodle: no other report has Moodle's acronyms.")
    if kind == "moodle" and not request.session:
        raise BadRequest("Moodle imports one session at a time: name it by --session ID, see `session list`.")
    if request.session and (request.since or request.until):
        raise BadRequest("A session is of one day: leave out --since and --until, or --session.")
    if request.session and request.term:
        raise BadRequest("A session is of one day, which is in its term: leave out --term, or --session.")


def _within_session(store: Store, request: ReportRequest) -> ReportRequest:
    # The days of the session that was named. Raises NoSession, BadRequest.
    if not request.session:
        return request
    found = store.sessions.get(request.session)
    if found.course != request.course:
        raise BadRequest(f"Session {found.id} is one of course {found.course}, not of {request.course}.")
    return replace(request, since=found.day, until=found.day)


def _within_term(courses: Courses, request: ReportRequest) -> ReportRequest:
    # The days of the term that was named, where others are not. Raises BadRequest.
    if request.term is None:
        return request
    term = named_term(courses.calendar(), request.term)
    last = min(max(campus_day(utc_now(), courses.zone), term.begins), term.ends)
    return replace(request, since=request.since or term.begins, until=request.until or last)


def _report_view(store: Store, courses: Courses, request: ReportRequest) -> View:
    report = _course_report(store, courses, request)
    return View(
        report_reply(report, hours=True),
        partial(show_report, report),
        {
            ".xlsx": partial(_sheet, report, campus_day(utc_now(), courses.zone)),
            ".csv": lambda: csv_file(grid(report), request.encoding),
            ".png": partial(_picture, report),
        },
        students=len(report.rows),
    )


def _course_report(store: Store, courses: Courses, request: ReportRequest) -> AttendanceReport:
    since, until, term = request.since, request.until, request.term
    return course_report(store, courses, request.course, since=since, until=until, term=term, now=utc_now())


def _sheet(report: AttendanceReport, printed: date) -> bytes:
    from server.services.reports.report_sheet import report_sheet  # openpyxl takes a tenth of a second to import

    return report_sheet(report, printed)


def _picture(report: AttendanceReport) -> bytes:
    # matplotlib takes a second to import, and only this needs it.
    from server.services.reports.term_picture import term_picture

    data, note = term_picture(report)
    if note:
        click.echo(note, err=True)
    return data


def _moodle_view(store: Store, courses: Courses, request: ReportRequest) -> View:
    report = _course_report(store, courses, request)
    acronyms = read_acronyms(request.moodle_states or "en")
    return moodle_view(moodle_rows(report, _hour(report, request.hour), acronyms))


def _hour(report: AttendanceReport, number: int | None) -> Key:
    # It may be left out where there is one. Raises BadRequest.
    keys = {each.key[1]: each.key for each in report.hours}
    if number is None and len(keys) == 1:
        return next(iter(keys.values()))
    if number not in keys:
        has = f"the hours {', '.join(map(str, keys))}" if keys else "no hour yet"
        raise BadRequest(f"A session of Moodle is one hour: name it by --hour. The session has {has}.")
    return keys[number]


def _agreement_view(store: Store, _courses: Courses, request: ReportRequest) -> View:
    return agreement_view(agreement(store, request.course, since=request.since, until=request.until), request.encoding)


def _history_view(store: Store, courses: Courses, request: ReportRequest) -> View:
    changes = course_history(store, request.course, since=request.since, until=request.until, student=request.student)
    return history_view(changes, request.encoding, courses.zone)


VIEWS: Final = {
    "report": _report_view,
    "moodle": _moodle_view,
    "agreement": _agreement_view,
    "history": _history_view,
}


def _write(file: Path, view: View, *, force: bool) -> None:
    # Whole or not at all; its owner alone may read it. Raises BadRequest.
    made = view.files.get(file.suffix.lower())
    if made is None:
        raise BadRequest(
            f"This report is written as {' or '.join(view.files)}, by the ending of the file's name; "
            f"{file.name} ends otherwise."
        )
    if file.exists() and not force:
        raise BadRequest(f"{file} is there already: name another file, or write over it with --force.")
    data = made()
    try:
        _replace(file, data)
    except OSError as error:
        raise BadRequest(f"{file} cannot be written: {error.strerror or error}.") from error
    click.echo(f"{file} is written.", err=True)


def _replace(file: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(name, file)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
