"""TLS beside both plain forms on one port, with a tap on the wire: no byte of an answer is ever in the clear."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from protocol.framing import encode_frame
from server.connection import ConnectionLimits
from server.tcp import TcpServer
from server.tls.authority import AuthorityFolder
from server.tls.certificate import ServerCertificate
from server.tls.sockets import Encryption
from tests.server.test_tcp import (
    MARK,
    NEVER_S,
    PATIENCE_S,
    SHORT_S,
    Echo,
    connect,
    read_frames,
    read_to_end,
    wait_until,
)
from tests.server.tls.authorities import certificates, trusting
from tests.tap import Tap, outside_of_records, tapped

SECRET = b"what nobody on the way may read"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> AuthorityFolder:
    return certificates(tmp_path_factory.mktemp("authority"))


@contextmanager
def listening(
    authority: AuthorityFolder, conversation: Echo | None = None, *, required: bool = False, **limits: float
) -> Iterator[TcpServer]:
    conversation = conversation or Echo()
    certificate = ServerCertificate(authority.certificate, authority.key, lambda: datetime.now(UTC))
    server = TcpServer(
        "127.0.0.1",
        0,
        conversation,
        ConnectionLimits(**limits),  # type: ignore[arg-type]
        encryption=Encryption(certificate.context, required=required),
    )
    server.listen()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        conversation.go.set()
        server.stop()
        thread.join(PATIENCE_S)


def encrypted(port: int, authority: AuthorityFolder, host: str = "127.0.0.1") -> ssl.SSLSocket:
    """host: the client's own address."""
    stream = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S, source_address=(host, 0))
    return trusting(authority).wrap_socket(stream, server_hostname="127.0.0.1")


def require_only_records(tap: Tap) -> None:
    assert tap.from_server
    assert SECRET not in tap.everything
    for stream in tap.from_server:
        assert outside_of_records(bytes(stream)) == b""


def test_one_port_takes_tls_and_both_plain_forms(authority: AuthorityFolder) -> None:
    with listening(authority) as server:
        with encrypted(server.port, authority) as client:
            assert client.version() == "TLSv1.3"
            client.sendall(encode_frame(SECRET))
            assert read_frames(client, 1) == [SECRET]
        with connect(server) as client:
            client.sendall(encode_frame(b"in the clear"))
            assert read_frames(client, 1) == [b"in the clear"]
        with connect(server) as client:
            client.sendall(MARK)
            assert read_to_end(client) == b"success"
        with encrypted(server.port, authority) as client:  # a client of 2019 behind something that encrypts for it
            client.sendall(MARK)
            assert read_to_end(client) == b"success"


def test_where_it_is_required_our_form_in_the_clear_is_told_so_and_not_answered(authority: AuthorityFolder) -> None:
    with listening(authority, required=True) as server:
        with connect(server) as client:
            client.sendall(encode_frame(SECRET))
            assert read_to_end(client) == encode_frame(b"refused unauthorised")
        with connect(server) as client:  # whose address is asked for behind this
            client.sendall(MARK)
            assert read_to_end(client) == b"success"
        with encrypted(server.port, authority) as client:
            client.sendall(encode_frame(SECRET))
            assert read_frames(client, 1) == [SECRET]


def test_frames_of_megabytes_go_both_ways_whole(authority: AuthorityFolder) -> None:
    echo = Echo()
    echo.answer_bytes = 3_000_000
    with listening(authority, echo) as server, tapped(server.port) as tap:
        with encrypted(tap.port, authority) as client:
            client.sendall(encode_frame(SECRET, bytes(2_000_000)) + encode_frame(b"behind it"))
            assert read_frames(client, 2) == [SECRET, b"behind it"]
        require_only_records(tap)


def test_an_answer_at_a_stop_is_encrypted(authority: AuthorityFolder) -> None:
    """`SSLSocket.shutdown` would leave a socket that sends the answer as it is."""
    echo = Echo()
    echo.go.clear()
    with listening(authority, echo) as server, tapped(server.port) as tap:
        with encrypted(tap.port, authority) as client:
            client.sendall(encode_frame(SECRET))
            assert echo.entered.wait(PATIENCE_S)
            stopper = threading.Thread(target=server.stop)
            stopper.start()
            wait_until(lambda: server.stopping)
            echo.go.set()
            assert read_frames(client, 1) == [SECRET]
            assert read_to_end(client) == b""
            stopper.join(PATIENCE_S)
        require_only_records(tap)


