"""Open the certificate that is set, check it, and say who has to encrypt."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime

from server.config import Settings
from server.doctor import CheckResult, Level
from server.errors import SetupProblem
from server.process.duties import Duty
from server.tls.certificate import ServerCertificate, said_of_the_end
from server.tls.sockets import Encryption


def server_certificate(settings: Settings, clock: Callable[[], datetime]) -> ServerCertificate | None:
    """None where nothing is encrypted. Raises SetupProblem where there is no certificate that can be used."""
    if settings.tls_policy == "off":
        return None
    if settings.tls_certificate is None:
        raise SetupProblem(
            f"With tls {settings.tls_policy} the server needs a certificate: name its file by tls_certificate and its "
            "key's by tls_key (`cert new` makes them for a trial), or set tls to off where nobody can listen in."
        )
    return ServerCertificate(settings.tls_certificate, settings.tls_key or settings.tls_certificate, clock)


def encryption_of(settings: Settings, certificate: ServerCertificate | None) -> Encryption | None:
    """Of the listener for our form and that of 2019."""
    if certificate is None:
        return None
    return Encryption(certificate.context, required=settings.tls_policy == "required")


def certificate_duty(certificate: ServerCertificate | None) -> tuple[Duty, ...]:
    if certificate is None:
        return ()
    return (Duty("the certificate is read where its file has changed", certificate.refresh),)


def check_certificate(settings: Settings, clock: Callable[[], datetime]) -> Iterator[CheckResult]:
    """For `doctor`. Raises SetupProblem as server_certificate."""
    certificate = server_certificate(settings, clock)
    if certificate is None:
        if settings.tls_certificate is not None:
            yield CheckResult("certificate", "warning", "It is not used: set tls to required or optional.")
        return
    now = clock()
    said = said_of_the_end(certificate.ends, now)
    level: Level = "fine" if said is None else "broken" if certificate.ends <= now else "warning"
    yield CheckResult("certificate", level, said or f"it holds until {certificate.ends:%Y-%m-%d}")
    key = settings.tls_key or settings.tls_certificate
    if os.name == "posix" and key is not None and key.stat().st_mode & 0o077:
        yield CheckResult("certificate", "warning", f"Others may read its key {key}: run `chmod 600 {key}`.")
