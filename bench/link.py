"""A link with a delay: a proxy on loopback that hands every byte on a fixed time later, in both directions.

Counts round trips as they are on the wire: a turn from the server's answer back to the client's next request.
"""

import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

CHUNK_BYTES = 64 * 1024


@dataclass
class Link:
    """`port` on 127.0.0.1 leads to the server; `round_trips` counts since `forget`. Owns its lock."""

    port: int
    round_trips: int = 0
    _asked_last: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def passed(self, *, asked: bool) -> None:
        """Bytes went by: from the client (`asked`) or from the server. The first request after an answer counts."""
        with self._lock:
            if asked and not self._asked_last:
                self.round_trips += 1
            self._asked_last = asked

    def forget(self) -> None:
        """Count from here."""
        with self._lock:
            self.round_trips, self._asked_last = 0, False


@contextmanager
def delayed_link(server_port: int, one_way_s: float) -> Iterator[Link]:
    """A proxy before 127.0.0.1:`server_port` that takes `one_way_s` seconds each way.

    A connection is accepted at once: the round trip that TCP's own opening takes on a real link is not in it.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    link = Link(listener.getsockname()[1])
    ends: list[socket.socket] = [listener]

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", server_port))
                ends.extend((client, server))
                for each in (client, server):
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                _carry(client, server, one_way_s, lambda: link.passed(asked=True))
                _carry(server, client, one_way_s, lambda: link.passed(asked=False))

    threading.Thread(target=accept, name="link", daemon=True).start()
    try:
        yield link
    finally:
        for each in ends:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


def _carry(source: socket.socket, sink: socket.socket, delay_s: float, seen: Callable[[], None]) -> None:
    """Two threads: one notes when bytes came, the other hands them on when their time is up."""
    waiting: queue.Queue[tuple[float, bytes]] = queue.Queue()

    def read() -> None:
        data = b"-"
        while data:
            try:
                data = source.recv(CHUNK_BYTES)
            except OSError:
                data = b""
            waiting.put((time.monotonic() + delay_s, data))
            if data:
                seen()

    def write() -> None:
        while True:
            due, data = waiting.get()
            time.sleep(max(0.0, due - time.monotonic()))
            with suppress(OSError):
                if not data:
                    sink.shutdown(socket.SHUT_WR)
                    return
                sink.sendall(data)

    for work in (read, write):
        threading.Thread(target=work, name=f"link-{work.__name__}", daemon=True).start()
