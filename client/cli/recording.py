"""Record what a person has decided, through the outbox, and say what was not recorded."""

from collections.abc import Sequence
from datetime import datetime

import click

from client.api import now_utc
from client.cli.console import confirm, note
from client.cli.roll_call_files import write_answers
from client.counted import counted
from client.errors import Kept, OutboxError, Refused
from client.outbox import Post, RollOf, Unfinished
from protocol.messages import Marked, Marks


def record(post: Post, message: Marks, *, asking: bool, ends: RollOf | None = None) -> Marked | None:
    """Write down a batch and send it; None: another program got the answer.

    asking: a person can be asked to try again. ends: the roll call whose answers these are. Raises Kept where it waits,
    Refused where it is put aside in the outbox.
    """
    number = _written(post, message, ends)
    try:
        marked = _sent(post, number, asking=asking)
    except Refused as refused:
        raise Refused(f"{refused.text} {_aside(number)}", refused.code, retry=False) from refused
    finally:
        tell_of_earlier(post)
    if marked is not None and marked.refused:
        rows = "\n".join(problem.text for problem in marked.refused)
        note(f"{rows}\n{counted(len(marked.refused), 'student')} not recorded, the others are. {_aside(number)}")
    return marked


def _written(post: Post, message: Marks, ends: RollOf | None) -> int:
    """The answers are shown as a CSV where they cannot be written down."""
    try:
        return post.keep(message, ends)
    except OutboxError:
        note(
            f"The answers could not be kept; `rollcall --file` takes them from a file that holds these lines:\n"
            f"{write_answers(message.marks)}"
        )
        raise


def _sent(post: Post, number: int, *, asking: bool) -> Marked | None:
    """Sent again while there is somebody who wants that."""
    while True:
        try:
            return post.deliver(number)
        except Kept as kept:
            if not (asking and _wants_again(kept)):
                raise


def _wants_again(kept: Kept) -> bool:
    note(kept.text)
    try:
        return confirm("Try to send it again now?", default=True)
    except EOFError:
        return False


def require_all(context: click.Context, marked: Marked | None) -> None:
    """End with status 1 where a row was refused."""
    if marked is not None and marked.refused:
        context.exit(1)


def tell_of_earlier(post: Post) -> None:
    """Which entries of earlier commands the server has refused now."""
    for each in post.refused:
        if each.refusal is not None:
            note(f"Entry {each.number} of the outbox was refused: {each.refusal.sentence.text} See `outbox`.")


def tell_of_unfinished(found: Sequence[Unfinished]) -> None:
    """Say which roll calls have not ended, and what can be done about each."""
    for each in found:
        hour = "" if each.roll.hour is None else f" --hour {each.roll.hour}"
        note(
            f"A roll call of {each.roll.course} was never ended: {counted(each.answers, 'answer')} of "
            f"{local_time(each.last_at)} for {each.server} are kept and not sent. Go on with it by `rollcall "
            f"{each.roll.course} --date {each.roll.date}{hour}`; `outbox --forget-answers` forgets all that are older "
            "than a day."
        )


def local_time(at: datetime | None) -> str:
    """On this machine's clock, with the day where that is another."""
    local = (at or now_utc()).astimezone()
    return f"{local:%H:%M}" if local.date() == now_utc().astimezone().date() else f"{local:%Y-%m-%d %H:%M}"


def _aside(number: int) -> str:
    return f"It is kept as entry {number} of the outbox; once that is mended, send it with `outbox --retry {number}`."
