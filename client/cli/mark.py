"""`mark`: record one student's state, through the outbox."""

from datetime import datetime

import click

from client.api import new_key, now_utc
from client.cli.another_day import date_option, held_hour
from client.cli.options import PAUSES_S, PROGRAM, course_argument, everywhere, given, hour_option, post_of, wants_json
from client.cli.recording import tell_of_earlier
from client.cli.results import show_marks
from client.cli.roll_calls import STATES
from client.errors import Refused
from protocol.messages import Mark, State


@click.command(epilog=f"Example: {PROGRAM} mark 201511041 ea0017_1 --state late --hour 2")
@click.argument("student", callback=given)
@course_argument
@click.option("--state", type=click.Choice(STATES), default="present", show_default=True, help="What to record.")
@hour_option
@date_option
@click.option("--why", default="", metavar="TEXT", help="The reason, kept in the history.")
@everywhere
@click.pass_context
def mark(
    context: click.Context, student: str, course: str, state: State, hour: int | None, day: datetime | None, why: str
) -> None:
    """Record one STUDENT's state in a class hour of a COURSE.

    While the server is away it is kept on this machine (exit status 3) and sent later; with --date the server is
    needed.
    """
    at = now_utc()
    post = post_of(context, PAUSES_S)
    held = held_hour(post.api, course, day, hour) if day else None
    decided = Mark(
        student=student,
        course=course,
        state=state,
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
