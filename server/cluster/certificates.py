"""Make the certificates of a pool of recognisers: an authority of its own, and one of it for each machine."""

from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.cluster.plan import Machine, Plan, Server
from server.errors import BadRequest

AUTHORITY_LIFE: Final = timedelta(days=3650)
# Whoever renews them by hand does so once in two years, and knows still how.
LIFE: Final = timedelta(days=825)
AUTHORITY, AUTHORITY_KEY = "ca.pem", "ca-key.pem"


def make_certificates(plan: Plan, folder: Path, *, at: datetime) -> list[Path]:
    """NAME.pem, certificate and key, for each machine of the pool; the authority is made where there is none yet.

    Raises BadRequest where the folder cannot be written, or has half of an authority.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority, key = _authority(plan, folder, at)
        made = []
        for machine in plan.of_pool:
            path = folder / f"{machine.name}.pem"
            _write(path, _issued(machine, authority, key, at))
            made.append(path)
    except OSError as error:
        raise BadRequest(f"The certificates cannot be written into {folder}: {error.strerror}.") from error
    return made


def _authority(plan: Plan, folder: Path, at: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    certificate, key_file = folder / AUTHORITY, folder / AUTHORITY_KEY
    if certificate.exists() != key_file.exists():
        raise BadRequest(f"{folder} has one of {AUTHORITY} and {AUTHORITY_KEY}: bring the other back, or remove both.")
    if certificate.exists():
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise BadRequest(f"{key_file} is none that was made here.")
        return x509.load_pem_x509_certificate(certificate.read_bytes()), key
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"{plan.name} recognisers")
    made = (
        _builder(name, name, key, at, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write(key_file, _pem(key))
    _write(certificate, made.public_bytes(serialization.Encoding.PEM))
    return made, key


def _issued(machine: Machine, authority: x509.Certificate, key: ec.EllipticCurvePrivateKey, at: datetime) -> bytes:
    # A server's proxy for the pool listens elsewhere than the server.
    addresses = [machine.address, *([machine.own_proxy] if isinstance(machine, Server) else [])]
    own = ec.generate_private_key(ec.SECP256R1())
    names = [x509.IPAddress(ip_address(each)) for each in dict.fromkeys(addresses)]
    made = (
        _builder(_name(machine.name), authority.subject, own, at, LIFE)
        .add_extension(x509.SubjectAlternativeName([*names, x509.DNSName(machine.name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM) + _pem(own)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, at: datetime, life: timedelta
) -> x509.CertificateBuilder:
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(hours=1))  # for a machine whose clock is behind
        .not_valid_after(at + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(data)
