"""`watch --check`: say by the room's own camera whether it is good enough."""

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import click
from msgspec.structs import asdict

from cameras.settings import PictureLimits
from client.api import Api
from client.cli.console import note, say, show_json
from client.cli.options import wants_json
from client.errors import UsageError
from protocol.messages import RoomChecked

if TYPE_CHECKING:
    from cameras.settings import CameraSettings
    from client.watch.room_check import RoomCheckOutcome

FORMS: Final[dict[str, Literal["html", "png"]]] = {".html": "html", ".png": "png"}


def check_room(
    context: click.Context,
    api: Api,
    course: str,
    source: str,
    camera: "CameraSettings",
    *,
    minutes: float,
    out: Path | None,
    quality: int,
) -> None:
    """Raises UsageError, Refused."""
    from cameras.inspection import PictureInspector
    from cameras.opening import open_camera
    from client.watch.room_check import RoomCheckRun

    form = FORMS.get(out.suffix.lower()) if out else ""
    if form is None or (out and out.exists()):
        raise UsageError(f"The report is written as .html or .png where there is no file yet, not as {out}.")
    inspector = PictureInspector(quality, PictureLimits())
    note(f"Looking for {minutes:g} minutes; people have to sit there.")
    run = RoomCheckRun(api, course, inspector, say=_tell, report=form)
    with open_camera(source, camera) as opened:
        outcome = run.run(opened, minutes)
    if out and outcome.server is not None:
        _write(out, outcome.server)
    if wants_json(context):
        show_json(_told(outcome))
    else:
        _show(outcome)


def _tell(pictures: int, so_far: RoomChecked | None) -> None:
    said = so_far.english if so_far else "The server is away."
    note(f"Picture {pictures}: {said}")


def _write(out: Path, checked: RoomChecked) -> None:
    try:
        out.write_bytes(base64.b64decode(checked.file))
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror or error}.") from error
    note(f"{out} is written.")


def _show(outcome: "RoomCheckOutcome") -> None:
    checked = outcome.server
    if checked is None:
        note(f"{outcome.why_not} Without the server rows are not told.".lstrip())
        lines = [(each.korean, each.english) for each in outcome.rough.sentences()]
        if not lines:
            raise UsageError("The camera gave no picture: look at its cable, its address and its password.")
    else:
        rows = [
            (
                f"{row.row}줄: 얼굴 {row.faces}, {row.size_px:.0f}픽셀, 한 장에서 확실 {row.sure:.0%}",
                f"Row {row.row}: {row.faces} faces of {row.size_px:.0f} px, {row.sure:.0%} sure in one picture",
            )
            for row in checked.rows
        ]
        lines = [(checked.korean, checked.english), *rows, *((each.korean, each.english) for each in checked.advice)]
    for korean, english in [*lines, *_lost(outcome)]:
        say(korean)
        say(f"  {english}")
    if checked is not None and not checked.room:
        note("The course has no room, so nothing is kept: name one by `course set`.")


def _lost(outcome: "RoomCheckOutcome") -> list[tuple[str, str]]:
    if not outcome.lost:
        return []
    return [
        (
            f"{outcome.looks}번 가운데 {outcome.lost}번은 새 화면이 오지 않았습니다. 카메라와 망을 보십시오.",
            f"{outcome.lost} of {outcome.looks} looks brought no new picture: look at the camera and its network.",
        )
    ]


def _told(outcome: "RoomCheckOutcome") -> dict[str, Any]:
    server = None if outcome.server is None else {**asdict(outcome.server), "file": ""}
    rough = [{"korean": each.korean, "english": each.english} for each in outcome.rough.sentences()]
    return {"server": server, "rough": rough, "looks": outcome.looks, "lost": outcome.lost}
