"""HTTP under TLS: slow and silent handshakes, old versions, and a certificate that is exchanged."""

import contextlib
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.http.connection import ConnectionLimits
from server.tls.authority import AuthorityFolder
from server.tls.certificate import ServerCertificate
from tests.server.http.listening import PATIENCE_S, connected, listening, parsed, read_all, request_of
from tests.server.http.test_gate import gate
from tests.server.tls.authorities import certificates, trusting
from tests.server.tls.test_tls_listener import client_hello
from tests.tap import outside_of_records, tapped

HANDSHAKE_S = 0.5


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> AuthorityFolder:
    return certificates(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def certificate(authority: AuthorityFolder) -> ServerCertificate:
    return ServerCertificate(authority.certificate, authority.key, lambda: datetime.now(UTC))


@pytest.fixture(scope="module")
def port(certificate: ServerCertificate) -> Iterator[int]:
    limits = ConnectionLimits(message_timeout_s=HANDSHAKE_S)
    with listening(gate(), limits, context=certificate.context) as listener:
        assert listener.encrypts
        yield listener.port


def asked(port: int, authority: AuthorityFolder, path: str = "/healthz"):
    with trusting(authority).wrap_socket(connected(port), server_hostname="127.0.0.1") as client:
        client.sendall(request_of("GET", path))
        return parsed(read_all(client))


def test_an_answer_says_to_stay_with_tls_and_none_is_in_the_clear(port: int, authority: AuthorityFolder) -> None:
    with tapped(port) as tap:
        for path, status in (("/healthz", 200), ("/nowhere", 404), ("/v1/%00", 400), ("/v1/defect", 500)):
            answer = asked(tap.port, authority, path)
            assert (answer.status, answer.headers["strict-transport-security"]) == (status, "max-age=31536000")
    assert [outside_of_records(bytes(each)) for each in tap.from_server] == [b""] * 4


def test_who_speaks_in_the_clear_is_not_answered(port: int) -> None:
    with connected(port) as client:
        client.sendall(request_of("GET", "/healthz"))
        assert b"HTTP" not in read_all(client)


def test_sixty_four_silent_clients_and_a_handshake_that_trickles_delay_nobody(
    port: int, authority: AuthorityFolder
) -> None:
    crowd = [connected(port) for _ in range(64)]
    for each in crowd[:4]:
        each.sendall(client_hello()[:100])
    started = time.monotonic()
    assert asked(port, authority).status == 200
    assert time.monotonic() - started < PATIENCE_S / 10
    for each in crowd:  # and each is given up in its time
        with contextlib.suppress(ConnectionResetError):
            assert outside_of_records(read_all(each)) == b""
        each.close()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_of_before_is_refused(port: int, authority: AuthorityFolder) -> None:
    context = trusting(authority)
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with connected(port) as client, pytest.raises((ssl.SSLError, ConnectionResetError)):
        context.wrap_socket(client, server_hostname="127.0.0.1")


def test_the_next_connection_has_the_certificate_that_was_read_last(
    port: int, authority: AuthorityFolder, certificate: ServerCertificate
) -> None:
    before = ssl.get_server_certificate(("127.0.0.1", port))
    certificates(Path(authority.folder))
    certificate.refresh()
    assert ssl.get_server_certificate(("127.0.0.1", port)) != before
    assert asked(port, authority).status == 200


def test_a_stop_answers_what_has_begun_under_tls(certificate: ServerCertificate, authority: AuthorityFolder) -> None:
    with (
        listening(gate(), context=certificate.context) as listener,
        tapped(listener.port) as tap,
        trusting(authority).wrap_socket(connected(tap.port), server_hostname="127.0.0.1") as client,
    ):
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        begun = client.recv(4096)
        assert listener.stop()
        assert parsed(begun + read_all(client)).json == {"alive": True}
    assert outside_of_records(bytes(tap.from_server[0])) == b""
