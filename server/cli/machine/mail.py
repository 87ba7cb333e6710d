"""`mail`: notices by mail: try the mail server, and see what became of the mails."""

from typing import Any

import click

from server.bootstrap.mail import digest_writer, mail_server
from server.bootstrap.store import store_of
from server.cli.options import ALL, DATABASE, change_options, json_option, print_json, print_result, with_settings
from server.cli.table import print_table
from server.clock import utc_now
from server.config import Settings
from server.domain.notices import MailState, is_address
from server.errors import BadRequest, Unavailable
from server.services.notices.daily import new_id
from server.services.notices.smtp import MailPutOff, MailRefused, MailServerFault
from server.store import Mail

MOST_LISTED = 500


@click.group()
def mail() -> None:
    """Notices by mail: try the mail server, and see what became of the mails. docs/operation.md says how to set it."""


@mail.command(name="test")
@click.argument("address")
@with_settings(ALL)
@change_options
def test_command(settings: Settings, address: str, by: str, as_json: bool) -> None:  # noqa: ARG001
    """Send one mail to ADDRESS, now and past the outbox, and say what the mail server answered.

    \b
    Example:
      face_recog_server.py mail test me@example.ac.kr --config rollcall.toml
    """
    server = mail_server(settings)
    if server is None:
        raise BadRequest("No mail server is set: set smtp_host, mail_sender and http_url.")
    if not is_address(address):
        raise BadRequest(f"{address[:60]!r} is no address for mail: write one like name@example.ac.kr.")
    writer = digest_writer(settings)
    trial = writer.trial(address, message_id=new_id(writer.sender), at=utc_now())
    try:
        with server.connected() as connection:
            connection.send(trial)
    except (MailRefused, MailPutOff, MailServerFault) as error:
        raise Unavailable(f"{server.host}:{server.port} did not take the mail: {error}.") from error
    print_result(as_json, {"sent": address}, [f"{server.host}:{server.port} has taken a mail to {address}."])


@mail.command(name="list")
@with_settings(DATABASE)
@json_option
def list_command(settings: Settings, as_json: bool) -> None:
    """List the mails that wait, and those that were sent or put aside: to which account, and why not; no address."""
    with store_of(settings) as store:
        found = [_shown(each) for each in store.mails.listed(MOST_LISTED)]
    if as_json:
        print_json(found)
    elif found:
        print_table(tuple(found[0]), [[str(value) for value in row.values()] for row in found], texts=6)
    else:
        click.echo("No mail was made yet.")


def _shown(found: Mail) -> dict[str, Any]:
    at = found.settled_at or (found.due_at if found.attempts else None)
    state = {MailState.HANDING: "waiting", MailState.GIVEN_UP: "given up"}.get(found.state, found.state.value)
    when = at.isoformat(timespec="minutes") if at else ""
    return {
        "user": found.user.name,
        "day": found.day.isoformat(),
        "state": state,
        "tries": found.attempts,
        "when": when,
        "why": found.problem,
    }
