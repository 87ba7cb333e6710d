"""The commands that look: a course's list, who is in a picture. What is confirmed there goes through the outbox."""

from datetime import datetime
from pathlib import Path
from typing import Final

import click

from client.api import Api, new_key
from client.cli.confirmation import ClassPicture
from client.cli.console import waiting
from client.cli.options import (
    PROGRAM,
    api_of,
    course_argument,
    everywhere,
    given,
    hour_option,
    outbox_of,
    read_file,
    wants_json,
)
from client.cli.questions import confirm_seen
from client.cli.recording import record, require_all
from client.cli.results import show_faces, show_faces_json, show_marks, show_roster
from client.errors import Refused, UsageError
from client.outbox import Post
from protocol.framing import MAX_PAYLOAD_BYTES
from protocol.messages import Faces, Marked, Marks

MOMENTS: Final = ("%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")


def _moment(context: click.Context, parameter: click.Parameter, value: datetime | None) -> datetime | None:  # noqa: ARG001
    """Zone-aware; without a zone it is this machine's time."""
    return value and value.astimezone()


@click.command(epilog=f"Example: {PROGRAM} roster ea0017_1")
@course_argument
@everywhere
@click.pass_context
def roster(context: click.Context, course: str) -> None:
    """Show a COURSE's list, and what is recorded today."""
    show_roster(api_of(context).roster(course), as_json=wants_json(context))


@click.command(epilog=f"Example: {PROGRAM} snapshot class.jpg --course ea0017_1 --confirm")
@click.argument("image", type=click.Path(path_type=Path))
@click.option("--course", required=True, metavar="COURSE", callback=given, help="Look among this course's students.")
@click.option(
    "--confirm",
    "confirming",
    is_flag=True,
    help="Ask for each recognised student, and record the confirmed as present.",
)
@click.option("--record", "recording", is_flag=True, help="Let the server keep the recognised faces as sightings.")
@click.option(
    "--taken-at",
    type=click.DateTime(MOMENTS),
    callback=_moment,
    metavar="TIME",
    help="When the picture was taken, such as 2026-11-20T09:05+09:00 (default: now).",
)
@hour_option
@everywhere
@click.pass_context
def snapshot(
    context: click.Context,
    image: Path,
    course: str,
    confirming: bool,
    recording: bool,
    hour: int | None,
    taken_at: datetime | None,
) -> None:
    """Show whose faces are in an IMAGE.

    Each with its box in pixels (left, top, right, bottom), student number, name, and the distance to that student's
    photograph: lower is more alike.
    """
    if hour is not None and not confirming:
        raise UsageError("--hour says where confirmed students are recorded; give it together with --confirm.")
    content = _read_image(image)
    api = api_of(context)
    on_list = api.roster(course)
    answer = _look(api, content, image, course, taken_at, record=recording)
    picture = ClassPicture(answer, on_list, hour)
    as_json = wants_json(context)
    if not as_json:
        show_faces(answer, picture)
    confirmed = confirm_seen(picture, course, hour or on_list.hour) if confirming else []
    marked: Marked | None = Marked(marks=())
    if confirmed:
        # A person says so here, so that it stands over what was recorded before, as a proposal would not.
        decided = Marks(
            marks=tuple(confirmed), key=new_key(), session=on_list.session, source="professor", partial=True
        )
        marked = record(Post(outbox_of(context), api), decided, asking=True)
    if as_json:
        show_faces_json(answer, picture, marked)
    elif confirming:
        show_marks(marked, {each.student: each.name for each in picture.seen})
    require_all(context, marked)


def _look(api: Api, content: bytes, image: Path, course: str, taken_at: datetime | None, *, record: bool) -> Faces:
    """Whose faces are in an image's bytes; `image` names it in the error."""
    try:
        with waiting("The server looks for faces…"):
            return api.snapshot(content, course=course, taken_at=taken_at, record=record)
    except Refused as error:
        if error.code != "no_face":
            raise
        raise Refused(
            f"No face was found in {image}: take the picture upright, from nearer and with more light, then again.",
            error.code,
            error.retry,
        ) from error


def _read_image(path: Path) -> bytes:
    content = read_file(path, MAX_PAYLOAD_BYTES)
    if not content:
        raise UsageError(f"{path} is empty; give the file of an image.")
    return content
