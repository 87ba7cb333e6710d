"""`snapshot`: show whose faces are in a picture, and record those whom a person confirms."""

from datetime import datetime
from pathlib import Path
from typing import Final

import click

from client.api import Api, new_key, now_utc
from client.cli.confirmation import KEY_HELP, Answers, ClassPicture, ask_all, label
from client.cli.console import ask, confirm, note, waiting
from client.cli.options import PROGRAM, api_of, everywhere, given, hour_option, outbox_of, read_file, wants_json
from client.cli.recording import record, require_all
from client.cli.results import show_faces, show_faces_json, show_marks
from client.errors import NotConfirmed, Refused, UsageError
from client.outbox import Post
from protocol.framing import MAX_PAYLOAD_BYTES
from protocol.messages import Faces, Marked, MarkItem, Marks

MOMENTS: Final = ("%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")


def _moment(context: click.Context, parameter: click.Parameter, value: datetime | None) -> datetime | None:  # noqa: ARG001
    """Zone-aware; without a zone it is this machine's time."""
    return value and value.astimezone()


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
    confirmed = _confirmed(picture, course, hour or on_list.hour) if confirming else []
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
    """image: names the file in an error."""
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


def _confirmed(picture: ClassPicture, course: str, hour: int | None) -> list[MarkItem]:
    """A mark for each student whom the person confirms. Raises NotConfirmed; an input that ends is no yes."""
    if picture.present:
        other = "" if hour else " For another class hour give --hour."
        note(f"Already present today: {', '.join(label(each.student, each.name) for each in picture.present)}.{other}")
    answers = Answers(picture.questions)
    if answers.waiting:
        note(f"{KEY_HELP}.")
    try:
        ask_all(answers, ask)
        _require_yes_to_a_part(answers)
    except EOFError:
        raise NotConfirmed("The answers ended before every student was asked for; nothing was recorded.") from None
    at = now_utc()
    return [MarkItem(student=each.student, course=course, hour=hour, at=at) for each in answers.confirmed]


def _require_yes_to_a_part(answers: Answers) -> None:
    if not (answers.waiting and answers.confirmed):
        return
    total = f"{len(answers.confirmed)} confirmed, {len(answers.waiting)} not asked for"
    if not confirm(f"{total}. Record the confirmed as present?", default=False):
        raise NotConfirmed("Nothing was recorded.")