def test_every_refusal_is_encrypted(authority: AuthorityFolder) -> None:
    with listening(authority, connections=1, message_timeout_s=SHORT_S) as server, tapped(server.port) as tap:
        with encrypted(tap.port, authority) as client:  # what is no frame
            client.sendall(encode_frame(SECRET) + b"\xa7XXX" + bytes(100_000))
            assert read_frames(client, 2)[1].startswith(b"refused")
        wait_until(lambda: server.served == 0)
        with encrypted(tap.port, authority) as client:  # what is not whole in time
            client.sendall(encode_frame(SECRET)[:-1])
            assert read_frames(client, 1)[0].startswith(b"refused")
        wait_until(lambda: server.served == 0)
        with encrypted(tap.port, authority) as first:
            first.sendall(encode_frame(SECRET))
            read_frames(first, 1)
            with encrypted(tap.port, authority) as client:  # one too many
                client.sendall(encode_frame(SECRET))
                assert read_frames(client, 1)[0] in {b"busy", SECRET}
        require_only_records(tap)


def test_a_message_that_gives_way_to_others_is_told_so_encrypted(authority: AuthorityFolder) -> None:
    with listening(authority, message_timeout_s=NEVER_S) as server, tapped(server.port) as tap:
        with encrypted(tap.port, authority) as client:
            client.sendall(encode_frame(b"header", bytes(500_000))[:400_000])
            wait_until(lambda: server.budget.held > 0)
            next(iter(server._served)).give_way()
            assert read_frames(client, 1) == [b"busy"]
        require_only_records(tap)


def test_a_reset_and_an_end_in_the_middle_bring_nothing_in_the_clear(authority: AuthorityFolder) -> None:
    echo = Echo()
    echo.answer_bytes = 1_000_000
    with listening(authority, echo) as server, tapped(server.port) as tap:
        with encrypted(tap.port, authority) as client:
            client.sendall(encode_frame(SECRET))
            client.recv(10)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        with encrypted(tap.port, authority) as client:
            client.sendall(encode_frame(SECRET))
            socket.socket.shutdown(client, socket.SHUT_WR)  # without a close_notify
            with contextlib.suppress(OSError):
                read_to_end(client)
        wait_until(lambda: server.served == 0)
        require_only_records(tap)


def test_who_says_that_nothing_follows_is_answered_first(authority: AuthorityFolder) -> None:
    echo = Echo()
    echo.go.clear()
    with listening(authority, echo) as server, encrypted(server.port, authority) as client:
        client.sendall(encode_frame(b"last"))
        assert echo.entered.wait(PATIENCE_S)
        client.setblocking(False)
        with pytest.raises(ssl.SSLWantReadError):
            client.unwrap()
        client.settimeout(PATIENCE_S)
        echo.go.set()
        with contextlib.suppress(ssl.SSLError):  # the library reads on until the answer stands in its way
            client.unwrap()
        wait_until(lambda: server.served == 0)


def test_sixty_four_silent_clients_and_a_handshake_that_trickles_delay_nobody(authority: AuthorityFolder) -> None:
    hello = client_hello()
    with listening(authority, idle_timeout_s=NEVER_S, message_timeout_s=1.0) as server:
        silent = [connect(server) for _ in range(60)]
        trickling = [connect(server) for _ in range(4)]
        for each in trickling:
            each.sendall(hello[:100])
        wait_until(lambda: server.served == 64)
        started = time.monotonic()
        with encrypted(server.port, authority, "127.0.0.2") as client:
            client.sendall(encode_frame(b"in"))
            assert read_frames(client, 1) == [b"in"]
        assert time.monotonic() - started < PATIENCE_S / 10
        for each in trickling:
            with pytest.raises(ConnectionResetError):  # at the deadline, however many bytes come meanwhile
                trickle(each, hello[100:])
        for each in (*silent, *trickling):
            each.close()


