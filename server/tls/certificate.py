"""The server's certificate: what it offers to clients, read anew when its files change."""

import logging
import ssl
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509

from server.errors import SetupProblem
from server.tls.sockets import EncryptedSocket

log = logging.getLogger(__name__)

# So long before its end a certificate is spoken of: whoever renews it by hand has a holiday in between.
SOON: Final = timedelta(days=30)
# Of TLS 1.2 what keeps past connections secret when the key is lost, and cannot be changed on its way; TLS 1.3 has no
# other.
CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"

_Stamp = tuple[tuple[int, int, int], ...]


class ServerCertificate:
    """For any thread. `context` stays the same; a connection that begins gets what the files held at the last look."""

    def __init__(self, certificate: Path, key: Path, clock: Callable[[], datetime]) -> None:
        self._certificate = certificate
        self._key = key
        self._clock = clock
        self._stamp = self._now_on_disk()
        self._current = _context(certificate, key)
        self.ends = end_of(certificate)
        self.context = _context(certificate, key)
        self.context.sni_callback = self._choose
        self._told_on: date | None = None
        self._tell_of_the_end()

    def refresh(self, *, anew: bool = False) -> None:
        """Take up what has changed. Raises SetupProblem where the files do not fit (yet); the one before stays.

        anew: read them also where they look as they did.
        """
        stamp = self._now_on_disk()
        if anew or stamp != self._stamp:
            current, ends = _context(self._certificate, self._key), end_of(self._certificate)
            self._current, self.ends, self._stamp = current, ends, stamp
            log.info("the certificate was read anew and is in use, until %s", f"{ends:%Y-%m-%d}")
        self._tell_of_the_end()

    def reload(self) -> None:
        """As `refresh(anew=True)`, for who asked for it by a signal and reads the log."""
        try:
            self.refresh(anew=True)
        except SetupProblem as error:
            log.warning("the certificate before stays in use: %s", error.log_text)

    def _choose(self, connection: ssl.SSLSocket | ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        connection.context = self._current

    def _tell_of_the_end(self) -> None:
        """Once a day."""
        now = self._clock()
        if now.date() != self._told_on and (said := said_of_the_end(self.ends, now)) is not None:
            self._told_on = now.date()
            log.warning("%s", said)

    def _now_on_disk(self) -> _Stamp:
        return tuple(_stamp(each) for each in (self._certificate, self._key))


def said_of_the_end(ends: datetime, now: datetime) -> str | None:
    """What to do about a certificate that is over, or will be in thirty days; None where it holds for longer."""
    day = f"{ends:%Y-%m-%d}"
    if ends <= now:
        return f"The server's certificate was over on {day}, and no client connects: renew it."
    if ends - now < SOON:
        return f"The server's certificate is over on {day}: renew it before, for no client connects afterwards."
    return None


def end_of(certificate: Path) -> datetime:
    """When it, or the first of those that vouch for it in the same file, is over. Raises SetupProblem."""
    try:
        chain = x509.load_pem_x509_certificates(certificate.read_bytes())
        return min(each.not_valid_after_utc for each in chain)
    except (OSError, ValueError) as error:
        raise _unreadable(certificate, error) from error


def _context(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    # What arrives says by itself whether it is whole. As an error the end would forbid to answer what came before it.
    context.options |= ssl.OP_IGNORE_UNEXPECTED_EOF
    context.num_tickets = 0  # connections are kept; a ticket would be a secret that outlives them
    context.sslsocket_class = EncryptedSocket
    try:
        # Without a password OpenSSL would ask for one on the terminal.
        context.load_cert_chain(certificate, key, password="")
    except ssl.SSLError as error:
        raise SetupProblem(
            f"The certificate {certificate} and the key {key} do not go together, or one of them is no PEM file "
            f"without a password ({error.reason or 'unreadable'}): check tls_certificate and tls_key."
        ) from error
    except (OSError, ValueError) as error:
        raise _unreadable(certificate, error, f" or its key {key}") from error
    return context


def _unreadable(certificate: Path, error: Exception, key: str = "") -> SetupProblem:
    reason = getattr(error, "strerror", None) or "it is no certificate in PEM"
    return SetupProblem(
        f"The certificate {certificate}{key} cannot be read ({reason}): check tls_certificate and tls_key, or make one "
        "for a trial by `cert new`."
    )


def _stamp(file: Path) -> tuple[int, int, int]:
    """Changes with the file; all zero where it is not there."""
    try:
        found = file.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_ino, found.st_size)
