"""Open the ZIP of a spreadsheet or a set of files, no larger than its reader allows."""

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from tables.errors import TableError, TableTooLarge

ZIP: Final = b"PK\x03\x04"  # how one begins
# Of a ZIP's entries together: a sheet with 300 000 lines has about 80 MB, and a "zip bomb" has gigabytes.
MAX_UNPACKED_BYTES: Final = 128 * 1024 * 1024
MAX_ENTRIES: Final = 1000


@contextmanager
def open_zip(data: bytes) -> Iterator[zipfile.ZipFile]:
    """Raises TableError where the archive is damaged, also for what is found while it is read; TableTooLarge."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _require_small(archive.infolist())  # zipfile reads no further than the entries say
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise TableError(f"The file is damaged ({error}): export it again.") from error


def _require_small(entries: Sequence[zipfile.ZipInfo]) -> None:
    if any(each.flag_bits & 1 for each in entries):
        raise TableError("The file is under a password: save it without one.")
    size = sum(each.file_size for each in entries)
    if size > MAX_UNPACKED_BYTES or len(entries) > MAX_ENTRIES:
        raise TableTooLarge(
            f"The file unpacks to {size} bytes in {len(entries)} parts; at most {MAX_UNPACKED_BYTES} bytes in "
            f"{MAX_ENTRIES} parts are read. Split it."
        )
