"""Show reports in a terminal, as JSON and as files."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

import click

from server.cli.table import print_table
from server.counted import counted
from server.domain.attendance import State
from server.services.reports.agreement import Agreement, Difference, Disagreement
from server.services.reports.cells import Value, csv_file
from server.services.reports.course_history import Change
from server.services.reports.moodle import COLUMNS, moodle_file
from server.services.reports.report import AttendanceReport, ReportRow
from server.services.reports.report_table import number, symbol

# Of how many hours a terminal shows the symbols; of a whole term it shows the totals alone.
MOST_HOURS_SHOWN: Final = 8
COUNTS: Final = (
    *("hours attended", "late", "left early", "absent", "excused", "not taken"),
    *("absences that count", "left before F"),
)
# How a report's file is made, by the ending of its name.
Files = Mapping[str, Callable[[], bytes]]


@dataclass(frozen=True, slots=True)
class View:
    """A report's three forms. data: for --json; show: prints it for a person. students: how many are in it."""

    data: Any
    show: Callable[[], None]
    files: Files
    students: int


def show_report(report: AttendanceReport) -> None:
    """A table of the students, and in words how the course stands and who is near the limit."""
    hours = report.hours if len(report.hours) <= MOST_HOURS_SHOWN else ()
    click.echo(f"{report.course}  {report.title}".rstrip())
    headings = ["student", "name", *(f"{day:%m-%d} h{hour}" for day, hour in (each.key for each in hours)), *COUNTS]
    rows = ([row.student, row.name, *(symbol(row, each.key) for each in hours), *_totals(row)] for row in report.rows)
    _print(headings, rows, texts=2)
    for sentence in _sentences(report):
        click.echo(sentence)


def _totals(row: ReportRow) -> list[Value]:
    of = row.tally.counts
    return [
        f"{number(row.tally.attended)} of {sum(of.values()) - of[State.NOT_TAKEN]}",
        of[State.LATE],
        of[State.LEFT_EARLY],
        of[State.ABSENT],
        of[State.EXCUSED] + of[State.EXCUSED_ABSENCE],
        of[State.NOT_TAKEN],
        row.term.absences,
        _left(row),
    ]


def _left(row: ReportRow) -> Value:
    if row.left_on:
        return "off the list"
    if row.fails:
        return "failed"
    return f"{row.term.left} (near)" if row.near else row.term.left


def _heads(report: AttendanceReport) -> Iterator[str]:
    for each in report.heads:
        if each.too_many:
            day, hour = each.key
            heads = f"{counted(each.at_most or 0, 'head')} at most, {each.at_least} at least"
            yield f"{day} hour {hour}: {each.marked} marked, {heads}."


def _sentences(report: AttendanceReport) -> Iterator[str]:
    of = f"{report.held_hours} of " if report.planned_hours else ""
    not_taken = len(report.hours) - report.held_hours
    yield (
        f"{report.since} to {report.until}: {of}{counted(report.planned_hours or report.held_hours, 'hour')} taken"
        f"{f', {not_taken} past and not taken' if not_taken else ''}. {_limit(report)}"
    )
    yield from _heads(report)
    for row in report.rows:
        if row.fails:
            yield f"{row.student} {row.name} has failed: {counted(row.term.absences, 'absence')}."
    for row in report.rows:
        if row.near:
            left = f"{counted(row.term.left, 'absence')} left" if row.term.left else "the next absence fails"
            yield f"{row.student} {row.name} is near F: {left}."
    for row in report.rows:
        if row.came:
            yield f"{row.student} {row.name} came from {row.came.course} on {row.came.day}; the hours there count here."
        if row.went:
            yield f"{row.student} {row.name} moved to {row.went.course} on {row.went.day}, with the hours until then."
        elif row.left_on:
            yield f"{row.student} {row.name} is off the list since {row.left_on}."


def _limit(report: AttendanceReport) -> str:
    if report.limit:
        return f"{counted(report.limit, 'absence')} fail the course."
    if not report.planned_hours:
        return "How many absences fail is not known: it takes a timetable (`course set`) and a term (`term import`)."
    return "By the course's rules no number of absences fails it."


AGREEMENT: Final = ("date", "hour", "student", "name", "camera", "professor", "difference", "sure")


