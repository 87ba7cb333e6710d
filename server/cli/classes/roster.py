"""`roster import` and `roster move`: bring in an office's lists, and move a student to another section."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click
from rich.console import Console

from server.bootstrap.store import store_of
from server.cli.options import (
    DATABASE,
    DAY,
    FILE,
    IDENTIFIER,
    change_options,
    print_result,
    read_file,
    with_settings,
)
from server.clock import utc_now
from server.config import Settings
from server.counted import counted
from server.domain.calendar import campus_day
from server.domain.identifiers import normal
from server.services.rosters.first_days import with_begins
from server.services.rosters.headings import Headings, read_map
from server.services.rosters.imports import MAX_ROSTER_BYTES, ImportedRoster, read_rosters, shortened
from server.services.rosters.joining import join_courses, join_students
from server.services.rosters.plan import RosterPlan, change_roster, plan_roster
from server.store import RosterChange


@click.group()
def roster() -> None:
    """Bring in who takes which course, and join students who are one."""


@roster.command(name="import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=FILE)
@with_settings((*DATABASE, "timezone"))
@click.option(
    "--course", default="", metavar="CODE", type=IDENTIFIER, help="the course of every line, where no column says it"
)
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="HEADING=COLUMN",
    help="which column a heading is: student_id, name or course_code; may be given several times",
)
@click.option("--sheet", default="", metavar="NAME", help="the sheet to read, where a spreadsheet has several lists")
@click.option(
    "--complete",
    is_flag=True,
    help="the files hold everybody: whoever of their courses is missing has left, and their enrolment ends today",
)
@click.option(
    "--begins",
    type=DAY,
    metavar="DAY",
    help="the first day, YYYY-MM-DD, of whoever is new on a list or stands there since later  [default: the "
    "term's; of who is added after a course's first class, today]",
)
@click.option("--dry-run", is_flag=True, help="say what would change, and change nothing")
@change_options
def import_files(
    settings: Settings,
    files: tuple[Path, ...],
    course: str,
    maps: tuple[str, ...],
    sheet: str,
    complete: bool,
    begins: date | None,
    dry_run: bool,
    by: str,
    as_json: bool,
) -> None:
    """Import rosters: FILEs of .xlsx, CSV in UTF-8, UTF-16 or cp949, or a ZIP of OneRoster 1.1 or 1.2.

    A list has the columns student_id,name,course_code (or 학번,이름,과목코드 and the like); lines above them are
    passed over. Students, courses and enrolments are added and names brought up to date. Nobody is deleted, and who is
    missing from a list stays enrolled, unless --complete says that it holds everybody. Where a line of a list is
    wrong, each wrong line is told and nothing is imported; of OneRoster the others are. To import a file again is
    harmless. Numbers and codes in wide letters or with other dashes are read as the plain ones, and it is told.

    Who is added to a course after its first class is on its list from today on: no hour before counts for them. Where
    they were there from the beginning, import them with --begins and the term's first day, also afterwards.

    \b
    Examples:
      face_recog_server.py roster import students.csv --as assistant
      face_recog_server.py roster import 출석부.xlsx --course EA0017_1 --map 수강생번호=student_id
      face_recog_server.py roster import late.csv --course EA0017_1 --begins 2026-03-02
      face_recog_server.py roster import oneroster.zip --complete --dry-run
    """
    now = utc_now()
    day = campus_day(now, settings.zone)
    with Console(stderr=True).status("reading …") as status:
        # A byte more than is taken of one, so that a longer one is seen to be.
        read = [(file.name, read_file(file, "roster", MAX_ROSTER_BYTES + 1)) for file in files]
        listed = read_rosters(read, Headings(read_map(maps), course, sheet))
        status.update(f"{counted(len(listed.rows), 'row')} …")
        with store_of(settings) as store:
            listed = with_begins(store, listed, day=day, begins=begins)
            plan = plan_roster(store, listed, complete=complete, day=day)
            change = None if dry_run else change_roster(store, listed, plan, at=now, by=by, day=day)
    lines = told_of_plan(listed, plan) if change is None else told_of_change(listed, plan, change)
    told = {"remarks": listed.remarks, "unread": listed.unread}
    print_result(as_json, {**asdict(change or plan), **told}, lines)


@roster.command()
@click.argument("student")
@click.argument("into", metavar="INTO")
@with_settings(DATABASE)
@click.option("--courses", is_flag=True, help="STUDENT and INTO are codes of courses")
@change_options
def merge(settings: Settings, student: str, into: str, courses: bool, by: str, as_json: bool) -> None:
    """Join a STUDENT who is in the database under two numbers INTO the one who stays.

    Enrolments, marks with their history, sightings and templates become the other's. Of an hour in which both have a
    mark the one stands that would stand had both come for one student. `doctor` names numbers that look alike. There
    is no way back: make a backup first. With --courses two courses are joined, which have no session on one day.

    \b
    Example:
      face_recog_server.py roster merge ２０２６１０００１ 202610001 --as office
    """
    with store_of(settings) as store:
        if courses:
            sessions = join_courses(store, student, into, at=utc_now(), by=by)
            print_result(as_json, {"sessions": sessions}, [f"Both are one course now: {counted(sessions, 'session')}."])
            return
        done = join_students(store, student, into, at=utc_now(), by=by)
    joined = done.joined
    lines = [
        f"{joined.student} is {joined.into} now: {counted(joined.enrolments, 'enrolment')}, "
        f"{counted(joined.marks, 'mark')} ({joined.both} of hours in which both had one), "
        f"{counted(done.templates, 'template')}.",
        f"Photographs that bear the number {joined.student} must be renamed, or `enrol` takes them for somebody else.",
    ]
    if done.lost:
        lines.append(f"{counted(done.lost, 'template')} could not be opened: run `enrol` to make them again.")
    print_result(as_json, asdict(done), lines)


@roster.command()
@click.argument("student", metavar="STUDENT", type=IDENTIFIER)
@click.argument("old", metavar="FROM", type=IDENTIFIER)
@click.argument("new", metavar="TO", type=IDENTIFIER)
@with_settings((*DATABASE, "timezone"))
@click.option("--from", "day", type=DAY, metavar="DAY", help="the first day in TO, YYYY-MM-DD  [default: today]")
@change_options
def move(settings: Settings, student: str, old: str, new: str, day: date | None, by: str, as_json: bool) -> None:
    """Move STUDENT from the course FROM to the course TO in mid-term, with the hours before.

    From that day on they are on TO's list and no longer on FROM's. The hours until then stay in FROM's sheet and count
    in TO's, whose limit holds for all of them. Where both lists were imported already, it brings the hours along.

    \b
    Example:
      face_recog_server.py roster move 202610001 EA0017_2 EA0017_1 --from 2026-10-12
    """
    now = utc_now()
    day = day or campus_day(now, settings.zone)
    student, old, new = normal(student), normal(old), normal(new)
    with store_of(settings) as store:
        store.rosters.move(student, old, new, day=day, at=now, by=by)
        name = store.rosters.names([student]).get(student, "")
    sentence = f"{student} {name} is on the list of {new} from {day} on, with the hours before in {old}."
    print_result(as_json, {"student": student, "from": old, "to": new, "begins": day.isoformat()}, [sentence])


def told_of_plan(listed: ImportedRoster, plan: RosterPlan) -> list[str]:
    """What an import would do, for the terminal."""
    return [*_told(listed), *_planned(plan)]


def told_of_change(listed: ImportedRoster, plan: RosterPlan, change: RosterChange) -> list[str]:
    """What an import did, for the terminal."""
    return [*_told(listed), *_changed(change, plan, listed)]


def _told(listed: ImportedRoster) -> Iterator[str]:
    """Lines that were read otherwise than they stand there, or not read."""
    yield from shortened(listed.remarks)
    yield from (f"not read: {each}" for each in shortened(listed.unread))


def _planned(plan: RosterPlan) -> Iterator[str]:
    """What would change, those first who would leave."""
    for ended in plan.ended:
        yield f"would end: {ended.course} {ended.student} {ended.name}"
    for row in plan.added:
        yield f"would add: {row.course} {row.student} {row.name}{_dates(row.begins, row.ends)}"
    for row in plan.dated:
        yield f"would change the dates of: {row.course} {row.student} {row.name}{_dates(row.begins, row.ends)}"
    for renamed in plan.renamed:
        yield f"would rename: {renamed.student} from {renamed.before} to {renamed.after}"
    yield (
        f"Nothing was changed. An import would end {counted(len(plan.ended), 'enrolment')}, add "
        f"{len(plan.added)}, change the dates of {len(plan.dated)} and leave {plan.unchanged} as they are; it would "
        f"rename {counted(len(plan.renamed), 'student')}, and {counted(len(plan.new_students), 'student')} and "
        f"{counted(len(plan.new_courses), 'course')} would be new."
    )


def _dates(begins: object, ends: object) -> str:
    return (f" from {begins}" if begins else "") + (f" until before {ends}" if ends else "")


def _changed(change: RosterChange, plan: RosterPlan, listed: ImportedRoster) -> Iterator[str]:
    # Names of those alone who have left or come late, so that a wrong list is noticed at once.
    for ended in plan.ended:
        yield f"ended today: {ended.course} {ended.student} {ended.name}"
    for row in plan.added:
        if (row.course, row.student) in listed.late:
            yield f"added from today on: {row.course} {row.student} {row.name}"
    for code, since in sorted(listed.over.items()):
        yield f"the list of course {code} of an earlier term is over since {since}"
    parts = [
        f"{counted(change.students_added, 'student')} added",
        f"{change.students_renamed} renamed",
        f"{counted(change.courses_added, 'course')} added",
        f"{counted(change.enrolments_added, 'enrolment')} added",
        *([f"dates of {change.dates_changed} changed"] if change.dates_changed else []),
        *([f"{change.ended} ended"] if change.ended else []),
        f"{change.unchanged} as before",
    ]
    yield f"{counted(len(listed.rows), 'row')}: {', '.join(parts)}."
