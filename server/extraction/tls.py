"""Make what TLS needs of certificate files: both sides show one, of one authority."""

import ssl
from pathlib import Path

from server.errors import SetupProblem


def client_context(certificate: Path, authority: Path) -> ssl.SSLContext:
    """Raises SetupProblem."""
    return _with(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), certificate, authority)


def server_context(certificate: Path, authority: Path) -> ssl.SSLContext:
    """Refuses whoever shows no certificate of the authority. Raises SetupProblem."""
    context = _with(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), certificate, authority)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def _with(context: ssl.SSLContext, certificate: Path, authority: Path) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_verify_locations(authority)
        context.load_cert_chain(certificate)
    except OSError as error:  # ssl's errors are among them
        raise SetupProblem(
            f"The certificates for the recognisers cannot be used ({error.strerror or error}): recogniser_certificate "
            f"has to name a PEM file with a certificate and its key, here {certificate}, and recogniser_ca that of the "
            f"authority, here {authority}."
        ) from error
    return context
