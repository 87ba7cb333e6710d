"""How much memory the server takes at most, and what it gives back: every connection in a message, largest pictures.

The server runs as the program that people start; what is resident is read from /proc, so it runs on Linux alone.
"""

import socket
import struct
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Final

import numpy as np

from bench.table import Row, limited, not_run
from client.api import Api
from client.errors import ClientError
from client.transport import TcpTransport
from demo.programs import running_server
from demo.scene import make_scene
from protocol.framing import MAGIC, MAX_PAYLOAD_BYTES

# What docs/operation.md gives the service.
MEMORY_MAX_MIB: Final = 2048
PHOTOGRAPHS: Final = Path(__file__).resolve().parent.parent / ".cache" / "photos"
BEGUN: Final = 62
HEADER: Final = b'{"type":"snapshot","id":1}'
SIDE_PX: Final = 5000
# How long the burst may take to be over, and what is given back afterwards.
PATIENCE_S: Final = 120.0


def rows() -> Iterator[Row]:
    """Resident memory at rest, in a burst and after it. Takes two minutes."""
    if not Path("/proc/self/status").is_file():
        yield not_run("memory of the server (no /proc here)")
        return
    with tempfile.TemporaryDirectory() as folder:
        make_scene(PHOTOGRAPHS, Path(folder))
        with running_server(Path(folder)) as server:
            measured = _burst(server.port, server.process.pid)
    for name, mib in measured.items():
        yield limited(f"memory of the server {name}", mib, MEMORY_MAX_MIB, "MiB")


def _burst(port: int, pid: int) -> dict[str, float]:
    measured = {"at rest": _mib(pid, "VmRSS")}
    picture = largest_picture()
    stop = threading.Event()
    with ExitStack() as stack:
        stack.callback(stop.set)
        begun = [threading.Thread(target=_keep_beginning, args=(port, stop), daemon=True) for _ in range(BEGUN)]
        senders = [threading.Thread(target=_send, args=(port, picture), daemon=True) for _ in range(2)]
        for thread in begun:
            thread.start()
        time.sleep(5)
        measured[f"with {BEGUN} messages of 16 MiB begun"] = _mib(pid, "VmRSS")
        for thread in senders:
            thread.start()
        for thread in senders:
            thread.join(PATIENCE_S)
        measured["at most, with two PNGs of 25 megapixels in 16 bits beside them"] = _mib(pid, "VmHWM")
        stop.set()
        for thread in begun:
            thread.join(PATIENCE_S)
    time.sleep(15)
    measured["fifteen seconds after it"] = _mib(pid, "VmRSS")
    return measured


def largest_picture() -> bytes:
    """A PNG of 25 megapixels, RGBA in 16 bits, under 16 MiB."""
    random = np.random.default_rng(1)
    row = b"\0" + np.repeat(random.integers(0, 65536, SIDE_PX // 10, dtype=np.uint16), 40).astype(">u2").tobytes()
    packer = zlib.compressobj(1)
    data = b"".join([packer.compress(row) for _ in range(SIDE_PX)] + [packer.flush()])
    header = struct.pack(">IIBBBBB", SIDE_PX, SIDE_PX, 16, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _keep_beginning(port: int, stop: threading.Event) -> None:
    # One connection that always has a message begun, and begins another where it is refused.
    prefix = MAGIC + struct.pack(">II", len(HEADER), MAX_PAYLOAD_BYTES) + HEADER
    while not stop.is_set():
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
            connection.sendall(prefix + bytes(MAX_PAYLOAD_BYTES - 1))
            while not stop.wait(0.2):
                connection.settimeout(0.05)
                with suppress(TimeoutError):
                    if not connection.recv(4096):
                        break


def _send(port: int, picture: bytes) -> None:
    with closing(TcpTransport("127.0.0.1", port, PATIENCE_S)) as transport, suppress(ClientError):
        Api(transport, "bench").snapshot(picture)


def _mib(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(name)
