"""What an HAProxy knows of those behind it, by the socket of its statistics."""

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PATIENCE_S: Final = 5.0
_SUMS: Final = ("FRONTEND", "BACKEND")


@dataclass(frozen=True, slots=True)
class Behind:
    """One that a proxy sends to. status: as HAProxy words it, UP or DOWN first; sessions: there just now."""

    section: str
    name: str
    status: str
    sessions: int

    @property
    def is_up(self) -> bool:
        return self.status.startswith("UP")


def behind(stats: Path) -> tuple[Behind, ...]:
    """Raises OSError where the proxy does not answer."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(_PATIENCE_S)
        asking.connect(str(stats))
        asking.sendall(b"show stat\n")
        told = b""
        while data := asking.recv(65536):
            told += data
    names, *lines = (line.split(",") for line in told.decode().splitlines() if line)
    rows = [dict(zip(names, line, strict=True)) for line in lines]
    return tuple(
        Behind(row["# pxname"], row["svname"], row["status"], int(row["scur"]))
        for row in rows
        if row["svname"] not in _SUMS
    )
