"""Seal a stream so that it is read whole or refused, under a passphrase or for the holder of a private key."""

# As age does it (age-encryption.org/v1, STREAM of Hoang et al. 2015): pieces under AES-256-GCM with a key of this file
# alone, each with its number and whether it is the last in its nonce, the header as associated data of them all. The
# key comes of a passphrase by scrypt (RFC 7914), or of X25519 and HKDF with a key pair made for this file.

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from server.errors import BadRequest, SetupProblem

MAGIC: Final = b"rollcall backup 1\n"
PIECE_BYTES: Final = 1 << 20
TAG_BYTES: Final = 16
HEADER_BYTES: Final = 4096
PRIVATE_HEADER: Final = "rollcall backup key 1: X25519, private; keep it away from the server and its backups"
PUBLIC_HEADER: Final = "rollcall backup recipient 1: X25519, public; makes backups and reads none"
LEAST_PASSPHRASE: Final = 12
# 64 MiB and a quarter of a second: RFC 7914, section 2, and OWASP's password storage cheat sheet of 2026.
_SCRYPT: Final = {"length": 32, "n": 1 << 16, "r": 8, "p": 1}


class Lock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the key of a file comes about. recipient: of whom, "" for a passphrase; base64 both."""

    salt: str  # of the passphrase, or the file's own public key
    recipient: str = ""


class Header(msgspec.Struct, frozen=True):
    """What can be read of a backup without its key."""

    kind: str  # sqlite or mysql
    made_at: str
    version: str  # of the program
    lock: Lock


@dataclass(frozen=True, slots=True)
class Passphrase:
    """Opens what it sealed."""

    text: bytes

    def seal(self) -> tuple[Lock, bytes]:
        salt = secrets.token_bytes(16)
        return Lock(base64.b64encode(salt).decode()), Scrypt(salt=salt, **_SCRYPT).derive(self.text)

    def open(self, lock: Lock) -> bytes:
        if lock.recipient:
            raise BadRequest(
                "The backup is sealed for a key file, not by a passphrase: name the key file by --identity."
            )
        return Scrypt(salt=_decoded(lock.salt), **_SCRYPT).derive(self.text)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Seals; opens nothing."""

    public: bytes

    def seal(self) -> tuple[Lock, bytes]:
        own = X25519PrivateKey.generate()
        salt = own.public_key().public_bytes_raw()
        key = _agreed(own.exchange(X25519PublicKey.from_public_bytes(self.public)), salt, self.public)
        return Lock(base64.b64encode(salt).decode(), base64.b64encode(self.public).decode()), key


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """Opens what was sealed for its recipient."""

    private: X25519PrivateKey

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    def open(self, lock: Lock) -> bytes:
        if not lock.recipient:
            raise BadRequest("The backup is sealed by a passphrase: name the file that holds it by --passphrase-file.")
        if _decoded(lock.recipient) != self.public:
            raise BadRequest("The backup was made for another key: name the file of the right one by --identity.")
        salt = _decoded(lock.salt)
        try:
            return _agreed(self.private.exchange(X25519PublicKey.from_public_bytes(salt)), salt, self.public)
        except ValueError as error:
            raise _damaged() from error


def make_key_pair(path: Path) -> Path:
    """Write a private key into a new file, and its recipient beside it, which is returned. Raises SetupProblem."""
    private = X25519PrivateKey.generate()
    public = path.with_name(f"{path.name}.pub")
    try:
        _write_new(path, PRIVATE_HEADER, private.private_bytes_raw())
        _write_new(public, PUBLIC_HEADER, private.public_key().public_bytes_raw())
    except OSError as problem:
        raise SetupProblem(f"The key cannot be written to {path} ({problem.strerror}): name a new file.") from problem
    return public


def read_recipient(path: Path) -> Recipient:
    return Recipient(_key_in(path, "rollcall backup recipient 1", "recipient of backups"))


