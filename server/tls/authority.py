"""Make a campus's own certificate authority, and certificates by it, for a trial and for machines without a name."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.errors import BadRequest

AUTHORITY_DAYS: Final = 3650
# What browsers accept at most of a public authority; one of its own may last longer, and should not.
DAYS: Final = 397
# A client whose clock is behind has it too.
BEFORE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class AuthorityFolder:
    """The files of an authority and of the one server it vouches for."""

    folder: Path

    @property
    def authority(self) -> Path:
        """For clients: `--ca`."""
        return self.folder / "authority.pem"

    @property
    def authority_key(self) -> Path:
        return self.folder / "authority.key"

    @property
    def certificate(self) -> Path:
        return self.folder / "server.pem"

    @property
    def key(self) -> Path:
        return self.folder / "server.key"


def new_certificate(folder: AuthorityFolder, names: Sequence[str], *, now: datetime, days: int = DAYS) -> datetime:
    """Write a certificate for these names and addresses, by the folder's authority, which is made where there is none.

    Returns when it is over. A server that reads the files takes it up within seconds. Raises BadRequest.
    """
    alternatives = _alternatives(names)
    try:
        folder.folder.mkdir(parents=True, exist_ok=True)
        authority, authority_key = _authority(folder, now)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _server_certificate(alternatives, key, authority, authority_key, now, now + timedelta(days=days))
        _write(folder.key, _key_pem(key), 0o600)
        _write(folder.certificate, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    except OSError as error:
        raise BadRequest(
            f"The certificates cannot be written to {folder.folder}: {error.strerror}; name another folder."
        ) from error
    return certificate.not_valid_after_utc


def _alternatives(names: Sequence[str]) -> list[x509.GeneralName]:
    if not names:
        raise BadRequest("Say by what names or addresses clients reach this server: --name HOST, once for each.")
    return [_alternative(each.strip().lower()) for each in names]


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        pass
    try:
        if not name.replace("-", "").replace(".", "").isalnum():
            raise ValueError
        return x509.DNSName(name.encode("idna").decode("ascii"))
    except ValueError as error:
        raise BadRequest(
            f"{name!r} is no name or address of a machine; write one like rollcall.example.ac.kr."
        ) from error


def _authority(folder: AuthorityFolder, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    if not folder.authority_key.exists() and not folder.authority.exists():
        return _new_authority(folder, now)
    try:
        certificate = x509.load_pem_x509_certificate(folder.authority.read_bytes())
        key = serialization.load_pem_private_key(folder.authority_key.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise _broken(folder) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise _broken(folder)
    if certificate.not_valid_after_utc <= now:
        raise BadRequest(
            f"The authority {folder.authority} is over: move its two files away, and a new one is made, which clients "
            "need as their --ca."
        )
    return certificate, key


def _broken(folder: AuthorityFolder) -> BadRequest:
    return BadRequest(
        f"The authority {folder.authority} and its key {folder.authority_key} cannot be read or do not go together: "
        "put both back, or move both away, and a new one is made, which clients need as their --ca."
    )


def _new_authority(folder: AuthorityFolder, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Rollcall authority of {now:%Y-%m-%d}")])
    certificate = (
        _begun(name, name, key.public_key(), key.public_key(), now, now + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write(folder.authority_key, _key_pem(key), 0o600)
    _write(folder.authority, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    return certificate, key


def _server_certificate(
    alternatives: Sequence[x509.GeneralName],
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    now: datetime,
    ends: datetime,
) -> x509.Certificate:
    ends = min(ends, authority.not_valid_after_utc)
    return (
        _begun(x509.Name([]), authority.subject, key.public_key(), authority_key.public_key(), now, ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        # Critical where there is no subject (RFC 5280, 4.2.1.6).
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=True)
        .sign(authority_key, hashes.SHA256())
    )


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    issuers: ec.EllipticCurvePublicKey,
    now: datetime,
    ends: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEFORE)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuers), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(file: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, and never readable by more than `mode` says."""
    beside = file.with_name(f".{file.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(file)
