"""`window`: open the window, where this PC has what it needs."""

import importlib.util
import os
import sys
from typing import Any, Final

import click

from client.cli.camera_options import camera_options, camera_settings_of, schedule_of, thresholds_of
from client.cli.options import PROGRAM, everywhere, given_or_none, outbox_of, settings_of
from client.errors import ClientError

# What is decoded of a stream, and what is shown.
FRAMES_PER_SECOND: Final = 25.0

NO_QT: Final = (
    "The window needs PySide6, which is not installed: `python -m pip install -r requirements-client.txt` brings it."
)
NO_SCREEN: Final = "The window needs a screen, and there is none here: start it on a desktop, or use the commands."


def why_no_window() -> str:
    """Empty where a window can be opened."""
    if importlib.util.find_spec("PySide6") is None:
        return NO_QT
    # Qt ends the process where an X11 or Wayland screen is options and none is named.
    named = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    return "" if named or not sys.platform.startswith("linux") else NO_SCREEN


@click.command(epilog=f"Example: {PROGRAM} window ea0017_1 --camera 0")
@click.argument("course", required=False, callback=given_or_none)
@click.option(
    "--camera",
    "source",
    envvar="ROLLCALL_CAMERA",
    metavar="SRC",
    help="A webcam's number (0 is the first), an rtsp:// or http:// URL, a video, a picture, or a folder of "
    "pictures (ROLLCALL_CAMERA).",
)
@click.option(
    "--language",
    type=click.Choice(["ko", "en"]),
    envvar="ROLLCALL_LANGUAGE",
    help="What the window speaks (ROLLCALL_LANGUAGE; default: the system's language).",
)
@camera_options
@everywhere
@click.pass_context
def window(context: click.Context, /, course: str | None, source: str | None, language: str | None, **how: Any) -> None:
    """Open the window: who is here, as the camera sees it and the professor says; roll call and submission by keys.

    Without a COURSE it asks for one. A network camera's user and password are ROLLCALL_CAMERA_USER and
    ROLLCALL_CAMERA_PASSWORD in the environment.
    """
    if reason := why_no_window():
        raise ClientError(reason)
    # Imported here, so that no other command needs Qt and OpenCV.
    try:
        from client.window.application import WindowOptions, run_window
    except ImportError as error:
        raise ClientError(
            f"Qt cannot be loaded ({error}): install the library that it names; docs/client.md lists them."
        ) from error
    options = WindowOptions(
        course,
        source,
        language,
        camera_settings_of(how, FRAMES_PER_SECOND),
        schedule_of(how),
        thresholds_of(how),
        how["quality"],
    )
    context.exit(run_window(settings_of(context), outbox_of(context), options))
