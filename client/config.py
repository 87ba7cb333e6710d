"""One frozen Settings for the client: defaults < environment < flags, read once at the start. Knows no socket."""

import math
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from client.errors import UsageError

DEFAULT_SERVER: Final = "127.0.0.1:20060"
DEFAULT_TIMEOUT_S: Final = 30.0
"""A snapshot of a whole classroom behind others in the server's queue takes seconds; marks take milliseconds."""

MAX_TIMEOUT_S: Final = 3600.0
DEFAULT_KEPT_PICTURES: Final = 20
DEFAULT_KEPT_PICTURES_S: Final = 600.0
MAX_KEPT_PICTURES: Final = 1000
"""Of a megabyte each, what a room's PC has memory for."""

MAX_DEVICE_LENGTH: Final = 100
"""As protocol.fields.Name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the server is, how long an answer may take in seconds, and this device's name in the server's records.

    outbox: the file of what is not acknowledged yet. kept_pictures, kept_pictures_s: how many pictures that could not
    be sent are kept, and for how many seconds.
    """

    host: str
    port: int
    timeout_s: float
    device: str
    outbox: Path
    kept_pictures: int = DEFAULT_KEPT_PICTURES
    kept_pictures_s: float = DEFAULT_KEPT_PICTURES_S

    @property
    def server(self) -> str:
        """HOST:PORT as a server is named in the outbox: the same however it was typed."""
        return f"{self.host.lower()}:{self.port}"


def load(flags: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Settings from the flags `server`, `timeout`, `device`, `outbox` (absent or None: not given) and the environment.

    Raises UsageError naming the flag or the variable that is wrong.
    """
    server, server_from = _pick("server", "ROLLCALL_SERVER", flags, environment, DEFAULT_SERVER)
    timeout, timeout_from = _pick("timeout", "ROLLCALL_TIMEOUT_S", flags, environment, DEFAULT_TIMEOUT_S)
    device, device_from = _pick("device", "ROLLCALL_DEVICE", flags, environment, None)
    outbox, _ = _pick("outbox", "ROLLCALL_OUTBOX", flags, environment, None)
    pictures, pictures_from = _pick("kept-pictures", "ROLLCALL_KEPT_PICTURES", {}, environment, DEFAULT_KEPT_PICTURES)
    age, age_from = _pick("kept-pictures-s", "ROLLCALL_KEPT_PICTURES_S", {}, environment, DEFAULT_KEPT_PICTURES_S)
    host, port = parse_server(str(server), server_from)
    return Settings(
        host=host,
        port=port,
        timeout_s=_seconds(timeout, timeout_from),
        device=_own_name() if device is None else _device(str(device), device_from),
        outbox=_state_folder(environment) / "outbox.sqlite" if outbox is None else Path(outbox),
        kept_pictures=_pictures(pictures, pictures_from),
        kept_pictures_s=_seconds(age, age_from),
    )


def parse_server(text: str, source: str = "--server") -> tuple[str, int]:
    """HOST:PORT or [IPv6]:PORT to host and port. Raises UsageError, naming `source`."""
    host, port = _split_server(text.strip())
    is_host = bool(host) and host.isprintable() and not set(host) & set(" /@[]")
    if is_host and not port:
        raise UsageError(f"{source} is {text!r}: the port is missing; it must be HOST:PORT, such as {DEFAULT_SERVER}.")
    is_port = port.isascii() and port.isdigit() and len(port) <= 5 and 1 <= int(port) <= 65535
    if not (is_host and is_port):
        raise UsageError(f"{source} is {text!r}, but it must be HOST:PORT, such as {DEFAULT_SERVER} or [::1]:20060.")
    return host, int(port)


def _split_server(text: str) -> tuple[str, str]:
    """Host and port as they stand there, empty where they are missing; two empty texts for what is neither."""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        is_whole = text.endswith("]") or rest.startswith(":")
        return (host, rest[1:]) if is_whole else ("", "")
    host, _, port = text.partition(":")
    return host, port


def _pick(
    flag: str, variable: str, flags: Mapping[str, Any], environment: Mapping[str, str], default: Any
) -> tuple[Any, str]:
    """The value that counts, and what to call it when it is wrong. An empty variable is one that is not set."""
    if flags.get(flag) is not None:
        return flags[flag], f"--{flag}"
    return (environment[variable], variable) if environment.get(variable) else (default, f"--{flag}")


def _seconds(value: str | float, source: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= MAX_TIMEOUT_S:
        raise UsageError(f"{source} is {value!r}, but it must be seconds, above 0 and up to {MAX_TIMEOUT_S:g}.")
    return seconds


def _pictures(value: str | int, source: str) -> int:
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= MAX_KEPT_PICTURES):
        raise UsageError(f"{source} is {value!r}, but it must be a number of pictures from 0 to {MAX_KEPT_PICTURES}.")
    return int(text)


def _device(text: str, source: str) -> str:
    name = text.strip()
    if not name or not name.isprintable() or len(name) > MAX_DEVICE_LENGTH:
        raise UsageError(f"{source} is {text!r}, but a device's name is 1 to {MAX_DEVICE_LENGTH} printable letters.")
    return name


def _own_name() -> str:
    name = socket.gethostname().strip()[:MAX_DEVICE_LENGTH]
    return name if name and name.isprintable() else "client"


def _state_folder(environment: Mapping[str, str]) -> Path:
    """Where the user's own state lives: XDG_STATE_HOME, LOCALAPPDATA on Windows, else ~/.local/state."""
    base = environment.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "rollcall"
