"""One frozen Settings for the client: defaults < environment < flags, read once at the start. Knows no socket."""

import math
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from client.errors import UsageError

DEFAULT_SERVER: Final = "127.0.0.1:20060"
DEFAULT_TIMEOUT_S: Final = 30.0
"""A snapshot of a whole classroom behind others in the server's queue takes seconds; marks take milliseconds."""

MAX_TIMEOUT_S: Final = 3600.0
MAX_DEVICE_LENGTH: Final = 100
"""As protocol.fields.Name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the server is, how long an answer may take in seconds, and this device's name in the server's records."""

    host: str
    port: int
    timeout_s: float
    device: str


def load(flags: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Settings from the flags `server`, `timeout`, `device` (absent or None: not given) and the environment.

    Raises UsageError naming the flag or the variable that is wrong.
    """
    server, server_from = _pick("server", "ROLLCALL_SERVER", flags, environment, DEFAULT_SERVER)
    timeout, timeout_from = _pick("timeout", "ROLLCALL_TIMEOUT_S", flags, environment, DEFAULT_TIMEOUT_S)
    device, device_from = _pick("device", "ROLLCALL_DEVICE", flags, environment, None)
    host, port = parse_server(str(server), server_from)
    return Settings(
        host=host,
        port=port,
        timeout_s=_timeout(timeout, timeout_from),
        device=_own_name() if device is None else _device(str(device), device_from),
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


def _timeout(value: str | float, source: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= MAX_TIMEOUT_S:
        raise UsageError(f"{source} is {value!r}, but it must be seconds, above 0 and up to {MAX_TIMEOUT_S:g}.")
    return seconds


def _device(text: str, source: str) -> str:
    name = text.strip()
    if not name or not name.isprintable() or len(name) > MAX_DEVICE_LENGTH:
        raise UsageError(f"{source} is {text!r}, but a device's name is 1 to {MAX_DEVICE_LENGTH} printable letters.")
    return name


def _own_name() -> str:
    name = socket.gethostname().strip()[:MAX_DEVICE_LENGTH]
    return name if name and name.isprintable() else "client"
