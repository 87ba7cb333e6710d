"""An HTTP listener of this process on a free port, spoken to in bytes."""

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from server.http.connection import ConnectionLimits
from server.http.gate import Application
from server.http.listener import Address, HttpListener

PATIENCE_S = 20.0


class Answer(NamedTuple):
    """headers: their names in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@contextmanager
def listening(
    application: Application,
    limits: ConnectionLimits | None = None,
    *,
    threads: int = 4,
    stopping: Callable[[], None] = lambda: None,
    context: ssl.SSLContext | None = None,
) -> Iterator[HttpListener]:
    listener = HttpListener(
        Address(host="127.0.0.1", port=0),
        application,
        limits or ConnectionLimits(),
        threads=threads,
        stopping=stopping,
        context=context,
    )
    listener.start()
    try:
        yield listener
    finally:
        assert listener.stop(), "a request did not end"


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)


def read_all(client: socket.socket) -> bytes:
    """What comes until the other side closes; a reset ends it as well."""
    arrived = b""
    try:
        while more := client.recv(65536):
            arrived += more
    except ConnectionResetError:
        pass
    return arrived


def said(port: int, request: bytes) -> Answer:
    """The answer to raw bytes, the connection being closed behind it."""
    with connected(port) as client:
        client.sendall(request)
        return parsed(read_all(client))


def parsed(answer: bytes) -> Answer:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(int(first.split()[1]) if first else 0, headers, body)


def request_of(method: str, path: str, *headers: str, body: bytes = b"", host: str = "localhost") -> bytes:
    """One request that closes its connection."""
    length = (f"Content-Length: {len(body)}",) if body else ()
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", *length, *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
