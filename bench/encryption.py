"""What TLS costs on the wire: marks a second on kept connections beside those in the clear, and a handshake."""

import socket
import ssl
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

from bench import mark_rates
from bench.mark_rates import CONNECTIONS, acknowledge, clients_of, marks, rate
from bench.table import Row, limited, more
from client.tls import security_context
from demo.programs import running_server
from server.clock import utc_now
from server.store import open_store
from server.tls.authority import AuthorityFolder, new_certificate

LOT: Final = 100
AT_LEAST: Final = 0.75
HANDSHAKES: Final = 100


def rows() -> Iterator[Row]:
    """Takes about half a minute."""
    with _server() as (port, security):
        for count, hours in ((CONNECTIONS, marks()[: len(marks()) // 2]), (1, marks()[len(marks()) // 2 :])):
            encrypted, plain = _rates(port, security, count, hours)
            what = f"marks acknowledged by {count} kept connections, SQLite, under TLS; reference: in the clear"
            yield more(what, encrypted, plain, "/s", AT_LEAST)
        yield limited(
            "a connection with its handshake, both sides on this machine", _handshake_ms(port, security), 50, "ms"
        )


@contextmanager
def _server() -> Iterator[tuple[int, ssl.SSLContext]]:
    """Takes both on one port."""
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as name:
        folder = Path(name)
        (folder / "knowns").mkdir()
        database, made = str(folder / "ours.sqlite"), AuthorityFolder(folder / "certificates")
        new_certificate(made, ["127.0.0.1"], now=utc_now())
        with closing(open_store(database, key_file=folder / "key")) as store:
            mark_rates.prepare(store)
        flags = ["--tls", "optional", "--tls-certificate", str(made.certificate), "--tls-key", str(made.key)]
        with running_server(folder, "--database", database, *flags) as server:
            yield server.port, security_context(made.authority)


def _rates(port: int, security: ssl.SSLContext, count: int, wanted: Sequence[tuple[str, int]]) -> tuple[float, float]:
    """The fastest of lots that take turns: what else the machine does only ever adds, and not to both alike."""
    encrypted: list[float] = []
    plain: list[float] = []
    with clients_of(port) as in_the_clear, ExitStack() as opened:
        under_tls = [opened.enter_context(_connected(port, security)) for _ in range(count)]
        ways: list[tuple[list[float], Sequence[socket.socket]]] = [
            (plain, in_the_clear[:count]),
            (encrypted, under_tls),
        ]
        for number, first in enumerate(range(0, len(wanted) - 2 * LOT + 1, 2 * LOT)):
            for at, (rates, connections) in enumerate(ways if number % 2 else reversed(ways)):
                begins = first + at * LOT
                rates.append(rate(wanted[begins : begins + LOT], connections, acknowledge))
    return max(encrypted), max(plain)


def _connected(port: int, security: ssl.SSLContext) -> ssl.SSLSocket:
    stream = socket.create_connection(("127.0.0.1", port))
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return security.wrap_socket(stream, server_hostname="127.0.0.1")


def _handshake_ms(port: int, security: ssl.SSLContext) -> float:
    taken = []
    for _ in range(HANDSHAKES):
        started = time.perf_counter()
        with _connected(port, security):
            taken.append(time.perf_counter() - started)
    return 1000 * statistics.median(taken)
