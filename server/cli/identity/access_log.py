"""`access-log`: who saw or changed whose data, and whether the log is whole."""

from collections import Counter
from dataclasses import asdict
from datetime import UTC, date, datetime, time

import click

from server.access import Action
from server.bootstrap.store import store_of
from server.cli.options import DATABASE, DAY, json_option, print_json, print_result, with_settings
from server.cli.table import print_table
from server.cli.viewing import log_view
from server.clock import utc_now
from server.config import Settings
from server.errors import Internal
from server.services.access_report import AccessReport, report_of
from server.store import AccessLine

TABLES = (*DATABASE, "timezone")
MOST_LINES = 100_000


@click.group(name="access-log")
def access_log() -> None:
    """Who saw or changed whose data, from where and why; lines that nobody can change unseen."""


@access_log.command()
@with_settings(TABLES)
@json_option
def verify(settings: Settings, as_json: bool) -> None:
    """Walk every chain of the log. Exit status 1 where a line was changed or removed.

    The head that is printed stands for all lines so far: written down elsewhere, it shows later whether the log was
    made anew as a whole.
    """
    with store_of(settings) as store:
        found = store.access_log.verified()
    data = {"chains": found.chains, "lines": found.lines, "head": found.head, "problems": list(found.problems)}
    good = f"{found.lines} lines in {found.chains} chains hold. Head: {found.head}"
    print_result(as_json, data, found.problems or [good])
    if found.problems:
        raise Internal("The access log is not whole: keep this database as it is, and find out who could write to it.")


@access_log.command()
@click.option("--since", type=DAY, help="first day")
@click.option("--until", type=DAY, help="last day")
@click.option("--who", help="only what this account or device did")
@click.option("--student", help="only lines of this student alone")
@click.option("--course", help="only lines of this course")
@click.option("--limit", type=click.IntRange(1, MOST_LINES), default=100, show_default=True, help="newest lines first")
@with_settings(TABLES)
@json_option
def show(
    settings: Settings,
    since: date | None,
    until: date | None,
    who: str | None,
    student: str | None,
    course: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show lines of the log.

    \b
    Example:
      face_recog_server.py access-log show --since 2026-03-02 --who prof.kim
    """
    with store_of(settings) as store:
        found = store.access_log.lines(
            since=_begin(since, settings),
            until=_end(until, settings),
            who=who,
            student=student,
            courses=None if course is None else [course],
            limit=limit,
        )
        log_view(store, Action.READ_ACCESS_LOG, course=course or "", subject=student or "", detail="show")
    if as_json:
        print_json([asdict(each) for each in found])
        return
    names = ("when", "who", "from", "did", "whose", "course", "why", "detail")
    print_table(names, [_row(each, settings) for each in found], texts=len(names))


@access_log.command()
@click.option("--month", metavar="YYYY-MM", help="which month  [default: the one before this]")
@with_settings(TABLES)
@json_option
def report(settings: Settings, month: str | None, as_json: bool) -> None:
    """What the privacy officer looks at every month: who saw how much, downloads and their reasons, wrong passwords,
    changes of rights, what was done at night; and whether the log is whole.
    """
    today = utc_now().astimezone(settings.zone).date()
    first = _month(month, today)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    with store_of(settings) as store:
        lines = store.access_log.lines(since=_begin(first, settings), until=_begin(after, settings), limit=MOST_LINES)
        whole = store.access_log.verified()
        log_view(store, Action.READ_ACCESS_LOG, detail=f"report of {first:%Y-%m}")
    made = report_of(lines, settings.zone)
    if as_json:
        print_json({"month": f"{first:%Y-%m}", **asdict(made), "problems": list(whole.problems), "head": whole.head})
        return
    _print_report(made, f"{first:%Y-%m}")
    click.echo("\n".join(whole.problems) or f"The log is whole: {whole.lines} lines. Head: {whole.head}")


def _print_report(made: AccessReport, month: str) -> None:
    click.echo(f"Access in {month}: {made.lines} lines")
    if made.by_person:
        print_table(
            ("who", "lines", "students shown", "at night"),
            [(each.who, str(each.lines), str(each.subjects), str(each.at_night)) for each in made.by_person],
        )
    for title, lines in (("Downloads", made.downloads), ("Rights and accounts", made.rights)):
        for each in lines:
            click.echo(f"{title}: {each}")
    for name, number in Counter(dict(made.wrong_passwords)).most_common():
        click.echo(f"Wrong passwords: {name}, {number}")


def _row(line: AccessLine, settings: Settings) -> list[str]:
    whose = line.subject or (f"{line.subjects} students" if line.subjects else "")
    when = line.at.astimezone(settings.zone).strftime("%Y-%m-%d %H:%M")
    place = " ".join(filter(None, (line.address, line.device)))
    return [when, line.who, place, line.action, whose, line.course, line.why, line.detail]


def _begin(day: date | None, settings: Settings) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), settings.zone).astimezone(UTC)


def _end(day: date | None, settings: Settings) -> datetime | None:
    return None if day is None else datetime.combine(day, time.max, settings.zone).astimezone(UTC)


def _month(text: str | None, today: date) -> date:
    if text is None:
        year, month = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
        return date(year, month, 1)
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no month: write one like 2026-03.") from error
