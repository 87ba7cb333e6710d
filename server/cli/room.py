"""`room`: say whether a room's camera is good enough, and keep what was found."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec

from server.bootstrap.constants import constants_of_file
from server.bootstrap.family import store_family
from server.bootstrap.store import store_of
from server.cli.options import (
    FILE,
    PHOTOGRAPHS,
    change_options,
    json_option,
    print_json,
    print_result,
    read_file,
    with_settings,
)
from server.cli.table import print_table
from server.clock import utc_now
from server.config import Settings
from server.domain.zones import Point
from server.errors import BadRequest
from server.gallery.constants import constants_of
from server.store import KeptRoomCheck, Store

if TYPE_CHECKING:
    from cameras.advice import Sentence
    from server.services.rooms.checks import CheckedRoom
    from server.services.rooms.room_check import RoomCheck

SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp"})
MOST_PICTURES: Final = 200
MOST_BYTES: Final = 64 * 1024 * 1024


@click.group()
def room() -> None:
    """Say whether the camera of a room is good enough for recognition."""


@room.command()
@click.argument("pictures", type=click.Path(path_type=Path, exists=True), metavar="PICTURES")
@with_settings(tuple(name for name in PHOTOGRAPHS if name != "knowns"))
@click.option("--room", "name", default="", metavar="ROOM", help="keep the result under this room's name")
@click.option("--camera", default="", metavar="NAME", help="which of the room's cameras it is, where there are several")
@click.option(
    "--at", "hour", type=click.IntRange(0, 23), metavar="HOUR", help="of the day, of the pictures  [default: now]"
)
@click.option("--out", type=FILE, metavar="FILE", help="write the report: .html for the office, .png the map alone")
@click.option("--force", is_flag=True, help="write over a file that is there")
@change_options
def check(
    settings: Settings,
    pictures: Path,
    name: str,
    camera: str,
    hour: int | None,
    out: Path | None,
    force: bool,
    by: str,
    as_json: bool,
) -> None:
    """Say by PICTURES, one or a folder of some minutes, which rows a room's camera knows: yes, ask or no.

    People have to sit there. The sizes of their faces, row by row, are held against what was measured to be missed at
    each size. Nobody is named, and no picture is kept; with --room the figures are, and the next check says whether the
    camera was moved, covered or dirtied since. The light is kept by the hour of the day: checks of several hours tell
    from when on a window is in the way.

    \b
    Example:
      face_recog_server.py room check pictures/ --room B101 --out B101.html
    """
    from server.services.rooms.checks import CheckedRoom, keep_check, kept_before
    from server.services.rooms.kept_check import as_kept
    from server.services.rooms.verdict import advice, row_sentences, verdict

    if out and out.exists() and not force:
        raise BadRequest(f"{out} is there already: name another file, or write over it with --force.")
    with store_of(settings) as store:
        now = utc_now()
        hour = now.astimezone(settings.zone).hour if hour is None else hour
        check = _checked(settings, store, pictures, name, camera, hour)
        checked = CheckedRoom(name, camera, check, "")
        if name:
            checked = kept_before(store, checked, now)
            keep_check(store, checked, now=now, by=by)
    if out:
        _write(out, checked, name or pictures.name)
    said, check = verdict(checked.check), checked.check
    data = {"room": name, "camera": camera, "change": checked.change, **msgspec.to_builtins(as_kept(check))}
    lines = [said, *_change_sentences(checked.change), *row_sentences(check.rows), *advice(check)]
    print_result(as_json, data, [text for each in lines for text in (each.korean, f"  {each.english}")])


@room.command(name="list")
@with_settings(("database", "key_file", "family", "embedder", "log_level"))
@json_option
def list_rooms(settings: Settings, as_json: bool) -> None:
    """List what each room's cameras were found to be able to do."""
    from server.services.rooms.kept_check import read_check

    with store_of(settings) as store:
        found = [(each, read_check(each.result)) for each in store.room_checks.latest()]
    if as_json:
        print_json([_told(each, msgspec.to_builtins(kept)) for each, kept in found])
        return
    rows = [
        (
            each.room,
            each.camera,
            f"{each.checked_at:%Y-%m-%d}",
            kept.korean if kept else "",
            kept.english if kept else "",
        )
        for each, kept in found
    ]
    print_table(("room", "camera", "checked", "", ""), rows, texts=5)


def _told(kept: KeptRoomCheck, check: Any) -> dict[str, Any]:
    return {"room": kept.room, "camera": kept.camera, "checked_at": kept.checked_at, "check": check}


def _checked(settings: Settings, store: Store, pictures: Path, name: str, camera: str, hour: int) -> "RoomCheck":
    # Imported here, so that listing loads no recogniser.
    from server.bootstrap.extraction import painting_of
    from server.bootstrap.recognition import recogniser_of
    from server.recognition import decode_image
    from server.services.rooms.prediction import SurePrediction
    from server.services.rooms.room_check import check_room

    family = store_family(settings, store)
    fitted = constants_of_file(settings, family.model_id()) or constants_of(family.model_id(), family.dimensions)
    prediction = SurePrediction(fitted)
    decode = partial(decode_image, max_pixels=settings.max_image_pixels)
    zones = [each.points for each in store.zones.listed() if each.room == name and each.camera in ("", camera)]
    files = [partial(_without_zones, each, painting_of(settings), zones) for each in _files(pictures)]
    return check_room(files, recogniser_of(settings, family), decode, prediction, hour=hour)


def _without_zones(
    picture: Callable[[], bytes],
    paint: Callable[[bytes, Sequence[Sequence[Point]]], bytes],
    zones: Sequence[Sequence[Point]],
) -> bytes:
    return paint(picture(), zones) if zones else picture()


def _files(pictures: Path) -> Iterator[Callable[[], bytes]]:
    found = sorted(each for each in pictures.iterdir() if each.suffix.lower() in SUFFIXES) if pictures.is_dir() else []
    if pictures.is_dir() and not 1 <= len(found) <= MOST_PICTURES:
        raise BadRequest(
            f"{pictures} holds {len(found)} pictures: give a folder of 1 to {MOST_PICTURES} of one camera."
        )
    for each in found or [pictures]:
        yield partial(read_file, each, "picture", MOST_BYTES)


def _change_sentences(change: str) -> Iterator["Sentence"]:
    from server.services.rooms.verdict import change_sentence

    if change:
        yield change_sentence(change)


def _write(out: Path, checked: "CheckedRoom", title: str) -> None:
    from server.services.rooms.checks import report_file

    if out.suffix.lower() not in {".png", ".html"}:
        raise BadRequest(f"The report is written as .png or .html; {out.name} ends otherwise.")
    data = report_file(checked, out.suffix.lower().lstrip("."), title)
    try:
        out.write_bytes(data)
    except OSError as error:
        raise BadRequest(f"{out} cannot be written: {error.strerror or error}.") from error
    click.echo(f"{out} is written.", err=True)
