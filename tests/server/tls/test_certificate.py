"""The server's certificate: read, read anew, and spoken of before it is over; and those of a campus's own authority."""

import logging
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.bootstrap.tls import check_certificate, server_certificate
from server.config import Settings
from server.errors import BadRequest, SetupProblem
from server.tls.authority import AuthorityFolder, new_certificate
from server.tls.certificate import ServerCertificate, end_of
from tests.server.tls.authorities import certificates

NOW = datetime(2026, 9, 1, 0, 0, tzinfo=UTC)


def test_the_keys_are_for_their_owner_alone_and_a_second_certificate_has_the_same_authority(tmp_path: Path) -> None:
    folder = certificates(tmp_path / "new", now=NOW)
    authority, first = folder.authority.read_bytes(), folder.certificate.read_bytes()
    for key in (folder.key, folder.authority_key):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    ends = new_certificate(folder, ["rollcall.example.ac.kr", "10.0.3.5", "::1"], now=NOW, days=30)
    assert ends == NOW + timedelta(days=30) == end_of(folder.certificate)
    assert folder.authority.read_bytes() == authority
    assert folder.certificate.read_bytes() != first


@pytest.mark.parametrize("names", [[], ["a b"], ["*"], [""], ["../x"], ["x" * 300], ["http://there"]])
def test_what_is_no_name_of_a_machine_is_refused(tmp_path: Path, names: list[str]) -> None:
    with pytest.raises(BadRequest):
        new_certificate(AuthorityFolder(tmp_path), names, now=NOW)
    assert not list(tmp_path.iterdir())


def test_an_authority_that_is_over_or_broken_is_not_used(tmp_path: Path) -> None:
    folder = certificates(tmp_path, now=NOW)
    with pytest.raises(BadRequest, match="is over"):
        new_certificate(folder, ["there"], now=NOW + timedelta(days=4000))
    folder.authority_key.unlink()
    with pytest.raises(BadRequest, match="put both back"):
        new_certificate(folder, ["there"], now=NOW)


def test_files_that_do_not_go_together_leave_the_certificate_before(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder, other = certificates(tmp_path / "one", now=NOW), certificates(tmp_path / "other", now=NOW)
    certificate = ServerCertificate(folder.certificate, folder.key, lambda: NOW)
    ends = certificate.ends
    for content in (other.certificate.read_bytes(), b"", b"-----BEGIN CERTIFICATE-----\n"):
        folder.certificate.write_bytes(content)
        with pytest.raises(SetupProblem, match="tls_certificate"):
            certificate.refresh()
    folder.certificate.unlink()
    with pytest.raises(SetupProblem, match="tls_certificate"):
        certificate.refresh()
    assert certificate.ends == ends
    new_certificate(folder, ["there"], now=NOW, days=100)
    with caplog.at_level(logging.INFO):
        certificate.refresh()
    assert certificate.ends == NOW + timedelta(days=100)
    assert "the certificate was read anew and is in use, until 2026-12-10" in caplog.text


def test_a_key_with_a_password_asks_nobody(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization

    folder = certificates(tmp_path, now=NOW)
    key = serialization.load_pem_private_key(folder.key.read_bytes(), None)
    locked = serialization.BestAvailableEncryption(b"secret")
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    folder.key.write_bytes(pem)
    with pytest.raises(SetupProblem, match="without a password"):
        ServerCertificate(folder.certificate, folder.key, lambda: NOW)


def test_the_end_is_spoken_of_thirty_days_before_once_a_day(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = certificates(tmp_path, now=NOW, days=60)
    today = NOW
    certificate = ServerCertificate(folder.certificate, folder.key, lambda: today)
    said = []
    for day in (29, 31, 31, 32, 61):
        today = NOW + timedelta(days=day)
        caplog.clear()
        certificate.refresh()
        said.append(len(caplog.records))
    assert said == [0, 1, 0, 1, 1]


@pytest.mark.parametrize(("day", "level"), [(0, "fine"), (31, "warning"), (61, "broken")])
def test_doctor_tells_of_the_end(tmp_path: Path, day: int, level: str) -> None:
    folder = certificates(tmp_path, now=NOW, days=60)
    settings = Settings(tls="required", tls_certificate=folder.certificate, tls_key=folder.key)
    found = list(check_certificate(settings, lambda: NOW + timedelta(days=day)))
    assert [each.level for each in found] == [level]
    assert "2026-10-31" in found[0].text


def test_doctor_tells_of_a_key_that_others_may_read(tmp_path: Path) -> None:
    folder = certificates(tmp_path, now=NOW)
    folder.key.chmod(0o644)
    settings = Settings(tls="required", tls_certificate=folder.certificate, tls_key=folder.key)
    assert "chmod 600" in list(check_certificate(settings, lambda: NOW))[1].text


def test_off_loopback_no_server_starts_without_a_certificate() -> None:
    with pytest.raises(SetupProblem, match="cert new"):
        server_certificate(Settings(host="10.0.3.5", authentication="required"), lambda: NOW)
    assert server_certificate(Settings(), lambda: NOW) is None
    assert server_certificate(Settings(host="10.0.3.5", tls="off"), lambda: NOW) is None


def test_only_what_is_forward_secret_and_authenticated_is_offered(tmp_path: Path) -> None:
    folder = certificates(tmp_path, now=NOW)
    context = ServerCertificate(folder.certificate, folder.key, lambda: NOW).context
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    for cipher in context.get_ciphers():
        assert cipher["aead"], cipher["name"]
        assert cipher["protocol"] == "TLSv1.3" or cipher["name"].startswith("ECDHE-"), cipher["name"]
