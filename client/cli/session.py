"""`session`: list class days; open, submit, close and reopen them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import click
from msgspec.structs import asdict

from client.api import Api, new_key, now_utc
from client.cli.console import note, say, show_json, show_table
from client.cli.options import (
    PAUSES_S,
    PROGRAM,
    api_of,
    course_argument,
    everywhere,
    given_or_none,
    post_of,
    wants_json,
)
from client.cli.recording import tell_of_earlier
from client.cli.shared_faces import answers_about
from client.errors import Refused, Unreachable, UsageError
from client.outbox import Post
from protocol.messages import BoardShown, BothThere, SessionInfo, SessionState, SetSession

_DAY: Final = click.DateTime(["%Y-%m-%d"])

number_argument = click.argument("number", metavar="ID", type=click.IntRange(min=1))


@click.group(epilog=f"Example: {PROGRAM} session list ea0017_1")
def session() -> None:
    """See which class days there are; open, submit, close and reopen them."""


@session.command(name="list", epilog=f"Example: {PROGRAM} session list ea0017_1 --since 2026-03-02 --overdue")
@click.argument("course", required=False, callback=given_or_none)
@click.option("--since", type=_DAY, metavar="DAY", help="First day, YYYY-MM-DD.")
@click.option("--until", type=_DAY, metavar="DAY", help="Last day, YYYY-MM-DD.")
@click.option("--overdue", is_flag=True, help="Only those that were not submitted in time.")
@everywhere
@click.pass_context
def list_command(
    context: click.Context, course: str | None, since: datetime | None, until: datetime | None, overdue: bool
) -> None:
    """List the sessions of COURSE, or of every course, newest first."""
    answer = api_of(context).sessions(course, since=_iso(since), until=_iso(until), overdue=overdue)
    found = answer.sessions
    if answer.more:
        note("There are older ones: ask for them by --until.")
    if wants_json(context):
        show_json({"sessions": found})
    elif found:
        _show(found)
    else:
        say("There is no such session.")


@session.command(name="open", epilog=f"Example: {PROGRAM} session open ea0017_1 --date 2026-06-13 --hours 3,4 --makeup")
@course_argument
@click.option("--date", "day", type=_DAY, metavar="DAY", help="Of another day, YYYY-MM-DD (default: today).")
@click.option("--hours", metavar="N,N", help="Its class hours (default: those of the timetable).")
@click.option("--makeup", is_flag=True, help="It stands in for another day's class (보강).")
@everywhere
@click.pass_context
def open_command(context: click.Context, course: str, day: datetime | None, hours: str | None, makeup: bool) -> None:
    """Open a COURSE's session of a day, or join the one that is there. The server is needed."""
    opened = api_of(context).open_session(course, date=_iso(day), hours=_numbers(hours), makeup=makeup)
    _show_one(context, opened)


@session.command(epilog=f"Example: {PROGRAM} session close 12 --state submitted")
@number_argument
@click.option(
    "--state",
    type=click.Choice(["submitted", "closed"]),
    default="closed",
    show_default=True,
    help="How far: what is submitted takes corrections until its freeze time.",
)
@click.option("--why", default="", metavar="TEXT", help="The reason, kept in its history.")
@click.option("--both-there", is_flag=True, help="Of students whom the camera took for one, both were there.")
@everywhere
@click.pass_context
def close(context: click.Context, number: int, state: SessionState, why: str, both_there: bool) -> None:
    """Submit session ID and close it: it takes no mark until it is reopened.

    Students that nobody decided about stay undecided. Of two whom the camera took for one, and who are marked as there,
    it is asked whether both were. While the server is away it is kept on this machine (exit status 3) and sent later.
    """
    post = post_of(context, PAUSES_S)
    board = _board(post.api, number)
    is_draft = board is None or board.session.state == "draft"
    answers = answers_about(board, unasked=both_there) if board is not None and is_draft else ()
    through = state == "closed" and is_draft
    _set(context, post, number, ["submitted", state] if through else [state], why, answers)


@session.command(epilog=f'Example: {PROGRAM} session reopen 12 --why "a certificate came"')
@number_argument
@click.option("--why", required=True, metavar="TEXT", help="The reason, kept in its history.")
@everywhere
@click.pass_context
def reopen(context: click.Context, number: int, why: str) -> None:
    """Make session ID a draft again, so that it takes marks. Submit it afterwards.

    While the server is away it is kept on this machine (exit status 3) and sent later.
    """
    if not why.strip():
        raise UsageError("--why is empty: say why the session is reopened, for its history.")
    _set(context, post_of(context, PAUSES_S), number, ["draft"], why.strip())


def _board(api: Api, number: int) -> BoardShown | None:
    """None: the server is away."""
    try:
        return api.board(number)
    except Unreachable:
        return None


def _set(
    context: click.Context,
    post: Post,
    number: int,
    states: Sequence[SessionState],
    why: str,
    answers: tuple[BothThere, ...] = (),
) -> None:
    """Write down each step and send them in order; what is refused is told and forgotten."""
    at = now_utc()
    kept = [
        post.keep(SetSession(session=number, state=state, why=why, at=at, key=new_key(), both_there=answers))
        for state in states
    ]
    shown = None
    try:
        while kept:
            shown = post.deliver_state(kept[0])
            del kept[0]
    except Refused:
        for entry in kept:
            post.forget(entry)
        raise
    finally:
        tell_of_earlier(post)
    if shown is not None:
        _show_one(context, shown.session)
    else:
        say("Another program on this machine has sent it meanwhile; `session list` shows how it stands.")


def _show_one(context: click.Context, shown: SessionInfo) -> None:
    if wants_json(context):
        show_json(asdict(shown))
    else:
        _show([shown])


def _show(found: Sequence[SessionInfo]) -> None:
    show_table(("Session", "Course", "Date", "Hours", "State"), map(_row, found))


def _row(each: SessionInfo) -> tuple[str, ...]:
    marked = {"make-up": each.makeup, "overdue": each.overdue, "shadow": each.shadow}
    state = ", ".join([each.state, *(word for word, is_so in marked.items() if is_so)])
    until = ""
    if each.state == "submitted" and each.closes_at is not None:
        until = f", corrections until {each.closes_at.astimezone():%Y-%m-%d %H:%M}"
    hours = ", ".join(str(hour.hour) for hour in each.hours)
    return str(each.session), f"{each.course} {each.title}".strip(), each.date, hours, f"{state}{until}"


def _iso(day: datetime | None) -> str | None:
    return None if day is None else day.date().isoformat()


def _numbers(text: str | None) -> list[int] | None:
    """None: none were typed. Raises UsageError."""
    if not text:
        return None
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and len(part) <= 2 and 1 <= int(part) <= 24 for part in parts):
        raise UsageError(f"--hours is {text!r}, but it must be numbers from 1 to 24 with commas between, such as 3,4.")
    return [int(part) for part in parts]
