"""`pair`: sign in on this machine by a code that is approved elsewhere."""

import time
from datetime import UTC, datetime

import click

from client.api import Api
from client.cli.console import note, say, show_json
from client.cli.options import PROGRAM, api_of, everywhere, outbox_of, wants_json
from client.errors import ClientError, Refused
from client.outbox import Outbox
from protocol.messages import Paired


@click.command(epilog=f"Example: {PROGRAM} --token-file token pair")
@click.option("--end", is_flag=True, help="Sign out.")
@everywhere
@click.pass_context
def pair(context: click.Context, end: bool) -> None:
    """Sign in on this machine: a code is shown, and approved elsewhere by who stands here.

    From then on marks, the window's among them, are theirs and not the device's, until half an hour after the class or
    `pair --end`. What was decided before and could not be sent yet is sent as theirs all the same.
    """
    box, api = outbox_of(context), api_of(context)
    if end:
        _end(box, api)
        return
    paired = _approved(api, as_json=wants_json(context))
    assert paired.token is not None  # noqa: S101 - that is what was waited for
    box.sign_ins.begin(paired.token, paired.who, paired.expires or datetime.now(UTC))
    until = paired.expires.astimezone().strftime("%H:%M") if paired.expires else ""
    if wants_json(context):
        show_json({"who": paired.who, "expires": paired.expires.isoformat() if paired.expires else None})
    else:
        say(f"{paired.who} is signed in here until {until}. Sign out by `{PROGRAM} pair --end`.")


def _approved(api: Api, *, as_json: bool) -> Paired:
    """Show a code, and wait until somebody has approved it. Raises Refused where nobody does in time."""
    shown = api.pair()
    (note if as_json else say)(f"Approve this code where you are signed in: {shown.code}")
    while True:
        paired = api.collect_pairing(shown.secret)
        if paired.token is not None:
            return paired
        time.sleep(shown.ask_every_s)


def _end(box: Outbox, api: Api) -> None:
    signed_in = box.sign_ins.current()
    box.sign_ins.end()
    if signed_in is None:
        say("Nobody is signed in here.")
        return
    api.sign(signed_in.token)
    try:
        api.end_pairing()
    except Refused as error:
        note(error.text)  # it was over at the server already
    except ClientError as error:
        note(f"{error.text} Here {signed_in.who} is signed out; at the server it runs out by itself.")
    say(f"{signed_in.who} is signed out.")
