"""`outbox`: show what this machine keeps and the server has not acknowledged."""

from dataclasses import asdict

import click

from client.api import Api
from client.cli.console import note, say, show_json, show_table
from client.cli.options import PAUSES_S, PROGRAM, api_of, everywhere, outbox_of, wants_json
from client.cli.recording import tell_of_earlier, tell_of_unfinished
from client.counted import counted
from client.errors import ClientError, Kept, OutboxError
from client.outbox import Entry, Outbox, Post
from protocol.messages import Confirm, Mark, Marks, OpenSession


@click.command(epilog=f"Example: {PROGRAM} outbox --send")
@click.option("--send", is_flag=True, help="Send what waits.")
@click.option(
    "--retry",
    metavar="N",
    type=click.IntRange(min=1),
    help="Let refused entry N, or one for another server, wait for this server again.",
)
@click.option("--discard", metavar="N", type=click.IntRange(min=1), help="Forget refused entry N for good.")
@click.option(
    "--forget-answers", is_flag=True, help="Forget the answers of roll calls that were broken off over a day ago."
)
@everywhere
@click.pass_context
def outbox(context: click.Context, send: bool, retry: int | None, discard: int | None, forget_answers: bool) -> None:
    """Show what was decided on this machine and is not recorded at the server.

    Entries that wait are sent by themselves, in order, by the next mark or roll call. Those that the server refused
    stay until a person decides: --retry once it is mended, or --discard. The exit status is 3 while something waits.
    Answers of a roll call that was broken off are never sent by themselves: they are listed until it is gone on with.
    """
    box = outbox_of(context)
    if discard is not None:
        box.discard(discard)
    if retry is not None:
        note(f"Entry {retry} waits again, as {box.retry(retry)}.")
    if forget_answers:
        note(f"The answers of {counted(box.drafts.discard_old(), 'roll call')} are forgotten.")
    trouble = _send(box, api_of(context)) if send else None
    entries, unfinished = box.entries(), box.drafts.unfinished()
    if wants_json(context):
        unsent = [asdict(each) for each in unfinished]
        show_json({"entries": [_as_json(each) for each in entries], "unfinished": unsent})
    else:
        _show(entries)
        tell_of_unfinished(unfinished)
    if trouble is not None:
        note(trouble.text)
    context.exit(Kept.exit_status if box.waiting() else 0)


def _send(box: Outbox, api: Api) -> ClientError | None:
    """Send what waits; what kept it back."""
    post = Post(box, api, PAUSES_S)
    trouble = post.deliver_all()
    tell_of_earlier(post)
    return trouble


def _show(entries: list[Entry]) -> None:
    if entries:
        show_table(("Entry", "Kept at", "For", "What", "State"), map(_row, entries))
    refused = sum(bool(each.text) for each in entries)
    say(f"{counted(len(entries) - refused, 'entry', 'entries')} waiting, {refused} refused.")


def _row(entry: Entry) -> tuple[str, ...]:
    kept_at = f"{entry.kept_at.astimezone():%Y-%m-%d %H:%M:%S}"
    return str(entry.number), kept_at, entry.server, _what(entry), _state(entry)


def _state(entry: Entry) -> str:
    if entry.text:
        return f"refused: {entry.text}"
    return "waits: the server failed at it, see its log" if entry.code else "waits"


def _as_json(entry: Entry) -> dict[str, object]:
    return {
        "entry": entry.number,
        "kept_at": entry.kept_at,
        "server": entry.server,
        "what": _what(entry),
        "state": "refused" if entry.text else "waiting",
        "code": entry.code,
        "text": entry.text,
    }


def _what(entry: Entry) -> str:
    """The decision in a few words."""
    try:
        message = entry.message()
    except OutboxError as error:
        return error.text
    match message:
        case Mark():
            return f"{message.student} {message.state} in {message.course}{_hour(message.hour)}"
        case Marks():
            first = message.marks[0]
            return f"{counted(len(message.marks), 'mark')} in {first.course}{_hour(first.hour)}"
        case Confirm():
            return f"{counted(len(message.items), 'confirmation')} in session {message.session}"
        case OpenSession():
            return f"session of {message.course} on {message.date}"
    return f"session {message.session} {message.state}"


def _hour(hour: int | None) -> str:
    return "" if hour is None else f", hour {hour}"
