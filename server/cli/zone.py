"""`zone`: parts of a room's pictures that are never looked at."""

import re
from collections.abc import Sequence
from typing import Final

import click

from server.bootstrap.store import store_of
from server.cli.options import DATABASE, change_options, json_option, print_json, print_result, with_settings
from server.cli.table import print_table
from server.clock import utc_now
from server.config import Settings
from server.domain.zones import Point, flaw
from server.errors import BadRequest

_POINT: Final = re.compile(r"(\d(?:\.\d+)?|\.\d+),(\d(?:\.\d+)?|\.\d+)")


@click.group()
def zone() -> None:
    """Name parts of a room's pictures that are never looked at, such as the seats of those who refuse the camera."""


@zone.command()
@click.argument("room")
@click.argument("corners", nargs=-1, required=True)
@click.option("--camera", default="", help="in the pictures of this one alone: its device's name, or its address")
@with_settings(DATABASE)
@change_options
def add(settings: Settings, room: str, corners: tuple[str, ...], camera: str, by: str, as_json: bool) -> None:
    """Never look into the polygon of CORNERS in pictures of ROOM, from the next picture on.

    A corner is X,Y in parts of the picture's width and height: 0,0 is at the top left, 1,1 at the bottom right. It is
    painted over before faces are looked for; leave some room around the seats, for a face at the edge is seen by half.

    \b
    Example:
      face_recog_server.py zone add B101 0,0.6 0.3,0.6 0.3,1 0,1
    """
    points = _points(corners)
    if wrong := flaw(points):
        raise BadRequest(f"The zone {wrong}.")
    with store_of(settings) as store:
        number = store.zones.add(room, camera, points, at=utc_now(), by=by)
    record = {"zone": number, "room": room, "camera": camera, "corners": points}
    print_result(as_json, record, [f"Zone {number} of {room} is not looked at from the next picture on."])


@zone.command(name="list")
@with_settings(DATABASE)
@json_option
def list_zones(settings: Settings, as_json: bool) -> None:
    """List the zones of every room."""
    with store_of(settings) as store:
        found = store.zones.listed()
    if as_json:
        print_json(
            [{"zone": each.number, "room": each.room, "camera": each.camera, "corners": each.points} for each in found]
        )
    elif found:
        rows = [(str(each.number), each.room, each.camera or "all", _text(each.points)) for each in found]
        print_table(("zone", "room", "camera", "corners"), rows, texts=4)
    else:
        click.echo("Every picture is looked at whole: add a zone by `zone add`.")


@zone.command()
@click.argument("number", type=int)
@with_settings(DATABASE)
@change_options
def remove(settings: Settings, number: int, by: str, as_json: bool) -> None:
    """Look into the zone NUMBER again, from the next picture on."""
    with store_of(settings) as store:
        store.zones.remove(number, at=utc_now(), by=by)
    print_result(as_json, {"zone": number}, [f"Zone {number} is looked at again from the next picture on."])


def _points(corners: Sequence[str]) -> list[Point]:
    """Raises BadRequest for what is no corner."""
    found = []
    for each in corners:
        match = _POINT.fullmatch(each)
        if match is None:
            raise BadRequest(f"{each[:40]!r} is no corner: write X,Y such as 0.25,0.6.")
        found.append((float(match[1]), float(match[2])))
    return found


def _text(points: Sequence[Point]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
