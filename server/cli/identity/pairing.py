"""`pairing`: sign somebody in on a classroom's window by the code that it shows."""

import click

from server.bootstrap.identity import identity_around
from server.bootstrap.store import store_of
from server.cli.options import DATABASE, change_options, json_option, print_json, print_result, with_settings
from server.cli.table import print_table
from server.clock import utc_now
from server.config import Settings
from server.services.class_day.courses import Courses

TABLES = (*DATABASE, "timezone")


@click.group()
def pairing() -> None:
    """Sign somebody in on a classroom's window by the code that it shows."""


@pairing.command()
@click.argument("code")
@click.option("--user", "name", required=True, help="the account that stands before the window")
@with_settings(TABLES)
@change_options
def approve(settings: Settings, code: str, name: str, by: str, as_json: bool) -> None:
    """Sign the account in on the window that shows CODE, until half an hour after its class.

    \b
    Example:
      face_recog_server.py pairing approve WDJB-MJHT --user prof.kim --as admin
    """
    with store_of(settings) as store:
        pairings = identity_around(settings, store, Courses(store, settings.zone)).pairings
        found, until = pairings.approve(code, store.accounts.get(name), now=utc_now(), by=by)
    shown = until.astimezone(settings.zone).isoformat(timespec="minutes")
    data = {"user": name, "device": found.device.name, "room": found.device.room, "until": shown}
    print_result(as_json, data, [f"{name} is signed in on {found.device.name} in {found.device.room} until {shown}."])


@pairing.command(name="list")
@with_settings(TABLES)
@json_option
def list_command(settings: Settings, as_json: bool) -> None:
    """List who is signed in on which window."""
    with store_of(settings) as store:
        found = store.devices.pairings(now=utc_now())
    rows = [
        (
            each.user.name if each.user else "",
            each.device.name if each.device else "",
            each.device.room if each.device else "",
            each.expires_at.astimezone(settings.zone).isoformat(timespec="minutes") if each.expires_at else "",
        )
        for each in found
    ]
    names = ("user", "device", "room", "until")
    if as_json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    elif rows:
        print_table(names, rows, texts=4)
    else:
        click.echo("Nobody is signed in on a window.")
