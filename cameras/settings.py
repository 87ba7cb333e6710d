"""How cameras are read, and which of their pictures are sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSettings:
    """user, password: for a network camera whose URL has none. interval_s: between two pictures of a folder or of a URL
    that gives single ones. frames_per_second: the most that is decoded. width, height: what a webcam is asked for.
    """

    user: str = ""
    password: str = field(default="", repr=False)
    interval_s: float = 1.0
    frames_per_second: float = 25.0
    width: int = 1920
    height: int = 1080


def camera_settings(environment: Mapping[str, str], **others: Any) -> CameraSettings:
    """User and password come from ROLLCALL_CAMERA_USER and ROLLCALL_CAMERA_PASSWORD."""
    return CameraSettings(
        user=environment.get("ROLLCALL_CAMERA_USER", ""),
        password=environment.get("ROLLCALL_CAMERA_PASSWORD", ""),
        **others,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """edge_every_s: between two pictures in the first and the last edge_minutes of an hour."""

    every_s: float = 60.0
    edge_every_s: float = 30.0
    edge_minutes: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureThresholds:
    """What a picture needs at least."""

    # Mean grey value, 0 to 255; a lit room has 70 to 190.
    brightness: float = 25.0
    # Variance of the Laplacian at 640 pixels; classrooms in focus have 180 to 880, blurred by two pixels 4 to 11
    # (measured on shared photographs, 2026-11-21).
    sharpness: float = 15.0
    # In grey values, by which any of 32 x 18 cells differs from the picture sent before; noise makes 1.
    change: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLimits:
    """What the server takes of one picture."""

    payload_bytes: int = 16 * 1024 * 1024
    pixels: int = 25_000_000
