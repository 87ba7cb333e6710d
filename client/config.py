"""What can be set on the client."""

import math
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from client.errors import UsageError
from client.token_file import read_token
from settings import WrongSetting, load_settings, require_possible, setting
from settings.folders import state_folder

# As protocol.fields.Name.
MAX_DEVICE_LENGTH: Final = 100
MAX_SECONDS: Final = 3600.0
_EXAMPLE: Final = "127.0.0.1:20060"
_SWITCH: Final = {"on": True, "1": True, "yes": True, "required": True, "off": False, "0": False, "no": False}


def parse_server(text: str, source: str = "--server") -> tuple[str, int]:
    """Host, in lower case, and port of HOST:PORT or [IPv6]:PORT. Raises UsageError, naming `source`."""
    plain, host, port = text.strip(), None, None
    with suppress(ValueError):
        parts = urlsplit(f"//{plain}")
        is_one = parts.netloc == plain and plain.isprintable() and not set(plain) & set(" @")
        if is_one and plain.partition("]")[2][:1] in ("", ":"):
            host, port = parts.hostname, parts.port
    if host and port is None:
        raise UsageError(f"{source} is {text!r}: the port is missing; it must be HOST:PORT, such as {_EXAMPLE}.")
    if not host or not port:
        raise UsageError(f"{source} is {text!r}, but it must be HOST:PORT, such as {_EXAMPLE} or [::1]:20060.")
    return host, port


def parse_seconds(text: str, source: str) -> float:
    """Raises UsageError, naming `source`."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= MAX_SECONDS:
        raise UsageError(f"{source} is {text!r}, but it must be seconds, above 0 and up to {MAX_SECONDS:g}.")
    return seconds


def parse_device(text: str, source: str) -> str:
    """A device's name without the spaces around it. Raises UsageError, naming `source`."""
    name = text.strip()
    if not name or not name.isprintable() or len(name) > MAX_DEVICE_LENGTH:
        raise UsageError(f"{source} is {text!r}, but a device's name is 1 to {MAX_DEVICE_LENGTH} printable letters.")
    return name


def parse_switch(text: str, source: str) -> bool:
    """Raises UsageError, naming `source`."""
    if text.strip().lower() not in _SWITCH:
        raise UsageError(f"{source} is {text!r}, but it must be on or off.")
    return _SWITCH[text.strip().lower()]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings:
    """server: host and port."""

    server: tuple[str, int] = setting(
        parse_server(_EXAMPLE),
        f"Where the server is (ROLLCALL_SERVER; default: {_EXAMPLE}).",
        unit="HOST:PORT",
        parse=parse_server,
    )
    # Within 25 s of its arrival the server has answered a picture, or said that it is busy: five are left for its way.
    timeout_s: float = setting(
        30.0,
        "How long an answer may take (ROLLCALL_TIMEOUT_S; default: 30).",
        unit="SECONDS",
        flag="timeout",
        parse=parse_seconds,
    )
    outbox: Path = setting(
        Path(),
        "Where what is not sent yet is kept (ROLLCALL_OUTBOX; default: in the user's state folder).",
        unit="FILE",
    )
    device: str = setting(
        "client",
        "This device's name in the server's records (ROLLCALL_DEVICE; default: the host's name).",
        unit="NAME",
        parse=parse_device,
    )
    token_file: Path | None = setting(
        None,
        "File of this device's token, which only you may be able to read (ROLLCALL_TOKEN_FILE, or the token itself in "
        "ROLLCALL_TOKEN).",
        unit="FILE",
    )
    tls: bool = setting(
        False,
        "Encrypt the connection, and talk to no other server than the one that --server names (ROLLCALL_TLS=on).",
        parse=parse_switch,
    )
    ca: Path | None = setting(
        None,
        "PEM file of who vouches for the server, as its administrator hands it out; implies --tls (ROLLCALL_CA; "
        "default: whom the system trusts).",
        unit="FILE",
    )
    token: str = setting("", "The token itself; it has no flag, for flags are seen by others.", secret=True)
    kept_pictures: int = setting(20, "How many pictures that could not be sent are kept.", least=0, most=1000)
    kept_pictures_s: float = setting(600.0, "For how many seconds they are kept.", parse=parse_seconds)

    def __post_init__(self) -> None:
        require_possible(self)

    @property
    def encrypts(self) -> bool:
        return self.tls or self.ca is not None

    @property
    def server_name(self) -> str:
        """HOST:PORT as the outbox names a server, however it was typed."""
        return f"{self.host.lower()}:{self.port}"

    @property
    def host(self) -> str:
        return self.server[0]

    @property
    def port(self) -> int:
        return self.server[1]


def load(flags: Mapping[str, Any], environment: Mapping[str, str]) -> ClientSettings:
    """As settings.load_settings. Raises UsageError."""
    outbox = state_folder(environment) / "outbox.sqlite"
    try:
        loaded = load_settings(ClientSettings, flags, environment, outbox=outbox, device=_own_name())
    except WrongSetting as wrong:
        raise UsageError(wrong.text) from wrong
    if loaded.token_file is None:
        return loaded
    return replace(loaded, token=read_token(loaded.token_file))


def _own_name() -> str:
    name = socket.gethostname().strip()[:MAX_DEVICE_LENGTH]
    return name if name and name.isprintable() else "client"