def read_private_key(path: Path) -> PrivateKey:
    return PrivateKey(X25519PrivateKey.from_private_bytes(_key_in(path, "rollcall backup key 1", "key of backups")))


def read_passphrase(path: Path) -> Passphrase:
    """The first line of a file."""
    text = _read(path, "passphrase").partition(b"\n")[0].strip()
    if len(text) < LEAST_PASSPHRASE:
        raise SetupProblem(f"The passphrase in {path} is too short: {LEAST_PASSPHRASE} characters are the least.")
    return Passphrase(text)


class SealedWriter:
    """Writes what it is given in sealed pieces; without `close` the file is cut off, and refused by every reader."""

    def __init__(self, out: BinaryIO, header: Header, key: bytes) -> None:
        line = msgspec.json.encode(header) + b"\n"
        self._out, self._aead = out, AESGCM(key)
        self._bound = hashlib.sha256(MAGIC + line).digest()
        self._number, self._kept = 0, bytearray()
        out.write(MAGIC + line)

    def write(self, data: bytes) -> None:
        self._kept += data
        while len(self._kept) > PIECE_BYTES:
            self._put(bytes(self._kept[:PIECE_BYTES]), last=False)
            del self._kept[:PIECE_BYTES]

    def close(self) -> None:
        self._put(bytes(self._kept), last=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        self._out.write(self._aead.encrypt(_nonce(self._number, last), piece, self._bound))
        self._number += 1


def read_header(source: BinaryIO) -> tuple[Header, bytes]:
    """The header, and what every piece is bound to. Raises BadRequest for what is no backup."""
    if source.read(len(MAGIC)) != MAGIC:
        raise BadRequest("This is no backup that `backup create` made: name the right file.")
    line = source.readline(HEADER_BYTES)
    try:
        return msgspec.json.decode(line, type=Header), hashlib.sha256(MAGIC + line).digest()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _damaged() from error


def opened(source: BinaryIO, bound: bytes, key: bytes) -> Iterator[bytes]:
    """The pieces behind the header, in their order. Raises BadRequest: damaged, cut off, or of another key."""
    aead, number = AESGCM(key), 0
    piece = source.read(PIECE_BYTES + TAG_BYTES)
    while True:
        after = source.read(PIECE_BYTES + TAG_BYTES)
        yield _opened(aead, number, piece, bound, last=not after)
        if not after:
            return
        piece, number = after, number + 1


def _opened(aead: AESGCM, number: int, piece: bytes, bound: bytes, *, last: bool) -> bytes:
    try:
        return aead.decrypt(_nonce(number, last), piece, bound)
    except InvalidTag as error:
        raise _cut_off() if last and _opens_amid(aead, number, piece, bound) else _damaged() from error


def _opens_amid(aead: AESGCM, number: int, piece: bytes, bound: bytes) -> bool:
    if len(piece) < PIECE_BYTES + TAG_BYTES:
        return number > 0 or not piece
    try:
        aead.decrypt(_nonce(number, last=False), piece, bound)
    except InvalidTag:
        return False
    return True


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _cut_off() -> BadRequest:
    return BadRequest("The backup is cut off, or damaged at its end: take another one.")


def _damaged() -> BadRequest:
    return BadRequest(
        "The backup is damaged, or the passphrase is not its own: take another one, or the right passphrase."
    )


def _agreed(shared: bytes, salt: bytes, public: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt + public, info=MAGIC).derive(shared)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _damaged() from error


def _write_new(path: Path, header: str, key: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(f"{header}\n{base64.b64encode(key).decode()}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def _key_in(path: Path, begins: str, what: str) -> bytes:
    header, _, body = _read(path, what).partition(b"\n")
    try:
        key = base64.b64decode(body.strip(), validate=True)
    except binascii.Error:
        key = b""
    if not header.startswith(begins.encode()) or len(key) != 32:
        raise SetupProblem(f"The file {path} holds no {what}: `backup key` makes both files.")
    return key


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise SetupProblem(f"The {what} cannot be read from {path} ({problem.strerror}).") from problem
