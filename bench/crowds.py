"""How much later others' marks are acknowledged while crowds sign in, or hold connections of every listener."""

import http.client
import itertools
import socket
import ssl
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from bench import mark_rates
from bench.mark_rates import COURSE
from bench.table import Row, limited
from client.tls import security_context
from demo.programs import Running, running_server
from protocol import messages
from protocol.framing import FrameDecoder
from server.clock import utc_now
from server.services.identity.passwords import Passwords
from server.store import open_store
from server.tls.authority import AuthorityFolder, new_certificate

SLOW: Final = 64
SLOW_AN_ADDRESS: Final = 4
SIGN_INS: Final = 20
TRIES: Final = 5
SEE_OTHER: Final = 303
MARKS: Final = 200
LATER_MS: Final = 50.0
PASSWORD: Final = "correct horse battery"  # noqa: S105  # of accounts that live as long as the bench
PATIENCE_S: Final = 60.0
SEEDS_PORT: Final = 1219
STATES: Final = ("present", "absent")

_HEAD: Final = "HTTP/1.1\r\nHost: localhost\r\n"
_HALF: Final = f"{_HEAD}Content-Length: 1000\r\nContent-Type: "
BEGINNINGS: Final = {
    "the wire": b"\xa7",
    "/v1": f"POST /v1/marks {_HALF}application/json\r\n\r\n{{".encode(),
    "the pages": f"POST /sign-in {_HALF}application/x-www-form-urlencoded\r\n\r\nu".encode(),
    "the HTTP of 2019": f"GET /modelat?ip=http://10.0.0.1/ {_HEAD}".encode(),
}
# The first bytes of a TLS handshake that does not go on.
HELLO_BEGUN: Final = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"


@dataclass(frozen=True, slots=True)
class Listeners:
    """Ports by what they are called in BEGINNINGS. security: None: nothing is encrypted."""

    ports: dict[str, int]
    security: ssl.SSLContext | None


def rows() -> Iterator[Row]:
    """Takes about half a minute."""
    for encrypts in (False, True):
        with _server(encrypts) as listeners, closing(_Marker(listeners.ports["the wire"])) as marker:
            alone = marker.percentile_ms()  # each time anew: the machine has other work too
            with _signing_in(listeners) as goes_on:
                crowded = marker.percentile_ms(goes_on)
            yield _row(f"{SIGN_INS} people sign in at once", encrypts, alone, crowded)
            for name in BEGINNINGS:
                alone = marker.percentile_ms()
                with ExitStack() as opened:
                    for number in range(SLOW):
                        opened.callback(_slow(listeners, name, number).close)
                    crowded = marker.percentile_ms()
                yield _row(f"{SLOW} slow clients on {name}", encrypts, alone, crowded)


def _row(crowd: str, encrypts: bool, alone: float, crowded: float) -> Row:
    how = ", under TLS" if encrypts else ""
    what = f"a mark's 95th percentile over the wire, by how much later while {crowd}{how} (alone: {alone:.1f} ms)"
    return limited(what, crowded - alone, LATER_MS, "ms")


@contextmanager
def _server(encrypts: bool) -> Iterator[Listeners]:
    """Where it encrypts, the wire takes both, and the HTTP of 2019 is in the clear as ever."""
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as name:
        folder, made = Path(name), AuthorityFolder(Path(name) / "certificates")
        (folder / "knowns").mkdir()
        database = str(folder / "ours.sqlite")
        _prepare(database, folder)
        flags = ["--database", database, "--http-port", "0", "--legacy-http", f"{SEEDS_PORT}={_free_port()}"]
        if encrypts:
            new_certificate(made, ["127.0.0.1", "localhost"], now=utc_now())
            flags += ["--tls", "optional", "--tls-certificate", str(made.certificate), "--tls-key", str(made.key)]
        with running_server(folder, *flags) as server:
            http_port, seeds_port = _said_port(server), _said_port(server)
            ports = {"the wire": server.port, "/v1": http_port, "the pages": http_port, "the HTTP of 2019": seeds_port}
            yield Listeners(ports, security_context(made.authority) if encrypts else None)


