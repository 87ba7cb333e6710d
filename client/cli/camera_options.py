"""How a camera is read and which of its pictures are sent: options that `watch` and `window` share."""

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from cameras.settings import CaptureThresholds, Schedule
from client.errors import UsageError

if TYPE_CHECKING:
    from cameras.settings import CameraSettings

MAX_SIDE_PX: Final = 10_000
C = TypeVar("C", bound=Callable[..., Any])
_SECONDS = click.FloatRange(1, 3600)
_SOME = click.FloatRange(0.05, 3600)
_GREY = click.FloatRange(0, 255)
_SCHEDULE, _THRESHOLDS = Schedule(), CaptureThresholds()


def camera_options(command: C) -> C:
    """Each option also as an environment variable."""
    for name, kind, default, metavar, text in (
        ("size", str, "1920x1080", "WIDTHxHEIGHT", "What a webcam is asked for, in pixels"),
        ("interval", _SOME, 1.0, "SECONDS", "Between two pictures of a folder, or of a URL that gives single ones"),
        ("change", _GREY, _THRESHOLDS.change, "GREY", "What differs less from the picture sent before is not sent"),
        (
            "sharpness",
            click.FloatRange(0),
            _THRESHOLDS.sharpness,
            "NUMBER",
            "What is less sharp is not sent: variance of the Laplacian",
        ),
        ("brightness", _GREY, _THRESHOLDS.brightness, "GREY", "What is darker is not sent: mean grey value"),
        ("quality", click.IntRange(40, 100), 90, "PERCENT", "Of the JPEGs that are sent"),
        ("edge-minutes", click.FloatRange(0, 60), _SCHEDULE.edge_minutes, "MINUTES", "How many minutes that is"),
        (
            "edge-every",
            _SECONDS,
            _SCHEDULE.edge_every_s,
            "SECONDS",
            "The same in the first and last minutes of an hour",
        ),
        ("every", _SECONDS, _SCHEDULE.every_s, "SECONDS", "Between two pictures that are sent"),
    ):
        suffix = "_S" if metavar == "SECONDS" else ""
        variable = f"ROLLCALL_CAMERA_{name.replace('-', '_').upper()}{suffix}"
        shown = f"{default:g}" if isinstance(default, float) else default
        command = click.option(
            f"--{name}",
            type=kind,
            envvar=variable,
            default=default,
            metavar=metavar,
            help=f"{text} ({variable}; default: {shown}).",
        )(command)
    return command


def schedule_of(how: Mapping[str, Any]) -> Schedule:
    return Schedule(every_s=how["every"], edge_every_s=how["edge_every"], edge_minutes=how["edge_minutes"])


def thresholds_of(how: Mapping[str, Any]) -> CaptureThresholds:
    return CaptureThresholds(brightness=how["brightness"], sharpness=how["sharpness"], change=how["change"])


def camera_settings_of(how: Mapping[str, Any], frames_per_second: float) -> "CameraSettings":
    """frames_per_second: the most that is decoded of a stream. Raises UsageError."""
    from cameras.settings import camera_settings

    width, _, height = how["size"].lower().partition("x")
    sizes = [int(side[:6]) if side.isascii() and side.isdigit() else 0 for side in (width, height)]
    if not all(0 < side <= MAX_SIDE_PX for side in sizes):
        raise UsageError(f"--size is {how['size']!r}, but it must be WIDTHxHEIGHT in pixels, such as 1920x1080.")
    return camera_settings(
        os.environ, interval_s=how["interval"], frames_per_second=frames_per_second, width=sizes[0], height=sizes[1]
    )
