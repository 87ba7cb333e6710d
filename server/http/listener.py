"""Run an HTTP application in a thread of this process, on a port of its own."""

import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import uvicorn

from server.errors import SetupProblem
from server.http.connection import ConnectionLimits, connection_class
from server.http.gate import Application
from server.process.liveness import Liveness

# How long the answers that have begun may take at a stop.
STOP_PATIENCE_S: Final = 20
# The event loop only moves bytes: one that does nothing for so long hangs.
DEAF_S: Final = 60.0
BACKLOG: Final = 128
# How long the end of the encryption may take until the connection ends without it.
SHUTDOWN_S: Final = 2.0

# It logs a line for each start and stop, and each bad request; ours stand in the gate.
logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
# It would log every URL whole: behind the `?` of one that ends a sign-in stands a code.
logging.getLogger("uvicorn.access").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """setting: the one that chooses the port, for the sentence that says so."""

    host: str
    port: int
    setting: str = "http_port"


class HttpListener:
    """Takes its port at once; answers from `start` on. threads: of those that run handlers. context: with one,
    everything is encrypted.

    stopping: called once before the listener waits for what is being answered, so that endless answers end.
    """

    def __init__(
        self,
        address: Address,
        application: Application,
        limits: ConnectionLimits,
        *,
        threads: int,
        liveness: Liveness | None = None,
        stopping: Callable[[], None] = lambda: None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._socket = _bound(address)
        self._address = address
        self._executor = ThreadPoolExecutor(threads, "http")
        self._stopping = stopping
        self._handshake_timeout_s = limits.message_timeout_s
        self.encrypts = context is not None
        config = uvicorn.Config(
            _with_executor(application, self._executor),
            http=connection_class(limits),
            ws="none",
            loop="asyncio",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=BACKLOG,
            timeout_keep_alive=int(limits.keep_alive_s),
            timeout_graceful_shutdown=STOP_PATIENCE_S,
            ssl_context_factory=None if context is None else lambda _config, _default: context,
            h11_max_incomplete_event_size=limits.head_bytes,
            callback_notify=self._beat,
            timeout_notify=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name=f"http-{self.port}", daemon=True)
        self._heartbeat = (liveness or Liveness()).watch(self._thread.name, DEAF_S)
        self._heartbeat.thread = self._thread

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    @property
    def name(self) -> str:
        """`HOST:PORT`."""
        host = f"[{self._address.host}]" if ":" in self._address.host else self._address.host
        return f"{host}:{self.port}"

    def start(self) -> None:
        """Raises SetupProblem where somebody else listens there."""
        try:
            self._socket.listen(BACKLOG)
        except OSError as error:
            raise _taken(self._address, error) from error
        self._thread.start()

    def begin_stop(self) -> None:
        """Take no further connection; what has begun goes on to its answer."""
        if not self._server.should_exit:
            self._server.should_exit = True
            self._stopping()

    def stop(self, patience_s: float = STOP_PATIENCE_S + 5.0) -> bool:
        """Answer what has begun and end; False where that took too long."""
        if not self._thread.is_alive():
            self._socket.close()
            return True
        self.begin_stop()
        self._thread.join(patience_s)
        self._executor.shutdown(wait=False, cancel_futures=True)
        return not self._thread.is_alive()

    async def _beat(self) -> None:
        self._heartbeat.beat()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: _Loop(self._handshake_timeout_s)) as runner:
            runner.run(self._server.serve(sockets=[self._socket]))


class _Loop(asyncio.SelectorEventLoop):
    """Gives a handshake its time and no more; otherwise each has a minute."""

    def __init__(self, handshake_timeout_s: float) -> None:
        super().__init__()
        self._handshake_timeout_s = handshake_timeout_s

    async def create_server(self, *arguments: Any, **more: Any) -> asyncio.Server:
        if more.get("ssl") is not None:
            more |= {"ssl_handshake_timeout": self._handshake_timeout_s, "ssl_shutdown_timeout": SHUTDOWN_S}
        return await super().create_server(*arguments, **more)


def _with_executor(application: Application, executor: ThreadPoolExecutor) -> Application:
    async def run(scope, receive, send):  # type: ignore[no-untyped-def]  # as ASGI says
        if scope["type"] == "lifespan":
            asyncio.get_running_loop().set_default_executor(executor)
        await application(scope, receive, send)

    return run


def _bound(address: Address) -> socket.socket:
    # Only of a socket that says its protocol asyncio switches off the delay (TCP_NODELAY), which costs 40 ms an answer.
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((address.host, address.port))
    except OSError as error:
        bound.close()
        raise _taken(address, error) from error
    return bound


def _taken(address: Address, error: OSError) -> SetupProblem:
    return SetupProblem(
        f"Port {address.port} of {address.host} cannot be used for HTTP: {error.strerror}. Choose another by "
        f"{address.setting}, or stop what listens there."
    )