def _prepare(database: str, folder: Path) -> None:
    hashed = Passwords().hash(PASSWORD)
    with closing(open_store(database, key_file=folder / "key")) as store:
        mark_rates.prepare(store)
        for number in range(SIGN_INS):
            store.accounts.add(f"user{number}", at=utc_now(), by="bench")
            store.accounts.set_password(f"user{number}", hashed, at=utc_now(), by="bench")


def _said_port(server: Running) -> int:
    assert server.process.stdout is not None
    line = server.process.stdout.readline()
    assert line.startswith("http"), line
    return int(line.rsplit(":", 1)[1])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class _Marker:
    """One kept connection that marks one student after the other, each time otherwise than before."""

    def __init__(self, port: int) -> None:
        self._client = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
        self._client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._count = itertools.count()
        self.percentile_ms()  # so that whatever is made once is there

    def percentile_ms(self, goes_on: Callable[[], bool] = lambda: False) -> float:
        """Of MARKS marks, or of as many as there are while it goes on."""
        took: list[float] = []
        while len(took) < MARKS or goes_on():
            started = time.perf_counter()
            self._mark(next(self._count))
            took.append(1000 * (time.perf_counter() - started))
        return statistics.quantiles(took, n=20)[-1]

    def close(self) -> None:
        self._client.close()

    def _mark(self, number: int) -> None:
        student = f"{1 + number % mark_rates.STUDENTS:09d}"
        state = STATES[number // mark_rates.STUDENTS % 2]
        message = messages.Mark(student=student, course=COURSE, key=f"crowds-{number}", hour=1, state=state)  # type: ignore[arg-type]
        self._client.sendall(messages.encode(message, 1 + number % 1000))
        decoder = FrameDecoder()
        while (frame := decoder.next_frame()) is None:
            decoder.receive(self._client.recv(65536))
        reply = messages.decode_reply(frame).message
        assert isinstance(reply, messages.Marked), reply


def _slow(listeners: Listeners, name: str, number: int) -> socket.socket:
    """A client that begins and does not go on; under TLS every other one within its handshake."""
    source = f"127.0.2.{1 + number // SLOW_AN_ADDRESS}"
    client = socket.create_connection(("127.0.0.1", listeners.ports[name]), PATIENCE_S, (source, 0))
    if listeners.security is not None and name != "the HTTP of 2019":
        if number % 2:
            client.sendall(HELLO_BEGUN)
            return client
        client = listeners.security.wrap_socket(client, server_hostname="127.0.0.1")
    client.sendall(BEGINNINGS[name])
    return client


@contextmanager
def _signing_in(listeners: Listeners) -> Iterator[Callable[[], bool]]:
    """Everybody at once; within the block it says whether somebody still is at it."""
    failed: list[str] = []
    threads = [threading.Thread(target=_sign_in, args=(listeners, number, failed)) for number in range(SIGN_INS)]
    for each in threads:
        each.start()
    yield lambda: any(each.is_alive() for each in threads)
    for each in threads:
        each.join()
    assert not failed, failed


def _sign_in(listeners: Listeners, number: int, failed: list[str]) -> None:
    port, security = listeners.ports["the pages"], listeners.security
    connection = (
        http.client.HTTPSConnection("127.0.0.1", port, timeout=PATIENCE_S, context=security)
        if security
        else http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    )
    scheme = "https" if security else "http"
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"{scheme}://127.0.0.1:{port}"}
    body = urlencode({"user": f"user{number}", "password": PASSWORD, "next": "/"})
    status = 0
    with closing(connection):
        for _ in range(TRIES):  # on a machine that is busy some are told to try again in a moment
            connection.request("POST", "/sign-in", body, headers)
            answer = connection.getresponse()
            answer.read()
            if (status := answer.status) == SEE_OTHER:
                return
    failed.append(f"user{number}: {status}")
