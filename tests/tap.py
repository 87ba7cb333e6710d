"""A tap on the wire: hands every byte on between clients and a server, and keeps what went by."""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

CHUNK_BYTES = 64 * 1024
RECORDS = {20, 21, 22, 23}
"""The kinds of TLS records (RFC 8446, 5.1)."""


@dataclass
class Tap:
    """port: on 127.0.0.1, leads to the server. from_server, from_clients: by connection, in the order they came."""

    port: int
    from_server: list[bytearray] = field(default_factory=list)
    from_clients: list[bytearray] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    @property
    def everything(self) -> bytes:
        return b"".join(map(bytes, self.from_server + self.from_clients))


@contextmanager
def tapped(server_port: int) -> Iterator[Tap]:
    listener = socket.create_server(("127.0.0.1", 0))
    tap = Tap(listener.getsockname()[1])
    ends: list[socket.socket] = []

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", server_port))
                ends.extend((client, server))
                for source, sink, kept in ((server, client, tap.from_server), (client, server, tap.from_clients)):
                    kept.append(bytearray())
                    thread = threading.Thread(target=_carry, args=(source, sink, kept[-1]))
                    tap.threads.append(thread)
                    thread.start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield tap
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for each in ends:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in tap.threads:
            thread.join()
        for each in ends:
            each.close()


def _carry(source: socket.socket, sink: socket.socket, kept: bytearray) -> None:
    try:
        while data := source.recv(CHUNK_BYTES):
            kept += data
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        with contextlib.suppress(OSError):
            sink.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sink.shutdown(socket.SHUT_RDWR)


def outside_of_records(stream: bytes) -> bytes:
    """What of one direction is in no TLS record; a last record may be cut short."""
    at = 0
    while at < len(stream):
        head = stream[at : at + 5]
        if head[0] not in RECORDS or (len(head) > 1 and head[1] != 3) or (len(head) > 2 and head[2] > 4):
            return bytes(stream[at:])
        if len(head) < 5:
            break
        at += 5 + int.from_bytes(head[3:5], "big")
    return b""
