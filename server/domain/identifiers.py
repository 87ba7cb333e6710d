"""Student numbers and course codes: opaque text, the same however a keyboard or a file system composes its letters."""

import unicodedata


def normal(identifier: str) -> str:
    """In Unicode's NFC: a Mac names files in NFD, and the same code must not be two."""
    return unicodedata.normalize("NFC", identifier)
