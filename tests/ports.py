"""Ports on which nothing listens, for servers that are away and for those that come back where they were."""

import secrets
import socket
from contextlib import suppress


def closed_port() -> int:
    """A port of this machine on which nothing listens.

    It lies below those that the system gives to connections by itself: one that is made to it while nothing listens
    there could else be given that very port, and would be connected to itself.
    """
    while True:
        port = secrets.choice(range(20_000, 32_000))
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
