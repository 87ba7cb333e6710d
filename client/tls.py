"""Encrypt the way to the server, and say what is wrong with a certificate that is not accepted."""

import ssl
from pathlib import Path
from socket import socket
from typing import Final

from client.error_texts import ClientText
from client.errors import Unreachable, UsageError
from protocol.sentences import Sentence, sentence

# As the server's own: of TLS 1.2 what keeps past connections secret, and cannot be changed on its way.
CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
# Of OpenSSL's x509_vfy.h: what X509_V_ERR_… says.
REASONS: Final = {
    9: ClientText.CERTIFICATE_NOT_YET,
    10: ClientText.CERTIFICATE_OVER,
    18: ClientText.CERTIFICATE_UNKNOWN,
    19: ClientText.CERTIFICATE_UNKNOWN,
    20: ClientText.CERTIFICATE_UNKNOWN,
    21: ClientText.CERTIFICATE_UNKNOWN,
    62: ClientText.CERTIFICATE_OF_ANOTHER,
    64: ClientText.CERTIFICATE_OF_ANOTHER,
}


def security_context(authority: Path | None) -> ssl.SSLContext:
    """authority: a PEM file of whom alone to trust; None: whom the system trusts. Raises UsageError."""
    try:
        context = ssl.create_default_context(cafile=authority)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) if not isinstance(error, ssl.SSLError) else None
        raise UsageError(
            f"The authority {authority} cannot be read ({reason or 'it is no certificate in PEM'}); name by --ca or "
            "ROLLCALL_CA the file that the server's administrator hands out."
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    # An answer says by itself whether it is whole; a server that ends in its middle is told apart from its bytes.
    context.options |= ssl.OP_IGNORE_UNEXPECTED_EOF
    return context


def encrypt(stream: socket, context: ssl.SSLContext, host: str, address: str) -> ssl.SSLSocket:
    """The stream encrypted, once its server has shown that it is `host`; the stream's time limit holds.

    address: as errors name the server. Raises Unreachable, and the stream is closed; nothing was sent.
    """
    try:
        return context.wrap_socket(stream, server_hostname=host)
    except (OSError, ValueError) as error:
        stream.close()
        raise Unreachable(_explain(error, host, address)) from error


def _explain(error: Exception, host: str, address: str) -> Sentence:
    if isinstance(error, ssl.SSLCertVerificationError):
        text = REASONS.get(error.verify_code, ClientText.CERTIFICATE_REFUSED)
        return sentence(text, address=address, host=host, reason=error.verify_message)
    if isinstance(error, TimeoutError):
        return sentence(ClientText.NO_HANDSHAKE_IN_TIME, address=address)
    return sentence(ClientText.NO_HANDSHAKE, address=address)
