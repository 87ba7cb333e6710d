"""The real programs with a campus's own authority: what is encrypted, and what is refused in the clear."""

import signal
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.test_serving import import_roster
from tests.running import CLIENT, PATIENCE_S, SERVER, Running, run, run_json, serving
from tests.server.test_tcp import read_to_end, wait_until
from tests.tap import outside_of_records, tapped

COURSE, STUDENT = "ea0017_1", "201511041"
ROSTER = f"student_id,name,course_code\n{STUDENT},김하늘,{COURSE}\n"
OF_2019 = "127.0.0.2"
MARK = f"{STUDENT}{COURSE}".encode()


def made(folder: Path) -> list[str]:
    """The flags of a server whose certificate `cert new` has made."""
    data = run_json(SERVER, "cert", "new", "--name", "127.0.0.1", "--name", "localhost", "--out", str(folder / "certs"))
    return ["--tls-certificate", data["tls_certificate"], "--tls-key", data["tls_key"]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encrypted")
    import_roster(folder, ROSTER)
    database = ("--database", str(folder / "rollcall.sqlite"), "--key-file", str(folder / "key"))
    (folder / "course.toml").write_text(f'title = "x"\nroom = "C202"\ndevices = ["{OF_2019}"]\n', encoding="utf-8")
    run_json(SERVER, "course", "set", COURSE, "--file", str(folder / "course.toml"), *database)
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Running]:
    flags = [*made(folder), "--tls", "required", "--authentication", "required", "--http-port", "0"]
    with serving(folder, *flags, "--legacy-clients", OF_2019) as running:
        yield running


@pytest.fixture(scope="module")
def https(server: Running) -> str:
    return server.http_address


def asked(server: str, folder: Path, *arguments: str):
    """The client's command with this device's token."""
    return run(CLIENT, *arguments, "--server", server, "--token-file", str(folder / "token"))


@pytest.fixture(scope="module")
def token(folder: Path, server: Running) -> str:
    database = ("--database", str(folder / "rollcall.sqlite"), "--key-file", str(folder / "key"))
    text = run_json(SERVER, "device", "add", "front", "--room", "B101", *database)["token"]
    file = folder / "token"
    file.touch(mode=0o600)
    file.write_text(text)
    return text


def test_a_client_that_encrypts_is_answered_and_nothing_of_it_can_be_read_on_the_way(
    server: Running, folder: Path, token: str
) -> None:
    authority = str(folder / "certs" / "authority.pem")
    with tapped(server.port) as tap:
        done = asked(f"127.0.0.1:{tap.port}", folder, "session", "list", COURSE, "--ca", authority)
        assert "front may not do this" in done.stderr  # so it is known who asks
    assert tap.from_server
    assert all(outside_of_records(bytes(each)) == b"" for each in tap.from_server + tap.from_clients)
    assert token.encode() not in tap.everything


def test_a_client_in_the_clear_is_told_to_encrypt(server: Running, folder: Path, token: str) -> None:
    done = asked(server.address, folder, "session", "list", COURSE)
    assert done.returncode == 1
    assert "takes encrypted connections only: start the client with --tls" in done.stderr


def test_http_is_encrypted_by_the_same_certificate_and_never_in_the_clear(https: str, folder: Path) -> None:
    context = ssl.create_default_context(cafile=folder / "certs" / "authority.pem")
    with urllib.request.urlopen(f"https://{https}/healthz", context=context, timeout=PATIENCE_S) as answer:
        assert answer.status == 200
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    with pytest.raises((urllib.error.URLError, OSError)):
        urllib.request.urlopen(f"http://{https}/healthz", timeout=PATIENCE_S)


def test_of_2019_only_whom_the_list_names_comes_in_the_clear(server: Running) -> None:
    for address, answer in ((OF_2019, b"success"), ("127.0.0.1", b"fail")):
        with socket.create_connection(("127.0.0.1", server.port), PATIENCE_S, (address, 0)) as client:
            client.sendall(MARK)
            assert read_to_end(client) == answer


def test_a_certificate_is_renewed_while_the_server_runs(server: Running, folder: Path, https: str) -> None:
    ports = (server.port, int(https.rpartition(":")[2]))
    before = {port: ssl.get_server_certificate(("127.0.0.1", port)) for port in ports}
    made(folder)
    for port, shown in before.items():
        wait_until(lambda port=port, shown=shown: ssl.get_server_certificate(("127.0.0.1", port)) != shown)
    assert any("the certificate was read anew" in line for line in server.log)


def test_a_hangup_has_the_certificate_read_at_once_and_ends_nothing(server: Running, folder: Path) -> None:
    def said(text: str) -> int:
        return sum(text in line for line in server.log)

    before = said("the certificate was read anew")
    server.process.send_signal(signal.SIGHUP)  # its files look as they did
    wait_until(lambda: said("the certificate was read anew") == before + 1)
    key = folder / "certs" / "server.key"
    good = key.read_bytes()
    key.write_bytes(b"no key")
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: said("the certificate before stays in use") == 1)
    assert ssl.get_server_certificate(("127.0.0.1", server.port))
    key.write_bytes(good)
    shown = ssl.get_server_certificate(("127.0.0.1", server.port))
    made(folder)
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: ssl.get_server_certificate(("127.0.0.1", server.port)) != shown)
    assert server.process.poll() is None
