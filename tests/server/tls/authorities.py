"""Certificates for tests, by the program's own authority."""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from server.tls.authority import AuthorityFolder, new_certificate


def certificates(
    folder: Path, *, names: Sequence[str] = ("127.0.0.1",), now: datetime | None = None, days: int = 397
) -> AuthorityFolder:
    made = AuthorityFolder(folder)
    new_certificate(made, names, now=now or datetime.now(UTC), days=days)
    return made


def trusting(folder: AuthorityFolder) -> ssl.SSLContext:
    """A client's context as strict as Python's newest."""
    context = ssl.create_default_context(cafile=folder.authority)
    context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    return context