def trickle(client: socket.socket, data: bytes) -> None:
    """A byte at a time for as long as the server listens; then its end is read."""
    client.settimeout(0.01)
    for byte in data:
        client.sendall(bytes([byte]))
        with contextlib.suppress(TimeoutError):
            if not client.recv(1):
                raise ConnectionResetError
    raise AssertionError("the handshake came to its end")


def client_hello() -> bytes:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    hello = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    with contextlib.suppress(ssl.SSLWantReadError):
        hello.do_handshake()
    return outgoing.read()


def test_who_reads_a_little_at_a_time_is_cut_off(authority: AuthorityFolder) -> None:
    """The library's own `sendall` would begin the time anew with each of the records."""
    echo = Echo()
    echo.answer_bytes = 16_000_000
    with listening(authority, echo, message_timeout_s=SHORT_S) as server, encrypted(server.port, authority) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(encode_frame(b"much"))
        ended = threading.Event()

        def read_slowly() -> None:
            with contextlib.suppress(OSError):
                while not ended.wait(SHORT_S / 4) and client.recv(1000):
                    pass

        reader = threading.Thread(target=read_slowly)
        reader.start()
        wait_until(lambda: server.served == 0)
        ended.set()
        reader.join(PATIENCE_S)


@pytest.mark.parametrize(
    ("most", "ciphers"),
    [
        (ssl.TLSVersion.TLSv1, "DEFAULT:@SECLEVEL=0"),
        (ssl.TLSVersion.TLSv1_1, "DEFAULT:@SECLEVEL=0"),
        (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384"),
        (ssl.TLSVersion.TLSv1_2, "AES128-GCM-SHA256"),
    ],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_versions_and_ciphers_are_refused(authority: AuthorityFolder, most: ssl.TLSVersion, ciphers: str) -> None:
    context = trusting(authority)
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = most
    context.set_ciphers(ciphers)
    with listening(authority) as server:
        with connect(server) as client, pytest.raises(ssl.SSLError, match="ALERT"):
            context.wrap_socket(client, server_hostname="127.0.0.1")
        with encrypted(server.port, authority) as client:
            client.sendall(encode_frame(b"in"))
            assert read_frames(client, 1) == [b"in"]


@pytest.mark.parametrize("after", [1, 3, 5, 6, 20, 100])
def test_what_begins_like_tls_and_is_none_ends_quietly(authority: AuthorityFolder, after: int) -> None:
    damaged = client_hello()[:after] + b"\xff" * 300
    with listening(authority, message_timeout_s=SHORT_S) as server:
        with connect(server) as client:
            client.sendall(damaged)
            with contextlib.suppress(ConnectionResetError):
                assert outside_of_records(read_to_end(client)) == b""
        with encrypted(server.port, authority) as client:
            client.sendall(encode_frame(b"in"))
            assert read_frames(client, 1) == [b"in"]


def test_a_stop_ends_clients_in_the_middle_of_a_handshake(authority: AuthorityFolder) -> None:
    with listening(authority, idle_timeout_s=NEVER_S, message_timeout_s=NEVER_S) as server:
        clients = [connect(server) for _ in range(4)]
        for each in clients[:2]:
            each.sendall(client_hello()[:50])
        wait_until(lambda: server.served == 4)
        assert server.stop(PATIENCE_S)
        for each in clients:
            with contextlib.suppress(ConnectionResetError):
                read_to_end(each)
            each.close()


def test_a_certificate_that_is_exchanged_is_shown_to_the_next_client(tmp_path: Path) -> None:
    moment = datetime.now(UTC)
    folder = certificates(tmp_path)
    certificate = ServerCertificate(folder.certificate, folder.key, lambda: moment)
    server = TcpServer("127.0.0.1", 0, Echo(), ConnectionLimits(), encryption=Encryption(certificate.context, True))
    server.listen()
    server.start()
    with encrypted(server.port, folder) as client:
        before = client.getpeercert(binary_form=True)
        certificates(tmp_path)
        certificate.refresh()
        with encrypted(server.port, folder) as other:
            assert other.getpeercert(binary_form=True) != before
        client.sendall(encode_frame(b"goes on"))
        assert read_frames(client, 1) == [b"goes on"]
    assert server.stop()
