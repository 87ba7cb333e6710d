"""`session`: open, show, submit, close, reopen and discard class days."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import click

from server.access import Action
from server.bootstrap.class_day import ClassDayServices, class_day_of
from server.bootstrap.store import store_of
from server.cli.classes.board_text import board_lines, shared_face_lines
from server.cli.options import (
    DATABASE,
    DAY,
    IDENTIFIER,
    change_options,
    json_option,
    print_result,
    with_settings,
)
from server.cli.viewing import log_view
from server.clock import utc_now
from server.config import Settings
from server.dispatch.replies import board_reply, session_reply, sessions_reply
from server.domain.calendar import campus_day
from server.domain.identifiers import normal
from server.domain.sessions import SessionState
from server.errors import BadRequest
from server.services.class_day.sessions import SessionView
from server.store import Pair

TABLES = (*DATABASE, "timezone", "fpir")
HOW_FAR = "how far: submitted takes corrections until its freeze time  [default: closed]"


@contextmanager
def _services(settings: Settings) -> Iterator[ClassDayServices]:
    with store_of(settings) as store, class_day_of(settings, store) as services:
        yield services


@click.group()
def session() -> None:
    """Open class days, see how they stand, submit, close, reopen and discard them."""


@session.command(name="open")
@click.argument("course", type=IDENTIFIER)
@with_settings(TABLES)
@click.option("--date", "day", type=DAY, metavar="DAY", help="YYYY-MM-DD  [default: today]")
@click.option("--hours", default="", metavar="N,N", help="its class hours  [default: those of the timetable]")
@click.option("--makeup", is_flag=True, help="it stands in for another day's class (보강)")
@change_options
def open_command(
    settings: Settings, course: str, day: date | None, hours: str, makeup: bool, by: str, as_json: bool
) -> None:
    """Open COURSE's session of a day, or add hours to the one that is there.

    \b
    Example:
      face_recog_server.py session open ea0017_1 --date 2026-06-13 --hours 3,4 --makeup
    """
    now = utc_now()
    day = day or campus_day(now, settings.zone)
    with _services(settings) as services:
        view = services.sessions.open(normal(course), day, _numbers(hours), makeup=makeup, now=now, by=by)
        _print(view, as_json)


@session.command(name="list")
@click.argument("course", required=False, type=IDENTIFIER)
@with_settings(TABLES)
@click.option("--since", type=DAY, metavar="DAY", help="first day")
@click.option("--until", type=DAY, metavar="DAY", help="last day")
@click.option("--overdue", is_flag=True, help="only those that were not submitted in time")
@json_option
def list_command(
    settings: Settings, course: str | None, since: date | None, until: date | None, overdue: bool, as_json: bool
) -> None:
    """List the sessions of COURSE, or of every course, newest first.

    \b
    Example:
      face_recog_server.py session list ea0017_1 --overdue
    """
    with _services(settings) as services:
        views = services.sessions.list(normal(course) if course else None, since, until, overdue=overdue, now=utc_now())
    print_result(as_json, sessions_reply(views), map(_line, views) if views else ["There is no such session."])


@session.command()
@click.argument("number", metavar="ID", type=int)
@with_settings(TABLES)
@click.option("--hour", type=int, help="only this class hour")
@json_option
def show(settings: Settings, number: int, hour: int | None, as_json: bool) -> None:
    """Show how session ID stands: who is sure, who is to be looked at, who was not seen, who is decided.

    \b
    Example:
      face_recog_server.py session show 12
    """
    now = utc_now()
    with _services(settings) as services:
        view = services.boards.board(number, now, hour)
        session, shown = view.session.session, len(view.board.rows)
        detail = f"session {number} of {session.day}"
        log_view(services.store, Action.READ_BOARD, course=session.course, subjects=shown, detail=detail)
    print_result(as_json, board_reply(view, now), [_line(view.session), *board_lines(view, settings.zone)])


@session.command()
@click.argument("number", metavar="ID", type=int)
@with_settings(TABLES)
@click.option("--state", type=click.Choice(["submitted", "closed"]), default="closed", help=HOW_FAR)
@click.option("--why", default="", metavar="TEXT", help="the reason, kept in its history")
@click.option("--both-there", is_flag=True, help="of students whom the camera took for one, both were there")
@change_options
def close(settings: Settings, number: int, state: str, why: str, both_there: bool, by: str, as_json: bool) -> None:
    """Submit session ID and close it: it takes no mark until it is reopened.

    What the camera proposes is kept at submission; students that nobody decided about stay undecided. Where the camera
    took two students for one, and both are marked as there, it asks whether both were.

    \b
    Example:
      face_recog_server.py session close 12 --state submitted
    """
    now = utc_now()
    with _services(settings) as services:
        view = services.sessions.view(number, now)
        steps = [SessionState(state)]
        if view.state is SessionState.DRAFT and steps == [SessionState.CLOSED]:
            steps.insert(0, SessionState.SUBMITTED)
        answers = _answers(services, view, unasked=both_there)
        for step in steps:
            view = services.sessions.set_state(number, step, at=now, now=now, by=by, why=why, both_there=answers)
        _print(view, as_json)


@session.command()
@click.argument("number", metavar="ID", type=int)
@with_settings(TABLES)
@click.option("--why", required=True, metavar="TEXT", help="the reason, kept in its history")
@change_options
def reopen(settings: Settings, number: int, why: str, by: str, as_json: bool) -> None:
    """Make session ID a draft again, so that it takes marks.

    \b
    Example:
      face_recog_server.py session reopen 12 --why "the late bus" --as professor
    """
    if not why.strip():
        raise BadRequest("--why is empty: say why the session is reopened, for its history.")
    now = utc_now()
    with _services(settings) as services:
        view = services.sessions.set_state(number, SessionState.DRAFT, at=now, now=now, by=by, why=why)
        _print(view, as_json)


@session.command()
@click.argument("number", metavar="ID", type=int)
@with_settings(TABLES)
@click.option("--why", required=True, metavar="TEXT", help="the reason, kept in the access log")
@change_options
def discard(settings: Settings, number: int, why: str, by: str, as_json: bool) -> None:
    """Take back session ID, which was opened by mistake: the wrong course or day, or no class.

    One that holds a mark, a decision about one, a proposal or a picture stays: close it instead.

    \b
    Example:
      face_recog_server.py session discard 12 --why "opened for the wrong course" --as professor
    """
    with _services(settings) as services:
        view = services.sessions.discard(number, now=utc_now(), by=by, why=why)
    print_result(as_json, session_reply(view), [f"Discarded {_line(view)}."])


def _answers(services: ClassDayServices, view: SessionView, *, unasked: bool) -> list[Pair]:
    """Of whom both were there. Raises BadRequest where somebody says that they were not."""
    if view.state is not SessionState.DRAFT:
        return []
    shown = services.boards.board(view.session.id, utc_now())
    asked = [each for each in shown.shared_faces if not each.answered]
    for line in shared_face_lines(asked, shown):
        click.echo(line, err=True)
        if not unasked and not _both_were():
            raise BadRequest("It is not submitted: correct a mark, or say by --both-there that both were there.")
    return [each.key for each in asked]


def _both_were() -> bool:
    try:
        return click.confirm("Were both there?", err=True)
    except click.Abort:
        return False


def _numbers(text: str) -> list[int] | None:
    """None: none were typed."""
    if not text:
        return None
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and 1 <= int(part) <= 24 for part in parts):
        raise BadRequest(f"--hours {text!r} must be numbers from 1 to 24 with commas between, such as 3,4.")
    return [int(part) for part in parts]


def _print(view: SessionView, as_json: bool) -> None:
    print_result(as_json, session_reply(view), [_line(view)])


def _line(view: SessionView) -> str:
    session = view.session
    notes = (
        ["overdue"] * view.overdue
        + ["make-up"] * session.makeup
        + ["shadow mode"] * view.plan.rules.shadow
        + ["no class by the timetable"] * view.unplanned
    )
    hours = ",".join(str(each.number) for each in session.hours)
    state = ", ".join([view.state.value, *notes])
    named = f"{session.course} {view.plan.title}".rstrip()
    return f"session {session.id}: {named}, {session.day}, hour{'s' * (len(session.hours) > 1)} {hours}: {state}"
