"""The command for the PC at the front of the room, with nobody at it."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from client.api import now_utc
from client.capture import Capture, Limits, Schedule, Thresholds
from client.cli.options import PROGRAM, api_of, course_argument, everywhere, settings_of, wants_json
from client.console import note, say, show_json_line
from client.errors import UsageError
from client.outbox import Pictures
from client.watch import Teller, Watch

if TYPE_CHECKING:
    from client.camera import CameraSettings

MAX_SIDE_PX: Final = 10_000
FRAMES_PER_SECOND: Final = 2.0
"""Decoded of a stream: one picture a second is looked at, and nobody sees the others."""

C = TypeVar("C", bound=Callable[..., Any])
_SECONDS = click.FloatRange(min=1, max=3600)
_SCHEDULE, _THRESHOLDS = Schedule(), Thresholds()


def _camera_options(command: C) -> C:
    """How a camera is read, and which of its pictures are sent; each also as an environment variable."""
    for name, variable, kind, default, metavar, text in (
        ("--size", "SIZE", str, "1920x1080", "WIDTHxHEIGHT", "What a webcam is asked for, in pixels"),
        ("--interval", "INTERVAL_S", click.FloatRange(0.05, 3600), 1.0, "SECONDS",
         "Between two pictures of a folder, or of a URL that gives single ones"),
        ("--change", "CHANGE", click.FloatRange(0, 255), _THRESHOLDS.change, "GREY",
         "What differs less from the picture sent before is not sent"),
        ("--sharpness", "SHARPNESS", click.FloatRange(0), _THRESHOLDS.sharpness, "NUMBER",
         "What is less sharp is not sent: variance of the Laplacian"),
        ("--brightness", "BRIGHTNESS", click.FloatRange(0, 255), _THRESHOLDS.brightness, "GREY",
         "What is darker is not sent: mean grey value"),
        ("--quality", "QUALITY", click.IntRange(40, 100), 90, "PERCENT", "Of the JPEGs that are sent"),
        ("--edge-minutes", "EDGE_MINUTES", click.FloatRange(0, 60), _SCHEDULE.edge_minutes, "MINUTES",
         "How many minutes that is"),
        ("--edge-every", "EDGE_EVERY_S", _SECONDS, _SCHEDULE.edge_every_s, "SECONDS",
         "The same in the first and the last minutes of an hour"),
        ("--every", "EVERY_S", _SECONDS, _SCHEDULE.every_s, "SECONDS", "Between two pictures that are sent"),
    ):  # fmt: skip
        variable = f"ROLLCALL_CAMERA_{variable}"
        shown = f"{default:g}" if isinstance(default, float) else default
        command = click.option(
            name, type=kind, envvar=variable, default=default, metavar=metavar,
            help=f"{text} ({variable}; default: {shown}).",
        )(command)  # fmt: skip
    return command


@click.command(epilog=f"Example: {PROGRAM} watch ea0017_1 --camera rtsp://192.0.2.20/stream1 --forever")
@course_argument
@click.option("--camera", "source", required=True, envvar="ROLLCALL_CAMERA", metavar="SRC",
              help="A webcam's number (0 is the first), an rtsp:// or http:// URL, a video, a picture, or a folder of "
                   "pictures (ROLLCALL_CAMERA).")  # fmt: skip
@click.option("--forever", is_flag=True, help="When the session is over, wait for the next one of this course.")
@_camera_options
@everywhere
@click.pass_context
def watch(context: click.Context, /, course: str, source: str, forever: bool, **how: Any) -> None:
    """Send pictures of a COURSE's session that is on now until it is over, and tell who is recognised.

    A network camera's user and password are ROLLCALL_CAMERA_USER and ROLLCALL_CAMERA_PASSWORD in the environment.
    With --json every line is a document of its own.
    """
    # Imported here, so that no other command needs OpenCV.
    from client.camera import Looks, open_camera
    from client.camera.opening import find_source

    settings, camera = settings_of(context), _camera_settings(how)
    find_source(source, camera)
    schedule = Schedule(every_s=how["every"], edge_every_s=how["edge_every"], edge_minutes=how["edge_minutes"])
    thresholds = Thresholds(brightness=how["brightness"], sharpness=how["sharpness"], change=how["change"])

    def make_capture(limits: Limits) -> Capture:
        return Capture(Looks(how["quality"], limits), schedule, thresholds)

    teller = Teller(_show_json if wants_json(context) else _show, now_utc)
    watched = Watch(
        course, api_of(context), Pictures(settings.kept_pictures, settings.kept_pictures_s),
        open_camera=lambda: open_camera(source, camera), make_capture=make_capture, teller=teller,
    )  # fmt: skip
    with _ended_as_by_ctrl_c():
        try:
            watched.run(forever=forever)
        except KeyboardInterrupt:
            teller.tell("over", "Stopped.")


@contextmanager
def _ended_as_by_ctrl_c() -> Iterator[None]:
    """SIGTERM, as a service manager sends it, ends what is running as Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _camera_settings(how: dict[str, Any]) -> "CameraSettings":
    from client.camera import camera_settings

    width, _, height = how["size"].lower().partition("x")
    sizes = [int(side[:6]) if side.isascii() and side.isdigit() else 0 for side in (width, height)]
    if not all(0 < side <= MAX_SIDE_PX for side in sizes):
        raise UsageError(f"--size is {how['size']!r}, but it must be WIDTHxHEIGHT in pixels, such as 1920x1080.")
    return camera_settings(
        os.environ, interval_s=how["interval"], frames_per_second=FRAMES_PER_SECOND, width=sizes[0], height=sizes[1]
    )


def _show(kind: str, at: datetime, text: str, values: dict[str, Any]) -> None:  # noqa: ARG001
    """Who was recognised is the result; all else is told beside it."""
    if kind == "picture":
        say(text)
    else:
        note(f"{at.astimezone():%H:%M:%S}  {text}")


def _show_json(kind: str, at: datetime, text: str, values: dict[str, Any]) -> None:
    show_json_line({"event": kind, "at": at, "text": text, **values})
