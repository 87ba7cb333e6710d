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
from collections import Counter
from collections.abc import Iterator
from typing import Any

from server.connection import Connection, ConnectionLimits, Responder, reset
from server.errors import SetupProblem
from server.process.liveness import Liveness
from server.receive_budget import ReceiveBudget
from server.tls.sockets import Encryption

log = logging.getLogger(__name__)

# How long the listener rests when no file can be opened, or no memory is left: it would be asked again at once.
SHORTAGE_PAUSE_S = 0.1
# How often the listener looks whether it is to end.
POLL_S = 0.1
# The listener only takes connections, which takes it milliseconds. Where the start of a thread never returns, as it
# does when the memory ends at the wrong moment, nobody is heard any more.
LISTENER_LIMIT_S = 60.0
# How long a stop waits for it.
LISTENER_PATIENCE_S = 5.0


class _Ended(Exception):
    """The listener's loop is over."""


class TcpServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Takes its port at once; listens from `listen` on, answers in `serve_forever`.

    `stop` ends every idle connection and waits for the busy ones.
    """

    allow_reuse_address = True
    request_queue_size = 128
    daemon_threads = True
    block_on_close = False

    def __init__(
        self,
        host: str,
        port: int,
        responder: Responder,
        limits: ConnectionLimits,
        liveness: Liveness | None = None,
        encryption: Encryption | None = None,
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.responder = responder
        self.limits = limits
        self.encryption = encryption
        self.budget = ReceiveBudget(limits.held_bytes)
        self._lock = threading.Lock()
        self._served: set[Connection] = set()
        self._turned_away: set[Connection] = set()
        self._headless: set[Connection] = set()  # of a proxy that has not said yet whose they are
        self._ended = threading.Condition(self._lock)
        self.stopping = False
        self._heartbeat = (liveness or Liveness()).watch("listener", LISTENER_LIMIT_S)
        self._may_end = threading.Event()
        self._has_ended = threading.Event()
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

    def _make_room(self, host: str) -> bool:
        """Hang up on an idle connection of the address that has the most, so that none keeps another out for ever.

        One that has more than `host` would have loses one at any time; any other, one that has been idle for longer
        than a whole message may take.
        """
        held = Counter(each.host for each in self._served)
        idle = [
            (held[each.host], idle_s, each)
            for each in self._served
            if (idle_s := each.idle_s) is not None
            and (held[each.host] > held[host] + 1 or idle_s > self.limits.message_timeout_s)
        ]
        if not idle:
            return False
        _, _, most = max(idle, key=lambda each: each[:2])
        self._served.discard(most)
        most.no_more_input()
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

    def await_header(self, connection: Connection) -> bool:
        """Count in a connection of a proxy that has yet to say whose it is; False where it is one too many."""
        with self._lock:
            room = len(self._headless) < self.limits.connections and not self.stopping
            if room:
                self._headless.add(connection)
            return room

    def admit(self, connection: Connection) -> bool:
        """Count a new connection in; False where it is one too many."""
        with self._lock:
            if self.stopping:
                connection.no_more_input()
            self._headless.discard(connection)
            room = len(self._served) < self.limits.connections or self._make_room(connection.host)
            (self._served if room else self._turned_away).add(connection)
            return room

    def verify_request(self, request: Any, client_address: Any) -> bool:
        # A flood far over the limit must not make threads, so it is not even told; nor does one machine's keep others
        # from being told.
        with self._lock:
            others = len(self._turned_away)
            is_first = all(each.host != client_address[0] for each in self._turned_away)
            has_room = others < self.limits.connections or (is_first and others < 2 * self.limits.connections)
        if not has_room:
            reset(request)
        return has_room

    def dismiss(self, connection: Connection) -> None:
        with self._ended:
            self._served.discard(connection)
            self._turned_away.discard(connection)
            self._headless.discard(connection)
            self._ended.notify_all()

    def stop(self, patience_s: float = 30.0) -> bool:
        """End idle connections, and wait until the busy ones have answered; False: some did not end in time."""
        deadline = time.monotonic() + patience_s
        self._may_end.set()
        heard = self._heartbeat.thread is None or self._has_ended.wait(LISTENER_PATIENCE_S)
        self.server_close()
        with self._ended:
            self.stopping = True
            for connection in self._served | self._turned_away | self._headless:
                connection.no_more_input()
            while self._served and (left := deadline - time.monotonic()) > 0:
                self._ended.wait(left)
            return heard and not self._served

    def start(self) -> None:
        """Answer in a thread of its own, until `stop`."""
        thread = threading.Thread(target=self.serve_forever, args=(POLL_S,), name="listener", daemon=True)
        self._heartbeat.thread = thread
        thread.start()

    def serve_forever(self, poll_interval: float = POLL_S) -> None:
        """Until `stop` is called from another thread."""
        self._heartbeat.thread = threading.current_thread()
        try:
            with contextlib.suppress(_Ended):
                super().serve_forever(poll_interval)
        finally:
            self._has_ended.set()

    def service_actions(self) -> None:
        """Between two connections, and while none comes."""
        self._heartbeat.beat()
        if self._may_end.is_set():
            raise _Ended

    def get_request(self) -> Any:
        try:
            return super().get_request()
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                log.error("no more files can be opened (%s): raise the service's limit (ulimit -n)", error.strerror)
                time.sleep(SHORTAGE_PAUSE_S)
            raise
        except Exception as error:
            # Whatever else is raised here would end the loop, and nobody would be heard any more.
            time.sleep(SHORTAGE_PAUSE_S)
            log.error("a connection could not be taken: %s", type(error).__name__)
            raise ConnectionAbortedError from error

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """A defect in one connection's thread ends that connection only."""
        with contextlib.suppress(MemoryError):
            log.exception("connection of %s ended by a defect", client_address)
