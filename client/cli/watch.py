"""`watch`: send pictures from the PC at the front of the room."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click

from cameras.settings import PictureLimits
from client.api import now_utc
from client.cli.camera_options import camera_options, camera_settings_of, schedule_of, thresholds_of
from client.cli.console import note, say, show_json_line
from client.cli.options import PROGRAM, api_of, course_argument, everywhere, settings_of, wants_json
from client.cli.room_check import check_room
from client.snapshots import SnapshotSender

# Decoded of a stream: one picture a second is looked at, and nobody sees the others.
FRAMES_PER_SECOND: Final = 2.0


@click.command(epilog=f"Example: {PROGRAM} watch ea0017_1 --camera rtsp://192.0.2.20/stream1 --forever")
@course_argument
@click.option(
    "--camera",
    "source",
    required=True,
    envvar="ROLLCALL_CAMERA",
    metavar="SRC",
    help="A webcam's number (0 is the first), an rtsp:// or http:// URL, a video, a picture, or a folder of "
    "pictures (ROLLCALL_CAMERA).",
)
@click.option("--forever", is_flag=True, help="When the session is over, wait for the next one of this course.")
@click.option("--check", "is_check", is_flag=True, help="Only say whether the camera is good enough for the room.")
@click.option(
    "--minutes",
    type=click.FloatRange(0.05, 60),
    default=3.0,
    show_default=True,
    help="With --check: how long it looks.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="With --check: write the report, .html for the office, .png the map alone.",
)
@camera_options
@everywhere
@click.pass_context
def watch(
    context: click.Context,
    /,
    course: str,
    source: str,
    forever: bool,
    is_check: bool,
    minutes: float,
    out: Path | None,
    **how: Any,
) -> None:
    """Send pictures of a COURSE's session that is on now until it is over, and tell who is recognised.

    With --check nobody is recognised and no session is opened: pictures of some minutes tell which rows the camera
    knows, and what to change; the result is kept for the course's room.

    A network camera's user and password are ROLLCALL_CAMERA_USER and ROLLCALL_CAMERA_PASSWORD in the environment.
    With --json every line is a document of its own.
    """
    # Imported here, so that no other command needs OpenCV.
    from cameras.capture import Capture
    from cameras.inspection import PictureInspector
    from cameras.opening import find_source, open_camera
    from client.watch import EventReporter, UnreadEvents, Watch
    from client.watch.scene import SceneWatch, kept_scene

    settings, camera = settings_of(context), camera_settings_of(how, FRAMES_PER_SECOND)
    find_source(source, camera)
    if is_check:
        check_room(context, api_of(context), course, source, camera, minutes=minutes, out=out, quality=how["quality"])
        return

    def make_capture(limits: PictureLimits) -> "Capture":
        return Capture(PictureInspector(how["quality"], limits), schedule_of(how), thresholds_of(how))

    events = UnreadEvents(_show_json if wants_json(context) else _show)
    reporter = EventReporter(events.show, now_utc)
    api = api_of(context)
    watched = Watch(
        course,
        api,
        SnapshotSender(api, settings.kept_pictures, settings.kept_pictures_s),
        open_camera=lambda: open_camera(source, camera),
        make_capture=make_capture,
        reporter=reporter,
        look=SceneWatch(reporter, lambda: kept_scene(api, course)).look,
    )
    with _ended_as_by_ctrl_c():
        try:
            watched.run(forever=forever)
        except KeyboardInterrupt:
            reporter.report("over", "Stopped.")
        if not events.close():
            os._exit(0)  # whoever does not read would hold up the end as well


@contextmanager
def _ended_as_by_ctrl_c() -> Iterator[None]:
    """SIGTERM ends what is running as Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _show(kind: str, at: datetime, text: str, values: dict[str, Any]) -> None:  # noqa: ARG001
    """Who was recognised is the result, all else a note."""
    if kind == "picture":
        say(text)
    else:
        note(f"{at.astimezone():%Y-%m-%d %H:%M:%S}  {text}")


def _show_json(kind: str, at: datetime, text: str, values: dict[str, Any]) -> None:
    show_json_line({"event": kind, "at": at, "text": text, **values})
