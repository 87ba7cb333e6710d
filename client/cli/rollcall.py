"""`rollcall`: call the roll of a course, and send it in one batch."""

from datetime import datetime
from pathlib import Path

import click

from client.api import now_utc
from client.cli.another_day import date_option, held_hour
from client.cli.console import ask, confirm, note
from client.cli.options import PROGRAM, course_argument, everywhere, hour_option, post_of, read_file, wants_json
from client.cli.recording import local_time, record, require_all, tell_of_unfinished
from client.cli.results import show_marks
from client.cli.roll_call_files import MAX_FILE_BYTES, read_answers
from client.cli.roll_calls import KEY_HELP, STATES, RollCall, call_names, tick_answers
from client.counted import counted
from client.errors import ClientError, NotConfirmed, OutboxError
from client.outbox import Drafts, RollOf
from protocol.messages import MarkItem, State


@click.command(epilog=f"Example: {PROGRAM} rollcall ea0017_1 --file absent.csv --all present")
@course_argument
@click.option(
    "--file",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Take the answers from a CSV or .xlsx with the columns student_id,state instead of asking.",
)
@click.option(
    "--all",
    "rest",
    type=click.Choice(STATES),
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
    rest: State | None,
    yes: bool,
    hour: int | None,
    day: datetime | None,
) -> None:
    """Call the roll of a COURSE.

    All answers are sent in one batch. While the server is away it is kept on this machine (exit status 3) and sent
    later. Each answer is kept as it is given: a roll call that was broken off goes on the next time it is called.
    """
    answers = read_answers(read_file(file, MAX_FILE_BYTES)) if file else []
    post = post_of(context)
    on_list = held_hour(post.api, course, day, hour).roster(post.api) if day else post.api.roster(course)
    if not on_list.students:
        raise ClientError(f"Nobody is on the list of course {course}; import its roster on the server first.")
    roll = RollCall(on_list, hour)
    tick_answers(roll, answers, now_utc())
    if rest:
        roll.tick_rest(rest, now_utc())
    asking = file is None and rest is None
    called = _called(roll, post.drafts, yes=yes) if asking else None
    if not asking:
        note(f"{roll.summary()}.")
    marked = record(post, roll.message(), asking=asking, ends=called)
    show_marks(marked, {entry.student: entry.name for entry in roll.students}, as_json=wants_json(context))
    require_all(context, marked)


def _called(roll: RollCall, drafts: Drafts, *, yes: bool) -> RollOf:
    """Which roll call it was, once the person wants it sent. Raises NotConfirmed; an input that ends is no yes."""
    called = RollOf(roll.course, roll.date, roll.hour)
    tell_of_unfinished([each for each in drafts.old() if each.roll != called])
    note(f"{len(roll.students)} on the list of {roll.course}. {KEY_HELP}.")
    try:
        _take_up(roll, drafts, called)
        whole = _asked_to_the_end(roll, drafts, called)
        if not roll.batch():
            raise NotConfirmed("Nobody was called; nothing was sent.")
        if (whole and yes) or confirm(f"{roll.summary()}. Send?", default=whole):
            return called
    except EOFError:
        pass
    later = " What was answered is kept on this machine; call the same roll again to go on." if roll.batch() else ""
    raise NotConfirmed(f"Nothing was sent.{later}")


def _take_up(roll: RollCall, drafts: Drafts, called: RollOf) -> None:
    """Go on with the answers of a roll call that was broken off, or forget them."""
    kept = [item for item in drafts.of_day(roll.course, roll.date) if item.hour == roll.hour]
    for item in kept:
        if item.at is not None and roll.lists(item.student):
            roll.tick(item.student, item.state, item.at)
    if not roll.batch():
        return
    following = [f" at {entry.name}" for entry in roll.students[roll.next_place() :]]
    question = f"{counted(len(roll.batch()), 'answer')} of {local_time(kept[-1].at)} are kept on this machine. Go on"
    if not confirm(f"{question}{following[0] if following else ''}? (n throws them away)", default=True):
        drafts.discard(called)
        roll.clear()


def _asked_to_the_end(roll: RollCall, drafts: Drafts, called: RollOf) -> bool:
    """False where the input ended."""

    def add(item: MarkItem) -> None:
        try:
            drafts.tick(called, item)
        except OutboxError as error:
            note(f"This answer is not kept on this machine yet. {error.text}")

    try:
        call_names(roll, ask, now_utc, add)
    except EOFError:
        return False
    return True
