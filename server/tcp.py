"""The listener: takes connections, counts them, gives each a thread, and stops cleanly. Reads and writes no byte.

Whatever one connection does, the others do not wait for it.
"""

import contextlib
import errno
import logging
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from typing import Any

from server.connection import Connection, ConnectionLimits, Responder
from server.errors import SetupProblem

log = logging.getLogger(__name__)

# How long the listener rests when no file can be opened: it would be asked again at once.
OUT_OF_FILES_PAUSE_S = 0.1


class TcpServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Takes its port at once; listens from `listen` on, answers in `serve_forever`.

    `stop` ends every idle connection and waits for the busy ones.
    """

    allow_reuse_address = True
    request_queue_size = 128
    daemon_threads = True
    block_on_close = False

    def __init__(self, host: str, port: int, responder: Responder, limits: ConnectionLimits) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.responder = responder
        self.limits = limits
        self._lock = threading.Lock()
        self._served: set[Connection] = set()
        self._turned_away: set[Connection] = set()
        self._ended = threading.Condition(self._lock)
        self.stopping = False
        super().__init__((host, port), Connection, bind_and_activate=False)
        with self._telling_of_the_port(host, port):
            self.server_bind()

    def listen(self) -> None:
        """Let clients connect. Raises SetupProblem."""
        # Of two servers that start at once both get the port, and one may listen.
        with self._telling_of_the_port(*self.server_address[:2]):
            self.server_activate()

    @contextlib.contextmanager
    def _telling_of_the_port(self, host: Any, port: Any) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.server_close()
            raise SetupProblem(
                f"Port {port} of {host} cannot be used: {error.strerror}. Choose another by --port, "
                "or stop what listens there."
            ) from error

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def _make_room(self) -> bool:
        """Hang up on the connection that has been silent longest, longer than a whole message may take."""
        silent = [each for each in self._served if each.silent_s > self.limits.message_timeout_s]
        if not silent:
            return False
        longest = max(silent, key=lambda each: each.silent_s)
        self._served.discard(longest)
        longest.no_more_input()
        return True

    def admit_later(self, connection: Connection, patience_s: float) -> bool:
        """Admit a connection that was one too many once a place is free; False: none became free in time."""
        with self._ended:
            free = self._ended.wait_for(lambda: len(self._served) < self.limits.connections, patience_s)
            if free:
                self._turned_away.discard(connection)
                self._served.add(connection)
            return free

    @property
    def served(self) -> int:
        with self._lock:
            return len(self._served)

    def admit(self, connection: Connection) -> bool:
        """Count a new connection in; False where it is one too many."""
        with self._lock:
            if self.stopping:
                connection.no_more_input()
            room = len(self._served) < self.limits.connections or self._make_room()
            (self._served if room else self._turned_away).add(connection)
            return room

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002
        # A flood far over the limit must not make threads, so it is not even told.
        with self._lock:
            return len(self._turned_away) < self.limits.connections

    def dismiss(self, connection: Connection) -> None:
        with self._ended:
            self._served.discard(connection)
            self._turned_away.discard(connection)
            self._ended.notify_all()

    def stop(self, patience_s: float = 30.0) -> bool:
        """End idle connections, and wait until the busy ones have answered; False: some did not end in time."""
        self.shutdown()
        self.server_close()
        deadline = time.monotonic() + patience_s
        with self._ended:
            self.stopping = True
            for connection in self._served | self._turned_away:
                connection.no_more_input()
            while self._served and (left := deadline - time.monotonic()) > 0:
                self._ended.wait(left)
            return not self._served

    def get_request(self) -> Any:
        try:
            return super().get_request()
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                log.error("no more files can be opened (%s): raise the service's limit (ulimit -n)", error.strerror)
                time.sleep(OUT_OF_FILES_PAUSE_S)
            raise

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """A defect in one connection's thread ends that connection only."""
        log.exception("connection of %s ended by a defect", client_address)
