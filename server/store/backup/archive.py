"""Write a database's bytes and what is known of its tables into one sealed file, and read them again."""

# Behind the header: one zlib stream of records, each a letter, its length and its bytes. D: a piece of the database;
# M: the manifest, the last one.

import contextlib
import os
import secrets
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, Protocol

import msgspec

from server.errors import BadRequest, Unavailable
from server.store.backup import sealing
from server.store.backup.sealing import Header, Lock, SealedWriter

_RECORD: Final = struct.Struct(">cI")
_LONGEST: Final = 1 << 24


class TableDigest(msgspec.Struct, frozen=True):
    """How many rows a table has, and the SHA-256 of them all in the order of their key."""

    rows: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a restored database is held to. erasures, erasure_lines: the list of erasures when the backup was made."""

    tables: dict[str, TableDigest]
    erasures: str
    erasure_lines: int


class Sealer(Protocol):
    def seal(self) -> tuple[Lock, bytes]: ...


class Opener(Protocol):
    def open(self, lock: Lock) -> bytes: ...


def write_archive(
    path: Path,
    kind: str,
    made_at: str,
    version: str,
    sealer: Sealer,
    data: Iterator[bytes],
    manifest: Callable[[], Manifest],
) -> Manifest:
    """Write a new file, there only once it is whole and on the disk. manifest: asked when the data is through.

    Raises BadRequest (there is a file already) and Unavailable (it cannot be written).
    """
    if path.exists():
        raise BadRequest(f"There is a file {path} already: name a new one, or a folder.")
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    lock, key = sealer.seal()
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            writer = SealedWriter(out, Header(kind, made_at, version, lock), key)
            found = _write(writer, data, manifest)
            out.flush()
            os.fsync(out.fileno())
        os.link(draft, path)
    except OSError as problem:
        raise Unavailable(
            f"The backup cannot be written to {path} ({problem.strerror}): nothing was left there; make room or name "
            "another place."
        ) from problem
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
    return found


def _write(writer: SealedWriter, data: Iterator[bytes], manifest: Callable[[], Manifest]) -> Manifest:
    packer = zlib.compressobj(6)
    for piece in data:
        writer.write(packer.compress(_RECORD.pack(b"D", len(piece)) + piece))
    found = manifest()
    last = msgspec.json.encode(found)
    writer.write(packer.compress(_RECORD.pack(b"M", len(last)) + last) + packer.flush())
    writer.close()
    return found


class Archive:
    """A backup that is read once, from its start."""

    def __init__(self, source: BinaryIO, opener: Opener) -> None:
        self.header, bound = sealing.read_header(source)
        self._bytes = sealing.opened(source, bound, opener.open(self.header.lock))
        self._manifest: Manifest | None = None

    def data(self) -> Iterator[bytes]:
        """The database's bytes in their order. Raises BadRequest where the file is damaged or cut off."""
        for letter, record in self._records():
            if letter == b"M":
                self._manifest = msgspec.json.decode(record, type=Manifest)
            else:
                yield record

    @property
    def manifest(self) -> Manifest:
        """Known once all of the data was read."""
        if self._manifest is None:
            raise BadRequest("The backup is cut off: take another one.")
        return self._manifest

    def _records(self) -> Iterator[tuple[bytes, bytes]]:
        unpacker, kept = zlib.decompressobj(), bytearray()
        for sealed in self._bytes:
            packed = sealed
            while packed:
                kept += unpacker.decompress(packed, _LONGEST)
                packed = unpacker.unconsumed_tail
                yield from _taken(kept)


def _taken(kept: bytearray) -> Iterator[tuple[bytes, bytes]]:
    """The whole records at its start, which are removed from it."""
    while len(kept) >= _RECORD.size:
        letter, length = _RECORD.unpack_from(kept)
        end = _RECORD.size + length
        if len(kept) < end:
            return
        yield letter, bytes(kept[_RECORD.size : end])
        del kept[:end]


@contextlib.contextmanager
def open_archive(path: Path, opener: Opener) -> Iterator[Archive]:
    """Raises BadRequest where it cannot be read, is no backup, or is sealed for somebody else."""
    try:
        source = path.open("rb")
    except OSError as problem:
        raise BadRequest(f"The backup {path} cannot be read ({problem.strerror}).") from problem
    with source:
        yield Archive(source, opener)