def agreement_view(found: Agreement, encoding: str) -> View:
    """Where camera and professor differ, with the totals."""
    rows = [_disagreement(each) for each in found.disagreements]
    totals: dict[str, Any] = {
        "compared": found.compared,
        "agreeing": found.agreeing,
        **{each.value: found.count(each) for each in Difference},
        "sure_compared": found.sure_compared,
        "sure_false_presence": found.count(Difference.FALSE_PRESENCE, sure=True),
        "without_mark": found.without_mark,
        "without_proposal": found.without_proposal,
    }
    data = {**totals, "differences": [asdict(each) for each in found.disagreements]}

    def show() -> None:
        _print(AGREEMENT, rows, texts=len(AGREEMENT))
        for sentence in _agreement_sentences(found):
            click.echo(sentence)

    students = len({each.student for each in found.disagreements})
    return View(data, show, _plain_files("차이", AGREEMENT, rows, encoding), students)


def _disagreement(found: Disagreement) -> list[Value]:
    day, *said, sure = astuple(found)
    return [str(day), *said, "sure" if sure else ""]


def _agreement_sentences(found: Agreement) -> Iterator[str]:
    if found.agreeing is None:
        yield "Nothing can be compared: no student's hour has both a proposal that was kept and a mark."
    else:
        yield (
            f"{found.compared} hours of students compared, {100 * found.agreeing:.1f} % agree. "
            f"{found.count(Difference.FALSE_PRESENCE)} falsely present, "
            f"{found.count(Difference.FALSE_ABSENCE)} falsely absent, "
            f"{found.count(Difference.OTHER_STATE)} there by both and otherwise judged."
        )
        yield (
            f"Of {found.sure_compared} sure proposals "
            f"{found.count(Difference.FALSE_PRESENCE, sure=True)} were falsely present."
        )
    yield (
        f"Not compared: {found.without_mark} with a proposal and no mark, {found.without_proposal} with a mark and "
        "no proposal."
    )


# Of a file; a terminal is not as wide.
HISTORY: Final = ("date", "hour", "student", "name", "before", "after", "stood", "when", "who", "source", "why", "from")
SHORT_HISTORY: Final = ("hour", "student", "change", "when", "by", "from", "why")


def history_view(changes: Sequence[Change], encoding: str, zone: ZoneInfo) -> View:
    """Who changed what, when (on the campus's clocks) and why."""
    rows = [_change(each, zone) for each in changes]

    def show() -> None:
        _print(SHORT_HISTORY, (_short(each, zone) for each in changes), texts=len(SHORT_HISTORY))
        click.echo(f"{counted(len(rows), 'change')}.")

    students = len({each.student for each in changes} - {""})
    return View([asdict(each) for each in changes], show, _plain_files("이력", HISTORY, rows, encoding), students)


def _change(change: Change, zone: ZoneInfo) -> list[Value]:
    day, hour, student, name, old, new, stood, _, who, source, why, origin = astuple(change)
    what = (str(day), hour or "session", student, name, old, new, "" if stood else "did not stand")
    return [*what, _clock(change, zone), who, source, why, origin]


def _short(change: Change, zone: ZoneInfo) -> list[Value]:
    return [
        f"{change.day} h{change.hour}" if change.hour else f"{change.day} session",
        f"{change.student} {change.name}",
        f"{change.old or 'nothing'} → {change.new}{'' if change.stood else ', did not stand'}",
        _clock(change, zone),
        f"{change.who} ({change.source})" if change.source else change.who,
        change.origin,
        change.why,
    ]


def _clock(change: Change, zone: ZoneInfo) -> str:
    return f"{change.at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def moodle_view(rows: Sequence[tuple[str, str]]) -> View:
    """The file for Moodle, shown as it is."""
    text = moodle_file(rows)
    return View(
        [dict(zip(COLUMNS, row, strict=True)) for row in rows],
        lambda: click.echo(text, nl=False),
        {".csv": text.encode},
        len(rows),
    )


def _plain_files(title: str, headings: Sequence[str], rows: Sequence[Sequence[Value]], encoding: str) -> Files:
    return {".csv": lambda: csv_file([headings, *rows], encoding), ".xlsx": partial(_workbook, title, headings, rows)}


def _workbook(title: str, headings: Sequence[str], rows: Sequence[Sequence[Value]]) -> bytes:
    # openpyxl takes a tenth of a second to import, and only this needs it.
    from server.services.reports.workbook import sheet_file

    return sheet_file(title, headings, rows)


def _print(headings: Sequence[str], rows: Iterable[Sequence[Value]], *, texts: int) -> None:
    print_table(headings, [["" if value is None else str(value) for value in row] for row in rows], texts=texts)
