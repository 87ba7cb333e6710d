"""The commands that record what a person says: one mark, a roll call. What they decide goes through the outbox."""

from datetime import datetime
from pathlib import Path
from typing import cast

import click

from client.api import new_key, now_utc
from client.cli import roll_calls
from client.cli.another_day import date_option, held_hour
from client.cli.console import note
from client.cli.options import PROGRAM, course_argument, everywhere, given, hour_option, post_of, read_file, wants_json
from client.cli.questions import call_names
from client.cli.recording import record, require_all, tell_of_earlier
from client.cli.results import show_marks
from client.errors import ClientError, Refused
from protocol.messages import Mark, State


@click.command(epilog=f"Example: {PROGRAM} mark 201511041 ea0017_1 --state late --hour 2")
@click.argument("student", callback=given)
@course_argument
@click.option(
    "--state", type=click.Choice(roll_calls.STATES), default="present", show_default=True, help="What to record."
)
@hour_option
@date_option
@click.option("--why", default="", metavar="TEXT", help="The reason, kept in the history.")
@everywhere
@click.pass_context
def mark(
    context: click.Context, student: str, course: str, state: str, hour: int | None, day: datetime | None, why: str
) -> None:
    """Record one STUDENT's state in a class hour of a COURSE.

    While the server is away it is kept on this machine (exit status 3) and sent later; with --date the server is
    needed.
    """
    at = now_utc()
    post = post_of(context)
    held = held_hour(post.api, course, day, hour) if day else None
    decided = Mark(
        student=student,
        course=course,
        state=cast("State", state),
        hour=held.hour if held else hour,
        key=new_key(),
        at=at,
        session=held.session.session if held else None,
        why=why,
    )
    number = post.keep(decided)
    try:
        marked = post.deliver(number)
    except Refused:
        post.forget(number)
        raise
    finally:
        tell_of_earlier(post)
    show_marks(marked, as_json=wants_json(context))


@click.command(epilog=f"Example: {PROGRAM} rollcall ea0017_1 --file absent.csv --all present")
@course_argument
@click.option(
    "--file",
    "file",
    type=click.Path(path_type=Path),
    metavar="CSV",
    help="Take the answers from a CSV with the columns student_id,state instead of asking.",
)
@click.option(
    "--all",
    "rest",
    type=click.Choice(roll_calls.STATES),
    help="Record this state for everyone whom --file does not name; nobody is asked.",
)
@click.option("--yes", is_flag=True, help="Send at the end of the list without asking again.")
@hour_option
@date_option
@everywhere
@click.pass_context
def rollcall(
    context: click.Context,
    course: str,
    file: Path | None,
    rest: str | None,
    yes: bool,
    hour: int | None,
    day: datetime | None,
) -> None:
    """Call the roll of a COURSE.

    All answers are sent in one batch. While the server is away it is kept on this machine (exit status 3) and sent
    later. Each answer is kept as it is given: a roll call that was broken off goes on the next time it is called.
    """
    answers = roll_calls.read_answers(read_file(file, roll_calls.MAX_CSV_BYTES)) if file else []
    post = post_of(context)
    on_list = held_hour(post.api, course, day, hour).roster(post.api) if day else post.api.roster(course)
    if not on_list.students:
        raise ClientError(f"Nobody is on the list of course {course}; import its roster on the server first.")
    roll = roll_calls.RollCall(on_list, hour)
    roll_calls.tick_answers(roll, answers, now_utc())
    if rest:
        roll.tick_rest(cast("State", rest), now_utc())
    asking = file is None and rest is None
    called = None
    if asking:
        called = call_names(roll, post.drafts, yes=yes)
    else:
        note(roll.summary() + ".")
    marked = record(post, roll.message(), asking=asking, ends=called)
    show_marks(marked, {entry.student: entry.name for entry in roll.students}, as_json=wants_json(context))
    require_all(context, marked)
