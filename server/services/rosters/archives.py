"""The bytes of a ZIP in, its entries out, within limits. Knows nothing of what they hold."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from server.errors import BadRequest, TooLarge

MAGIC: Final = b"PK\x03\x04"
MAX_UNPACKED_BYTES: Final = 128 * 1024 * 1024
"""Of all entries together: a sheet with 300 000 lines has about 80 MB, and a "zip bomb" has gigabytes."""
MAX_ENTRIES: Final = 1000


@contextmanager
def open_archive(data: bytes, what: str) -> Iterator[zipfile.ZipFile]:
    """The archive, whose entries are no longer in all than MAX_UNPACKED_BYTES (zipfile reads no further than they say).

    what: the file, for messages. Raises BadRequest where the archive is damaged or under a password, also for what
    is found while it is read; TooLarge.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check(archive, what)
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise BadRequest(f"{what} is damaged ({error}): export it again.") from error


def _check(archive: zipfile.ZipFile, what: str) -> None:
    entries = archive.infolist()
    if any(each.flag_bits & 1 for each in entries):
        raise BadRequest(f"{what} is under a password: save it without one.")
    size = sum(each.file_size for each in entries)
    if size > MAX_UNPACKED_BYTES or len(entries) > MAX_ENTRIES:
        raise TooLarge(
            f"{what} unpacks to {size} bytes in {len(entries)} parts; at most {MAX_UNPACKED_BYTES} bytes in "
            f"{MAX_ENTRIES} parts are read. Split the file."
        )
