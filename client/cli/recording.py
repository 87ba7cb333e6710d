"""A batch that a person has decided, through the outbox to the server; what was not recorded is said."""

import click

from client.cli.console import note
from client.cli.questions import keep_answers, send_answers
from client.counted import counted
from client.errors import Refused
from client.outbox import Post, RollOf
from protocol.messages import Marked, Marks


def record(post: Post, message: Marks, *, asking: bool, ends: RollOf | None = None) -> Marked | None:
    """Keep a batch and send it; None: another program got the answer. asking: a person can be asked to try again.

    ends: the roll call whose answers these are.

    Raises Kept where it waits, Refused where the server will not take it: it is put aside in the outbox.
    """
    number = keep_answers(post, message, ends)
    try:
        marked = send_answers(post, number) if asking else post.deliver(number)
    except Refused as refused:
        raise Refused(f"{refused.text} {_aside(number)}", refused.code, retry=False) from refused
    finally:
        tell_of_earlier(post)
    if marked is not None and marked.refused:
        rows = "\n".join(problem.text for problem in marked.refused)
        note(f"{rows}\n{counted(len(marked.refused), 'student')} not recorded, the others are. {_aside(number)}")
    return marked


def require_all(context: click.Context, marked: Marked | None) -> None:
    """End with status 1 where a row was refused."""
    if marked is not None and marked.refused:
        context.exit(1)


def tell_of_earlier(post: Post) -> None:
    """Say which entries of earlier commands the server has refused now."""
    for each in post.refused:
        if each.refusal is not None:
            note(f"Entry {each.number} of the outbox was refused: {each.refusal.sentence.text} See `outbox`.")


def _aside(number: int) -> str:
    return f"It is kept as entry {number} of the outbox; once that is mended, send it with `outbox --retry {number}`."
