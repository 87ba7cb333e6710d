"""The client's encrypted way to the server: what is accepted, and that nothing is sent to anybody else."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from client.config import load
from client.errors import BadReply, Unreachable, UsageError
from client.tls import security_context
from client.transport import TcpTransport, transport_to
from protocol.framing import encode_frame
from server.tls.authority import AuthorityFolder
from tests.client.scripted_peer import DEADLINE_S, Peer, Wire
from tests.server.test_tcp import Echo
from tests.server.test_tcp import listening as listening_in_the_clear
from tests.server.tls.authorities import certificates
from tests.server.tls.test_tls_listener import listening, require_only_records
from tests.tap import tapped

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> AuthorityFolder:
    return certificates(tmp_path_factory.mktemp("authority"), names=("127.0.0.1", "localhost"))


def connected(port: int, authority: Path, host: str = "127.0.0.1", timeout_s: float = DEADLINE_S) -> TcpTransport:
    return transport_to(load({"server": f"{host}:{port}", "ca": authority}, {}), timeout_s)


@contextmanager
def refused(port: int, authority: Path, host: str = "127.0.0.1", timeout_s: float = DEADLINE_S) -> Iterator[Exception]:
    with tapped(port) as tap, closing(connected(tap.port, authority, host, timeout_s)) as transport:
        with pytest.raises(Unreachable) as raised:
            transport.exchange([encode_frame(b"the token")])
        yield raised.value
    assert b"the token" not in tap.everything


def test_many_requests_and_large_ones_are_answered(authority: AuthorityFolder) -> None:
    requests = [encode_frame(f"{number}".encode(), bytes(50_000)) for number in range(100)]
    requests.append(encode_frame(b"picture", bytes(8_000_000)))

    class Headers(Echo):
        def framed(self, frames, peer):  # type: ignore[no-untyped-def]
            for frame in frames:
                yield encode_frame(frame.header)

    with listening(authority, Headers()) as server, tapped(server.port) as tap:
        with closing(connected(tap.port, authority.authority)) as transport:
            answered = transport.exchange(requests)
            assert [each.header for each in answered] == [f"{number}".encode() for number in range(100)] + [b"picture"]
            assert [each.header for each in transport.exchange([encode_frame(b"again")])] == [b"again"]
        assert len(tap.from_server) == 1
        require_only_records(tap)


def test_a_server_that_has_ended_the_connection_is_connected_to_anew(authority: AuthorityFolder) -> None:
    with (
        listening(authority, idle_timeout_s=0.1) as server,
        closing(connected(server.port, authority.authority)) as way,
    ):
        for number in (b"1", b"2"):
            assert [each.header for each in way.exchange([encode_frame(number)])] == [number]
            with server._ended:
                assert server._ended.wait_for(lambda: not server._served, DEADLINE_S)


def test_a_server_that_another_authority_vouches_for_gets_nothing(authority: AuthorityFolder, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    with listening(authority) as server, refused(server.port, other) as error:
        assert "not known here" in str(error)
        assert "--ca" in str(error)


def test_a_server_of_another_name_gets_nothing(tmp_path: Path) -> None:
    folder = certificates(tmp_path, names=("another.example",))
    with listening(folder) as server, refused(server.port, folder.authority, "localhost") as error:
        assert "not for localhost" in str(error)
    with listening(folder) as server, refused(server.port, folder.authority) as error:
        assert "not for 127.0.0.1" in str(error)


@pytest.mark.parametrize(("days", "said"), [(-60, "is over"), (60, "does not hold yet")])
def test_a_certificate_out_of_its_time_gets_nothing(tmp_path: Path, days: int, said: str) -> None:
    certificates(tmp_path, now=NOW - timedelta(days=100), days=30)  # the authority
    folder = certificates(tmp_path, now=NOW + timedelta(days=days), days=30)
    with listening(folder) as server, refused(server.port, folder.authority) as error:
        assert said in str(error)


def test_a_server_that_does_not_encrypt_gets_nothing(authority: AuthorityFolder) -> None:
    with listening_in_the_clear(Echo()) as server, refused(server.port, authority.authority) as error:
        assert "did not begin an encrypted connection" in str(error)


def test_a_server_that_says_nothing_is_given_up(authority: AuthorityFolder) -> None:
    ended = threading.Event()

    def silent(_wire: Wire) -> None:
        ended.wait(DEADLINE_S)

    with Peer(silent) as peer:
        with refused(peer.port, authority.authority, timeout_s=0.2) as error:
            assert "in time" in str(error)
        ended.set()


def test_an_answer_that_is_none_of_ours_is_not_waited_for(authority: AuthorityFolder) -> None:
    echo = Echo()
    echo.answer_bytes = 5_000_000  # more than any answer may have behind its header
    with listening(authority, echo) as server, closing(connected(server.port, authority.authority)) as way:
        with pytest.raises(BadReply, match="not a Rollcall server"):
            way.exchange([encode_frame(b"one")])
        with pytest.raises(BadReply, match="not a Rollcall server"):  # and the next connection begins anew
            way.exchange([encode_frame(b"two")])


def test_an_authority_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("nothing")
    for file in (broken, tmp_path / "none.pem", tmp_path):
        with pytest.raises(UsageError, match=str(file)):
            security_context(file)


def test_who_names_an_authority_or_says_so_encrypts() -> None:
    assert not load({}, {}).encrypts
    assert not load({}, {"ROLLCALL_TLS": "off"}).encrypts
    assert load({"tls": True}, {}).encrypts
    assert load({}, {"ROLLCALL_TLS": "on"}).encrypts
    assert load({}, {"ROLLCALL_CA": "authority.pem"}).encrypts
    with pytest.raises(UsageError, match="ROLLCALL_TLS"):
        load({}, {"ROLLCALL_TLS": "perhaps"})


def test_without_an_authority_of_its_own_whom_the_system_trusts_counts(authority: AuthorityFolder) -> None:
    with listening(authority) as server:
        way = transport_to(load({"server": f"127.0.0.1:{server.port}", "tls": True}, {}), DEADLINE_S)
        with closing(way), pytest.raises(Unreachable, match="not known here"):
            way.exchange([encode_frame(b"one")])
