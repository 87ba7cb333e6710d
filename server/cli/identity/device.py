"""`device`: register the cameras and PCs of rooms, and give each a token."""

from datetime import datetime, timedelta
from typing import Any

import click

from server.bootstrap.store import store_of
from server.cli.options import DATABASE, change_options, json_option, print_json, print_result, with_settings
from server.cli.table import print_table
from server.clock import utc_now
from server.config import Settings
from server.services.identity.devices import Devices, NewToken
from server.store import Device, Token

_DAYS = click.option(
    "--days", type=click.IntRange(1, 3650), help="how many days the token is good  [default: for ever]"
)


@click.group()
def device() -> None:
    """Register the cameras and PCs of rooms, and give each a token."""


@device.command()
@click.argument("name")
@click.option("--room", required=True, help="where it stands; it sends pictures of that room's courses")
@_DAYS
@with_settings(DATABASE)
@change_options
def add(settings: Settings, name: str, room: str, days: int | None, by: str, as_json: bool) -> None:
    """Register the device NAME, and print its token, once.

    Put the token into a file that only the device's user can read (chmod 600), and name that by `--token-file`. A
    device that is registered already moves to this room, and its old token ends.

    \b
    Example:
      face_recog_server.py device add front-b101 --room B101 --as admin
    """
    now = utc_now()
    with store_of(settings) as store:
        made = Devices(store).add(name, room, at=now, by=by, expires_at=_after(now, days))
    _print_token(made, as_json)


@device.command()
@click.argument("name")
@_DAYS
@with_settings(DATABASE)
@change_options
def rotate(settings: Settings, name: str, days: int | None, by: str, as_json: bool) -> None:
    """Give the device NAME another token, printed once; the old one ends at once."""
    now = utc_now()
    with store_of(settings) as store:
        made = Devices(store).rotate(name, at=now, by=by, expires_at=_after(now, days))
    _print_token(made, as_json)


@device.command()
@click.argument("name")
@with_settings(DATABASE)
@change_options
def revoke(settings: Settings, name: str, by: str, as_json: bool) -> None:
    """End the token of the device NAME, and whoever is signed in on its window; a server knows within seconds."""
    with store_of(settings) as store:
        ended = Devices(store).revoke(name, at=utc_now(), by=by)
    print_result(as_json, {"device": name, "ended": ended}, [f"{ended} token(s) of {name} ended."])


@device.command(name="list")
@with_settings(DATABASE)
@json_option
def list_command(settings: Settings, as_json: bool) -> None:
    """List the registered devices, their rooms, and when their tokens were used last."""
    with store_of(settings) as store:
        found = Devices(store).listed()
    rows = [_row(each, tokens) for each, tokens in found]
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo("No device is registered: add one by `device add`.")
    else:
        headings = ("device", "room", "state", "last used")
        print_table(headings, [[str(row[name] or "never") for name in _SHOWN] for row in rows], texts=4)


_SHOWN = ("device", "room", "state", "last_used")


def _row(found: Device, tokens: list[Token]) -> dict[str, Any]:
    newest = tokens[-1] if tokens else None
    used = newest.last_used_at if newest else None
    state = _state(newest, utc_now())
    shown = used.isoformat(timespec="seconds") if used else None
    return {"device": found.name, "room": found.room, "state": state, "last_used": shown}


def _state(token: Token | None, now: datetime) -> str:
    if token is None or token.revoked_at is not None:
        return "revoked"
    if token.expires_at is None:
        return "good"
    return f"good until {token.expires_at.date()}" if token.expires_at > now else "run out"


def _after(now: datetime, days: int | None) -> datetime | None:
    return None if days is None else now + timedelta(days=days)


def _print_token(made: NewToken, as_json: bool) -> None:
    data = {"device": made.device.name, "room": made.device.room, "token": made.text}
    print_result(as_json, data, [made.text])
    if not as_json:
        click.echo("This is the only time that the token is shown: keep it in a file of mode 600.", err=True)
